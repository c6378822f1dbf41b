"""The tracker: statuses move message records forward; account events are counted."""

import logging
from dataclasses import dataclass

from rejoinder.messages import AccountEvent, Callback, Status, Step
from rejoinder.metrics import Metric
from rejoinder.ports import Meter, RecordStore

log = logging.getLogger("rejoinder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """Tracks what becomes of the messages that this stack sent."""

    stack: str
    records: RecordStore
    meter: Meter

    def track(self, event: Status | AccountEvent) -> None:
        """Note one status, or count one account event."""
        match event:
            case Status():
                self._note(event)
            case AccountEvent(field=field):
                self.meter.count(Metric.ACCOUNT_EVENTS)
                log.info("account event", extra={"field": field})

    def _note(self, status: Status) -> None:
        """Early, double and disordered statuses are one rule: each step is written once."""
        callback = Callback.decode(status.callback)
        if callback is None or callback.stack != self.stack:
            self.meter.count(Metric.STATUSES_FOREIGN)
            return
        new = self.records.note(
            callback.conversation_key,
            callback.outbound_id,
            callback.attempt,
            status.step,
            status.at,
            network_id=status.network_id,
            error_code=status.error_code,
            error=status.error or None,
            billed_category=status.billed_category,
        )
        self.meter.count(Metric.STATUSES_RECORDED)
        if new and status.billed_category and status.step is Step.SENT:
            self.meter.count(Metric.MESSAGES_BILLED, category=status.billed_category)
        failed = status.step is Step.FAILED
        about = {
            "correlation_id": callback.outbound_id.rpartition("-")[0],
            "outbound_id": callback.outbound_id,
            "attempt": callback.attempt,
        }
        log.log(
            logging.ERROR if failed else logging.INFO,
            status.step.value,
            extra=about | ({"code": status.error_code} if failed else {}),
        )
