"""The files of requests, and how files stand in messages.

https://core.telegram.org/bots/api#sending-files: by `file_id`, by an address that Telegram fetches, or in the
request (multipart/form-data). The shapes are those of `PhotoSize`, `Video`, `Audio` and their like.
"""

from __future__ import annotations

import mimetypes
import struct
from typing import Final

import httpx

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.call import MOST_BYTES, Call, Upload, whole
from rejoinder.workbench.simulator.telegram.errors import Refusal, refused, wrong_file
from rejoinder.workbench.simulator.telegram.files import File, Shelf

MEGABYTE: Final = 1024 * 1024
PHOTO_BYTES: Final = 10 * MEGABYTE
"""The largest photo of a bot."""

LINKED: Final = {"photo": 5 * MEGABYTE}
"""The largest files that Telegram fetches, by kind; all others may have 20 MB."""

DOWNLOAD_BYTES: Final = 20 * MEGABYTE
"""The largest file that a bot can download."""

KINDS: Final = ("photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker")

_NAMES: Final = {"photo": "Photo", "voice": "VoiceNote", "video_note": "VideoNote"}
_FETCHED: Final = {
    "photo": ("image/",),
    "document": ("image/gif", "application/pdf", "application/zip"),
    "voice": ("audio/ogg",),
}
"""The types that Telegram fetches, where it does not fetch all."""

_VOICES: Final = ("audio/", "application/ogg", "application/octet-stream")
_HERE: Final = ("127.0.0.1", "localhost", "::1")
_SECONDS: Final = 20.0
_SIDE: Final = 640
_THUMB: Final = 90


class Media:
    """Takes the files of requests."""

    def __init__(self, settings: Settings) -> None:
        self._everywhere = settings.fetches_links

    async def file(self, call: Call, shelf: Shelf, kind: str, named: str, field: str = "") -> File:
        """Return the file of a request, sent as `kind`. `named` is its value; `field` is where it stood."""
        upload = call.uploads.get(named.removeprefix("attach://") if named.startswith("attach://") else field)
        if upload is not None:
            return _uploaded(upload, shelf, kind, call.bot.id)
        if not named:
            raise refused(f"there is no {kind.replace('_', ' ')} in the request")
        if known := shelf.get(named, call.bot.id):
            if known.kind != kind:
                raise refused(f"can't use file of type {_name(known.kind)} as {_name(kind)}")
            return known
        url = _address(named)
        data, mime_type = await self._fetched(url, kind)
        name = url.path.rpartition("/")[2]
        return shelf.add(data, kind, mime_type, name, bot_id=call.bot.id)

    async def _fetched(self, url: httpx.URL, kind: str) -> tuple[bytes, str]:
        """Fetch what lies on this machine. What lies elsewhere is accepted unseen."""
        guess = mimetypes.guess_type(url.path)[0]
        if not self._everywhere and url.host not in _HERE:
            _check_type(kind, guess or "")
            return b"", guess or "application/octet-stream"
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=True) as client:
                answer = await client.get(url)
        except httpx.HTTPError:
            raise refused("failed to get HTTP URL content") from None
        mime_type = answer.headers.get("content-type", guess or "").partition(";")[0].strip().lower()
        if answer.status_code != 200 or len(answer.content) > LINKED.get(kind, DOWNLOAD_BYTES):
            raise refused("failed to get HTTP URL content")
        _check_type(kind, mime_type)
        return answer.content, mime_type


def _address(named: str) -> httpx.URL:
    try:
        url = httpx.URL(named)
    except httpx.InvalidURL:
        raise wrong_file() from None
    if url.scheme not in ("http", "https") or not url.host:
        raise wrong_file()
    return url


def content(kind: str, file: File, shelf: Shelf, given: JsonObject) -> JsonObject:
    """Return the field of a message that holds a file, with what the sender said of it (`given`)."""
    if kind == "photo":
        return {"photo": _sizes(file, shelf)}
    shown = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    if kind == "voice":
        return {"voice": {**shown, "duration": _whole(given, "duration"), "mime_type": file.mime_type}}
    if kind == "video_note":
        side = _whole(given, "length") or 240
        return {kind: {**shown, "length": side, "duration": _whole(given, "duration")}}
    if kind == "sticker":
        return {
            kind: {**shown, **_sticker(file), **({"emoji": given["emoji"]} if given.get("emoji") else {})}
        }
    if file.name:
        shown["file_name"] = file.name
    shown["mime_type"] = file.mime_type
    if kind == "audio":
        tags = {key: given[key] for key in ("performer", "title") if given.get(key)}
        return {kind: {**shown, "duration": _whole(given, "duration"), **tags}}
    if kind == "document":
        return {kind: shown}
    frame = {key: _whole(given, key) or _SIDE for key in ("width", "height")}
    moving = {kind: {**shown, **frame, "duration": _whole(given, "duration")}}
    # "For backward compatibility, when this field is set, the document field will also be set."
    return {**moving, "document": shown} if kind == "animation" else moving


def kind_for(kind: str, mime_type: str) -> str:
    """Return as what a file is sent: a voice that is no sound becomes a document."""
    return "document" if kind == "voice" and not mime_type.startswith(_VOICES) else kind


def _uploaded(upload: Upload, shelf: Shelf, kind: str, bot_id: int) -> File:
    if not upload.data:
        raise refused("file must be non-empty")
    if len(upload.data) > MOST_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    mime_type = upload.mime_type
    if mime_type == "application/octet-stream":
        mime_type = mimetypes.guess_type(upload.name)[0] or mime_type
    if kind == "photo":
        if len(upload.data) > PHOTO_BYTES:
            raise refused("file is too big")
        if not mime_type.startswith(("image/", "application/octet-stream")):
            raise refused("IMAGE_PROCESS_FAILED")
    return shelf.add(upload.data, kind_for(kind, mime_type), mime_type, upload.name, bot_id=bot_id)


def _check_type(kind: str, mime_type: str) -> None:
    types = _FETCHED.get(kind)
    if types and mime_type and not mime_type.startswith(types):
        raise refused("wrong type of the web page content")


def _sizes(file: File, shelf: Shelf) -> list[JsonObject]:
    """Return the sizes of a photo, the smallest first. Here both have the same bytes."""
    width, height = _frame(file.data)
    sizes = [{"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}]
    sizes[0] |= {"width": width, "height": height}
    if max(width, height) > _THUMB:
        thumb = shelf.thumb(file)
        part = _THUMB / max(width, height)
        small = {"width": max(1, int(width * part)), "height": max(1, int(height * part))}
        known = {"file_id": thumb.id, "file_unique_id": thumb.unique_id, "file_size": thumb.size}
        sizes.insert(0, {**known, **small})
    return sizes


def _frame(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG or a GIF; the usual ones for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
    elif data.startswith(b"GIF8") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
    else:
        width, height = 0, 0
    return (width, height) if 0 < width <= 10_000 and 0 < height <= 10_000 else (_SIDE, _SIDE)


def _sticker(file: File) -> JsonObject:
    is_animated = file.mime_type == "application/x-tgsticker" or file.name.endswith(".tgs")
    is_video = file.mime_type == "video/webm"
    return {"type": "regular", "width": 512, "height": 512, "is_animated": is_animated, "is_video": is_video}


def _whole(given: JsonObject, name: str) -> int:
    return whole(str(given.get(name, "")))


def _name(kind: str) -> str:
    return _NAMES.get(kind, kind.title())
