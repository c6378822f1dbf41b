"""The life of an outbound message: its attempts, the steps that each of them reaches, and what comes next.

The transitions are said here, once, as rules over the steps that an attempt has reached. The record decides
by them, the table's conditions are written from them (`aws.records`), and the memory store asks them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Self

from rejoinder.model import backoff
from rejoinder.model.ids import correlation_of
from rejoinder.model.marker import MARKER_SECONDS
from rejoinder.model.messages import Policy, TurnMessages
from rejoinder.model.rules import All, Any, Has, Not, Rule

RECORD_SECONDS = MARKER_SECONDS + 2 * 24 * 3600
"""How long a message record lives, in seconds: 32 days. It outlives the marker that could queue its message
again."""

MAX_FAILED_LATE = 5
"""Late failures of one message; the last of them is final."""

MAX_UNKNOWN = 10
"""Attempts of one message whose outcome stays unknown, before it is given up: each may be one more double.
With their grace periods they outlast two hours in which the network fails."""


class Step(StrEnum):
    """One step in the life of an attempt, kept with its time.

    The order is that in which a state is shown: what was delivered stays delivered, whatever is said of it
    later.
    """

    SENDING = "sending"
    """We are about to ask the network, or have asked it."""

    REFUSED = "refused"
    """The network did not accept it, or accepted it and failed it, and another attempt makes sense."""

    UNKNOWN = "unknown"
    """We asked, and nobody knows whether the network accepted it."""

    ACCEPTED = "accepted"
    """The network accepted it when we asked."""

    SENT = "sent"
    """A status told that it is on its way."""

    FAILED = "failed"
    """It is over: it will not be delivered."""

    DELIVERED = "delivered"
    """A status told that it is on the contact's phone."""

    READ = "read"
    """A status told that the contact has read it."""

    PLAYED = "played"
    """A status told that the contact has played it."""


# --- rules --------------------------------------------------------------------------------------------------


HAS_ARRIVED = Has((Step.DELIVERED, Step.READ, Step.PLAYED))
"""The contact has it."""

WAS_TAKEN = Has((Step.ACCEPTED, Step.SENT))
"""The network took it, at first."""

WAS_REFUSED = Has((Step.REFUSED,))
"""The network did not take it, or failed it later: another attempt makes sense."""

HAS_FAILED = Has((Step.FAILED,))
"""It is over."""

IS_TAKEN = All((WAS_TAKEN, Not(WAS_REFUSED)))
"""The network took it and has not failed it since."""

IS_SETTLED = Any((HAS_ARRIVED, HAS_FAILED, IS_TAKEN))
"""Nothing more is to be done about the attempt, nor about its message."""

WENT_THROUGH = All((Any((HAS_ARRIVED, IS_TAKEN)), Not(HAS_FAILED)))
"""As far as we know, the contact gets it."""

HAS_BEGUN = Has(tuple(Step))
"""Something is known of the attempt."""

MAY_BE_FOLLOWED = All((HAS_BEGUN, Not(IS_SETTLED)))
"""Another attempt may be made after this one."""

MAY_BE_CLAIMED = Not(Has(tuple(step for step in Step if step is not Step.SENDING)))
"""Nobody has asked the network with this attempt yet, as far as its record tells. Whether SENDING is there is
looked at apart: the same claim, by its time, may be made again."""


