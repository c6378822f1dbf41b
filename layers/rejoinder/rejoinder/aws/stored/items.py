"""Items of the table, in DynamoDB's own notation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

from rejoinder.aws.stored import consents, links
from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    number,
    object_of,
    reading,
    strings,
    words,
)
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.messages import contact_as_json, contact_from_json, dump_turn, read_turn
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.aws.stored.updates import dump_updates, dump_wake_ups, read_updates, read_wake_ups
from rejoinder.errors import Unreadable
from rejoinder.file_ports import Uploaded
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import NO_WINDOW, Conversation, TakenOver
from rejoinder.model.data import JsonObject
from rejoinder.model.delivery import MessageRecord, Step
from rejoinder.model.links import Linked
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


def format_attribute(shape: str) -> Item:
    """Return the attribute that holds the format number of an item of that shape."""
    return {"N": str(FORMATS[shape])}


def check_item(shape: str, item: Item) -> None:
    """Raise Unreadable when this code does not know the format of `item`."""
    with reading(shape):
        number = int(item["format"]["N"])
    check_format(shape, number)


# --- conversations ------------------------------------------------------------------------------------------


def dump_conversation(conversation: Conversation) -> Item:
    """Return the item of a conversation without key, account and version. What is empty is left out."""
    item: Item = {
        "format": format_attribute("conversation"),
        "data": {"S": JsonObject.of(conversation.data).text},
        "contact_ids": {"L": [{"S": id} for id in conversation.contact_ids]},
    }
    if conversation.contact:
        item["contact"] = {"S": as_text(contact_as_json(conversation.contact))}
    if conversation.journal:
        item["journal"] = {"S": dump_talk(conversation.journal)}
    if conversation.missed:
        item["missed"] = {"S": dump_updates(conversation.missed)}
    if conversation.gathered:
        item["gathered"] = {"S": dump_updates(conversation.gathered)}
    if conversation.former_keys:
        item["former_keys"] = {"L": [{"S": key} for key in conversation.former_keys]}
    item |= dump_taken_over(conversation.taken_over)
    if conversation.waiting:
        item["waiting"] = {"L": [{"S": dump_turn(turn)} for turn in conversation.waiting]}
    if conversation.consent:
        item["consent"] = {"S": consents.dump_all(conversation.consent.values())}
    item |= _dump_links(conversation)
    times = {
        "entered_at": conversation.entered_at,
        "free_until": conversation.free_until,
        "contact_at": conversation.contact_at,
        "begun_at": conversation.begun_at,
        "wished_at": conversation.wished_at,
        "spoken_at": conversation.spoken_at,
        "gathered_at": conversation.gathered_at,
        "looked_at": conversation.looked_at,
    }
    item |= {name: {"N": repr(at)} for name, at in times.items() if at}
    item |= _dump_end(conversation)
    words_of_it = {
        "user_id": conversation.user_id,
        "language": conversation.language,
        "behind": conversation.behind,
    }
    item |= {name: {"S": value} for name, value in words_of_it.items() if value}
    flags = {"handoff": conversation.handoff, "opted_out": conversation.opted_out}
    item |= {name: {"BOOL": True} for name, value in flags.items() if value}
    return item | dump_window(conversation.window_closes_at)


def _dump_end(conversation: Conversation) -> Item:
    """Return the attribute that says when a conversation ends: DynamoDB deletes it only by `expires_at`."""
    if not conversation.ends_at:
        return {}
    name = "ends_at" if conversation.stays else "expires_at"
    return {name: {"N": str(int(conversation.ends_at))}}


def _dump_links(conversation: Conversation) -> Item:
    item = dump_linked(conversation.linked)
    if conversation.wrong_codes:
        item["wrong_codes"] = {"L": [{"N": repr(at)} for at in conversation.wrong_codes]}
    return item


def dump_linked(linked: Sequence[Linked]) -> Item:
    """Return the attribute that says which conversations are linked to one."""
    return {"linked": {"S": links.dump_linked(linked)}} if linked else {}


def read_linked(item: Item) -> tuple[Linked, ...]:
    """Return the conversations that are linked to one; Unreadable when this code cannot tell."""
    check_item("conversation", item)
    return links.read_linked(item_text(item, "linked")) if "linked" in item else ()


def dump_taken_over(taken_over: Mapping[str, TakenOver]) -> Item:
    """Return the attribute that says which numbers belonged to somebody else before."""
    taken = {id: {"at": one.at, "user_id": one.user_id} for id, one in taken_over.items()}
    return {"taken_over": {"S": as_text(taken)}} if taken else {}


def dump_window(closes_at: float) -> Item:
    """Return the attributes that say when a service window closes: DynamoDB has no infinite numbers."""
    if closes_at == NO_WINDOW:
        return {"has_no_window": {"BOOL": True}}
    return {"window_closes_at": {"N": repr(closes_at)}}


def read_window(item: Item) -> float:
    """Return when the service window closes, in Unix seconds; Unreadable when this code cannot tell."""
    check_item("conversation", item)
    with reading("conversation"):
        return _window(item)


def _window(item: Item) -> float:
    return NO_WINDOW if "has_no_window" in item else item_number(item, "window_closes_at")


def read_consents(item: Item) -> dict[Purpose, ConsentEntry]:
    """Return the newest entries of the ledger of consent; Unreadable when this code cannot tell."""
    check_item("conversation", item)
    with reading("conversation"):
        return _consents(item)


def _consents(item: Item) -> dict[Purpose, ConsentEntry]:
    return consents.read_all(item_text(item, "consent")) if "consent" in item else {}


def dump_consent(entry: ConsentEntry) -> Item:
    """Return the attributes of an entry of the ledger of consent, as an item of its own."""
    return {"format": format_attribute("consent"), "entry": {"S": consents.dump_entry(entry)}}


def read_consent(item: Item) -> ConsentEntry:
    """Return an entry of the ledger of consent; Unreadable when this code cannot read it."""
    check_item("consent", item)
    return consents.read_entry(item_text(item, "entry"))


def read_former_keys(item: Item) -> tuple[str, ...]:
    """Return the keys of the conversations that ended in this one; Unreadable when this code cannot tell."""
    check_item("conversation", item)
    with reading("conversation"):
        return _former_keys(item)


def _former_keys(item: Item) -> tuple[str, ...]:
    return tuple(key["S"] for key in item["former_keys"]["L"]) if "former_keys" in item else ()


def read_conversation(key: str, item: Item) -> Conversation:
    """Return the conversation that is stored under `key`; Unreadable when it cannot be read."""
    check_item("conversation", item)
    with reading("conversation"):
        return Conversation(
            key=key,
            contact_ids=tuple(id["S"] for id in item["contact_ids"]["L"]),
            contact=contact_from_json(_json(item, "contact")) if "contact" in item else None,
            contact_at=item_number(item, "contact_at"),
            user_id=item_text(item, "user_id") or None,
            version=int(item_number(item, "version")),
            data=JsonObject.read(item["data"]["S"]),
            journal=read_talk(item["journal"]["S"]) if "journal" in item else None,
            language=item_text(item, "language"),
            handoff="handoff" in item,
            missed=read_updates(item["missed"]["S"]) if "missed" in item else (),
            gathered_at=item_number(item, "gathered_at"),
            gathered=read_updates(item["gathered"]["S"]) if "gathered" in item else (),
            behind=item_text(item, "behind"),
            opted_out="opted_out" in item,
            waiting=_turns(item, "waiting"),
            entered_at=item_number(item, "entered_at"),
            free_until=item_number(item, "free_until"),
            consent=_consents(item),
            linked=read_linked(item),
            wrong_codes=tuple(float(at["N"]) for at in item["wrong_codes"]["L"])
            if "wrong_codes" in item
            else (),
            wished_at=item_number(item, "wished_at"),
            spoken_at=item_number(item, "spoken_at"),
            former_keys=_former_keys(item),
            taken_over=read_taken_over(item) if "taken_over" in item else {},
            window_closes_at=_window(item),
            begun_at=item_number(item, "begun_at"),
            ends_at=item_number(item, "ends_at") or item_number(item, "expires_at"),
            looked_at=item_number(item, "looked_at"),
        )


def read_taken_over(item: Item) -> dict[str, TakenOver]:
    """Return the numbers of a conversation that belonged to somebody else before; or raise Unreadable."""
    check_item("conversation", item)
    with reading("conversation"):
        each = _json(item, "taken_over") if "taken_over" in item else {}
        taken = {id: object_of(one) for id, one in each.items()}
        return {
            id: TakenOver(at=number(one["at"]), user_id=words(one["user_id"])) for id, one in taken.items()
        }


def _turns(item: Item, attribute: str) -> tuple[TurnMessages, ...]:
    return tuple(read_turn(turn["S"]) for turn in item[attribute]["L"]) if attribute in item else ()


def _json(item: Item, attribute: str) -> Json:
    return object_of(json.loads(item[attribute]["S"]))


def dump_alias(key: str, ends_at: float = 0.0) -> Item:
    """Return the attributes of an alias that leads to the conversation with that key.

    It ends at the time `ends_at`, in Unix seconds; 0 for an alias without an end.
    """
    ends = {"expires_at": {"N": str(int(ends_at))}} if ends_at else {}
    return {"conversation_key": {"S": key}, "format": format_attribute("alias")} | ends


def is_over(item: Item, now: float) -> bool:
    """Whether the time of an item is over, if it has one: DynamoDB deletes expired items days late."""
    return "expires_at" in item and item_number(item, "expires_at") < now


def read_alias(item: Item) -> str:
    """Return the key of the conversation that an alias leads to; Unreadable when it cannot be read."""
    check_item("alias", item)
    with reading("alias"):
        return words(item["conversation_key"]["S"])


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
        steps = _json(item, "steps") if "steps" in item else {}
        return Marker(
            state=states[item["state"]["S"]],
            conversation_key=item_text(item, "conversation_key"),
            tries=int(item_number(item, "tries")),
            parked_at=item_number(item, "parked_at"),
            cause=item_text(item, "cause"),
            steps=dict(zip(steps, strings([*steps.values()]), strict=True)),
            messages=read_turn(item["messages"]["S"]) if "messages" in item else None,
            released=_turns(item, "released"),
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
