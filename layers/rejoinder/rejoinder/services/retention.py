"""Retention: each turn moves the end of its conversation, and what has ended is not there any more.

The store deletes a conversation after its end. One of which something stays, such as a refusal of offers, it
cannot delete: of that one a wake-up erases the rest. Each turn would move its time, so it looks at the time
that was the end once, and then once more if the end has moved.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import digest
from rejoinder.model.marker import MARKER_SECONDS
from rejoinder.model.own import RetentionOver
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.services.gather import Kept

LATE_SECONDS = MARKER_SECONDS
"""How late a wake-up may come, in seconds: it may lie in queues, and among the dead letters."""


def renewed(
    inbound: Inbound, after: Conversation, planned: Iterable[WakeUp], *, seconds: float, now: float
) -> tuple[Conversation, tuple[WakeUp, ...]]:
    """Return a conversation with its end after an update, and the wake-up that looks whether it is over.

    It ends `seconds` after the update, and not before what was `planned` in it has come. An end is never
    moved to an earlier time: something that was planned before may need it. A look alone moves no end.
    """
    if not seconds:
        return after, ()
    if after.ends_at == 0 or not isinstance(inbound.content, RetentionOver):
        last = max((one.at for one in planned), default=0.0) + LATE_SECONDS
        after = replace(after, ends_at=float(math.ceil(max(after.ends_at, now + seconds, last))))
    holds_something = after.stays and after != after.emptied()
    if holds_something and after.looked_at <= now:  # none looks yet
        after = replace(after, looked_at=after.ends_at + 1)
        contact_id = (after.contact or inbound.contact).id
        update = look(inbound.account, contact_id, after.key, after.looked_at)
        return after, (WakeUp(at=update.at, inbound=update),)
    return after, ()


def look(account: Account, contact_id: str, key: str, at: float) -> Inbound:
    """Return the update that looks at the conversation `key` at the time `at`, in Unix seconds."""
    return Inbound(
        id=f"retention-{digest(key, repr(at))}",
        account=account,
        contact=Contact(id=contact_id),
        at=at,
        content=RetentionOver(),
        conversation_key=key,
    )


def looked(inbound: Inbound, heard: Conversation) -> Kept | None:
    """Return what a look leaves of a conversation; None for any other update.

    If its time is over, it was read without what has ended. It is written so.
    """
    return Kept(conversation=heard) if isinstance(inbound.content, RetentionOver) else None
