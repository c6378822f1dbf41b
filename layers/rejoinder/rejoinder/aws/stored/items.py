"""Items of the table, in DynamoDB's own notation, but those of conversations: they are in `conversations`."""

import json
from dataclasses import asdict, replace
from typing import Any, Literal

from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    object_of,
    reading,
    strings,
    words,
)
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.messages import dump_turn, read_turn
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.aws.stored.updates import dump_wake_ups, read_wake_ups
from rejoinder.errors import Unreadable
from rejoinder.file_ports import Uploaded
from rejoinder.model.delivery import MessageRecord, Step
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.template_state import KEPT_SECONDS, TemplateState

Item = dict[str, Any]
"""An item in DynamoDB's own notation, such as {"version": {"N": "3"}}."""


def item_number(item: Item, attribute: str) -> float:
    """Return a number of `item`; 0 when it has none."""
    return float(item[attribute]["N"]) if attribute in item else 0.0


def item_text(item: Item, attribute: str) -> str:
    """Return words of `item`; empty when it has none."""
    return str(item[attribute]["S"]) if attribute in item else ""


def item_turns(item: Item, attribute: str) -> tuple[TurnMessages, ...]:
    """Return turns of `item`, in order; nothing when it has none."""
    return tuple(read_turn(turn["S"]) for turn in item[attribute]["L"]) if attribute in item else ()


def item_json(item: Item, attribute: str) -> Json:
    """Return a JSON object of `item`, which has it."""
    return object_of(json.loads(item[attribute]["S"]))


def format_attribute(shape: str) -> Item:
    """Return the attribute that holds the format number of an item of that shape."""
    return {"N": str(FORMATS[shape])}


def check_item(shape: str, item: Item) -> None:
    """Raise Unreadable when this code does not know the format of `item`."""
    with reading(shape):
        number = int(item["format"]["N"])
    check_format(shape, number)


def is_over(item: Item, now: float) -> bool:
    """Whether the time of an item is over, if it has one: DynamoDB deletes expired items days late."""
    return "expires_at" in item and item_number(item, "expires_at") < now


# --- markers ------------------------------------------------------------------------------------------------


def dump_marker(marker: Marker) -> Item:
    """Return the item of a marker without its key and its times. What is empty is left out."""
    item: Item = {
        "format": format_attribute("marker"),
        "state": {"S": marker.state},
        "tries": {"N": str(marker.tries)},
    }
    texts = {
        "conversation_key": marker.conversation_key,
        "cause": marker.cause,
        "talk": dump_talk(marker.talk) if marker.talk else "",
    }
    item |= {name: {"S": text} for name, text in texts.items() if text}
    if marker.parked_at:
        item["parked_at"] = {"N": repr(marker.parked_at)}
    if marker.steps:
        item["steps"] = {"S": as_text(dict(marker.steps))}
    if marker.messages:
        item["messages"] = {"S": dump_turn(marker.messages)}
    if marker.released:
        item["released"] = {"L": [{"S": dump_turn(turn)} for turn in marker.released]}
    if marker.wake_ups:
        item["wake_ups"] = {"S": dump_wake_ups(marker.wake_ups)}
    if marker.was_first:
        item["was_first"] = {"BOOL": True}
    return item


def read_marker(item: Item) -> Marker:
    """Return the marker that is stored; Unreadable when it cannot be read."""
    check_item("marker", item)
    with reading("marker"):
        states: dict[str, Literal["trying", "done", "parked"]] = {
            "trying": "trying",
            "done": "done",
            "parked": "parked",
        }
        steps = item_json(item, "steps") if "steps" in item else {}
        return Marker(
            state=states[item["state"]["S"]],
            conversation_key=item_text(item, "conversation_key"),
            tries=int(item_number(item, "tries")),
            parked_at=item_number(item, "parked_at"),
            cause=item_text(item, "cause"),
            steps=dict(zip(steps, strings([*steps.values()]), strict=True)),
            messages=read_turn(item["messages"]["S"]) if "messages" in item else None,
            released=item_turns(item, "released"),
            wake_ups=read_wake_ups(item["wake_ups"]["S"]) if "wake_ups" in item else (),
            talk=read_talk(item["talk"]["S"]) if "talk" in item else None,
            was_first="was_first" in item,
        )


