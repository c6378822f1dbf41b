"""How like words are to each other. A word is compared only with those that its letters allow."""

from collections.abc import Iterable
from functools import lru_cache

SAME_WORD = 0.88
"""The least similarity, from 0 to 1, of two words that count as one: order and ordr (a typing error), Sonntag
and sonntags (another ending)."""

_LEAST_JARO = (SAME_WORD - 0.4) / 0.6
"""The least similarity without Winkler's share for the beginning, which is 0.4 of what is missing at most."""


def whole(word: str) -> str:
    """Return a word with a question mark for each half of a surrogate pair, which jellyfish does not take."""
    return word if word.isascii() else word.encode(errors="replace").decode()


class Words:
    """Words that others are compared with."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        self._odd: list[str] = []
        for word in words:
            if _is_simple(word):
                self._by_length.setdefault(len(word), []).append((word, _letters(word)))
            else:
                self._odd.append(word)

    def like(self, word: str) -> dict[str, float]:
        """Return the words that count as the same as `word`, each with its similarity."""
        from jellyfish import jaro_winkler_similarity  # noqa: PLC0415 - a bot without intents needs none

        said = whole(word)
        found = ((other, jaro_winkler_similarity(said, whole(other))) for other in self._near(word))
        return {other: similarity for other, similarity in found if similarity >= SAME_WORD}

    def _near(self, word: str) -> list[str]:
        """Return the words that may be the same: the others have too many letters that only one has."""
        size, letters, is_simple = len(word), _letters(word), _is_simple(word)
        near = [*self._odd]
        for length, words in self._by_length.items():
            most = _most_unlike(size, length) if is_simple else size + length
            if most >= 0:
                near += [other for other, others in words if (letters ^ others).bit_count() <= most]
        return near


@lru_cache(maxsize=1024)
def _most_unlike(one: int, other: int) -> int:
    """Return how many letters two words of these lengths may have that only one has; less than 0 for none.

    Jaro's similarity is a third of m / one + m / other + 1, at most, when m letters are in both.
    """
    in_both = (3 * _LEAST_JARO - 1) * one * other / (one + other)
    return int(one + other - 2 * in_both + 1e-9) if in_both <= min(one, other) + 1e-9 else -1


def _letters(word: str) -> int:
    """Return the set of the letters of a word, as bits. Where two have one bit, fewer words are ruled out."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def _is_simple(word: str) -> bool:
    """Whether each character is a letter of its own. The comparison takes कि, with its mark, as one."""
    return word.isascii() or (word.isalpha() and max(word) < "\u0900")
