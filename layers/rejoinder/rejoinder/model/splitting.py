"""Splitting: how long words are, and where a text that is too long for one message is cut."""

import re
import unicodedata
from collections.abc import Callable

from rejoinder.model.blanks import is_blank
from rejoinder.model.markup import Marked, part_of, plain, read

_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")

_ENDS = (
    re.compile(r"\n[^\S\n]*\n\s*"),  # of a paragraph
    re.compile(r"\n\s*"),  # of a line
    re.compile(r"(?<=[.!?…।])\s+|(?<=[.!?…।][\"'”’»)\]])\s+|(?<=[。！？])"),  # of a sentence
    re.compile(r"\s+"),  # of a word
)
"""What may stand between two parts of a text, the best first."""

_JOINER = "\u200d"
_VIRAMA = 9
"""The combining class of the signs that join a letter of Hindi and its kin to the next one."""


def length_of(words: str) -> int:
    """Return how long `words` are, in units of UTF-16: networks count so, or less."""
    return len(words) if words.isascii() else len(words) + len(_BEYOND_16_BITS.findall(words))


def split(text: str, limit: int, length: Callable[[str], int] = length_of) -> list[str]:
    """Return a text in parts that show something and are no longer than `limit`.

    A part ends with a paragraph; without one that fits, with a line, a sentence, a word or a sign. Where
    markup is cut, it ends with the part and begins again with the next one.

    Args:
        text: the text.
        limit: the longest part.
        length: returns how long a text with markup is on the network.
    """
    if length(text) <= limit:
        return [] if is_blank(plain(text)) else [text]
    marked = read(text)
    parts, begin = [], 0
    while length(rest := part_of(marked, begin, len(marked.plain))) > limit:
        part, begin = _first_part(marked, begin, limit, length)
        parts.append(part)
    return [part for part in (*parts, rest) if not is_blank(plain(part))]


def _first_part(marked: Marked, begin: int, limit: int, length: Callable[[str], int]) -> tuple[str, int]:
    """Return a part of a text from `begin` on, and where the next part begins. Markup may need room, too."""
    words, limit_of_words = marked.plain[begin:], limit
    while True:
        room = max(1, _room(words, limit_of_words))
        end, following = _cut(words, room) if room < len(words) else (len(words), len(words))
        end = len(words[:end].rstrip())
        part = part_of(marked, begin, begin + end)
        excess = length(part) - limit
        if excess <= 0 or limit_of_words == 1:
            return part, begin + following + len(words[following:]) - len(words[following:].lstrip())
        limit_of_words = max(1, limit_of_words - excess)


def _room(words: str, limit: int) -> int:
    """Return how many code points of `words` fit into `limit`."""
    if length_of(words[:limit]) <= limit:
        return limit
    room = 0
    for place, letter in enumerate(words):
        room += length_of(letter)
        if room > limit:
            return place
    return len(words)


def _cut(words: str, room: int) -> tuple[int, int]:
    """Return where the first part of `words` ends, at `room` at the latest, and where the next one begins."""
    for ends in _ENDS:
        fitting = [found for found in ends.finditer(words, 0, room + 1) if 0 < found.start() <= room]
        if fitting:
            return fitting[-1].start(), fitting[-1].end()
    place = room
    while place and not _may_part(words[place - 1], words[place]):
        place -= 1
    place = _before_half_a_flag(words, place) or room
    return place, place


def _may_part(before: str, after: str) -> bool:
    """Whether two letters may be parted without breaking a sign. Flags are looked at elsewhere."""
    if _JOINER in (before, after) or unicodedata.combining(before) == _VIRAMA:
        return False
    return not (
        unicodedata.category(after)[0] == "M"
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # the colour of a skin
        or "\U000e0020" <= after <= "\U000e007f"  # a flag such as Scotland's
        or "\u1160" <= after <= "\u11ff"  # the rest of a syllable of Korean
        or (before, after) == ("\r", "\n")
    )


def _before_half_a_flag(words: str, place: int) -> int:
    """Return `place`, or the place before it, where `place` is between the two letters of a flag."""
    letters = 0
    while letters < place and "\U0001f1e6" <= words[place - letters - 1] <= "\U0001f1ff":
        letters += 1
    return place - letters % 2
