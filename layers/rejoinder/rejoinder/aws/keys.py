"""The keys of the one table: the only place that spells them."""

import re
from collections.abc import Mapping
from typing import Any

from rejoinder.aws.stored.items import Item
from rejoinder.model.people import Account

_ACCOUNT = re.compile(r"(?:IN|ALIAS|GATE|UPLOAD|WAITLIST)#(\w+:[A-Za-z0-9_-]+)")

MARKER = "MARKER"
"""The sort key of every marker."""

GATES = "GATE#"
"""How the partitions of closed gates begin."""

WAITING_LISTS = "WAITLIST#"
"""How the partitions of the lists of conversations that wait for a gate begin."""

_CONVERSATION = "CONVERSATION"
_RECORD = "OUT#"
_NETWORK_ID = "NETWORK#"
_CONSENT = "CONSENT#"
_LINK = "LINK#"


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def key_of(item: Mapping[str, Any]) -> Item:
    """Return the key of an item."""
    return {"pk": item["pk"], "sk": item["sk"]}


def conversation_pk(key: str) -> str:
    """Return the partition of a conversation and of the records of its messages."""
    return f"CONVERSATION#{key}"


def conversation_item(key: str) -> Item:
    """Return the key of a conversation's item."""
    return _key(conversation_pk(key), _CONVERSATION)


def record_item(key: str, outbound_id: str) -> Item:
    """Return the key of the record of a message in the conversation `key`."""
    return _key(conversation_pk(key), f"{_RECORD}{outbound_id}")


def network_id_item(key: str, network_id: str) -> Item:
    """Return the key of the item that leads from the network's id of one of our messages to its record."""
    return _key(conversation_pk(key), f"{_NETWORK_ID}{network_id}")


def marker_item(account: Account | str, message_id: str) -> Item:
    """Return the key of the marker of an update."""
    return _key(f"IN#{account}#{message_id}", MARKER)


def alias_item(account: Account, contact_id: str) -> Item:
    """Return the key of the alias that leads from an id of a contact to their conversation."""
    return _key(f"ALIAS#{account}#{contact_id}", "ALIAS")


def gate_item(account: Account) -> Item:
    """Return the key of the gate of an account."""
    return _key(f"{GATES}{account}", "GATE")


def waiting_pk(key: str) -> str:
    """Return the partition of the turns of a conversation that wait for a gate."""
    return f"WAITING#{key}"


def waiting_item(key: str, place: str) -> Item:
    """Return the key of a turn that waits for a gate."""
    return _key(waiting_pk(key), place)


def waiting_list_pk(account: Account) -> str:
    """Return the partition of the list of conversations that wait for the gate of an account."""
    return f"{WAITING_LISTS}{account}"


def waiter_item(account: Account, key: str) -> Item:
    """Return the key of a conversation on that list."""
    return _key(waiting_list_pk(account), key)


def upload_item(account: Account, sha256: str) -> Item:
    """Return the key of what the network calls a file that was given to it for an account."""
    return _key(f"UPLOAD#{account}#{sha256}", "UPLOAD")


def link_item(hashed: str) -> Item:
    """Return the key of a code that links conversations, by its hash."""
    return _key(f"{_LINK}{hashed}", "LINK")


def template_pk(owner: str) -> str:
    """Return the partition of the states of all templates of a business account."""
    return f"TEMPLATE#{owner}"


def template_item(owner: str, name: str, language: str) -> Item:
    """Return the key of the state of a template of a business account."""
    return _key(template_pk(owner), f"{name}#{language}")


def consent_item(key: str, purpose: str, at: str, number: str) -> Item:
    """Return the key of an entry of the ledger of consent, in the partition of its conversation."""
    return _key(conversation_pk(key), f"{_CONSENT}{purpose}#{at}#{number}")


def erasure_item(day: str, number: str) -> Item:
    """Return the key of the note that a contact was erased on a day, such as 2026-11-25."""
    return _key(f"ERASURE#{day}", number)


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Whether an item is a conversation."""
    return bool(item["sk"]["S"] == _CONVERSATION)


def is_marker(item: Mapping[str, Any]) -> bool:
    """Whether an item is a marker."""
    return bool(item["sk"]["S"] == MARKER)


def is_record(item: Mapping[str, Any], outbound: str = "") -> bool:
    """Whether an item is a message record, of a message whose id begins with `outbound`."""
    return str(item["sk"]["S"]).startswith(f"{_RECORD}{outbound}")


def is_consent(item: Mapping[str, Any]) -> bool:
    """Whether an item is an entry of the ledger of consent."""
    return str(item["sk"]["S"]).startswith(_CONSENT)


def is_link(item: Mapping[str, Any]) -> bool:
    """Whether an item is a code that links conversations."""
    return str(item["pk"]["S"]).startswith(_LINK)


def is_network_id(item: Mapping[str, Any]) -> bool:
    """Whether an item leads from the network's id of one of our messages to its record."""
    return str(item["sk"]["S"]).startswith(_NETWORK_ID)


def outbound_id_of(record: Mapping[str, Any]) -> str:
    """Return the id of the outbound message that a record is about."""
    return str(record["sk"]["S"]).removeprefix(_RECORD)


def message_id_of(marker: Mapping[str, Any]) -> str:
    """Return the network's id of the message that a marker is about."""
    return str(marker["pk"]["S"]).split("#", 2)[2]


def account_in(pk: str) -> str | None:
    """Return the account that a partition key names, as `channel:id`; None when it names none."""
    match = _ACCOUNT.match(pk)
    return match[1] if match else None