# --- attempts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at sending one outbound message."""

    conversation_key: str
    """The key of its conversation."""

    outbound_id: str
    """The id of the message."""

    number: int
    """Which attempt it is, from 1."""

    def log_fields(self) -> dict[str, object]:
        """Return how a log line names this attempt."""
        return {
            "correlation_id": correlation_of(self.outbound_id),
            "outbound_id": self.outbound_id,
            "attempt": self.number,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What we give the network with a message and get back in its statuses."""

    stack: str
    """The name of the deployment that sent the message."""

    attempt: Attempt
    """The attempt that it was sent with."""

    FORMAT: ClassVar = "r1"
    """The format of the callback data, which is its first part."""

    def encode(self) -> str:
        """Return `<format>.<stack>.<conversation key>.<outbound id>.<attempt>`; no part holds a dot."""
        attempt = self.attempt
        parts = (self.FORMAT, self.stack, attempt.conversation_key, attempt.outbound_id, str(attempt.number))
        return ".".join(parts)

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """Return the callback in `text`; None when rejoinder did not send the message."""
        if not (match := _CALLBACK.fullmatch(text)):
            return None
        stack, key, outbound_id, number = match.groups()
        attempt = Attempt(conversation_key=key, outbound_id=outbound_id, number=int(number))
        return cls(stack=stack, attempt=attempt)


_CALLBACK = re.compile(
    Callback.FORMAT + r"\.([A-Za-z0-9-]{1,128})\.([a-z0-9]{1,64})\.([a-z0-9]{1,64}-\d{1,3})\.([1-9]\d{0,3})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What is known with a step."""

    network_id: str = ""
    """The network's id of the message; empty when it told none."""

    error_code: int | None = None
    """The network's error code; None when there was no error."""

    error: str = ""
    """The network's words about the error, or ours."""

    billed_category: str = ""
    """The category that the network charges for; empty when it charges nothing."""


class Remedy(StrEnum):
    """What helps a message that the network accepted first and then failed."""

    NONE = "none"
    """Nothing: it is over."""

    AGAIN = "again"
    """Another attempt, after a while."""

    FILES = "files"
    """Another attempt, with its files given to the network anew; nothing where it has no file of ours."""

    AGAIN_WHEN_OPEN = "again_when_open"
    """Another attempt, when whatever stops the whole account is mended."""

    TEMPLATE = "template"
    """Another attempt, as the template that the bot declared."""

    CONSENT = "consent"
    """Nothing until the contact agrees: they told the network that they want no offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The network tells how far an outbound message has come."""

    step: Step
    """The step that it has reached."""

    at: float
    """When it did, in Unix seconds."""

    callback: str = ""
    """Our callback data, as it came back; empty when there was none."""

    detail: Detail
    """What is known with the step."""

    remedy: Remedy = Remedy.NONE
    """What helps, when the step is a failure."""

    template_status: str = ""
    """The status of the message's template that made it fail, such as `paused`; empty for another cause."""


# --- records ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Decision: make this attempt."""

    number: int
    """Which attempt, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Decision: a status may still come, or the network wants a pause. Look again later."""

    seconds: float
    """How much later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Decision: nobody knows whether an attempt arrived, and the message must not go out again."""

    number: int
    """Which attempt, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Decision: nothing is left to do."""


Decision = Claim | Wait | GiveUp | Settled

_SHOWN_LAST_FIRST = tuple(reversed(Step))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """What is known of one outbound message."""

    steps: Mapping[int, Mapping[Step, float]] = field(default_factory=dict)
    """When each attempt reached which step, in Unix seconds. A step once written never changes."""

    turn: TurnMessages | None = None
    """The message itself, as a turn of its own."""

    is_tracked: bool = False
    """Whether the bot wants to know when the message is delivered and read."""

    unreadable: str = ""
    """Why `turn` cannot be read by this version of the code; empty when it can, or when there is none."""

    @property
    def attempt(self) -> int:
        """The number of the newest attempt; 0 before the first."""
        return max(self.steps, default=0)

    @property
    def state(self) -> Step | None:
        """The furthest step of the newest attempt: what to show."""
        reached = self.steps.get(self.attempt, {})
        return next((step for step in _SHOWN_LAST_FIRST if step in reached), None)

    @property
    def has_arrived(self) -> bool:
        """Whether the contact has it."""
        return self._is_true_of_any(HAS_ARRIVED)

    @property
    def is_settled(self) -> bool:
        """Whether no further attempt is made."""
        return self._is_true_of_any(IS_SETTLED)

    @property
    def is_double(self) -> bool:
        """Whether more than one attempt went through, as far as we know."""
        attempts = self.steps.values()
        return len(attempts) > 1 and sum(WENT_THROUGH.holds(reached.keys()) for reached in attempts) > 1

    def failed_late(self, attempt: int) -> int:
        """Return how many attempts other than `attempt` the network took and refused later."""
        others = [reached.keys() for number, reached in self.steps.items() if number != attempt]
        return sum(WAS_TAKEN.holds(reached) and WAS_REFUSED.holds(reached) for reached in others)

    def reached(self, attempt: int, step: Step, at: float) -> Self:
        """Return this record after a step. A step that is known already changes nothing."""
        before = self.steps.get(attempt, {})
        return self if step in before else replace(self, steps={**self.steps, attempt: {**before, step: at}})

    def may_be_claimed(self, attempt: int, at: float) -> bool:
        """Whether `attempt` may be made at `at`: it is new, and the one before it went wrong.

        The same claim again, by its time, is the same claim: a client may have repeated its request.
        """
        own = self.steps.get(attempt, {})
        is_new = own.get(Step.SENDING, at) == at and MAY_BE_CLAIMED.holds(own.keys())
        return is_new and (attempt == 1 or MAY_BE_FOLLOWED.holds(self.steps.get(attempt - 1, {}).keys()))

    def decide(self, policy: Policy, now: float, *, has_statuses: bool = True) -> Decision:
        """Return what the sender does next. An attempt with an unknown outcome is never repeated blindly.

        It waits for a status first. Without `has_statuses` none will come, and it follows its policy at once.
        """
        if not self.steps:
            return Claim(number=1)
        if self.is_settled:
            return Settled()
        if WAS_REFUSED.holds(self.steps[self.attempt].keys()):
            return self._after_a_refusal(now)
        return self._after_an_unknown_outcome(policy, now, has_statuses=has_statuses)

    def _after_a_refusal(self, now: float) -> Decision:
        """Decide about a message whose newest attempt was refused: after a late failure, after a pause."""
        latest = self.steps[self.attempt]
        pause = backoff.FAILED_LATE.seconds(self.attempt - 1) if WAS_TAKEN.holds(latest.keys()) else 0.0
        remaining = latest[Step.REFUSED] + pause - now
        return Wait(seconds=remaining) if remaining > 0 else Claim(number=self.attempt + 1)

    def _after_an_unknown_outcome(self, policy: Policy, now: float, *, has_statuses: bool) -> Decision:
        """Decide about a message of whose newest attempt nobody knows what became of it.

        Where no status can settle the attempt, only those after the first one have a pause before them: the
        network may be failing.
        """
        unknown = sum(not WAS_REFUSED.holds(reached.keys()) for reached in self.steps.values())
        is_over = policy is Policy.AT_MOST_ONCE or unknown >= MAX_UNKNOWN
        at_once = not has_statuses and (is_over or unknown == 1)
        grace = 0.0 if at_once else backoff.GRACE.seconds(unknown - 1)
        grace_ends_at = max(self.steps[self.attempt].values()) + grace
        if now < grace_ends_at:
            return Wait(seconds=min(grace_ends_at - now, backoff.LOOK_AGAIN.seconds(unknown - 1)))
        return GiveUp(number=self.attempt) if is_over else Claim(number=self.attempt + 1)

    def _is_true_of_any(self, rule: Rule) -> bool:
        return any(rule.holds(reached.keys()) for reached in self.steps.values())
