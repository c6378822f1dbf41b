"""The sender: the messages of one turn, in order, each recorded before and after the network is asked."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from rejoinder.conversation import Claim, GiveUp, Settled, Wait
from rejoinder.errors import (
    AttemptTaken,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    RetryLater,
    SendError,
    TokenInvalid,
    WindowClosed,
)
from rejoinder.messages import Callback, Outbound, ReadReceipt, Sayable, Step, Template, TurnMessages
from rejoinder.metrics import Metric
from rejoinder.ports import Clock, Meter, Network, RecordStore, Windows

log = logging.getLogger("rejoinder")

LONGEST_PAUSE_SECONDS = 900.0
"""Between two attempts (design.md 2.8: visibility grows to 15 minutes)."""

LOOK_AGAIN_SECONDS = 15.0
"""How often a message whose outcome is unknown is looked at until its grace period is over."""

OUTSIDE_WINDOW = "the service window is closed and the bot declared no template for this message"
STILL_UNKNOWN = "the network never said whether it accepted the message, and it must not go out twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Delivers turns. `stack` names this deployment in the callback data; `has_time()` says whether another
    request fits this invocation.
    """

    stack: str
    network: Network
    records: RecordStore
    windows: Windows
    meter: Meter
    clock: Clock
    has_time: Callable[[], bool]

    def deliver(self, turn: TurnMessages) -> None:
        """Send what is not sent yet of `turn`, in order; RetryLater when the rest must wait."""
        for message in turn.messages:
            if isinstance(message.content, ReadReceipt):
                self._mark_read(turn, message.content)
            elif self.has_time():
                self._deliver(turn, message, message.content)
            else:
                raise RetryLater(0)

    def _mark_read(self, turn: TurnMessages, receipt: ReadReceipt) -> None:
        """A courtesy: when it fails, the answer still goes out, and says what is wrong if something is."""
        try:
            self.network.mark_read(turn.account, receipt)
        except SendError as error:
            log.info("not marked as read", extra=_about(turn) | {"code": error.code})

    def _deliver(self, turn: TurnMessages, message: Outbound, content: Sayable) -> None:
        attempt = self._claim(turn, message)
        if attempt is None:
            return
        sendable = self._in_window(turn, message, content)
        if sendable is None:
            self._fail(turn, message, attempt, 0, OUTSIDE_WINDOW)
            return
        try:
            self._ask(turn, message, attempt, sendable)
        except WindowClosed as error:
            self._instead(turn, message, attempt, sendable, error)

    def _claim(self, turn: TurnMessages, message: Outbound) -> int | None:
        """The number of the attempt that is ours to make; None when the message is settled."""
        key, attempt = turn.conversation_key, 1
        while True:
            try:
                self.records.claim(key, message.id, attempt, self.clock())
                return attempt
            except AttemptTaken:
                match self.records.read(key, message.id).decide(message.policy, self.clock()):
                    case Settled():
                        return None
                    case Wait(seconds=seconds):
                        raise RetryLater(min(seconds, LOOK_AGAIN_SECONDS)) from None
                    case GiveUp(attempt=last):
                        self._fail(turn, message, last, 0, STILL_UNKNOWN)
                        return None
                    case Claim(attempt=attempt):
                        pass

    def _in_window(self, turn: TurnMessages, message: Outbound, content: Sayable) -> Sayable | None:
        """What may go out now: the content, or its template when the window is closed, or nothing."""
        if isinstance(content, Template) or self.clock() < turn.window_closes_at:
            return content
        if self.clock() < self.windows.window_closes_at(turn.conversation_key):
            return content
        return message.outside_window

    def _ask(self, turn: TurnMessages, message: Outbound, attempt: int, content: Sayable) -> None:
        """Ask the network once and record what it said. WindowClosed is the caller's."""
        callback = Callback(
            stack=self.stack,
            conversation_key=turn.conversation_key,
            outbound_id=message.id,
            attempt=attempt,
        )
        try:
            network_id = self.network.send(turn.account, turn.contact, content, callback.encode())
        except WindowClosed:
            raise
        except Rejected as error:
            self._fail(turn, message, attempt, error.code, error.details)
        except Refused as error:
            self._refused(turn, message, attempt, error)
        except OutcomeUnknown as error:
            self._note(turn, message, attempt, Step.UNKNOWN, error)
            self.meter.count(Metric.MESSAGES_UNKNOWN)
            raise RetryLater(LOOK_AGAIN_SECONDS) from error
        else:
            self.records.note(
                turn.conversation_key, message.id, attempt, Step.ACCEPTED, self.clock(), network_id=network_id
            )
            self.meter.count(Metric.MESSAGES_ACCEPTED)
            log.info("accepted", extra=_about(turn) | {"outbound_id": message.id, "attempt": attempt})

    def _instead(
        self, turn: TurnMessages, message: Outbound, attempt: int, tried: Sayable, error: WindowClosed
    ) -> None:
        """The network says that the window is closed: the template, if any, goes out as the next attempt."""
        if message.outside_window is None or isinstance(tried, Template):
            self._fail(turn, message, attempt, error.code, error.details)
            return
        self._note(turn, message, attempt, Step.REFUSED, error)
        self.records.claim(turn.conversation_key, message.id, attempt + 1, self.clock())
        self._ask(turn, message, attempt + 1, message.outside_window)

    def _refused(self, turn: TurnMessages, message: Outbound, attempt: int, error: Refused) -> None:
        self._note(turn, message, attempt, Step.REFUSED, error)
        self.meter.count(Metric.TOKEN_INVALID if isinstance(error, TokenInvalid) else Metric.SENDS_RETRIED)
        raise RetryLater(_pause(error, attempt)) from error

    def _fail(self, turn: TurnMessages, message: Outbound, attempt: int, code: int, why: str) -> None:
        self.records.note(
            turn.conversation_key,
            message.id,
            attempt,
            Step.FAILED,
            self.clock(),
            error_code=code,
            error=why,
        )
        self.meter.count(Metric.MESSAGES_FAILED)
        log.error("failed", extra=_about(turn) | {"outbound_id": message.id, "code": code})

    def _note(
        self, turn: TurnMessages, message: Outbound, attempt: int, step: Step, error: SendError
    ) -> None:
        self.records.note(
            turn.conversation_key,
            message.id,
            attempt,
            step,
            self.clock(),
            error_code=error.code,
            error=error.details,
        )
        extra = {"outbound_id": message.id, "attempt": attempt, "code": error.code}
        log.warning(step.value, extra=_about(turn) | extra)


def _pause(error: Refused, attempt: int) -> float:
    """How long to wait before the next attempt, growing with each; what the network asks for, if it asks."""
    if error.retry_after_seconds is not None:
        return min(error.retry_after_seconds, LONGEST_PAUSE_SECONDS)
    match error:
        case PairRateLimited():  # Meta's own advice: 4^n seconds
            pause = 4.0**attempt
        case RateLimited():  # spread, so that those who were refused together do not come back together
            pause = 2.0**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - no secret depends on it
        case _:
            pause = 5.0 * 2.0**attempt
    return min(pause, LONGEST_PAUSE_SECONDS)


def _about(turn: TurnMessages) -> dict[str, object]:
    return {"correlation_id": turn.correlation_id}
