"""What is remembered of one contact, and of each message sent and received."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, Self

from rejoinder.journal import Journal
from rejoinder.messages import (
    Account,
    Contact,
    Echo,
    Inbound,
    Policy,
    Preference,
    Release,
    Step,
    System,
    TurnMessages,
    WakeUp,
    digest,
)

WINDOW_SECONDS = 24 * 3600 - 60
"""How long after a contact's message we hold the service window to be open: Meta's 24 h less a minute for
clocks and queues (developers.facebook.com, "customer service windows")."""

MARKER_SECONDS = 30 * 24 * 3600
"""An update may lie for 14 days in the queue and for 14 in its dead-letter queue, from where a redrive takes
it; networks deliver again for 7. A marker outlives all of that."""

RECORD_SECONDS = MARKER_SECONDS + 2 * 24 * 3600
"""A message record outlives the marker that could queue its message again."""

GRACE_SECONDS = 60.0
"""How long a status may still settle a send whose outcome is unknown; doubles with each such attempt."""

LONGEST_GRACE_SECONDS = 900.0

LATE_PAUSE_SECONDS = 10.0
"""Between a failure that the network told late and the next attempt; doubles with each attempt."""

MOST_LATE = 5
"""Late failures of one message, of which the last is final."""

MOST_UNKNOWN = 10
"""Attempts of one message whose outcome stays unknown, until it is given up: each may be one more double.
With their grace periods they outlast two hours in which the network fails."""

MOST_DATA_BYTES = 64 * 1024
"""Of `chat.data` as JSON."""

MOST_MISSED = 20
MOST_MISSED_BYTES = 64 * 1024
"""What is kept of what a contact says during a handoff: the newest messages, so much JSON in all."""

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
    key was made from it; `contact` is as they last wrote or changed, at `contact_at`. `data` is the
    bot's, any JSON object; `journal` is the talk in progress, if there is one. `language` is what the bot
    chose for this contact (empty: its own). During a `handoff` a person talks to the contact and the bot
    is silent; `missed` is what the contact said meanwhile. `opted_out`: they want no offers, as they
    wished at `wished_at`. `begun_at` is when we first heard of them. `version` counts commits; 0 was
    never stored. `absorbed` are other conversations that turned out to be with the same contact; a commit
    ends them, and their keys are among the `former_keys`. Under the `vacant` ids nothing was found: a
    commit fails if that has changed.
    """

    key: str
    contact_ids: tuple[str, ...]
    contact: Contact | None = None
    contact_at: float = 0.0
    user_id: str | None = None
    version: int = 0
    data: Mapping[str, object] = field(default_factory=dict)
    journal: Journal | None = None
    language: str = ""
    handoff: bool = False
    missed: tuple[Inbound, ...] = ()
    opted_out: bool = False
    wished_at: float = 0.0
    window_closes_at: float = 0.0
    begun_at: float = 0.0
    former_keys: tuple[str, ...] = ()
    absorbed: tuple["Conversation", ...] = ()
    vacant: tuple[str, ...] = ()

    @classmethod
    def begin(cls, account: Account, contact: Contact) -> Self:
        """A conversation with somebody never seen before."""
        key = conversation_key(account, contact.id)
        return cls(key=key, contact_ids=contact.ids, user_id=contact.user_id)

    def heard(self, inbound: Inbound, now: float) -> "Conversation":
        """This conversation after a message, whatever the bot makes of it: new ids are known, words to us
        open the window, a handoff begins or ends, the contact's newest wish counts.
        """
        heard = replace(self, begun_at=self.begun_at or now)
        match inbound.content:
            case Echo():
                return replace(heard, handoff=True)
            case Release():
                return replace(heard, handoff=False)
            case Preference(value=value) if inbound.at >= self.wished_at:
                heard = replace(heard, opted_out=value == "stop", wished_at=inbound.at)
        if not inbound.is_from_contact:
            return heard
        opened = min(inbound.at, now) + WINDOW_SECONDS if inbound.is_spoken else 0.0
        return replace(
            _reached(heard, inbound),
            contact_ids=tuple(dict.fromkeys((*self.contact_ids, *inbound.contact.ids))),
            window_closes_at=max(self.window_closes_at, opened),
        )

    def is_with(self, contact: Contact, contact_id: str) -> bool:
        """Whether this conversation, found under `contact_id`, is with `contact`.

        Phone numbers are given to other people after a while, business-scoped user ids are not. A number
        under which somebody else, by user id, talked to us leads to nothing.
        """
        if not (contact_id.isdecimal() and contact.user_id and self.user_id):
            return True
        return self.user_id in (contact.user_id, *contact.former_ids)

    def missing(self, inbound: Inbound) -> Self:
        """This conversation with `inbound` among what was said during the handoff."""
        return replace(self, missed=_newest_of((*self.missed, inbound)))


