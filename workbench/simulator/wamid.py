"""Message ids in WhatsApp's form: `wamid.` and base64 of the contact, a direction and a random id.

The layout is that of published ids: 1C 18 <length> <phone> 15 02 00 <11 sent, 12 received> 18 <length>
<hex> 00.
No published id is for a contact without a phone number. Here such an id holds the user id instead.
"""

from __future__ import annotations

import base64
import secrets
from typing import Final

_SENT: Final = b"\x11"
_RECEIVED: Final = b"\x12"


def sent(contact_id: str) -> str:
    """Return an id for a message from the business to a contact."""
    return _mint(contact_id, _SENT, secrets.token_hex(9).upper())


def received(contact_id: str) -> str:
    """Return an id for a message from a contact to the business."""
    return _mint(contact_id, _RECEIVED, "3A" + secrets.token_hex(9).upper())


def _mint(contact_id: str, direction: bytes, unique: str) -> str:
    who = contact_id.encode("ascii")
    parts = (b"\x1c\x18", bytes([len(who)]), who, b"\x15\x02\x00", direction, b"\x18", bytes([len(unique)]))
    return "wamid." + base64.b64encode(b"".join((*parts, unique.encode("ascii"), b"\x00"))).decode("ascii")
