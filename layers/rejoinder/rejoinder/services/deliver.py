"""The sender: the messages of one turn, in order, each recorded before and after the network is asked."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from rejoinder.channel_ports import ChannelRules, Network, RulesOf
from rejoinder.errors import (
    AttemptTaken,
    Invalid,
    OptedOut,
    OutcomeUnknown,
    Refused,
    Rejected,
    RetryLater,
    SendError,
    WindowClosed,
)
from rejoinder.model import backoff
from rejoinder.model.conversation import NO_WINDOW
from rejoinder.model.delivery import Attempt, Callback, Claim, Decision, Detail, GiveUp, Settled, Step, Wait
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.said import OutboundContent, Template
from rejoinder.ports import Clock, Meter, RecordStore, Updates, Windows
from rejoinder.services.allowed import Allowed
from rejoinder.services.failures import count_double, failure_of, opt_out_of, why_outside
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.upload import Uploader
from rejoinder.services.waiting import hold_of

log = logging.getLogger("rejoinder")

MAX_ASKED_SECONDS = 11 * 3600.0
"""The longest pause that a network may ask for, in seconds: SQS hides a message for 12 hours at most."""

STILL_UNKNOWN = "the network never said whether it accepted the message, and it is not sent once more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message waits until its contact writes again. Those of its turn that may wait do so behind it."""

    closes_at: float
    """The end of the window that is closed to it, in Unix seconds, as we know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Delivers turns."""

    stack: str
    """The name of this deployment, for the callback data."""

    rules_of: RulesOf
    """Returns what is to be known about an account's channel."""

    network: Network
    """Sends."""

    uploader: Uploader
    """Gives the network the files of a message."""

    allowed: Allowed
    """Tells which templates may go out to whom."""

    records: RecordStore
    """Keeps what became of each message."""

    windows: Windows
    """Tells when the service window closes."""

    gatekeeper: Gatekeeper
    """Tells whether an account may send."""

    updates: Updates
    """Tells the bot what could not be delivered."""

    meter: Meter
    """Counts."""

    clock: Clock
    """Tells the time."""

    has_time: Callable[[bool], bool]
    """Returns whether another message fits this invocation; it is told whether the message has a file."""

    def deliver(self, turn: TurnMessages) -> None:
        """Send what is not sent yet of `turn`, in order; RetryLater when the rest must wait."""
        # A channel that this version does not know shows here, before anything is claimed.
        self.rules_of(turn.account)
        is_unread, held = bool(turn.read_id), None
        for message in turn.messages:
            if not self.has_time(message.has_files):
                raise RetryLater(0)
            became = self._deliver(turn, message, held)
            held = became if isinstance(became, Held) else held
            if is_unread and became is Step.ACCEPTED:
                if turn.asked_at:
                    self.meter.observe(Metric.ANSWER_SECONDS, turn.waited(self.clock()))
                self._mark_read(turn)  # not before: the answer would wait for it
            is_unread = is_unread and became is Step.FAILED

    def _deliver(self, turn: TurnMessages, message: Outbound, held: Held | None = None) -> Step | Held | None:
        """Send one message: as it is, or as its template when the window is closed. Or let it wait.

        `held` is what became of a message before it that waits. Returns whether it was accepted, failed or
        waits; None when the network was not to be asked.
        """
        if message.goes_on and self._went_as_template(turn, message):
            return None
        content: OutboundContent | None = message.content
        waits, closes_at = message.waits_until > self.clock(), NO_WINDOW
        if not isinstance(content, Template):
            closes_at = held.closes_at if held and waits else self._window_closes_at(turn)
        if self.clock() >= closes_at:
            content = message.outside_window
        if waits and (held or content is None):
            return self._hold(turn, message, closes_at)
        return self._send(turn, message, content, closes_at if waits else None)

    def _send(
        self, turn: TurnMessages, message: Outbound, content: OutboundContent | None, closes_at: float | None
    ) -> Step | Held | None:
        """Send `content`, which is None for a message that cannot go out.

        `closes_at` is the end of the window for a message that may wait until there is another one.
        """
        template = content if isinstance(content, Template) else message.words_of
        refusal = self.allowed.refusal(turn, template) if template else None
        asks = content is not None and refusal is None and self._is_to_be_asked(turn, message)
        probing = asks and self.gatekeeper.admit(turn.account)
        attempt = self._claim(turn, message if content is None else message.as_said(content))
        if attempt is None:
            return None
        if content is None:
            self.meter.count(Metric.WINDOW_MISSES)
            code = self.rules_of(turn.account).window_closed_code
            return self._fail(turn, message, attempt, why_outside(message), code)
        if refusal:
            return self._fail(turn, message, attempt, refusal)
        answer = self._ask(turn, message, attempt, content)
        instead = message.outside_window
        has_way_out = (instead is not None or closes_at is not None) and not isinstance(content, Template)
        if has_way_out and isinstance(answer, WindowClosed):
            self.gatekeeper.went_through(turn.account, probing=probing)
            if instead and (refusal := self.allowed.refusal(turn, instead)):
                return self._fail(turn, message, attempt, refusal)
            self._write_error(attempt, Step.REFUSED, answer)
            if instead is None:
                return self._hold(turn, message, closes_at or 0.0)
            attempt, probing = self._claim_template(turn, message, instead, attempt), False
            answer = self._ask(turn, message, attempt, instead)
        return self._conclude(turn, message, attempt, answer, probing=probing)

    def _went_as_template(self, turn: TurnMessages, rest: Outbound) -> bool:
        """Whether a template went out instead of the text of which `rest` is the rest."""
        before = turn.messages[: turn.messages.index(rest)]
        first = next((message for message in reversed(before) if not message.goes_on), None)
        record = first and self.records.read(turn.conversation_key, first.id)
        return bool(record and record.turn and record.turn.messages[0].instead_of)

    def _window_closes_at(self, turn: TurnMessages) -> float:
        """Return when the window closes, as the turn knew it, or else as the conversation knows it now."""
        if self.clock() < turn.window_closes_at:
            return turn.window_closes_at
        return self.windows.window_closes_at(turn)

    def _hold(self, turn: TurnMessages, message: Outbound, closes_at: float) -> Held | None:
        """Let a message wait, if it is still to go out. It is not claimed meanwhile."""
        if self._next(turn, message) is None:
            return None
        alone = replace(turn.alone(message), window_closes_at=closes_at)
        self.updates.put(hold_of(alone, self.clock()))
        self.meter.count(Metric.WINDOW_MISSES)
        log.info("waits", extra={"correlation_id": turn.correlation_id, "outbound_id": message.id})
        return Held(closes_at=closes_at)

    def _is_to_be_asked(self, turn: TurnMessages, message: Outbound) -> bool:
        """Whether the network is to be asked for `message`; else it is no probe of a closed gate."""
        if not self.gatekeeper.is_closed(turn.account):
            return True
        decision = self._decision(turn, message)
        if isinstance(decision, Wait):
            raise RetryLater(decision.seconds)
        return isinstance(decision, Claim)

    def _mark_read(self, turn: TurnMessages) -> None:
        """Mark the answered message as read. When that fails, nothing else changes."""
        try:
            self.network.mark_read(turn.account, turn.read_id)
        except SendError as error:
            log.info("not marked as read", extra={"correlation_id": turn.correlation_id, "code": error.code})

    def _claim(self, turn: TurnMessages, message: Outbound) -> Attempt | None:
        """Return the attempt that is ours to make; None when the message is settled."""
        attempt: Attempt | None = Attempt(
            conversation_key=turn.conversation_key, outbound_id=message.id, number=1
        )
        while attempt:
            try:
                self.records.claim(attempt, self.clock(), turn.alone(message))
                if attempt.number == 1 and message.instead_of:  # at the next attempt it is the same miss
                    self.meter.count(Metric.WINDOW_MISSES)
                return attempt
            except AttemptTaken:
                attempt = self._next(turn, message)
        return None

    def _next(self, turn: TurnMessages, message: Outbound) -> Attempt | None:
        """Return the attempt that is to be made, by its record; None when the message is settled."""
        attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=message.id, number=1)
        match self._decision(turn, message):
            case Settled():
                return None
            case Wait(seconds=seconds):
                raise RetryLater(seconds)
            case GiveUp(number=number):
                self._fail(turn, message, replace(attempt, number=number), STILL_UNKNOWN)
                return None
            case Claim(number=number):
                return replace(attempt, number=number)

    def _decision(self, turn: TurnMessages, message: Outbound) -> Decision:
        record = self.records.read(turn.conversation_key, message.id)
        has_statuses = self.rules_of(turn.account).has_statuses
        return record.decide(message.policy, self.clock(), has_statuses=has_statuses)

    def _claim_template(
        self, turn: TurnMessages, message: Outbound, template: Template, attempt: Attempt
    ) -> Attempt:
        """Return the attempt after `attempt`, with the template instead of what was to be said."""
        following = replace(attempt, number=attempt.number + 1)
        self.records.claim(following, self.clock(), turn.alone(message.as_said(template)))
        return following

    def _ask(
        self, turn: TurnMessages, message: Outbound, attempt: Attempt, content: OutboundContent
    ) -> str | SendError:
        """Ask the network once; return its id of the message, or why it did not accept it.

        Where it rejects a message with a file that it was given before, it may not know that file any more:
        the next attempt gives it anew.
        """
        callback = Callback(stack=self.stack, attempt=attempt).encode()
        used_before = False
        try:
            if self.rules_of(turn.account).takes_uploads:
                content, used_before = self.uploader.ready(turn.account, content, attempt=attempt.number)
            return self.network.send(turn.account, turn.contact, content, callback, quote=message.quote)
        except Invalid as error:
            if not used_before:
                return error
            self.uploader.forget(turn.account, content)
            return Refused(error.code, error.details)
        except WindowClosed as error:
            if message.waits_until <= self.clock():  # else `_hold` counts it
                self.meter.count(Metric.WINDOW_MISSES)
            return error
        except SendError as error:
            return error

    def _conclude(
        self,
        turn: TurnMessages,
        message: Outbound,
        attempt: Attempt,
        answer: str | SendError,
        *,
        probing: bool,
    ) -> Step:
        """Record what the network said; RetryLater when the message is to be looked at again."""
        match answer:
            case str(network_id):
                return self._accepted(turn, attempt, network_id, probing=probing)
            case Refused() | OutcomeUnknown():
                is_refused = isinstance(answer, Refused)
                self._write_error(attempt, Step.REFUSED if is_refused else Step.UNKNOWN, answer)
                self.gatekeeper.failed(turn.account, answer, message.id, probing=probing)
                self.meter.count(Metric.SENDS_RETRIED if is_refused else Metric.MESSAGES_UNKNOWN)
                raise RetryLater(_pause(answer, attempt.number, self.rules_of(turn.account))) from answer
            case Rejected():
                if isinstance(answer, OptedOut):
                    self.updates.put(opt_out_of(turn.alone(message), self.clock()))
                self.gatekeeper.went_through(turn.account, probing=probing)
                return self._fail(turn, message, attempt, answer.details, answer.code)
            case SendError():
                raise answer

    def _accepted(self, turn: TurnMessages, attempt: Attempt, network_id: str, *, probing: bool) -> Step:
        """Record that the network accepted a message.

        Where statuses come, one of them tells the id again, and the tracker names the message by it.
        """
        now = self.clock()
        before = self.records.write_step(attempt, Step.ACCEPTED, now, Detail(network_id=network_id))
        count_double(self.meter, attempt, before, before.reached(attempt.number, Step.ACCEPTED, now))
        self.gatekeeper.went_through(turn.account, probing=probing)
        self.meter.count(Metric.MESSAGES_ACCEPTED)
        waited = {"seconds": round(turn.waited(now))} if turn.asked_at else {}
        log.info("accepted", extra=attempt.log_fields() | waited)
        if not self.rules_of(turn.account).has_statuses:
            self.records.name(attempt, network_id)
        return Step.ACCEPTED

    def _write_error(self, attempt: Attempt, step: Step, error: SendError) -> None:
        """Record a step without the network's words: an item of 400 KB may hold hundreds of attempts."""
        self.records.write_step(attempt, step, self.clock(), Detail(error_code=error.code))
        log.warning(step.value, extra=attempt.log_fields() | {"code": error.code})

    def _fail(self, turn: TurnMessages, message: Outbound, attempt: Attempt, why: str, code: int = 0) -> Step:
        """Tell the bot first, then record the failure: once it is recorded, nobody comes here again."""
        failure = failure_of(turn.alone(message), code, why, self.clock())
        if failure:
            self.updates.put(failure)
        self.records.write_step(attempt, Step.FAILED, self.clock(), Detail(error_code=code, error=why))
        self.meter.count(Metric.MESSAGES_FAILED)
        log.error("failed", extra=attempt.log_fields() | {"code": code})
        return Step.FAILED


def _pause(error: Refused | OutcomeUnknown, attempt: int, rules: ChannelRules) -> float:
    """Return how long to wait before the next attempt, in seconds: what the network asks for, if it asks."""
    if isinstance(error, OutcomeUnknown):
        return backoff.LOOK_AGAIN.seconds(0) if rules.has_statuses else 0.0
    if error.retry_after_seconds:
        return min(error.retry_after_seconds, MAX_ASKED_SECONDS)
    return rules.pacing.get(type(error), backoff.REFUSED).seconds(attempt - 1)
