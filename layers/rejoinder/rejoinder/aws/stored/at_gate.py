"""What waits for a gate, and what the sender finds on its queue: turns, and errands."""

import json

from rejoinder.aws.stored.fields import Json, as_text, check_format, dump, filled, object_of, reading, words
from rejoinder.aws.stored.items import Item, check_item, format_attribute, item_number, item_text
from rejoinder.aws.stored.messages import (
    account_as_json,
    account_from_json,
    dump_turn,
    read_turn,
    turn_from_json,
)
from rejoinder.model.gate import Errand, LetThrough, WatchGate
from rejoinder.model.messages import TurnMessages
from rejoinder.ports import Waiter


def dump_errand(errand: Errand) -> str:
    """Return an errand as JSON text."""
    key = errand.conversation_key if isinstance(errand, LetThrough) else ""
    fields = filled({"gate": account_as_json(errand.account), "conversation_key": key})
    return as_text(dump("errand", fields))


def read_outbound(body: str) -> TurnMessages | Errand:
    """Return what a message of outbound.fifo holds; Unreadable when this version cannot read it."""
    with reading("turn"):
        stored = object_of(json.loads(body))
    return _read_errand(stored) if "gate" in stored else turn_from_json(stored)


def _read_errand(stored: Json) -> Errand:
    with reading("errand"):
        check_format("errand", stored["format"])
        account = account_from_json(object_of(stored["gate"]))
        if "conversation_key" not in stored:
            return WatchGate(account=account)
        return LetThrough(account=account, conversation_key=words(stored["conversation_key"]))


def dump_waiting_turn(turn: TurnMessages) -> Item:
    """Return the attributes of a turn that waits."""
    return {"format": format_attribute("waiting_turn"), "turn": {"S": dump_turn(turn)}}


def read_waiting_turn(item: Item) -> TurnMessages:
    """Return a turn that waits; Unreadable when this version cannot read it."""
    check_item("waiting_turn", item)
    return read_turn(item_text(item, "turn"))


def dump_waiter(waiter: Waiter) -> Item:
    """Return the attributes of a conversation that waits. Its key is the sort key of the item."""
    return {"format": format_attribute("waiter"), "let_at": {"N": repr(waiter.let_at)}}


def read_waiter(item: Item) -> Waiter:
    """Return a conversation that waits."""
    return Waiter(conversation_key=item["sk"]["S"], let_at=item_number(item, "let_at"))
