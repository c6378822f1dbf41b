"""Items of conversations, of their aliases and of the ledgers of consent, in DynamoDB's own notation."""

from collections.abc import Mapping, Sequence

from rejoinder.aws.stored import consents, links
from rejoinder.aws.stored.fields import as_text, number, object_of, reading, words
from rejoinder.aws.stored.items import (
    Item,
    check_item,
    format_attribute,
    item_json,
    item_number,
    item_text,
    item_turns,
)
from rejoinder.aws.stored.messages import contact_as_json, contact_from_json, dump_turn
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.aws.stored.updates import dump_updates, read_updates
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import NO_WINDOW, Conversation, TakenOver
from rejoinder.model.data import JsonObject
from rejoinder.model.links import Linked


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
            contact=contact_from_json(item_json(item, "contact")) if "contact" in item else None,
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
            waiting=item_turns(item, "waiting"),
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
        each = item_json(item, "taken_over") if "taken_over" in item else {}
        taken = {id: object_of(one) for id, one in each.items()}
        return {
            id: TakenOver(at=number(one["at"]), user_id=words(one["user_id"])) for id, one in taken.items()
        }


def dump_alias(key: str, ends_at: float = 0.0) -> Item:
    """Return the attributes of an alias that leads to the conversation with that key.

    It ends at the time `ends_at`, in Unix seconds; 0 for an alias without an end.
    """
    ends = {"expires_at": {"N": str(int(ends_at))}} if ends_at else {}
    return {"conversation_key": {"S": key}, "format": format_attribute("alias")} | ends


def read_alias(item: Item) -> str:
    """Return the key of the conversation that an alias leads to; Unreadable when it cannot be read."""
    check_item("alias", item)
    with reading("alias"):
        return words(item["conversation_key"]["S"])
