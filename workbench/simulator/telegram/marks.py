"""Collects a text and its entities while a marked-up text is read.

Offsets and lengths count UTF-16 code units: https://core.telegram.org/bots/api#messageentity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject

_USER: Final = re.compile(r"tg:(?://)?user/?\?id=(\d+)", re.IGNORECASE)
_URL: Final = re.compile(
    r"(?:(?P<scheme>https?|ton|tonsite|tg)://)?(?P<host>[^\s/?#@]+\.[^\s/?#@]+)(?P<rest>[/?#]\S*)?",
    re.IGNORECASE,
)
_INTERNAL: Final = re.compile(r"(?:tg|ton)://\S+", re.IGNORECASE)


class MarkupError(Exception):
    """A text that is marked up wrongly. The words are Telegram's."""


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text) + sum(c > "\uffff" for c in text)


@dataclass(slots=True, kw_only=True)
class Open:
    """An entity whose end has not come yet."""

    type: str
    """The type of the entity; for HTML the name of the tag."""

    offset: int
    at: int
    """Where it begins in the marked-up text, in bytes."""

    start: int
    """How many pieces of text came before it."""

    more: JsonObject = field(default_factory=dict)


class Marks:
    """The text and its entities so far."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.offset = 0
        self.entities: list[JsonObject] = []
        self.nested: list[Open] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    def add(self, text: str) -> None:
        self._pieces.append(text)
        self.offset += units(text)

    def begin(self, kind: str, at: int, **more: object) -> None:
        self.nested.append(Open(type=kind, offset=self.offset, at=at, start=len(self._pieces), more=more))

    def end(self) -> Open:
        """End the innermost entity."""
        return self.nested.pop()

    def keep(self, opened: Open, kind: str, **more: object) -> None:
        """Keep an entity that has ended, unless nothing is in it."""
        if self.offset > opened.offset:
            length = self.offset - opened.offset
            self.entities.append({"type": kind, "offset": opened.offset, "length": length, **more})

    def link(self, opened: Open, url: str | None) -> None:
        """Keep a link, unless its address is wrong. Without one the words are the address."""
        url = url if url is not None else "".join(self._pieces[opened.start :])
        if user := _USER.match(url):
            self.keep(opened, "text_mention", user={"id": int(user[1])})
        elif isinstance(checked := checked_url(url), str):
            self.keep(opened, "text_link", url=checked)


def checked_url(url: str) -> str | Exception:
    """Return an address as Telegram writes it, or what is wrong with it."""
    if not url:
        return MarkupError("URL host is empty")
    if _INTERNAL.fullmatch(url):
        return url
    if "://" in url and not url.lower().startswith(("http://", "https://", "tonsite://")):
        return MarkupError("Unsupported URL protocol")
    match = _URL.fullmatch(url)
    if match is None:
        return MarkupError("Wrong HTTP URL")
    return f"{(match['scheme'] or 'http').lower()}://{match['host'].lower()}{match['rest'] or '/'}"


def byte_at(text: str, position: int) -> int:
    """Return how many bytes of UTF-8 stand before a position. Telegram's errors count bytes."""
    return len(text[:position].encode("utf-8", "surrogatepass"))
