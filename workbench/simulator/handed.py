"""A file that a contact sends: its bytes go to the network, and a media id goes into the message."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import KINDS, LIMITS, MediaShelf, kind_of
from rejoinder.workbench.simulator.webhooks import media_content

LARGEST: Final = LIMITS["document"]
"""How many bytes a file may have."""

_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w.+-]+=[\w.+-]+)*")
_KEYS: Final = ("data", "mime_type", "filename", "caption", "kind", "voice")
_CAPTIONED: Final = ("image", "video", "document")


def hand_over(file: JsonObject, shelf: MediaShelf) -> JsonObject:
    """Put a file on the shelf. Return the content of the message that sends it."""
    if unknown := [key for key in file if key not in _KEYS]:
        raise ControlError(f"a file has no {unknown[0]!r}; known are {', '.join(_KEYS)}")
    data, mime_type, kind = _data(file), _text(file, "mime_type"), _text(file, "kind")
    if not _TYPE.fullmatch(mime_type):
        raise ControlError("mime_type must be a type such as image/jpeg")
    kind = kind or kind_of(mime_type)
    if kind not in KINDS:
        raise ControlError(f"kind must be one of {', '.join(KINDS)}")
    caption = _text(file, "caption") if kind in _CAPTIONED else ""
    medium = shelf.get(shelf.add(data, mime_type, _text(file, "filename")))
    if medium is None:
        raise ControlError("the simulator holds no more files")
    voice = file.get("voice") is True if kind == "audio" else None
    animated = False if kind == "sticker" else None
    return media_content(kind, medium, shelf.url(medium.id), caption=caption, voice=voice, animated=animated)


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
