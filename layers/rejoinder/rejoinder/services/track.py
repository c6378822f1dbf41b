"""The tracker: statuses move message records forward; account events are counted."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from rejoinder.messages import AccountEvent, Attempt, Callback, Status, Step
from rejoinder.metrics import Metric
from rejoinder.ports import Meter, RecordStore, Updates
from rejoinder.services.failures import failure_of

log = logging.getLogger("rejoinder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """Tracks what becomes of the messages that this stack sent."""

    stack: str
    records: RecordStore
    updates: Updates
    meter: Meter

    def track_all(self, events: Iterable[Status | AccountEvent]) -> None:
        """Track each event, whatever becomes of its neighbours; then raise the first error, if there was one.

        Those that were tracked change nothing when they come again.
        """
        errors = []
        for event in events:
            try:
                self.track(event)
            except Exception as error:  # noqa: BLE001 - one event's failure is not its neighbours'
                errors.append(error)
        if errors:
            raise errors[0]

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
        if status.step is Step.FAILED:
            self._tell(callback.attempt, status)
        new = self.records.note(callback.attempt, status.step, status.at, status.detail)
        self.meter.count(Metric.STATUSES_RECORDED)
        if new and status.step is Step.SENT and status.detail.billed_category:
            self.meter.count(Metric.MESSAGES_BILLED, category=status.detail.billed_category)
        level = logging.ERROR if status.step is Step.FAILED else logging.INFO
        code = {} if status.detail.error_code is None else {"code": status.detail.error_code}
        log.log(level, status.step.value, extra=callback.attempt.log_fields() | code)

    def _tell(self, attempt: Attempt, status: Status) -> None:
        """Tell the bot, before the step is written; a status that comes again tells it under the same id."""
        turn = self.records.read(attempt.conversation_key, attempt.outbound_id).turn
        failure = turn and failure_of(turn, status.detail.error_code or 0, status.detail.error, status.at)
        if failure:
            self.updates.put(failure)
