"""Linked conversations: what one of them tells the others.

Only the processor writes a conversation, each in a turn of its own. So what a person tells about consent in
one conversation goes to the linked ones as an update of ours, a `LinkTold`. It is in the marker of the update
that told it: it is queued again after a crash.

What came by a link is not told on: whoever told it, told all. But a conversation that comes to know another
one, and knows more than it was told, tells everything that it knows to all that it knows. So all of them come
to know the same, and are silent then.
"""

from collections.abc import Sequence
from dataclasses import replace

from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import digest
from rejoinder.model.links import Linked
from rejoinder.model.own import LinkTold
from rejoinder.model.people import Contact
from rejoinder.model.updates import Inbound, WakeUp


def told_on(inbound: Inbound, before: Conversation, after: Conversation, now: float) -> tuple[WakeUp, ...]:
    """Return the updates that tell the linked conversations what `inbound` has changed."""
    has_grown = bool(before.absorbed) or len(after.linked) > len(before.linked)
    is_told_all = has_grown and not _knows_no_more(after, inbound.content)
    entries = _newest(after) if is_told_all else [entry for entry in after.ledger if not entry.told_to]
    if not (is_told_all or entries):
        return ()
    account = str(inbound.account)
    me = Linked(
        account=inbound.account,
        contact_id=(after.contact or inbound.contact).id,
        conversation_key=after.key,
    )
    told = LinkTold(
        linked=(me, *after.linked),
        consent=tuple(replace(entry, told_to=entry.told_to or account) for entry in entries),
    )
    return tuple(_told_to(one, told, inbound, now) for one in after.linked)


def _knows_no_more(conversation: Conversation, told: object) -> bool:
    """Whether a conversation knows no more than it was told just now."""
    if not isinstance(told, LinkTold):
        return False
    of_told = {(entry.purpose, entry.given, entry.at) for entry in told.consent}
    keys = {one.conversation_key for one in told.linked}
    return all(one.conversation_key in keys for one in conversation.linked) and all(
        (entry.purpose, entry.given, entry.at) in of_told for entry in _newest(conversation)
    )


def _newest(conversation: Conversation) -> Sequence[ConsentEntry]:
    """Return the newest entry about each purpose.

    Who says STOP again adds no entry, and says it at a later time. STOP from before there was a ledger has no
    entry at all.
    """
    newest = dict(conversation.consent)
    if conversation.opted_out:
        before = ConsentEntry(purpose=Purpose.MARKETING, given=False, at=0.0, by="word")
        newest.setdefault(Purpose.MARKETING, before)
    if marketing := newest.get(Purpose.MARKETING):
        newest[Purpose.MARKETING] = replace(marketing, at=conversation.wished_at)
    return [*newest.values()]


def _told_to(other: Linked, told: LinkTold, inbound: Inbound, now: float) -> WakeUp:
    update = Inbound(
        id=f"link-{digest(inbound.hashed_id, other.conversation_key)}",
        account=other.account,
        contact=Contact(id=other.contact_id),
        at=now,
        content=told,
        conversation_key=other.conversation_key,
    )
    return WakeUp(at=now, inbound=update)
