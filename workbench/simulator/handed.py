"""A file that a contact sends: its bytes go to the network, and a media id goes into the message."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import MediaShelf
from rejoinder.workbench.simulator.webhooks import file_content

LARGEST: Final = 100 * 1024 * 1024
"""How many bytes a file may have. A larger one reaches a business as the error 131052."""

KINDS: Final = ("image", "video", "audio", "document", "sticker")
"""What a file can be on a phone."""

_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w.+-]+=[\w.+-]+)*")
_KEYS: Final = ("data", "mime_type", "filename", "caption", "kind", "voice")
_AS_IMAGE: Final = ("image/jpeg", "image/png")


def hand_over(file: JsonObject, shelf: MediaShelf) -> JsonObject:
    """Put a file on the shelf. Return the content of the message that sends it."""
    if unknown := [key for key in file if key not in _KEYS]:
        raise ControlError(f"a file has no {unknown[0]!r}; known are {', '.join(_KEYS)}")
    data, mime_type, kind = _data(file), _text(file, "mime_type"), _text(file, "kind")
    filename = _text(file, "filename")
    if not _TYPE.fullmatch(mime_type):
        raise ControlError("mime_type must be a type such as image/jpeg")
    kind = kind or _kind_of(mime_type)
    if kind not in KINDS:
        raise ControlError(f"kind must be one of {', '.join(KINDS)}")
    facts: JsonObject = {
        "id": shelf.add(data, mime_type, filename),
        "mime_type": mime_type,
        "sha256": base64.b64encode(hashlib.sha256(data).digest()).decode(),
    }
    if kind in ("image", "video", "document"):
        facts["caption"] = _text(file, "caption")
    if kind == "document":
        facts["filename"] = filename
    if kind == "audio":
        facts["voice"] = file.get("voice") is True
    return file_content(kind, facts)


def _kind_of(mime_type: str) -> str:
    plain = mime_type.partition(";")[0]
    if plain in _AS_IMAGE:
        return "image"
    if plain == "image/webp":
        return "sticker"
    return plain.partition("/")[0] if plain.startswith(("video/", "audio/")) else "document"


def _data(file: JsonObject) -> bytes:
    try:
        data = base64.b64decode(file["data"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ControlError("data must be the bytes in base64") from error
    if not 0 < len(data) <= LARGEST:
        raise ControlError(f"a file has 1 to {LARGEST} bytes; this one has {len(data)}")
    return data


def _text(file: JsonObject, key: str) -> str:
    value = file.get(key, "")
    if not isinstance(value, str):
        raise ControlError(f"{key} must be a string")
    return value
