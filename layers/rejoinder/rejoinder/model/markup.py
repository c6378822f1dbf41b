"""Markup: parts of a text that are bold, italic, code or links, for every network to show in its own way.

A text with markup is a plain `str`. Each such part stands between signs that Unicode keeps for use inside of
programs (unicode.org, "noncharacters"). So nothing that a contact types can open or close a part, and a sign
without its other half means nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from operator import is_
from typing import Any, Literal, TypeVar

from rejoinder.errors import BotError

T = TypeVar("T")

_OPEN, _CLOSE, _BETWEEN = "\ufdd0", "\ufdd1", "\ufdd2"
_SIGNS = re.compile("[\ufdd0-\ufdd2]")
_SIGN = re.compile("\ufdd0(?P<kind>[bica])(?P<url>[^\ufdd0-\ufdd2]*)\ufdd2|[\ufdd0-\ufdd2]")
_KINDS: dict[str, Literal["bold", "italic", "code", "link"]] = {
    "b": "bold",
    "i": "italic",
    "c": "code",
    "a": "link",
}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}


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
    return _part("b", words)


def italic(words: object) -> str:
    """Return `words` in italics."""
    return _part("i", words)


def code(words: object) -> str:
    """Return `words` in letters of one width, such as a reference to copy."""
    return _part("c", words)


def link(words: object, url: str) -> str:
    """Return `words` that lead to `url`. A network without such links shows the address behind them.

    Raises BotError when `url` is empty or has a blank in it.
    """
    if not url or plain(url) != "".join(url.split()):
        raise BotError(f"a link leads to an address such as https://example.com, not to {url!r}")
    return _part("a", words, url)


def _part(kind: str, words: object, url: str = "") -> str:
    return f"{_OPEN}{kind}{url}{_BETWEEN}{words}{_CLOSE}"


def read(text: str) -> Marked:
    """Return the plain words of a text, and its marked parts.

    A sign without its other half is left out, and so is a part without words. Each part begins and ends with
    a word: blanks at its ends stand outside. A part within one of its own kind adds nothing. No network shows
    code in bold or italics, or a link in code: there a link comes before code, and code before the others,
    which end in front of it and begin again behind it.
    """
    if not _SIGNS.search(text):
        return Marked(plain=text)
    words, parts = _parts(text)
    links = [part for part in parts if part.kind == "link"]
    codes = [piece for part in parts if part.kind == "code" for piece in without(links, part)]
    others = [part for part in parts if part.kind in {"bold", "italic"}]
    spans = [*links, *codes, *(piece for part in others for piece in without(codes, part))]
    whole = (trimmed(words, span) for span in spans)
    kept = sorted((span for span in whole if span.start < span.end), key=lambda one: (one.start, -one.end))
    return Marked(plain=words, spans=tuple(kept))


def plain(text: str) -> str:
    """Return the words of a text without markup, such as for a log or a database."""
    return read(text).plain if _SIGNS.search(text) else text


def part_of(text: Marked, start: int, end: int) -> str:
    """Return the words from `start` to `end` with their markup. A part that is cut there ends there."""
    spans = (replace(span, start=max(start, span.start), end=min(end, span.end)) for span in text.spans)
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for span in (one for one in spans if one.start < one.end):
        sign = f"{_OPEN}{_LETTERS[span.kind]}{span.url}{_BETWEEN}"
        opening[span.start] = opening.get(span.start, "") + sign
        closing[span.end] = closing.get(span.end, "") + _CLOSE
    written, place = [], start
    for at in sorted({*opening, *closing}):
        written += [text.plain[place:at], closing.get(at, ""), opening.get(at, "")]
        place = at
    return "".join([*written, text.plain[place:end]])


def with_words(content: T, change: Callable[[str], str]) -> T:
    """Return a content with its words, which are its bodies and captions, as `change` returns them. Any other
    text in it, such as a title, has no markup: networks show none there.
    """
    changed: Any = content
    kind: Any = type(content)
    if isinstance(content, str):
        changed = plain(content)
    elif isinstance(content, tuple | list):
        parts = [with_words(part, change) for part in content]
        changed = content if all(map(is_, parts, content)) else type(content)(parts)
    elif names := _fields_of(kind):
        changes = dict(_changes(content, names, change))
        changed = replace(changed, **changes) if changes else content
    elif isinstance(content, Mapping):
        values = {name: with_words(value, change) for name, value in content.items()}
        changed = content if all(values[name] is content[name] for name in values) else values
    kept: T = changed
    return kept


@lru_cache(maxsize=256)
def _fields_of(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass; none for another type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _changes(
    content: Any, names: Iterable[str], change: Callable[[str], str]
) -> Iterable[tuple[str, object]]:
    """Yield the fields that `with_words` changes, with what they become."""
    for name in names:
        value = getattr(content, name)
        is_worded = name in {"body", "caption"} and isinstance(value, str)
        changed = change(value) if is_worded else with_words(value, change)
        if changed is not value:
            yield name, changed


def _parts(text: str) -> tuple[str, list[Span]]:
    """Return the words of a text, and its parts that have both signs, by their starts. None is within another
    of its own kind.
    """
    words, end, place = [], 0, 0
    opened: list[tuple[int, int, re.Match[str]]] = []  # number, start, sign
    closed: list[tuple[int, Span]] = []
    for number, sign in enumerate(_SIGN.finditer(text)):
        words.append(text[place : sign.start()])
        end, place = end + sign.start() - place, sign.end()
        if sign["kind"]:
            opened.append((number, end, sign))
        elif sign[0] == _CLOSE and opened:
            first, start, opening = opened.pop()
            closed.append(
                (first, Span(kind=_KINDS[opening["kind"]], start=start, end=end, url=opening["url"]))
            )
    words.append(text[place:])
    reached = dict.fromkeys(_KINDS.values(), 0)
    parts = []
    for _, span in sorted(closed, key=lambda one: one[0]):
        if span.end > reached[span.kind]:  # else one of its kind, which was opened before, is still open
            reached[span.kind] = span.end
            parts.append(span)
    return "".join(words), parts


def without(holes: Iterable[Span], span: Span) -> list[Span]:
    """Return what `span` is without the characters of `holes`, which are in order. One without characters
    cuts it there.
    """
    pieces, start = [], span.start
    for hole in holes:
        if start < hole.end and hole.start < span.end:
            pieces.append(replace(span, start=start, end=max(start, hole.start)))
            start = hole.end
    return [*pieces, replace(span, start=min(start, span.end))]


def trimmed(words: str, span: Span) -> Span:
    """Return `span` without blanks at its ends."""
    shown = words[span.start : span.end]
    start = span.start + len(shown) - len(shown.lstrip())
    return replace(span, start=start, end=start + len(shown.strip()))