# --- message records ----------------------------------------------------------------------------------------


def step_attribute(attempt: int, step: Step) -> str:
    """Return the attribute that holds when an attempt reached a step, such as `a1_sent_at`."""
    return f"a{attempt}_{step.value}_at"


_TRACKED = '"track":true'
"""What the stored turn of a tracked message holds. No word can look so: its quotes are escaped."""


def read_steps(item: Item) -> MessageRecord:
    """Return the record that is stored, without its turn; an empty one for an empty item."""
    if not item:
        return MessageRecord()
    check_item("record", item)
    steps: dict[int, dict[Step, float]] = {}
    with reading("record"):
        for name, value in item.items():
            attempt, _, rest = name.partition("_")
            step = rest.removesuffix("_at")
            if attempt[1:].isdecimal() and rest.endswith("_at") and step in set(Step):
                steps.setdefault(int(attempt[1:]), {})[Step(step)] = float(value["N"])
    return MessageRecord(steps=steps, is_tracked=_TRACKED in item_text(item, "turn"))


def read_error_code(item: Item, attempt: int) -> int:
    """Return the network's code of the error of an attempt; 0 when the record has none."""
    return int(item_number(item, f"a{attempt}_error_code"))


def read_record(item: Item) -> MessageRecord:
    """Return the record that is stored. When its turn cannot be read, `unreadable` says why."""
    record = read_steps(item)
    if "turn" not in item:
        return record
    try:
        return replace(record, turn=read_turn(item["turn"]["S"]))
    except Unreadable as error:
        return replace(record, unreadable=str(error))


def read_network_id(item: Item) -> str:
    """Return the outbound id that a network id leads to; Unreadable when this code cannot read it."""
    check_item("network_id", item)
    with reading("network_id"):
        return words(item["outbound_id"]["S"])


# --- uploads ------------------------------------------------------------------------------------------------


def dump_upload(uploaded: Uploaded) -> Item:
    """Return the attributes of what a network calls a file."""
    return {
        "format": format_attribute("upload"),
        "media_id": {"S": uploaded.media_id},
        "ends_at": {"N": str(uploaded.ends_at)},
        "expires_at": {"N": str(int(uploaded.ends_at))},
    }


def read_upload(item: Item) -> Uploaded:
    """Return what a network calls a file; Unreadable when this code cannot read it."""
    check_item("upload", item)
    with reading("upload"):
        return Uploaded(media_id=words(item["media_id"]["S"]), ends_at=float(item["ends_at"]["N"]))


# --- templates -------------------------------------------------------------------------------------------


def dump_template_state(state: TemplateState) -> Item:
    """Return the attributes of the state of a template."""
    told = {
        name: {"S": value} if isinstance(value, str) else {"N": repr(value)}
        for name, value in asdict(state).items()
    }
    ends = {"expires_at": {"N": str(int(state.at + KEPT_SECONDS))}}
    return {"format": format_attribute("template_state")} | told | ends


def read_template_state(item: Item) -> TemplateState:
    """Return the state of a template; Unreadable when this code cannot read it."""
    check_item("template_state", item)
    with reading("template_state"):
        return TemplateState(
            name=words(item["name"]["S"]),
            language=words(item["language"]["S"]),
            status=words(item["status"]["S"]),
            category=words(item["category"]["S"]),
            quality=words(item["quality"]["S"]),
            reason=words(item["reason"]["S"]),
            template_id=words(item["template_id"]["S"]),
            status_at=float(item["status_at"]["N"]),
            category_at=float(item["category_at"]["N"]),
            quality_at=float(item["quality_at"]["N"]),
            components_at=float(item["components_at"]["N"]),
        )
