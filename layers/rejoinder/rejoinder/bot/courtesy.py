"""Words of courtesy: people put them around what they mean."""

from collections.abc import Sequence
from functools import lru_cache

from rejoinder.bot import heard
from rejoinder.bot.words import fold, parts

THANKS = heard.everywhere("thanks")
"""Words of thanks, in all languages."""

COURTESY = THANKS | heard.everywhere("courtesy")
"""Polite words, in all languages, each as one phrase: in `bom dia` no day is meant."""


def says(words: str, trigger: str) -> bool:
    """Return whether `words` say `trigger`: it alone, or it with words of courtesy around it."""
    wanted, wanted_parts = _cut(trigger)
    said, said_parts = _heard(words)
    return said == wanted or within(said_parts, wanted_parts)


def within(said: Sequence[str], wanted: Sequence[str], polite: frozenset[str] = COURTESY) -> bool:
    """Return whether `said` is `wanted` with nothing but polite phrases before and behind it."""
    size = len(wanted)
    other = [place for place, one in enumerate(said) if one not in polite] or [len(said), -1]
    begins = range(max(0, other[-1] - size + 1), min(other[0], len(said) - size) + 1)
    return size > 0 and any(said[begin : begin + size] == wanted for begin in begins)


def _folded(words: str) -> tuple[str, tuple[str, ...]]:
    return fold(words), tuple(parts(words, COURTESY))


_cut = lru_cache(maxsize=1024)(_folded)  # the triggers of a bot
_heard = lru_cache(maxsize=1)(_folded)  # one message is compared with all of them
