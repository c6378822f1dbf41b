"""Comparing what people type."""

import re
from collections.abc import Collection
from functools import lru_cache

from rejoinder.model.letters import clean, is_symbol, plain

MAX_ANSWER = 200
"""The most characters of an answer that is read as a number, a date or a choice."""

MAX_SAID = 2000
"""The most characters of a text that is compared with triggers, titles and examples. What is longer is a
story, and only costs time."""

_SENTENCE = ".,!?;:…¡¿\"'()[]{}*_~ 。、！？؟،؛।·"
"""What stands around words and says nothing. Signs such as + - # % $ are not here: A+ is not A-."""

_SMILEY = re.compile(r"(?:(?<=\s)|^)(?:[:;=x]'?-?[)(dpo/*]+|<3+|\^\^|xd+)$")

_LETTER = re.compile(r"[^\W\d]")
_DRAWN = re.compile(r"([^\W\d])\1+")


def fold(words: str) -> str:
    """Return what `words` are compared by: what is alike for a reader folds to the same.

    It is `plain`, without punctuation and emoji at the ends. What has nothing else keeps them: 👍 stays 👍.
    """
    bare = strip(plain(words))
    said = strip(_SMILEY.sub("", bare), symbols=True)
    return said or bare or clean(words)


def strip(words: str, *, symbols: bool = False) -> str:
    """Return `words` without punctuation at the ends, with `symbols` also without emoji.

    When nothing is left it is `words`, or nothing with `symbols`.
    """
    begin, end = 0, len(words)
    while begin < end and _says_nothing(words[begin], symbols=symbols) and not _is_decimal(words, begin):
        begin += 1
    while begin < end and _says_nothing(words[end - 1], symbols=symbols):
        end -= 1
    return words[begin:end] or ("" if symbols else words)


def tokens(words: str) -> list[str]:
    """Return the single words of `words`, folded. Words joined by a hyphen or an apostrophe are two.

    Emoji between words are left out.
    """
    cut = [part for part in re.split(r"\s+|(?<=[^\W\d])['-](?=[^\W\d])", fold(words)) if part]
    said = [bare for part in cut if (bare := strip(part)).strip(_SENTENCE) and not all(map(is_symbol, bare))]
    return said or cut


def parts(words: str, phrases: frozenset[str]) -> list[str]:
    """Return `words` cut into `phrases` (the longest first) and single words.

    A drawn out word, such as `hiii`, counts as the phrase that it draws out.
    """
    said, cut, place, begin = tokens(words), [], 0, _beginnings(phrases)
    while place < len(said):
        sizes = range(min(len(said) - place, 6), 1, -1) if said[place] in begin else ()
        size = next((size for size in sizes if " ".join(said[place : place + size]) in phrases), 1)
        cut.append(" ".join(said[place : place + size]) if size > 1 else _calm(said[place], phrases))
        place += size
    return cut


@lru_cache(maxsize=256)
def _beginnings(phrases: frozenset[str]) -> frozenset[str]:
    """Return the first words of phrases of several words. Few words are one, and only these are tried."""
    return frozenset(first for first, blank, _ in (phrase.partition(" ") for phrase in phrases) if blank)


def listed(*lists: str) -> frozenset[str]:
    """Return the phrases of texts such as `yes, of course`, each as `parts` returns it."""
    return frozenset(_folded(phrase) for one in lists for phrase in one.split(",") if phrase.strip())


def _folded(phrase: str) -> str:
    words = phrase.split()
    # Most phrases of our tables are such plain words, and a Lambda that starts has many of them to read.
    is_plain = all(word.isascii() and word.isalpha() for word in words)
    return " ".join(words).lower() if is_plain else " ".join(tokens(phrase))


def _calm(word: str, known: Collection[str]) -> str:
    if word in known or not _DRAWN.search(word):
        return word
    last = word[-1]
    # A pattern of the end would try each letter of a long run, so that the work grew with its square.
    at_end = word.rstrip(last) + last if _LETTER.match(last) else word
    short = (re.sub(r"([^\W\d])\1{2,}", r"\1", word), at_end, _DRAWN.sub(r"\1", word))
    return next((one for one in short if one in known), word)


def _says_nothing(letter: str, *, symbols: bool) -> bool:
    return letter in _SENTENCE or (symbols and is_symbol(letter))


def _is_decimal(words: str, place: int) -> bool:
    """Whether a number such as .5 begins at `place`: without its point it is another one."""
    return words[place] in ".," and words[place + 1 : place + 2].isdigit()
