"""Teaches the network what a test has put into a webhook of its own.

A raw body says that contacts have written. They must exist and their windows must be open, or no answer could
reach them. The body may be anything: parts that cannot be understood are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from rejoinder.workbench.simulator import contacts
from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.records import Said, content_of


def learn(body: object, network: Network) -> list[Said]:
    """Let the network hear the messages of a webhook. Return those that it understood."""
    said = [one for value in _values(body) for one in _messages(value, network)]
    for one in said:
        network.hear(one)
    return [network.said[one.id] for one in said]


def _objects(parent: object, key: str) -> Iterator[JsonObject]:
    items = parent.get(key) if isinstance(parent, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item


def _values(body: object) -> Iterator[JsonObject]:
    for entry in _objects(body, "entry"):
        for change in _objects(entry, "changes"):
            if change.get("field") == "messages" and isinstance(change.get("value"), dict):
                yield change["value"]


def _messages(value: JsonObject, network: Network) -> Iterator[Said]:
    metadata = value.get("metadata")
    number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    if not isinstance(number, str) or number not in network.settings.phone_numbers:
        return
    for message in _objects(value, "messages"):
        contact = _contact(message, network)
        if contact is None or not isinstance(message.get("id"), str):
            continue
        contact.name = _name(value, contact) or contact.name
        at = _time(message.get("timestamp"), network.clock.now())
        yield Said(
            id=message["id"],
            phone_number_id=number,
            contact=contact,
            text=words_of(message) or f"[{message.get('type')}]",
            at=at,
            content=content_of(message),
        )


def _contact(message: JsonObject, network: Network) -> Contact | None:
    phone, user_id = message.get("from"), message.get("from_user_id")
    phone = phone if isinstance(phone, str) and contacts.is_phone(phone) else None
    if isinstance(user_id, str) and contacts.is_user_id(user_id):
        return network.phone_book.meet(phone, user_id)
    return network.phone_book.with_phone(phone) if phone else None


def _name(value: JsonObject, contact: Contact) -> str | None:
    for block in _objects(value, "contacts"):
        if contact.id in (block.get("wa_id"), block.get("user_id")):
            profile = block.get("profile")
            name = profile.get("name") if isinstance(profile, dict) else None
            return name if isinstance(name, str) else None
    return None


def _time(timestamp: object, now: float) -> float:
    text = str(timestamp)
    return float(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else now


def words_of(message: JsonObject) -> str | None:
    """Return the words of a message: what was written or tapped; None when there are none."""
    kind = message.get("type")
    content = message.get(kind) if isinstance(kind, str) else None
    if kind == "interactive" and isinstance(content, dict):
        content = content.get(str(content.get("type")))
    for key in ("body", "title", "text"):
        if isinstance(content, dict) and isinstance(content.get(key), str):
            return str(content[key])
    return None
