"""Messages that wait until their contact writes again.

Only the processor writes a conversation. So the sender, which finds the service window closed, sends such a
message back as a `Hold`. The processor keeps it in the conversation, with a `HoldOver` for the time when it
has waited long enough. The update that opens the window lets it go: it goes to the sender again, under its
own id, before what the turn says. It is in the marker of that update, so it is queued again after a crash.
"""

import json
import logging
from dataclasses import asdict, replace

from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import digest
from rejoinder.model.messages import TurnMessages
from rejoinder.model.own import Hold, HoldOver
from rejoinder.model.sizes import bytes_of
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.services.gather import Kept

log = logging.getLogger("rejoinder")

MAX_WAITING = 20
"""The most messages that wait for one contact. One more fails at once."""

MAX_WAITING_BYTES = 32 * 1024
"""The most that they may hold together, in bytes of JSON: they share an item of DynamoDB (400 KB)."""


def hold_of(turn: TurnMessages, at: float) -> Inbound:
    """Return the update that lets the only message of `turn` wait, in the closed window of `turn`.

    It has the same id however often it is made. A message that was let go, and must wait again, makes another
    one, because it comes from another update then.
    """
    (message,) = turn.messages
    once = digest("hold", message.id, turn.correlation_id, repr(turn.window_closes_at))
    return Inbound(
        id=f"hold-{once}",
        account=turn.account,
        contact=turn.contact,
        at=at,
        content=Hold(turn=turn),
        conversation_key=turn.conversation_key,
    )


def waited(inbound: Inbound, heard: Conversation, now: float) -> Conversation:
    """Return the conversation, with the message of a `Hold`, and without those that wait no longer.

    A message goes out when the window is open that was closed to it, or when it has waited long enough: the
    sender fails it then. So does one for which there is no room.
    """
    turns = heard.waiting
    if isinstance(inbound.content, Hold):
        turns = _with(turns, inbound.content.turn, now)
    out = [turn for turn in turns if _is_over(turn, heard.window_closes_at, now)]
    if not out and turns == heard.waiting:
        return heard
    released = tuple(
        replace(
            turn,
            contact=heard.contact or turn.contact,
            correlation_id=inbound.hashed_id,
            window_closes_at=heard.window_closes_at,
        )
        for turn in out
    )
    return replace(heard, waiting=tuple(turn for turn in turns if turn not in out), released=released)


def kept(inbound: Inbound, heard: Conversation) -> Kept | None:
    """Return what is left of an update about a message that waits; None for any other update.

    `heard` is the conversation, with the message among those that wait if it does.
    """
    if isinstance(inbound.content, HoldOver):
        return Kept(conversation=heard)
    if not isinstance(inbound.content, Hold):
        return None
    (message,) = inbound.content.turn.messages
    if message.id not in map(_id_of, heard.waiting):
        return Kept(conversation=heard)
    over = replace(
        inbound,
        id=f"hold-over-{message.id}",
        at=message.waits_until,
        content=HoldOver(outbound_id=message.id),
        conversation_key=heard.key,
    )
    return Kept(conversation=heard, wake_ups=(WakeUp(at=over.at, inbound=over),))


def _with(turns: tuple[TurnMessages, ...], held: TurnMessages, now: float) -> tuple[TurnMessages, ...]:
    """Return `turns` with one more, unless it is there. If there is no room, it has waited long enough."""
    if _id_of(held) in map(_id_of, turns):
        return turns
    if len(turns) >= MAX_WAITING or sum(map(_size_of, (*turns, held))) > MAX_WAITING_BYTES:
        log.warning("too many messages wait", extra={"outbound_id": _id_of(held), "messages": len(turns)})
        (message,) = held.messages
        held = replace(held, messages=(replace(message, waits_until=now),))
    return (*turns, held)


def _is_over(turn: TurnMessages, closes_at: float, now: float) -> bool:
    (message,) = turn.messages
    return message.waits_until <= now or turn.window_closes_at < closes_at > now


def _id_of(turn: TurnMessages) -> str:
    return turn.messages[0].id


def _size_of(turn: TurnMessages) -> int:
    return bytes_of(json.dumps(asdict(turn), ensure_ascii=False, default=str))