def conversation_of(
    account: Account, contact: Contact, under: Callable[[str], Conversation | None]
) -> Conversation:
    """The conversation with `contact`: all that its ids lead to, as one; a new one where they lead nowhere.

    `under(id)` looks one up.
    """
    found = {id: under(id) for id in contact.ids}
    theirs = {one.key: one for id, one in found.items() if one and one.is_with(contact, id)}
    others = {one.user_id for one in theirs.values() if one.user_id} - {*contact.ids}
    if len(others) > 1:  # a notice of a number that somebody else has had, without user ids
        former = {one.key for id in contact.former_ids if (one := found[id])}
        theirs = {key: one for key, one in theirs.items() if key in former or one.user_id not in others}
    conversation = _as_one(list(theirs.values())) if theirs else Conversation.begin(account, contact)
    vacant = tuple(id for id, one in found.items() if one is None)
    return replace(conversation, vacant=vacant)


def without_lost_ids(conversation: Conversation, led_to: Mapping[str, str]) -> Conversation:
    """`conversation`, which takes in others, without the ids that lead to somebody else by now: `led_to` has
    the keys that aliases lead to.
    """
    own = {conversation.key, *conversation.former_keys}
    ids = tuple(id for id in conversation.contact_ids if led_to.get(id, conversation.key) in own)
    return replace(conversation, contact_ids=ids)


def _reached(conversation: Conversation, inbound: Inbound) -> Conversation:
    """`conversation` with the contact as they are reached since `inbound`.

    An older message that comes late has the ids of then: a number may be somebody else's by now. Times are in
    seconds: of one second a notice of a change counts more than what was said in it.
    """
    told = inbound.contact
    is_notice = isinstance(inbound.content, System) and bool(told.former_ids)
    told_at = inbound.at + (1 if is_notice else 0)
    if told_at < conversation.contact_at:
        return conversation
    reached = replace(conversation, user_id=told.user_id or conversation.user_id)
    if inbound.is_spoken:
        return replace(reached, contact=told, contact_at=told_at)
    if is_notice:
        return replace(reached, contact=_moved(conversation.contact, told), contact_at=told_at)
    return reached


def _moved(known: Contact | None, told: Contact) -> Contact:
    """The contact that we knew, after the network told of a change."""
    if known is None:
        return replace(told, former_ids=())
    phone, user_id = told.phone or known.phone, told.user_id or known.user_id
    return replace(known, id=user_id or told.id, phone=phone, user_id=user_id)


def _newest_of(missed: Iterable[Inbound]) -> tuple[Inbound, ...]:
    """The newest of `missed` that may be kept, each once."""
    each = {message.id: message for message in missed}
    kept: list[Inbound] = []
    room = MOST_MISSED_BYTES
    for message in reversed([*each.values()][-MOST_MISSED:]):
        room -= len(json.dumps(asdict(message)))
        if room < 0:
            break
        kept.insert(0, message)
    return tuple(kept)


def new_ids(before: Conversation, after: Conversation) -> tuple[str, ...]:
    """The ids in `after` that need an alias: the newest holder of an id has it.

    The first id of a new conversation needs none, since the key is made from it; those of an absorbed one do.
    """
    known = before.contact_ids if before.version else after.contact_ids[:1]
    absorbed = [id for other in before.absorbed for id in other.contact_ids]
    return tuple(id for id in after.contact_ids if id not in known or id in absorbed)


