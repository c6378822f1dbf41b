"""The files on the simulated Telegram.

https://core.telegram.org/bots/api#file and https://core.telegram.org/bots/api#sending-files: a `file_id` is
of one bot and can be used again; `file_unique_id` is the same for all bots and cannot.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final

_PREFIXES: Final = {
    "photo": "AgACAgIAAxkBAAI",
    "voice": "AwACAgIAAxkBAAI",
    "video": "BAACAgIAAxkBAAI",
    "document": "BQACAgIAAxkBAAI",
    "sticker": "CAACAgIAAxkBAAI",
    "audio": "CQACAgIAAxkBAAI",
    "animation": "CgACAgIAAxkBAAI",
    "video_note": "DQACAgIAAxkBAAI",
}
"""How the ids of files begin. The kind of a file stands in its id."""

_FOLDERS: Final = {
    "photo": "photos",
    "voice": "voice",
    "video": "videos",
    "document": "documents",
    "sticker": "stickers",
    "audio": "music",
    "animation": "animations",
    "video_note": "video_notes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file."""

    id: str
    """The `file_id`."""

    unique_id: str
    """The `file_unique_id`: the same for the same bytes."""

    kind: str
    """The kind of message that it was sent as: such as `photo`."""

    path: str
    """The `file_path`."""

    data: bytes = field(repr=False)
    """The bytes."""

    mime_type: str

    name: str
    """The name that it was sent with. It may be empty."""

    bot_id: int | None
    """The bot that sent it, which alone may use its id; None: a person sent it, and each bot may."""

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.data)


class Shelf:
    """All files, by id."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}

    def add(
        self, data: bytes, kind: str, mime_type: str, name: str = "", *, bot_id: int | None = None
    ) -> File:
        """Keep a file that was sent as `kind`."""
        number = len(self._files) + 1
        ending = name.rpartition(".")[2] if "." in name else mime_type.rpartition("/")[2].partition(";")[0]
        digest = hashlib.sha256(kind.encode() + data).hexdigest()
        file = File(
            id=f"{_PREFIXES[kind]}{number:06d}{digest[:24]}",
            unique_id=f"{'AQAD' if kind == 'photo' else 'AgAD'}{digest[:12]}",
            kind=kind,
            path=f"{_FOLDERS[kind]}/file_{number}.{ending or 'bin'}",
            data=data,
            mime_type=mime_type,
            name=name,
            bot_id=bot_id,
        )
        self._files[file.id] = file
        return file

    def thumb(self, photo: File) -> File:
        """Return the small size of a photo, which has the same bytes here."""
        digest = hashlib.sha256(photo.unique_id.encode()).hexdigest()
        small = replace(photo, id=f"{photo.id}{digest[:4]}", unique_id=f"AQAD{digest[:12]}")
        return self._files.setdefault(small.id, small)

    def get(self, file_id: str, bot_id: int) -> File | None:
        """Return a file; None when the bot knows no such id."""
        file = self._files.get(file_id)
        return file if file is not None and file.bot_id in (None, bot_id) else None

    def at(self, path: str, bot_id: int) -> File | None:
        """Return the file with a `file_path`; None when the bot knows no such path."""
        return next(
            (one for one in self._files.values() if one.path == path and one.bot_id in (None, bot_id)), None
        )
