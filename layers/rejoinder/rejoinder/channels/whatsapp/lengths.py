"""Lengths: how WhatsApp counts words, and where a text that is too long is split.

Meta names its limits in characters and does not say what a character is. Senders of many messages read it in
different ways: nyaruka/courier counts code points, Secreto31126/whatsapp-api-js counts units of UTF-16, in
which most emoji are two. A flag is two code points and four units. We count units of UTF-16: that is never
less than code points or what people see as one sign. One provider, YCloud, writes of 20 bytes where Meta writes
of 20 characters. We follow Meta, so 4,096 letters of Hindi are 4,096 characters.
"""

import re
import unicodedata
from itertools import pairwise

from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import BREAKS, is_blank, one_line

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
    """Return how long WhatsApp takes `words` to be: the number of their units of UTF-16."""
    return len(words) if words.isascii() else len(words) + len(_BEYOND_16_BITS.findall(words))


def split(words: str, limit: int) -> list[str]:
    """Return `words` in parts that are no longer than `limit` and that show something.

    A part ends with a paragraph; without one that fits, with a line, a sentence, a word or a sign.
    """
    parts = []
    while length_of(words) > limit:
        end, begin = _cut(words, _room(words, limit))
        parts.append(words[:end].rstrip())
        words = words[begin:].lstrip()
    return [part for part in (*parts, words) if not is_blank(part)]


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


def check_title(what: str, words: str, limit: int, *, optional: bool = False) -> None:
    """Check words that are shown on one line."""
    check_length(what, words, limit, optional=optional)
    if BREAKS.search(words):
        raise LimitExceeded(f"{what} has a line break or a tab: write {one_line(words)!r}")
    _check_ends(what, words)


def check_id(what: str, words: str, limit: int) -> None:
    """Check words that nobody sees, and that come back or name something."""
    check_length(what, words, limit)
    _check_ends(what, words)


def _check_ends(what: str, words: str) -> None:
    """Refuse spaces around an id, as Meta does ("interactive object" of its reference), or around a title:
    bots make ids of titles.
    """
    if words != words.strip():
        raise LimitExceeded(f"{what} has spaces at its ends: write {words.strip()!r}, not {words!r}")


def check_length(what: str, words: object, limit: int, *, optional: bool = False) -> None:
    """Raise LimitExceeded when `words`, which `what` names, are none, show nothing or are too long."""
    if not isinstance(words, str):
        raise LimitExceeded(f"{what} is a text, not {words!r}")
    if optional and not words:
        return
    if not words.strip():
        raise LimitExceeded(f"{what} is empty")
    if is_blank(words):
        raise LimitExceeded(f"{what} has invisible characters only: {words[:40]!a}")
    if (length := length_of(words)) > limit:
        begun = f"{words[:40]!r}{_hint(words, length)}"
        raise LimitExceeded(f"{what} is {length} characters long; WhatsApp takes {limit}: {begun}")
    check_halves(what, words)


def _hint(words: str, length: int) -> str:
    return "" if length == len(words) else ". Most emoji count as 2, flags as 4"


def check_halves(what: str, words: str) -> None:
    """Raise LimitExceeded when `words` hold half of a surrogate pair."""
    if not words.isascii() and any("\ud800" <= letter <= "\udfff" for letter in words):
        raise LimitExceeded(f"{what} holds half of a surrogate pair, which is no character: {words[:40]!r}")


def check_different(what: str, choices: list[tuple[str, str]]) -> None:
    """Raise LimitExceeded when two choices, given as (title, id), cannot be told apart."""
    for name, values in (("title", [title for title, _ in choices]), ("id", [id for _, id in choices])):
        for one, next_one in pairwise(sorted(values)):
            if one == next_one:
                raise LimitExceeded(f"two {what} have the {name} {one!r}; each needs its own")
