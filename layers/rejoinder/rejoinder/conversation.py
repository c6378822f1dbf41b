"""What is remembered of one contact, and of each message sent and received."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from rejoinder.journal import Journal
from rejoinder.messages import Account, Contact, Inbound, Policy, Step, TurnMessages, WakeUp, digest

WINDOW_SECONDS = 24 * 3600 - 60
"""How long after a contact's message we hold the service window to be open: Meta's 24 h less a minute for
clocks and queues (developers.facebook.com, "customer service windows")."""

MARKER_SECONDS = 8 * 24 * 3600
"""Networks deliver again for 7 days; a marker outlives that by a day."""

RECORD_SECONDS = MARKER_SECONDS + 2 * 24 * 3600
"""A message record outlives the marker that could queue its message again."""

GRACE_SECONDS = 60.0
"""How long a status may still settle a send whose outcome is unknown; doubles with each attempt."""

LONGEST_GRACE_SECONDS = 900.0

LOOK_AGAIN_SECONDS = 15.0
"""How soon a message whose outcome is unknown is looked at again; doubles as the grace does."""


def conversation_key(account: Account, contact_id: str) -> str:
    """The key that a conversation gets when a contact is first seen under `contact_id`; it never changes."""
    return digest("conversation", str(account), contact_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The session: what we keep of one contact with one account.

    `window_closes_at` is 0 until the contact has said something. `user_id` is the business-scoped user id
    that the contact had last. `contact_ids` are all ids the contact has gone by, the first one first: the
    key was made from it. `data` is the bot's, any JSON object; `journal` is the talk in progress, if there is
    one. `language` is what the bot chose for this contact (empty: its own). `version` counts commits; 0 was
    never stored.
    """

    key: str
    contact_ids: tuple[str, ...]
    user_id: str | None = None
    version: int = 0
    data: Mapping[str, object] = field(default_factory=dict)
    journal: Journal | None = None
    language: str = ""
    window_closes_at: float = 0.0

    @classmethod
    def begin(cls, account: Account, contact: Contact) -> Self:
        """A conversation with somebody never seen before."""
        return cls(
            key=conversation_key(account, contact.id), contact_ids=contact.ids, user_id=contact.user_id
        )

    def heard(self, inbound: Inbound, now: float) -> Self:
        """This conversation after a message: new ids are known, and words to us open the window.

        What we put on the queue ourselves tells nothing new.
        """
        if not inbound.is_from_contact:
            return self
        ids = tuple(dict.fromkeys((*self.contact_ids, *inbound.contact.ids)))
        opened = min(inbound.at, now) + WINDOW_SECONDS if inbound.is_spoken else 0.0
        return replace(
            self,
            contact_ids=ids,
            user_id=inbound.contact.user_id or self.user_id,
            window_closes_at=max(self.window_closes_at, opened),
        )

    def is_with(self, contact: Contact, contact_id: str) -> bool:
        """Whether this conversation, found under `contact_id`, is with `contact`.

        Phone numbers are given to other people after a while. A number under which somebody else, by
        business-scoped user id, talked to us leads to nothing.
        """
        known = (contact.user_id, *contact.former_ids)
        return contact_id in known or not contact.user_id or not self.user_id or self.user_id in known


def conversation_of(contact: Contact, under: Callable[[str], Conversation | None]) -> Conversation | None:
    """The conversation with `contact`: of the first of its ids that leads to one. `under(id)` looks it up."""
    for contact_id in contact.ids:
        conversation = under(contact_id)
        if conversation and conversation.is_with(contact, contact_id):
            return conversation
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """That an inbound message was handled, and what came of it.

    `trying`: its bot failed `tries` times, the last time by `cause`. `done` and `parked` are finished:
    `messages` is what the turn said (for `parked`, the sorry-text) and `wake_ups` what it put off, both to be
    queued again when asked. `steps` are the results, as JSON, of steps that were done before the bot failed,
    by their idempotency keys.
    """

    state: Literal["trying", "done", "parked"]
    tries: int = 0
    cause: str = ""
    messages: TurnMessages | None = None
    wake_ups: tuple[WakeUp, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """No turn may follow."""
        return self.state != "trying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Decision: make attempt `number`."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Decision: a status may still come, look again after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Decision: nobody knows whether attempt `number` arrived, and it must not go out twice."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Decision: nothing is left to do."""


Decision = Claim | Wait | GiveUp | Settled

_SETTLING = {Step.ACCEPTED, Step.SENT, Step.DELIVERED, Step.READ, Step.PLAYED, Step.FAILED}
_SHOWN_LAST_FIRST = tuple(reversed(Step))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One outbound message: when each attempt reached which step. A step once written never changes.

    `turn` is the message itself, as a turn of its own.
    """

    steps: Mapping[int, Mapping[Step, float]] = field(default_factory=dict)
    turn: TurnMessages | None = None

    @property
    def attempt(self) -> int:
        """The newest attempt; 0 before the first."""
        return max(self.steps, default=0)

    @property
    def state(self) -> Step | None:
        """What to show: the furthest step of the newest attempt."""
        reached = self.steps.get(self.attempt, {})
        return next((step for step in _SHOWN_LAST_FIRST if step in reached), None)

    def decide(self, policy: Policy, now: float) -> Decision:
        """What the sender does next with this message: an unknown outcome is never blindly repeated."""
        if not self.steps:
            return Claim(number=1)
        latest = self.steps[self.attempt]
        if any(_SETTLING & set(reached) for reached in self.steps.values()):
            return Settled()
        if Step.REFUSED in latest:
            return Claim(number=self.attempt + 1)
        growth = 2 ** min(self.attempt - 1, 10)
        waits_until = max(latest.values()) + min(GRACE_SECONDS * growth, LONGEST_GRACE_SECONDS)
        if now < waits_until:
            return Wait(seconds=min(waits_until - now, LOOK_AGAIN_SECONDS * growth))
        return (
            Claim(number=self.attempt + 1) if policy is Policy.AT_LEAST_ONCE else GiveUp(number=self.attempt)
        )
