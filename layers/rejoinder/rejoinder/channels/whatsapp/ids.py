"""The ids in WhatsApp's webhooks. This module needs the standard library only."""

import json
from collections.abc import Mapping

from rejoinder.model.ids import clean_id, digest


def message_id(message: Mapping[str, object]) -> str:
    """Return the message's own id; a digest of the whole message when it has none."""
    return clean_id(message.get("id")) or digest("message without id", json.dumps(message, sort_keys=True))


def is_phone(contact_id: str) -> bool:
    """Whether an id of a contact is a phone number. Meta writes numbers in digits only, without a plus."""
    return contact_id.isascii() and contact_id.isdecimal()
