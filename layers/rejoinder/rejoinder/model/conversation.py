"""The conversation: what is remembered of one contact, and how it changes with each update."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import System
from rejoinder.model.ids import conversation_key
from rejoinder.model.ledger import is_newest, told_by
from rejoinder.model.links import MAX_LINKED, MAX_WRONG, Linked
from rejoinder.model.messages import TurnMessages
from rejoinder.model.own import Echo, LinkTold, Release
from rejoinder.model.people import Account, Contact
from rejoinder.model.sizes import bytes_of, shortened
from rejoinder.model.talk import Talk
from rejoinder.model.updates import Inbound

MAX_DATA_BYTES = 64 * 1024
"""The most that `chat.data` may hold, in bytes of JSON. It shares a DynamoDB item (400 KB) with the talk."""

MAX_MISSED = 20
"""The most messages that are kept of what a contact says during a handoff: the newest ones."""

MAX_MISSED_BYTES = 64 * 1024
"""The most that those messages may hold together, in bytes of JSON."""

ALIAS_SECONDS = 30 * 24 * 3600
"""How much longer than a conversation its aliases live, in seconds: at least this, at most twice this."""

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

    gathered: tuple[Inbound, ...] = ()
    """What the contact said in this moment, and the bot has not seen yet."""

    gathered_at: float = 0.0
    """When we heard the first of that, in Unix seconds."""

    behind: str = ""
    """The id of the last update that was queued again, such as an album or what came after one. Empty once
    the bot has had it."""

    opted_out: bool = False
    """Whether the contact wants no offers."""

    wished_at: float = 0.0
    """When the contact told whether they want offers, in Unix seconds; 0 when they never did."""

    spoken_at: float = 0.0
    """When the contact last said something to us, in Unix seconds; 0 when they never did."""

    window_closes_at: float = 0.0
    """When the service window closes, in Unix seconds; 0 before it opens, infinite when it never closes."""

    waiting: tuple[TurnMessages, ...] = ()
    """Messages that wait until the contact writes again, each as a turn of its own."""

    entered_at: float = 0.0
    """When the contact came from an advertisement, in Unix seconds; 0 once we have answered that."""

    free_until: float = 0.0
    """Until when messages cost nothing, because the contact came from an advertisement, in Unix seconds."""

    consent: Mapping[Purpose, ConsentEntry] = field(default_factory=dict)
    """The newest entry of the ledger of consent, by purpose."""

    linked: tuple[Linked, ...] = ()
    """The other conversations that are with the same person, as far as codes proved it."""

    wrong_codes: tuple[float, ...] = ()
    """When the contact last said wrong codes, in Unix seconds."""

    begun_at: float = 0.0
    """When we first heard of the contact, in Unix seconds."""

    ends_at: float = 0.0
    """Until when it is kept, in Unix seconds, unless something comes before; 0 while that is not said."""

    looked_at: float = 0.0
    """When a wake-up looks whether that time is over, in Unix seconds; 0 while none does."""

    former_keys: tuple[str, ...] = ()
    """The keys of conversations that turned out to be with the same contact, and ended in this one."""

    taken_over: Mapping[str, TakenOver] = field(default_factory=dict)
    """The phone numbers of this contact that belonged to somebody else before."""

    absorbed: tuple["Conversation", ...] = ()
    """Other conversations that turned out to be with the same contact just now; a commit ends them."""

    vacant: tuple[str, ...] = ()
    """The ids under which nothing was found; a commit fails if that has changed."""

    ledger: tuple[ConsentEntry, ...] = ()
    """Entries of the ledger that are new; a commit adds them to it."""

    released: tuple[TurnMessages, ...] = ()
    """Messages that need not wait any more; a commit lets them go out."""

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
        changes: dict[str, Any] = {"begun_at": self.begun_at or now}
        if window_seconds == NO_WINDOW:
            changes["window_closes_at"] = NO_WINDOW
        match inbound.content:
            case Echo() as echo:
                changes["handoff"] = self.handoff or echo.is_answer
            case Release():
                changes["handoff"] = False
        if inbound.is_from_contact:
            changes |= _reached(self, inbound)
            changes["contact_ids"] = tuple(dict.fromkeys((*self.contact_ids, *inbound.contact.ids)))
            if inbound.opens_window:
                at = min(inbound.at, now)
                changes["spoken_at"] = max(self.spoken_at, at)
                changes["window_closes_at"] = max(self.window_closes_at, at + window_seconds)
                if inbound.referral and inbound.referral.is_ad:
                    changes["entered_at"] = max(self.entered_at, at)
        entry, after = told_by(inbound), replace(self, **changes)
        if isinstance(inbound.content, LinkTold):
            return after.joined(*inbound.content.linked).told(*inbound.content.consent)
        return after.told(*([entry] if entry else []))

    def told(self, *entries: ConsentEntry) -> Self:
        """Return this conversation with what `entries` tell in its ledger of consent.

        What is older than the contact's newest wish is added to the ledger, and changes nothing else.
        """
        after = self
        for entry in entries:
            after = after._after(entry)
        return after

    def _after(self, entry: ConsentEntry) -> Self:
        newest, is_marketing = self.consent.get(entry.purpose), entry.purpose is Purpose.MARKETING
        since = self.wished_at if is_marketing else newest.at if newest else 0.0
        if entry.by == "network" and not entry.told_to and newest and newest.told_to:
            return self  # such as blocked here since long: what they told elsewhere was their own word
        if self.linked and not entry.told_to and entry.at == since:
            # Networks tell whole seconds. What we heard later is newer, also where it arrives earlier.
            entry = replace(entry, at=since + 0.001)
        counts = is_newest(entry, newest, since)
        changes: dict[str, Any] = {}
        if counts if entry.told_to else self.linked or entry.is_news_after(newest):
            changes["ledger"] = (*self.ledger, entry)
            if counts:
                changes["consent"] = {**self.consent, entry.purpose: entry}
        if is_marketing and counts:
            changes |= {"opted_out": not entry.given, "wished_at": entry.at}
        return replace(self, **changes)

    def joined(self, *others: Linked) -> Self:
        """Return this conversation linked with `others`, as far as there is room for them."""
        known = {self.key, *self.former_keys, *(one.conversation_key for one in self.linked)}
        new = {one.conversation_key: one for one in others if one.conversation_key not in known}
        return replace(self, linked=(*self.linked, *new.values())[:MAX_LINKED]) if new else self

    def guessed(self, *wrong_codes: float) -> Self:
        """Return this conversation after wrong codes were said at these times."""
        if not wrong_codes:
            return self
        return replace(self, wrong_codes=(*self.wrong_codes, *wrong_codes)[-MAX_WRONG:])

    def answered(self, at: float, *, within_seconds: float, free_seconds: float) -> Self:
        """Return this conversation after we answered at the time `at`.

        The first answer to somebody who came from an advertisement makes what follows free, if it comes soon
        enough. The time is a lower bound: the answer goes out a little later.
        """
        if not self.entered_at or at < self.entered_at:
            return self
        is_free = at < self.entered_at + within_seconds
        until = max(self.free_until, at + free_seconds) if is_free else self.free_until
        return replace(self, entered_at=0.0, free_until=until)

    @property
    def stays(self) -> bool:
        """Whether something of it has no end: what the person told about consent, and what is linked to it.

        Nobody may forget a refusal. So what a conversation like this holds ends, and who it is with does not.
        """
        return bool(self.consent or self.opted_out or self.linked)

    @property
    def aliases_end_at(self) -> float:
        """Until when its aliases are kept, in Unix seconds; 0 for without end.

        No alias ends before its conversation. Its end moves once a month, and not with each turn.
        """
        if self.stays or not self.ends_at:
            return 0.0
        return (self.ends_at // ALIAS_SECONDS + 2) * ALIAS_SECONDS

    def as_of(self, now: float) -> Self | None:
        """Return what there is of this conversation at the time `now`; None when it has ended.

        The store deletes it later than that.
        """
        if not 0 < self.ends_at < now:
            return self
        return self.emptied() if self.stays else None

    def emptied(self) -> Self:
        """Return what stays of this conversation: who it is with, what they told about consent, and links."""
        return replace(
            self,
            contact=replace(self.contact, name="", username="") if self.contact else None,
            data={},
            journal=None,
            language="",
            handoff=False,
            missed=(),
            gathered=(),
            gathered_at=0.0,
            behind="",
            wrong_codes=(),
            waiting=(),
            spoken_at=0.0,
            window_closes_at=NO_WINDOW if self.window_closes_at == NO_WINDOW else 0.0,
            entered_at=0.0,
            free_until=0.0,
        )

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
        return replace(self, missed=newest_of((*self.missed, short)))


def _reached(conversation: Conversation, inbound: Inbound) -> dict[str, Any]:
    """Return what changes in `conversation`: how the contact is reached since `inbound`.

    An older message that comes late has the ids of its time: a number may be somebody else's by now. Times
    are in whole seconds: within one second a notice of a change counts more than what was said in it.
    """
    contact = inbound.contact
    is_notice = isinstance(inbound.content, System) and bool(contact.former_ids or contact.former_phones)
    at = inbound.at + (1 if is_notice else 0)
    if at < conversation.contact_at:
        return {}
    user_id = contact.user_id or conversation.user_id
    if inbound.is_spoken:
        return {"user_id": user_id, "contact": contact, "contact_at": at}
    if is_notice:
        return {"user_id": user_id, "contact": _moved(conversation.contact, contact), "contact_at": at}
    return {"user_id": user_id}


def _moved(known: Contact | None, changed: Contact) -> Contact:
    """Return the contact that we knew, with what the network told of a change."""
    if known is None:
        return replace(changed, former_ids=(), former_phones=())
    phone, user_id = changed.phone or known.phone, changed.user_id or known.user_id
    return replace(known, id=user_id or changed.id, phone=phone, user_id=user_id)


def newest_of(missed: Iterable[Inbound]) -> tuple[Inbound, ...]:
    """Return the newest of `missed` that may be kept, each once."""
    each = {message.id: message for message in missed}
    kept: list[Inbound] = []
    room = MAX_MISSED_BYTES
    for message in reversed([*each.values()][-MAX_MISSED:]):
        room -= bytes_of(json.dumps(asdict(message), ensure_ascii=False))
        if room >= 0:
            kept.insert(0, message)
    return tuple(kept)
