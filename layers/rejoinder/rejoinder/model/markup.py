"""Markup: parts of a text that are bold, italic, code or links, for every network to show in its own way.

A text with markup is a plain `str`. Each such part stands between signs that Unicode keeps for use inside of
programs (unicode.org, "noncharacters"). So nothing that a contact types can open or close a part, and a sign
without its other half means nothing.
"""

import re
from dataclasses import dataclass
from typing import Literal

_OPEN, _CLOSE, _BETWEEN = "\ufdd0", "\ufdd1", "\ufdd2"
_SIGNS = re.compile("[\ufdd0-\ufdd2]")
_KINDS: dict[str, Literal["bold", "italic", "code", "link"]] = {
    "b": "bold",
    "i": "italic",
    "c": "code",
    "a": "link",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a text that is shown in another way."""

    kind: Literal["bold", "italic", "code", "link"]
    """How."""

    start: int
    """Where it begins, in characters of the plain text."""

    end: int
    """Where it ends, in characters of the plain text."""

    url: str = ""
    """The address of a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text, read."""

    plain: str
    """The words without any sign."""

    spans: tuple[Span, ...] = ()
    """The marked parts, by their starts; of two that start together the longer one is first. They nest and
    never cross."""


def bold(words: object) -> str:
    """Return `words` in bold, for `say`, `ask` and captions: `chat.say(f"Hello {bold(name)}!")`."""
    return f"{_OPEN}b{words}{_CLOSE}"


def italic(words: object) -> str:
    """Return `words` in italics."""
    return f"{_OPEN}i{words}{_CLOSE}"


def code(words: object) -> str:
    """Return `words` in letters of one width, such as a reference to copy."""
    return f"{_OPEN}c{words}{_CLOSE}"


def link(words: object, url: str) -> str:
    """Return `words` that lead to `url`. A network without such links shows the address behind them."""
    return f"{_OPEN}a{_SIGNS.sub('', url)}{_BETWEEN}{words}{_CLOSE}"


def read(text: str) -> Marked:
    """Return the plain words of a text, and its marked parts. A sign without its other half is left out."""
    raise NotImplementedError


def plain(text: str) -> str:
    """Return the words of a text without markup."""
    return read(text).plain
