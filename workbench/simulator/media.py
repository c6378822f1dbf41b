"""The files that the network holds, under media ids."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One file."""

    id: str
    data: bytes
    mime_type: str
    filename: str | None


class MediaShelf:
    """Every file that a contact or the business has uploaded."""

    def __init__(self) -> None:
        self._by_id: dict[str, Media] = {}

    def add(self, data: bytes, mime_type: str, filename: str | None = None) -> str:
        """Keep a file. Return its media id."""
        media_id = str(secrets.randbelow(9 * 10**14) + 10**14)
        self._by_id[media_id] = Media(id=media_id, data=data, mime_type=mime_type, filename=filename)
        return media_id

    def get(self, media_id: str) -> Media | None:
        return self._by_id.get(media_id)

    def clear(self) -> None:
        self._by_id.clear()
