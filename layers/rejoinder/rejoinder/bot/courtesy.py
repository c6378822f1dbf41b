"""Words of courtesy: people put them around what they mean."""

from collections.abc import Sequence
from functools import lru_cache

from rejoinder.bot import heard
from rejoinder.bot.words import MAX_SAID, fold, parts

THANKS = heard.everywhere("thanks")
"""Words of thanks, in all languages."""

COURTESY = THANKS | heard.everywhere("courtesy")
"""Polite words, in all languages, each as one phrase: in `bom dia` no day is meant."""


def says(words: str, trigger: str) -> bool:
    """Return whether `words` say `trigger`: it alone, or it with words of courtesy around it."""
    if len(words) > MAX_SAID:
        return False
    wanted, wanted_parts = _cut(trigger)
    said, said_parts = _heard(words)
    return said == wanted or within(said_parts, wanted_parts)


def within(said: Sequence[str], wanted: Sequence[str], polite: frozenset[str] = COURTESY) -> bool:
    """Return whether `said` is `wanted` with nothing but polite phrases before and behind it."""
    size = len(wanted)
    begins = _begins(len(said), size, _edges(said, polite))
    return size > 0 and any(said[begin : begin + size] == wanted for begin in begins)


def meant(words: str) -> str:
    """Return what `words` say between words of courtesy, folded; empty for nothing else or a long story."""
    if len(words) > MAX_SAID:
        return ""
    said = _heard(words)[1]
    first, last = _edges(said, COURTESY)
    return " ".join(said[first : last + 1])


class Sayings:
    """Texts to listen for. Each is looked up, so that it does not matter how many there are."""

    def __init__(self) -> None:
        self._numbers: dict[str | tuple[str, ...], list[int]] = {}
        self._sizes: set[int] = set()

    def add(self, text: str, number: int) -> None:
        """Listen for `text`. Its number is not less than those of the texts before it."""
        wanted, wanted_parts = _cut(text)
        self._sizes.add(len(wanted_parts))
        for key in (wanted, wanted_parts):
            self._numbers.setdefault(key, []).append(number)

    def said(self, words: str) -> list[int]:
        """Return the numbers of the texts that `words` say, as `says` finds it, each once and in order."""
        if not (0 < len(words) <= MAX_SAID and self._numbers):
            return []
        folded, parts_said = _heard(words)
        edges = _edges(parts_said, COURTESY)
        found = set(self._numbers.get(folded, ()))
        for size in self._sizes:
            for begin in _begins(len(parts_said), size, edges):
                found.update(self._numbers.get(parts_said[begin : begin + size], ()))
        return sorted(found)


def _edges(said: Sequence[str], polite: frozenset[str]) -> tuple[int, int]:
    """Return the places of the first and the last part that is not polite."""
    other = [place for place, one in enumerate(said) if one not in polite] or [len(said), -1]
    return other[0], other[-1]


def _begins(length: int, size: int, edges: tuple[int, int]) -> range:
    """Return where so many parts may begin that nothing but polite ones are before and behind them."""
    return range(max(0, edges[1] - size + 1), min(edges[0], length - size) + 1)


def _folded(words: str) -> tuple[str, tuple[str, ...]]:
    return fold(words), tuple(parts(words, COURTESY))


_cut = lru_cache(maxsize=1024)(_folded)  # the triggers of a bot
_heard = lru_cache(maxsize=1)(_folded)  # one message is compared with all of them
