"""Choices (stand-in)."""

from collections.abc import Sequence

from rejoinder.bot.phrases import Phrases
from rejoinder.bot.words import fold


def chosen(words: str, titles: Sequence[str], *, numbered: bool, phrases: Phrases) -> int | None:
    """Return the place."""
    for place, title in enumerate(titles):
        if words == title:
            return place
    found = [place for place, title in enumerate(titles) if fold(title) == fold(words)]
    if len(found) == 1:
        return found[0]
    if words.strip().isdecimal() and 0 < int(words) <= len(titles) and numbered:
        return int(words) - 1
    return None
