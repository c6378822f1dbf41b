"""Marks: a text in letters alone, in which `*bold*`, `_italic_` and `` `code` `` stand between marks.

WhatsApp shows its texts so (faq.whatsapp.com/539178204879377, "How to format your messages"), and transcripts
do. WhatsApp knows no way to write a mark that is only a letter, and does not tell exactly when it takes one
as such. So a part goes without its marks wherever a mark might be read in another way: where it would touch
a letter or a digit outside of the part, or where its line has something like a mark already.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rejoinder.model.markup import Marked, Span, read, trimmed, without

_MARKS = {"bold": "*", "italic": "_", "code": "`"}
_STRAY = {mark: re.compile(rf"(?<=\S){re.escape(mark)}|{re.escape(mark)}(?=\S)") for mark in _MARKS.values()}
"""What might be read as the same mark. One between two blanks is none: `5 * 3`."""

_BOUNDARY = re.compile(r"(?<!\w)[*_~`](?=\S)|(?<=\S)[*_~`](?!\w)")
"""What might be read as another mark. One in the middle of a word is none: `table_5`."""

_LINE = re.compile(r"[^\r\n]+")
_SCHEME = re.compile("^(?:mailto|tel):")
_WEB = re.compile("^https?://")


def marked(text: str) -> str:
    """Return a text in letters alone: parts have marks around them, each line of its own, and the address of
    a link stands in brackets behind it, unless its words are that address.
    """
    found = read(text)
    return in_marks(found) if found.spans else found.plain


def in_marks(text: Marked) -> str:
    """Return a text that was read in letters alone."""
    links = [span for span in text.spans if span.kind == "link"]
    behind = {link.end: _behind(text.plain, link) for link in links}
    holes = [link if not behind[link.end] else replace(link, start=link.end) for link in links]
    pieces = [piece for piece in _pieces(text, holes) if _may_stand(text.plain, piece)]
    seen = text.plain
    for piece in pieces:
        if piece.kind == "code":  # nothing in it is read as a mark
            seen = f"{seen[: piece.start]}{'x' * (piece.end - piece.start)}{seen[piece.end :]}"
    written: dict[int, tuple[str, str]] = {}  # what stands before and behind an address, by their place
    for piece in pieces:
        if _is_clear(seen, piece, behind):
            _put(written, piece, _MARKS[piece.kind])
    return _with(text.plain, written, behind)


def _pieces(text: Marked, holes: Sequence[Span]) -> list[Span]:
    """Return the parts that get marks, cut at addresses and ends of lines. None touches another one."""
    parts = [span for span in text.spans if span.kind != "link"]
    cut = [
        trimmed(text.plain, replace(piece, start=line.start(), end=line.end()))
        for part in sorted(parts, key=lambda one: one.kind != "code")
        for piece in without(holes, part)
        for line in _LINE.finditer(text.plain, piece.start, piece.end)
    ]
    pieces: list[Span] = []
    for piece in (one for one in cut if one.start < one.end):
        if not any(piece.start == other.end or piece.end == other.start for other in pieces):
            pieces.append(piece)
    return sorted(pieces, key=lambda one: (one.start, -one.end))


def _behind(words: str, link: Span) -> str:
    """Return what stands behind the words of a link; nothing where they are its address."""
    address = _SCHEME.sub("", link.url)
    shown = words[link.start : link.end]
    return "" if shown in {link.url, address, _WEB.sub("", address)} else f" ({address})"


def _may_stand(words: str, piece: Span) -> bool:
    """Whether marks may stand around a part: it has none in it, and touches no letter, digit or mark."""
    around = words[max(0, piece.start - 1) : piece.start] + words[piece.end : piece.end + 1]
    is_free = not any(one.isalnum() or one in "*_~`" for one in around)
    return is_free and _MARKS[piece.kind] not in words[piece.start : piece.end]


def _is_clear(words: str, piece: Span, behind: dict[int, str]) -> bool:
    """Whether nothing on the line of a part might be read as a mark."""
    begin = max(words.rfind("\n", 0, piece.start), words.rfind("\r", 0, piece.start)) + 1
    line = _LINE.match(words, begin)
    end = line.end() if line else begin
    seen = [words[begin:end], *(there for place, there in behind.items() if begin <= place <= end)]
    strays = (_STRAY["`"], _STRAY[_MARKS[piece.kind]], _BOUNDARY)
    return "```" not in words and not any(stray.search(one) for stray in strays for one in seen)


def _put(written: dict[int, tuple[str, str]], piece: Span, mark: str) -> None:
    """Add the marks of a part inside of those that are there: the outer part comes first."""
    ends, begins = written.get(piece.start, ("", ""))
    written[piece.start] = (ends, begins + mark)
    ends, begins = written.get(piece.end, ("", ""))
    written[piece.end] = (mark + ends, begins)


def _with(words: str, written: dict[int, tuple[str, str]], behind: dict[int, str]) -> str:
    """Return `words` with marks and addresses at their places."""
    shown, place = [], 0
    for at in sorted({*written, *behind}):
        ends, begins = written.get(at, ("", ""))
        shown += [words[place:at], ends, behind.get(at, ""), begins]
        place = at
    return "".join([*shown, words[place:]])
