"""Blanks: what a reader does not see in a text."""

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zl", "Zp", "Zs"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by name, and yet nothing is drawn

BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
"""A tab, or a line break of any kind."""

_RUNS = re.compile("[ \t\n\v\f\r\x85\u2028\u2029]+")


def is_blank(words: str) -> bool:
    """Whether `words` show nothing: they are empty, or they are spaces and invisible characters alone."""
    return all(letter in _FILLERS or unicodedata.category(letter) in _UNSEEN for letter in words)


def one_line(words: str) -> str:
    """Return `words` on one line: each run of spaces, tabs and line breaks becomes one space."""
    return _RUNS.sub(" ", words).strip()
