"""The tracker: it records statuses, tries late failures again, and tells the owner of account events."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from rejoinder.errors import Unreadable
from rejoinder.file_ports import Uploads
from rejoinder.model.delivery import MAX_FAILED_LATE, Attempt, Callback, Remedy, Status, Step
from rejoinder.model.events import HEALTH, AccountEvent
from rejoinder.model.files import File
from rejoinder.model.messages import Policy, TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.said import Template, files_in
from rejoinder.model.template_events import AboutTemplate
from rejoinder.model.updates import Inbound
from rejoinder.ports import AccountEvents, Clock, Meter, Outbox, RecordStore, Updates
from rejoinder.services.failures import count_double, failure_of, opt_out_of, progress_of
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.template_news import TemplateNews
from rejoinder.services.waiting import hold_of

log = logging.getLogger("rejoinder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """Tracks what becomes of the messages that this stack sent."""

    stack: str
    """The name of this deployment. Statuses with the name of another one are not recorded."""

    records: RecordStore
    """Keeps what became of each message."""

    outbox: Outbox
    """Accepts messages that go out again."""

    uploads: Uploads
    """Knows which files the network has."""

    gatekeeper: Gatekeeper
    """Closes the gate of an account that cannot send."""

    updates: Updates
    """Tells the bot what could not be delivered, and what became of a payment."""

    templates: TemplateNews
    """Keeps what the network says of templates."""

    account_events: AccountEvents
    """Tells the owner what concerns the account."""

    meter: Meter
    """Counts."""

    clock: Clock
    """Tells the time."""

    def track_all(self, events: Iterable[Status | Inbound | AccountEvent]) -> None:
        """Track each event, even when another one fails. Then raise the first error, if there was one.

        Events that were tracked change nothing when they come again.
        """
        errors = []
        for event in events:
            try:
                self.track(event)
            except Exception as error:  # noqa: BLE001 - one event must not stop the others
                errors.append(error)
        if errors:
            raise errors[0]

    def track(self, event: Status | Inbound | AccountEvent) -> None:
        """Record one status, pass one payment on, or tell the owner of one account event."""
        match event:
            case Status():
                self._record(event)
            case Inbound():
                self.updates.put(event)
            case AccountEvent(field=field):
                if isinstance(event, AboutTemplate):
                    self.templates.heard(event)  # first: the owner would be told again when it comes again
                self.account_events.publish(event)
                self.meter.count(Metric.ACCOUNT_EVENTS)
                if isinstance(event, HEALTH):
                    self.meter.count(Metric.HEALTH_CHANGED)
                log.info("account event", extra={"field": field})

    def _record(self, status: Status) -> None:
        """Record a status. Each step is written once, so statuses may come twice and in any order."""
        callback = Callback.decode(status.callback)
        if callback is None or callback.stack != self.stack:
            self.meter.count(Metric.STATUSES_FOREIGN)
            return
        attempt, step, follow_up = callback.attempt, status.step, _nothing
        if step is Step.FAILED:
            step, follow_up = self._failed(attempt, status)
        before = self.records.write_step(attempt, step, status.at, status.detail)
        if before.is_tracked and step in (Step.DELIVERED, Step.READ):
            follow_up = self._told(attempt, status)
        follow_up()
        after = before.reached(attempt.number, step, status.at)
        self.meter.count(Metric.STATUSES_RECORDED)
        count_double(self.meter, attempt, before, after)
        if after is not before and step is Step.SENT and status.detail.billed_category:
            self.meter.count(Metric.MESSAGES_BILLED, category=status.detail.billed_category)
        if after is not before and status.remedy is Remedy.TEMPLATE:
            self.meter.count(Metric.WINDOW_MISSES)
        if after is not before and step is Step.FAILED and not before.has_arrived:
            self.meter.count(Metric.MESSAGES_FAILED)
        level = logging.ERROR if status.step is Step.FAILED else logging.INFO
        code = {} if status.detail.error_code is None else {"code": status.detail.error_code}
        log.log(level, status.step.value, extra=callback.attempt.log_fields() | code)
        if step is Step.SENT and status.detail.network_id:
            # It mostly comes before the contact can quote the message, so the sender needs no third write.
            self.records.name(attempt, status.detail.network_id)

    def _failed(self, attempt: Attempt, status: Status) -> tuple[Step, Callable[[], None]]:
        """Return the step to write for a late failure, and the action that follows.

        A message that is tried again counts as refused. When the status comes again, the action follows
        again, under the same ids. Raises Unreadable when this version of the code cannot read the message.
        """
        record = self.records.read(attempt.conversation_key, attempt.outbound_id)
        if record.unreadable:
            raise Unreadable(record.unreadable)
        turn = record.turn
        if turn and status.template_status:
            self.templates.failed(turn, status.template_status, status.detail.error, status.at)
        if record.has_arrived:
            return Step.FAILED, _nothing
        if attempt.number < record.attempt:
            # There is a newer attempt, which may be unfinished: the sender looks at the record.
            look = replace(turn, again=attempt.number) if turn else None
            return Step.REFUSED, partial(self.outbox.put, look) if look else _nothing
        is_last = record.failed_late(attempt.number) >= MAX_FAILED_LATE - 1
        again = self._again(turn, attempt, status) if turn and not is_last else None
        if again:
            return Step.REFUSED, again
        return Step.FAILED, partial(self._tell, turn, status) if turn else _nothing

    def _again(self, turn: TurnMessages, attempt: Attempt, status: Status) -> Callable[[], None] | None:
        """Return what sends a message again, or lets it wait; None when nothing helps."""
        if status.remedy is Remedy.TEMPLATE and _waits(turn, self.clock()):
            held = hold_of(replace(turn, again=attempt.number), self.clock())
            return partial(self.updates.put, held)
        again = _again(turn, status.remedy)
        if again is None:
            return None
        if status.remedy is Remedy.FILES:
            self._forget_files(again)
        if status.remedy is Remedy.AGAIN_WHEN_OPEN:
            self.gatekeeper.close(turn.account, status.detail.error_code or 0)
        return partial(self.outbox.put, replace(again, again=attempt.number))

    def _tell(self, turn: TurnMessages, status: Status) -> None:
        """Tell the conversation of a late failure, first of what it says about consent."""
        if status.remedy is Remedy.CONSENT:
            self.updates.put(opt_out_of(turn, status.at))
        failure = failure_of(turn, status.detail.error_code or 0, status.detail.error, self.clock())
        if failure:
            self.updates.put(failure)

    def _told(self, attempt: Attempt, status: Status) -> Callable[[], None]:
        """Return what tells the bot how far a message has come that it tracks."""
        turn = self.records.read(attempt.conversation_key, attempt.outbound_id).turn
        if turn is None or not turn.messages[0].track:  # data of a form may look as if
            return _nothing
        return partial(self.updates.put, progress_of(turn, status.step, status.at))

    def _forget_files(self, turn: TurnMessages) -> None:
        """Forget what the network called the files of a message: it does not find them any more."""
        (message,) = turn.messages
        for media in files_in(message.content):
            if isinstance(media.file, File):
                self.uploads.forget(turn.account, media.file.sha256)


def _waits(turn: TurnMessages, now: float) -> bool:
    """Whether a message that went out outside the window waits for its contact to write again."""
    return turn.messages[0].waits_until > now


def _nothing() -> None:
    """Do nothing."""


def _again(turn: TurnMessages, remedy: Remedy) -> TurnMessages | None:
    """Return the turn to send again; None when nothing helps. A late one-time code is useless."""
    (message,) = turn.messages
    if message.policy is Policy.AT_MOST_ONCE:
        return None
    if remedy is Remedy.TEMPLATE:
        template = None if isinstance(message.content, Template) else message.outside_window
        return replace(turn, messages=(message.as_said(template),)) if template else None
    if remedy is Remedy.FILES and not any(isinstance(one.file, File) for one in files_in(message.content)):
        return None
    return None if remedy in (Remedy.NONE, Remedy.CONSENT) else turn