def _as_one(conversations: Sequence[Conversation]) -> Conversation:
    """The oldest of `conversations`, which takes in the others: the newest talk, the oldest data where they
    differ, the stricter consent.
    """
    oldest, *others = sorted(conversations, key=lambda conversation: conversation.begun_at)
    if not others:
        return oldest
    talks = [conversation for conversation in conversations if conversation.journal]
    newest = max(talks, key=lambda talk: talk.journal.message.at if talk.journal else 0.0, default=oldest)
    data = {name: value for other in reversed([oldest, *others]) for name, value in other.data.items()}
    if len(json.dumps(data)) > MOST_DATA_BYTES:
        data = dict(oldest.data)
    last_seen = max(conversations, key=lambda conversation: conversation.contact_at)
    return replace(
        oldest,
        contact_ids=tuple(dict.fromkeys(id for one in (oldest, *others) for id in one.contact_ids)),
        contact=last_seen.contact or oldest.contact,
        contact_at=last_seen.contact_at,
        user_id=last_seen.user_id or next((one.user_id for one in conversations if one.user_id), None),
        data=data,
        journal=newest.journal,
        language=oldest.language or newest.language,
        handoff=any(one.handoff for one in conversations),
        missed=_newest_of(message for one in (oldest, *others) for message in one.missed),
        opted_out=any(one.opted_out for one in conversations),
        wished_at=max(one.wished_at for one in conversations),
        window_closes_at=max(one.window_closes_at for one in conversations),
        former_keys=(
            *oldest.former_keys,
            *(key for one in others for key in (*one.former_keys, one.key)),
        ),
        absorbed=tuple(others),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """That an inbound message was handled, and what came of it.

    `trying`: its bot failed `tries` times, the last time by `cause`. `done` and `parked` are finished:
    `messages` is what the turn said (for `parked`, the sorry-text) and `wake_ups` what it put off, both to be
    queued again when asked. `steps` are the results, as JSON, of steps that were done before the bot failed,
    by their idempotency keys; with a parked update they wait for its redrive. `parked_at` tells one parking
    from the next.
    """

    state: Literal["trying", "done", "parked"]
    conversation_key: str = ""
    tries: int = 0
    parked_at: float = 0.0
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

_ARRIVED = {Step.DELIVERED, Step.READ, Step.PLAYED}
_TAKEN = {Step.ACCEPTED, Step.SENT}
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

    @property
    def has_arrived(self) -> bool:
        """Whether the contact has it."""
        return any(_ARRIVED & set(reached) for reached in self.steps.values())

    @property
    def is_double(self) -> bool:
        """Whether more than one attempt went through, as far as we know."""
        through = [
            s for s in self.steps.values() if _ARRIVED & set(s) or (_TAKEN & set(s) and _is_settled(s))
        ]
        return len([reached for reached in through if Step.FAILED not in reached]) > 1

    def failed_late(self, attempt: int) -> int:
        """How many attempts other than `attempt` the network accepted and refused later."""
        others = [set(reached) for number, reached in self.steps.items() if number != attempt]
        return sum(bool(_TAKEN & reached) and Step.REFUSED in reached for reached in others)

    def reached(self, attempt: int, step: Step, at: float) -> Self:
        """This record after a step, if it is new."""
        before = self.steps.get(attempt, {})
        return self if step in before else replace(self, steps={**self.steps, attempt: {**before, step: at}})

    def decide(self, policy: Policy, now: float) -> Decision:
        """What the sender does next with this message: an unknown outcome is never blindly repeated."""
        if not self.steps:
            return Claim(number=1)
        latest = self.steps[self.attempt]
        if any(_is_settled(reached) for reached in self.steps.values()):
            return Settled()
        if Step.REFUSED in latest:
            was_taken = bool(_TAKEN & set(latest))
            pause = LATE_PAUSE_SECONDS * 2**self.attempt if was_taken else 0.0
            left = latest[Step.REFUSED] + min(pause, LONGEST_GRACE_SECONDS) - now
            return Wait(seconds=left) if left > 0 else Claim(number=self.attempt + 1)
        unknown = sum(Step.REFUSED not in reached for reached in self.steps.values())
        growth = 2 ** min(unknown - 1, 10)
        waits_until = max(latest.values()) + min(GRACE_SECONDS * growth, LONGEST_GRACE_SECONDS)
        if now < waits_until:
            return Wait(seconds=min(waits_until - now, LOOK_AGAIN_SECONDS * growth))
        if policy is Policy.AT_MOST_ONCE or unknown >= MOST_UNKNOWN:
            return GiveUp(number=self.attempt)
        return Claim(number=self.attempt + 1)


def _is_settled(reached: Mapping[Step, float]) -> bool:
    """Whether nothing more is to be done about an attempt: it arrived, or failed, or was taken for good."""
    steps = set(reached)
    return bool(steps & (_ARRIVED | {Step.FAILED})) or bool(steps & _TAKEN and Step.REFUSED not in steps)
