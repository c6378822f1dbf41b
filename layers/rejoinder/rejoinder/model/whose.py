"""Whose a conversation is: which one an update is for, whatever ids its contact goes by."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import MAX_DATA_BYTES, Conversation, TakenOver, newest_of
from rejoinder.model.links import MAX_LINKED, MAX_WRONG, Linked
from rejoinder.model.people import Account, Contact
from rejoinder.model.sizes import bytes_of
from rejoinder.model.updates import Inbound


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
    vacant = tuple(id for id, one in holders.items() if one is None)
    held = tuple(id for id, one in strangers.items() if id not in known and at < one.contact_at)
    if not (vacant or held or taken_over):
        return conversation
    taken_over |= conversation.taken_over
    return replace(conversation, vacant=vacant, held=held, taken_over=taken_over)


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
        gathered=tuple(
            sorted((message for one in conversations for message in one.gathered), key=lambda said: said.at)
        ),
        gathered_at=max(one.gathered_at for one in conversations),
        behind=next((one.behind for one in conversations if one.behind), ""),
        missed=newest_of(message for one in (oldest, *others) for message in one.missed),
        opted_out=any(one.opted_out for one in conversations),
        consent=_stricter_consent(conversations),
        wished_at=max(one.wished_at for one in conversations),
        linked=_all_linked(conversations),
        wrong_codes=tuple(sorted(at for one in conversations for at in one.wrong_codes)[-MAX_WRONG:]),
        spoken_at=max(one.spoken_at for one in conversations),
        window_closes_at=max(one.window_closes_at for one in conversations),
        waiting=tuple(turn for one in (oldest, *others) for turn in one.waiting),
        entered_at=max(one.entered_at for one in conversations),
        free_until=max(one.free_until for one in conversations),
        ends_at=max(one.ends_at for one in conversations),
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


def _all_linked(conversations: Sequence[Conversation]) -> tuple[Linked, ...]:
    """Return what is linked to any of `conversations`, apart from themselves."""
    own = {key for one in conversations for key in (one.key, *one.former_keys)}
    linked = {other.conversation_key: other for one in conversations for other in one.linked}
    return tuple(other for key, other in linked.items() if key not in own)[:MAX_LINKED]


def _stricter_consent(conversations: Sequence[Conversation]) -> dict[Purpose, ConsentEntry]:
    """Return the newest entry about each purpose, of refusals where there is one.

    Nothing is given about marketing when one of them tells, from before there was a ledger, that it is not.
    """
    entries = sorted(
        (entry for one in conversations for entry in one.consent.values()),
        key=lambda entry: (not entry.given, entry.at),
    )
    consent = {entry.purpose: entry for entry in entries}
    marketing = consent.get(Purpose.MARKETING)
    if marketing and marketing.given and any(one.opted_out for one in conversations):
        del consent[Purpose.MARKETING]
    return consent


def _talk_begun_at(conversation: Conversation) -> float:
    """Return when the talk of `conversation` began, in Unix seconds; 0 where that is not known."""
    message = conversation.journal.message if conversation.journal else None
    return message.at if message else 0.0
