"""A file that a person sends: its bytes go to the network, and a `file_id` goes into the message."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.entities import written
from rejoinder.workbench.simulator.telegram.files import Shelf
from rejoinder.workbench.simulator.telegram.media import KINDS, content

OTHER_NAMES: Final = {"image": "photo"}
"""What WhatsApp calls them."""

LARGEST: Final = 100 * 1024 * 1024
"""How many bytes a file may have here. People may send more, and a bot can fetch 20 MB."""

_SECONDS: Final = 5
"""How long a film or a sound is. Nobody looks into a file."""

_KEYS: Final = ("data", "mime_type", "filename", "caption", "kind", "voice")
_CAPTIONED: Final = ("photo", "video", "animation", "audio", "voice", "document")
_OF_TYPES: Final = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "sticker",
    "image/gif": "animation",
}


def content_of(file: JsonObject, shelf: Shelf) -> JsonObject:
    """Put a file on the shelf. Return the content of the message that sends it."""
    if unknown := [key for key in file if key not in _KEYS]:
        raise ControlError(f"a file has no {unknown[0]!r}; known are {', '.join(_KEYS)}")
    data, mime_type, name = _data(file), str(file.get("mime_type") or ""), str(file.get("filename") or "")
    if "/" not in mime_type:
        raise ControlError("mime_type must be a type such as image/jpeg")
    kind = _kind(file, mime_type)
    kept = shelf.add(data, kind, mime_type, name)
    caption = str(file.get("caption") or "") if kind in _CAPTIONED else ""
    return {
        **content(kind, kept, shelf, {"duration": _SECONDS}),
        **written(caption).shown("caption", "caption_entities"),
    }


def _kind(file: JsonObject, mime_type: str) -> str:
    asked = file.get("kind")
    general = mime_type.partition("/")[0]
    usual = general if general in ("video", "audio") else "document"
    kind = OTHER_NAMES.get(asked, asked) if isinstance(asked, str) else _OF_TYPES.get(mime_type, usual)
    if kind not in KINDS:
        raise ControlError(f"kind must be one of {', '.join(KINDS)}")
    return "voice" if kind == "audio" and file.get("voice") is True else kind


def _data(file: JsonObject) -> bytes:
    try:
        data = base64.b64decode(file["data"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ControlError("data must be the bytes in base64") from error
    if not 0 < len(data) <= LARGEST:
        raise ControlError(f"a file has 1 to {LARGEST} bytes; this one has {len(data)}")
    return data
