"""Gates, what waits for them, and what the sender finds on its queue: turns, and errands."""

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
from rejoinder.errors import Unreadable
from rejoinder.model.gate import Errand, Gate, LetThrough, Waiter, WatchGate
from rejoinder.model.messages import TurnMessages


def dump_errand(errand: Errand) -> str:
    """Return an errand as JSON text."""
    key = errand.conversation_key if isinstance(errand, LetThrough) else ""
    fields = filled({"gate": account_as_json(errand.account), "conversation_key": key})
    return as_text(dump("errand", fields))


def read_outbound(body: str) -> TurnMessages | Errand:
    """Return what a message of outbound.fifo holds; Unreadable when this version cannot read it."""
    with reading("turn"):
        stored = object_of(json.loads(body))
    return _read_errand(stored) if is_errand(stored) else turn_from_json(stored)


def is_errand(stored: Json) -> bool:
    """Whether a message of outbound.fifo is an errand, even one that this version cannot read."""
    return "gate" in stored


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


def dump_gate(gate: Gate) -> Item:
    """Return the attributes of a gate."""
    later = {"watched_at": gate.watched_at, "opened_at": gate.opened_at}
    return {
        "format": format_attribute("gate"),
        "why": {"N": str(gate.why)},
        "closed_at": {"N": repr(gate.closed_at)},
        "probe_at": {"N": repr(gate.probe_at)},
        "probes": {"N": str(gate.probes)},
        **{name: {"N": repr(at)} for name, at in later.items() if at},
    }


def read_gate(item: Item) -> Gate | None:
    """Return the gate that is stored. One that cannot be read counts as open: the network refuses then, if it
    has to, and no message waits for a gate that nobody opens.
    """
    try:
        check_item("gate", item)
        with reading("gate"):
            return Gate(
                why=int(item_number(item, "why")),
                closed_at=item_number(item, "closed_at"),  # format 1 has none: it closed long ago
                probe_at=item_number(item, "probe_at"),
                probes=int(item_number(item, "probes")),
                watched_at=item_number(item, "watched_at"),
                opened_at=item_number(item, "opened_at"),
            )
    except Unreadable:
        return None
