"""What a contact's phone shows at one moment, in one answer for the page: the talk and what is around it."""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.records import Sent

TYPING_SECONDS: Final = 25
"""How long the typing indicator is shown when no answer comes:
https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators."""


def phone(network: Network, contact_id: str) -> JsonObject:
    """Return the talk of one contact, its service window, who is typing, and who else has talks."""
    contact = network.phone_book.find(contact_id)
    number = _number(network, contact)
    return {
        "now": network.clock.now(),
        "number": network.settings.phone_numbers[number],
        "window_closes_at": network.window_closes_at(number, contact) if contact else 0.0,
        "free_until": network.prices.free_until(number, contact) if contact else 0.0,
        "stopped": contact is not None and (number, contact) in network.stopped,
        "templates": {
            "by_hand": network.business.reviews_by_hand,
            "waiting": sum(one.status == "PENDING" for one in network.templates.values()),
        },
        "typing": contact is not None and _is_typing(network, contact),
        "people": _people(network),
        "lines": list(network.transcript(contact_id)) if contact else [],
    }


def _number(network: Network, contact: Contact | None) -> str:
    """Return the id of the business number in the contact's newest message, or of the first number."""
    for record in reversed(network.history):
        if record.contact is contact and contact is not None:
            return record.phone_number_id
    return next(iter(network.settings.phone_numbers))


def _is_typing(network: Network, contact: Contact) -> bool:
    """Whether the bot asked for the indicator a short while ago, and has sent nothing since."""
    since = network.clock.now() - TYPING_SECONDS
    for receipt in reversed(network.receipts):
        if receipt["at"] < since:
            return False
        if receipt["typing"] and network.said[receipt["message_id"]].contact is contact:
            since = receipt["at"]
            break
    else:
        return False
    return not any(
        isinstance(record, Sent) and record.contact is contact and record.at >= since
        for record in reversed(network.history)
    )


def _people(network: Network) -> list[JsonObject]:
    """Return who has a talk: the newest words in it, and how many messages came from the bot."""
    people: dict[str, JsonObject] = {}
    for record in network.history:
        if record.contact is None:
            continue
        fresh = {"id": record.contact.id, "name": record.contact.name, "heard": 0}
        entry = people.setdefault(record.contact.id, fresh)
        entry.update(text=record.text, at=record.at, heard=entry["heard"] + isinstance(record, Sent))
    return list(people.values())
