"""Meta's checks of files in messages: by media id, or by a link.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages
and the pages of the other types
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.part import Part

CAPTION: Final = 1024
"""How long a caption may be, in characters."""

_REFERENCE: Final = ("id", "link", "provider")
KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "image": (*_REFERENCE, "caption"),
        "video": (*_REFERENCE, "caption"),
        "document": (*_REFERENCE, "caption", "filename"),
        "audio": (*_REFERENCE, "voice"),
        "sticker": _REFERENCE,
    }
)
"""What each type of file may have. Graph refuses other keys."""


def check(message: Part, kind: str) -> str:
    """Check a file as a message. Return how it reads."""
    file = message.part(kind)
    file.only(*KEYS[kind])
    check_reference(file)
    if not isinstance(file.value.get("voice", False), bool):
        raise errors.wrong_type(file.place("voice"), "a boolean")
    file.optional_text("filename")
    caption = file.optional_text("caption")
    if caption and len(caption) > CAPTION:
        raise errors.too_long(file.place("caption"), CAPTION)
    return f"[{kind}] {caption}" if caption else f"[{kind}]"


def check_reference(file: Part) -> None:
    """Check that a file is named by an id or a link."""
    if file.optional_text("id"):
        return
    link = file.optional_text("link")
    if not link:
        raise errors.coded(131008, f"{file.path}: either id or link is required")
    check_link(file, "link")


def check_link(part: Part, key: str) -> None:
    """Check that a text is an address of the web. Nobody fetches it."""
    if not _is_address(part.text(key)):
        raise errors.not_a_link(part.place(key))


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and not set(text) & set(" <>")
