"""The conversation: what is remembered of one contact, and how it changes with each update."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from rejoinder.model.contents import System
from rejoinder.model.ids import conversation_key
from rejoinder.model.people import Account, Contact
from rejoinder.model.talk import Talk, bytes_of, shortened
from rejoinder.model.updates import Echo, Inbound, Preference, Release, is_speech

MAX_DATA_BYTES = 64 * 1024
"""The most that `chat.data` may hold, in bytes of JSON. It shares a DynamoDB item (400 KB) with the talk."""

MAX_MISSED = 20
"""The most messages that are kept of what a contact says during a handoff: the newest ones."""

MAX_MISSED_BYTES = 64 * 1024
"""The most that those messages may hold together, in bytes of JSON."""

NO_WINDOW = math.inf
"""The length of the service window, in seconds, on a channel that has none: it never closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A phone number of this contact belonged to somebody else before."""

    at: float
    """When this contact first wrote to us under it, in Unix seconds."""

    user_id: str
    """The business-scoped user id of the one who had it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The session: what we keep of one contact with one account."""

    key: str
    """The key, made from the first of `contact_ids`. It never changes."""

    contact_ids: tuple[str, ...]
    """All ids that the contact has gone by, the first one first."""

    contact: Contact | None = None
    """The contact as they last wrote or changed; None until they have written."""

    contact_at: float = 0.0
    """When `contact` was told, in Unix seconds."""

    user_id: str | None = None
    """The business-scoped user id that the contact had last; None when we know none."""

    version: int = 0
    """How often it was committed; 0 when it was never stored."""

    data: Mapping[str, object] = field(default_factory=dict)
    """The bot's data: any JSON object."""

    journal: Talk | None = None
    """The talk in progress, if there is one."""

    language: str = ""
    """The language that the bot chose for this contact; empty when it is the bot's own."""

    handoff: bool = False
    """Whether a person talks to the contact, and the bot is silent."""

    missed: tuple[Inbound, ...] = ()
    """What the contact said during the handoff."""

    opted_out: bool = False
    """Whether the contact wants no offers."""

    wished_at: float = 0.0
    """When the contact told whether they want offers, in Unix seconds; 0 when they never did."""

    spoken_at: float = 0.0
    """When the contact last said something to us, in Unix seconds; 0 when they never did."""

    window_closes_at: float = 0.0
    """When the service window closes, in Unix seconds; 0 before it opens, infinite when it never closes."""

    begun_at: float = 0.0
    """When we first heard of the contact, in Unix seconds."""

    former_keys: tuple[str, ...] = ()
    """The keys of conversations that turned out to be with the same contact, and ended in this one."""

    taken_over: Mapping[str, TakenOver] = field(default_factory=dict)
    """The phone numbers of this contact that belonged to somebody else before."""

    absorbed: tuple["Conversation", ...] = ()
    """Other conversations that turned out to be with the same contact just now; a commit ends them."""

    vacant: tuple[str, ...] = ()
    """The ids under which nothing was found; a commit fails if that has changed."""

    held: tuple[str, ...] = ()
    """The ids of the update that somebody else has had since: they go on leading there."""

    @classmethod
    def begin(cls, account: Account, contact: Contact) -> Self:
        """Return a conversation with somebody never seen before."""
        key = conversation_key(str(account), contact.id)
        return cls(key=key, contact_ids=contact.ids, user_id=contact.user_id)

    def heard(self, inbound: Inbound, now: float, window_seconds: float) -> "Conversation":
        """Return this conversation after an update, whatever the bot makes of it.

        New ids are known, words to us open the service window for `window_seconds`, a handoff begins or
        ends, and the contact's newest wish counts.
        """
        heard = replace(self, begun_at=self.begun_at or now)
        if window_seconds == NO_WINDOW:
            heard = replace(heard, window_closes_at=NO_WINDOW)
        match inbound.content:
            case Echo(content=said):
                return replace(heard, handoff=heard.handoff or said is None or is_speech(said))
            case Release():
                return replace(heard, handoff=False)
            case Preference(value=value) if inbound.at >= self.wished_at:
                heard = replace(heard, opted_out=value == "stop", wished_at=inbound.at)
        if not inbound.is_from_contact:
            return heard
        ids = tuple(dict.fromkeys((*self.contact_ids, *inbound.contact.ids)))
        heard = replace(_with_contact(heard, inbound), contact_ids=ids)
        if inbound.is_spoken:
            return heard._spoken_to(min(inbound.at, now), window_seconds)  # noqa: SLF001 - of this very class
        return heard

    def _spoken_to(self, at: float, window_seconds: float) -> "Conversation":
        closes_at = max(self.window_closes_at, at + window_seconds)
        return replace(self, spoken_at=max(self.spoken_at, at), window_closes_at=closes_at)

    def is_with(self, contact: Contact, contact_id: str) -> bool:
        """Whether this conversation, found under `contact_id`, is with `contact`.

        Phone numbers are given to other people after a while, business-scoped user ids are not. A number
        under which somebody else, by user id, talked to us leads to nothing.
        """
        if not (contact.has_phone(contact_id) and contact.user_id and self.user_id):
            return True
        return self.user_id in (contact.user_id, *contact.former_ids)

    def missing(self, inbound: Inbound) -> Self:
        """Return this conversation with `inbound` among what was said during the handoff."""
        short = shortened(inbound.without_raw(), MAX_MISSED_BYTES // 32)
        return replace(self, missed=_newest_of((*self.missed, short)))


def conversation_for(
    inbound: Inbound,
    *,
    under: Callable[[str], Conversation | None],
    of_key: Callable[[str], Conversation | None],
) -> Conversation | None:
    """Return the conversation that an update is for; None when it is for nobody that we know any more.

    `under(id)` looks a conversation up by an id of its contact, `of_key(key)` by its key. An update of our
    own names its conversation: if that one has ended, it is for the one that took it in, and for no other.
    """
    key = inbound.conversation_key
    own = of_key(key) if key else None
    if own:
        return own
    if key:
        holders = (holder for id in inbound.contact.ids for holder in _holders(under(id), id, under))
        return next((holder for holder in holders if key in holder.former_keys), None)
    return conversation_of(inbound.account, inbound.contact, under, at=inbound.at)


def _holders(
    holder: Conversation | None, contact_id: str, under: Callable[[str], Conversation | None]
) -> Iterator[Conversation]:
    """Yield `holder`, whom an id leads to, and those who had that id before, the latest first."""
    seen: set[str] = set()
    while holder and holder.key not in seen:
        yield holder
        seen.add(holder.key)
        taken_over = holder.taken_over.get(contact_id)
        holder = under(taken_over.user_id) if taken_over else None


def conversation_of(
    account: Account, contact: Contact, under: Callable[[str], Conversation | None], *, at: float
) -> Conversation | None:
    """Return the conversation with `contact`, as an update from the time `at` names them.

    It is all that the contact's ids lead to, as one; a new one where they lead nowhere. None when all that
    names the contact is a number that has passed to somebody else since, and nobody knows who had it then.
    `under(id)` looks a conversation up by an id of its contact.
    """
    holders = {id: under(id) for id in contact.ids}
    found = {id: _holder_then(one, contact, id, at, under) for id, one in holders.items()}
    if all(holders.values()) and not any(found.values()):
        return None
    theirs = {one.key: one for id, one in found.items() if one and one.is_with(contact, id)}
    others = {one.user_id for one in theirs.values() if one.user_id} - {*contact.ids}
    if len(others) > 1:  # a notice of a number that somebody else has had, without user ids
        former = (*contact.former_ids, *contact.former_phones)
        kept = {one.key for id in former if (one := found.get(id))}
        theirs = {key: one for key, one in theirs.items() if key in kept or one.user_id not in others}
    conversation = _as_one(list(theirs.values())) if theirs else Conversation.begin(account, contact)
    # Who has had a number takes it over from nobody: what names them by it is late.
    known = conversation.contact_ids if conversation.version else ()
    strangers = {id: one for id, one in found.items() if one and not one.is_with(contact, id)}
    taken_over = {
        id: TakenOver(at=at, user_id=one.user_id)
        for id, one in strangers.items()
        if one.user_id and id not in known and at >= one.contact_at
    }
    return replace(
        conversation,
        vacant=tuple(id for id, one in holders.items() if one is None),
        held=tuple(id for id, one in strangers.items() if id not in known and at < one.contact_at),
        taken_over={**taken_over, **conversation.taken_over},
    )


def _holder_then(
    holder: Conversation | None,
    contact: Contact,
    contact_id: str,
    at: float,
    under: Callable[[str], Conversation | None],
) -> Conversation | None:
    """Return the conversation with whoever had a phone number at the time `at`; now `holder` has it.

    What names its contact by nothing but a number, and is older than its holder, is not for its holder. Who
    shows a user id is known by it, whatever the number.
    """
    if contact.user_id or not contact.has_phone(contact_id):
        return holder
    for one in _holders(holder, contact_id, under):
        taken_over = one.taken_over.get(contact_id)
        if taken_over is None or at >= taken_over.at:
            return one
    return None


def without_lost_ids(conversation: Conversation, led_to: Mapping[str, str]) -> Conversation:
    """Return `conversation` without the ids that, by `led_to`, have aliases to somebody else by now."""
    own = {conversation.key, *conversation.former_keys}
    ids = tuple(id for id in conversation.contact_ids if led_to.get(id, conversation.key) in own)
    return replace(conversation, contact_ids=ids)


def new_ids(before: Conversation, after: Conversation) -> tuple[str, ...]:
    """Return the ids in `after` that need an alias: the newest holder of an id has it.

    The first id of a new conversation needs none, since the key is made from it. The ids of an absorbed
    conversation need one.
    """
    known = (*before.held, *(before.contact_ids if before.version else after.contact_ids[:1]))
    absorbed = [id for other in before.absorbed for id in other.contact_ids]
    return tuple(id for id in after.contact_ids if id not in known or id in absorbed)


def _with_contact(conversation: Conversation, inbound: Inbound) -> Conversation:
    """Return `conversation` with the contact as they are reached since `inbound`.

    An older message that comes late has the ids of its time: a number may be somebody else's by now. Times
    are in whole seconds: within one second a notice of a change counts more than what was said in it.
    """
    contact = inbound.contact
    is_notice = isinstance(inbound.content, System) and bool(contact.former_ids or contact.former_phones)
    at = inbound.at + (1 if is_notice else 0)
    if at < conversation.contact_at:
        return conversation
    reached = replace(conversation, user_id=contact.user_id or conversation.user_id)
    if inbound.is_spoken:
        return replace(reached, contact=contact, contact_at=at)
    if is_notice:
        return replace(reached, contact=_moved(conversation.contact, contact), contact_at=at)
    return reached


def _moved(known: Contact | None, changed: Contact) -> Contact:
    """Return the contact that we knew, with what the network told of a change."""
    if known is None:
        return replace(changed, former_ids=(), former_phones=())
    phone, user_id = changed.phone or known.phone, changed.user_id or known.user_id
    return replace(known, id=user_id or changed.id, phone=phone, user_id=user_id)


def _newest_of(missed: Iterable[Inbound]) -> tuple[Inbound, ...]:
    """Return the newest of `missed` that may be kept, each once."""
    each = {message.id: message for message in missed}
    kept: list[Inbound] = []
    room = MAX_MISSED_BYTES
    for message in reversed([*each.values()][-MAX_MISSED:]):
        room -= bytes_of(json.dumps(asdict(message), ensure_ascii=False))
        if room < 0:
            break
        kept.insert(0, message)
    return tuple(kept)


def _as_one(conversations: Sequence[Conversation]) -> Conversation:
    """Return the oldest of `conversations`, which takes in the others.

    It has the newest talk, the oldest data where they differ, and the stricter consent.
    """
    oldest, *others = sorted(conversations, key=lambda conversation: conversation.begun_at)
    if not others:
        return oldest
    talks = [conversation for conversation in conversations if conversation.journal]
    newest = max(talks, key=_talk_begun_at, default=oldest)
    data = {name: value for other in reversed([oldest, *others]) for name, value in other.data.items()}
    if bytes_of(json.dumps(data, ensure_ascii=False)) > MAX_DATA_BYTES:
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
        spoken_at=max(one.spoken_at for one in conversations),
        window_closes_at=max(one.window_closes_at for one in conversations),
        former_keys=(
            *oldest.former_keys,
            *(key for one in others for key in (*one.former_keys, one.key)),
        ),
        taken_over={
            id: taken
            for one in (oldest, *others)
            for id, taken in one.taken_over.items()
            if taken.user_id not in {known for each in conversations for known in each.contact_ids}
        },
        absorbed=tuple(others),
    )


def _talk_begun_at(conversation: Conversation) -> float:
    """Return when the talk of `conversation` began, in Unix seconds; 0 where that is not known."""
    message = conversation.journal.message if conversation.journal else None
    return message.at if message else 0.0
