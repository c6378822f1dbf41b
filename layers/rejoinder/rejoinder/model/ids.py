"""Ids that rejoinder makes: one function for each, so that every part of it makes the same one.

Queues, tables and logs take 128 characters of printable ASCII at most; ids of a network may be longer, and a
WhatsApp message id embeds a phone number. A digest fits everywhere and tells nothing about anybody.
"""

import hashlib
from functools import lru_cache
from itertools import product
from json.encoder import encode_basestring_ascii

MAX_ID_CHARACTERS = 256
"""The longest network id, in characters, that is kept as it is. DynamoDB takes 2,048 bytes in a key
(docs.aws.amazon.com, "Constraints in Amazon DynamoDB"), and two ids stand in one key."""


_PAIRS = tuple(map("".join, product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)))
_SHIFTS = tuple(range(120, -1, -10))


@lru_cache(maxsize=64)  # one turn asks for the same few again and again
def digest(*parts: str) -> str:
    """Return 26 lower-case letters and digits made from `parts`.

    They carry 130 bits of SHA-256, in base 32. The parts are quoted first, so ("a", "bc") and ("ab", "c")
    differ.
    """
    quoted = f"[{', '.join(map(encode_basestring_ascii, parts))}]"
    bits = int.from_bytes(hashlib.sha256(quoted.encode()).digest()[:17]) >> 6
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def clean_id(value: object) -> str | None:
    """Return a network's id in a form that every store, queue and log takes; None when `value` is no id.

    An id that is too long, or that holds anything but printable ASCII, becomes its digest. A clean id is
    returned unchanged, so cleaning twice is the same as cleaning once.
    """
    if not isinstance(value, str) or not value:
        return None
    is_clean = len(value) <= MAX_ID_CHARACTERS and value.isascii() and value.isprintable()
    return value if is_clean else digest("id", value)


def correlation_id(account: str, message_id: str) -> str:
    """Return our id of an inbound message, for logs, queues and outbound ids. `account` is `channel:id`."""
    return digest(account, clean_id(message_id) or "")


def outbound_id(correlation: str, number: int) -> str:
    """Return the id of the outbound message `number` of the turn that handled `correlation`."""
    return f"{correlation}-{number}"


def correlation_of(outbound: str) -> str:
    """Return the correlation id that an outbound id was made from."""
    return outbound.rpartition("-")[0]


def group_of(account: str, contact_id: str) -> str:
    """Return the queue group of a conversation: what concerns one contact is handled in order.

    `account` is `channel:id`, `contact_id` any id of the contact, as the network gave it or cleaned.
    """
    return digest("group", account, clean_id(contact_id) or "")


def conversation_key(account: str, contact_id: str) -> str:
    """Return the key that a conversation gets when a contact is first seen under `contact_id`.

    The key of a conversation never changes, whatever ids its contact goes by later.
    """
    return digest("conversation", account, contact_id)
