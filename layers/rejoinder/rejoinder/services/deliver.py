"""The sender: the messages of one turn, in order, each recorded before and after the network is asked."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from rejoinder.conversation import LOOK_AGAIN_SECONDS, Claim, GiveUp, Settled, Wait
from rejoinder.errors import (
    AttemptTaken,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    RetryLater,
    SendError,
    WindowClosed,
)
from rejoinder.gate import LONGEST_PROBE_SECONDS
from rejoinder.messages import (
    Attempt,
    Callback,
    Detail,
    Outbound,
    OutboundContent,
    Step,
    Template,
    TurnMessages,
)
from rejoinder.metrics import Metric
from rejoinder.ports import Clock, Meter, Network, RecordStore, Updates, Windows
from rejoinder.services.failures import count_double, failure_of
from rejoinder.services.gatekeeper import Gatekeeper

log = logging.getLogger("rejoinder")

LONGEST_PAUSE_SECONDS = LONGEST_PROBE_SECONDS
"""Between two attempts."""

LONGEST_ASKED_SECONDS = 11 * 3600.0
"""That the network may ask for: SQS hides a message for 12 hours at most."""

OUTSIDE_WINDOW_CODE = 131047
"""What Meta itself answers to a message outside the window."""

OUTSIDE_WINDOW = "the service window is closed and the bot declared no template for this message"
STILL_UNKNOWN = "the network never said whether it accepted the message, and it is not sent once more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Delivers turns. `stack` names this deployment in the callback data; `has_time()` says whether another
    request fits this invocation. The bot is told through `updates` of what could not be delivered.
    """

    stack: str
    network: Network
    records: RecordStore
    windows: Windows
    gatekeeper: Gatekeeper
    updates: Updates
    meter: Meter
    clock: Clock
    has_time: Callable[[], bool]

    def deliver(self, turn: TurnMessages) -> None:
        """Send what is not sent yet of `turn`, in order; RetryLater when the rest must wait."""
        for message in turn.messages:
            if not self.has_time():
                raise RetryLater(0)
            self._deliver(turn, message)

    def _deliver(self, turn: TurnMessages, message: Outbound) -> None:
        content: OutboundContent | None = message.content
        if not isinstance(content, Template) and not self._window_is_open(turn):
            content = message.outside_window
        asks = content is not None and self._is_to_be_asked(turn, message)
        probing = asks and self.gatekeeper.admit(turn.account)
        attempt = self._claim(turn, message if content is None else message.as_said(content))
        if attempt is None:
            return
        if content is None:
            self._fail(turn, message, attempt, OUTSIDE_WINDOW, OUTSIDE_WINDOW_CODE)
            return
        if attempt.number == 1 and message is turn.messages[0] and turn.read_id:
            self._mark_read(turn)
        self._ask(turn, message, attempt, content, probing=probing)

    def _is_to_be_asked(self, turn: TurnMessages, message: Outbound) -> bool:
        """Whether the network is to be asked for `message`; else it is no probe of a closed gate."""
        if not self.gatekeeper.is_closed(turn.account):
            return True
        record = self.records.read(turn.conversation_key, message.id)
        decision = record.decide(message.policy, self.clock())
        if isinstance(decision, Wait):
            raise RetryLater(decision.seconds)
        return isinstance(decision, Claim)

    def _mark_read(self, turn: TurnMessages) -> None:
        """A courtesy: when it fails, the answer still goes out, and says what is wrong if something is."""
        try:
            self.network.mark_read(turn.account, turn.read_id)
        except SendError as error:
            log.info("not marked as read", extra={"correlation_id": turn.correlation_id, "code": error.code})

    def _claim(self, turn: TurnMessages, message: Outbound) -> Attempt | None:
        """The attempt that is ours to make; None when the message is settled."""
        attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=message.id, number=1)
        while True:
            try:
                self.records.claim(attempt, self.clock(), replace(turn, messages=(message,)))
                return attempt
            except AttemptTaken:
                record = self.records.read(turn.conversation_key, message.id)
            match record.decide(message.policy, self.clock()):
                case Settled():
                    return None
                case Wait(seconds=seconds):
                    raise RetryLater(seconds)
                case GiveUp(number=number):
                    self._fail(turn, message, replace(attempt, number=number), STILL_UNKNOWN)
                    return None
                case Claim(number=number):
                    attempt = replace(attempt, number=number)

    def _window_is_open(self, turn: TurnMessages) -> bool:
        """As the turn knew it, which is a lower bound; when that is over, as the conversation knows it."""
        now = self.clock()
        return now < turn.window_closes_at or now < self.windows.window_closes_at(turn)

    def _ask(
        self,
        turn: TurnMessages,
        message: Outbound,
        attempt: Attempt,
        content: OutboundContent,
        *,
        probing: bool,
    ) -> None:
        """Ask the network once, record what it says; the template goes out when the window is closed."""
        callback = Callback(stack=self.stack, attempt=attempt).encode()
        instead = message.outside_window
        try:
            network_id = self.network.send(turn.account, turn.contact, content, callback)
        except WindowClosed as error:
            self.gatekeeper.went_through(turn.account, probing=probing)
            if instead is None or isinstance(content, Template):  # a template needs no window
                self._fail(turn, message, attempt, error.details, error.code)
                return
            self._note(attempt, Step.REFUSED, error)
            following = replace(attempt, number=attempt.number + 1)
            self.records.claim(following, self.clock(), replace(turn, messages=(message.as_said(instead),)))
            self._ask(turn, message, following, instead, probing=False)
        except Rejected as error:
            self.gatekeeper.went_through(turn.account, probing=probing)
            self._fail(turn, message, attempt, error.details, error.code)
        except (Refused, OutcomeUnknown) as error:
            self._note(attempt, Step.REFUSED if isinstance(error, Refused) else Step.UNKNOWN, error)
            self.gatekeeper.failed(turn.account, error, message.id, probing=probing)
            self.meter.count(Metric.SENDS_RETRIED if isinstance(error, Refused) else Metric.MESSAGES_UNKNOWN)
            raise RetryLater(_pause(error, attempt.number)) from error
        else:
            now = self.clock()
            before = self.records.note(attempt, Step.ACCEPTED, now, Detail(network_id=network_id))
            count_double(self.meter, attempt, before, before.reached(attempt.number, Step.ACCEPTED, now))
            self.gatekeeper.went_through(turn.account, probing=probing)
            self.meter.count(Metric.MESSAGES_ACCEPTED)
            log.info("accepted", extra=attempt.log_fields())

    def _note(self, attempt: Attempt, step: Step, error: SendError) -> None:
        """Without the network's words: a record may have many hundred attempts, and an item has 400 KB."""
        self.records.note(attempt, step, self.clock(), Detail(error_code=error.code))
        log.warning(step.value, extra=attempt.log_fields() | {"code": error.code})

    def _fail(self, turn: TurnMessages, message: Outbound, attempt: Attempt, why: str, code: int = 0) -> None:
        """Tell the bot first: once the step is written, nobody comes here again."""
        failure = failure_of(replace(turn, messages=(message,)), code, why, self.clock())
        if failure:
            self.updates.put(failure)
        self.records.note(attempt, Step.FAILED, self.clock(), Detail(error_code=code, error=why))
        self.meter.count(Metric.MESSAGES_FAILED)
        log.error("failed", extra=attempt.log_fields() | {"code": code})


def _pause(error: Refused | OutcomeUnknown, attempt: int) -> float:
    """How long to wait before the next attempt, growing with each; what the network asks for, if it asks."""
    if isinstance(error, OutcomeUnknown):
        return LOOK_AGAIN_SECONDS
    if error.retry_after_seconds:
        return min(error.retry_after_seconds, LONGEST_ASKED_SECONDS)
    growth = min(attempt, 10)  # the longest pause is reached long before
    match error:
        case PairRateLimited():  # Meta's own advice: 4^n seconds
            pause = 4.0**growth
        case RateLimited():  # spread, so that those who were refused together do not come back together
            pause = 2.0**growth * random.uniform(0.5, 1.5)  # noqa: S311 - no secret depends on it
        case _:
            pause = 5.0 * 2.0**growth
    return min(pause, LONGEST_PAUSE_SECONDS)
