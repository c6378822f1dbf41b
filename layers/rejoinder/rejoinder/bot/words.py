"""Comparing what people type."""

import unicodedata


def fold(words: str) -> str:
    """Return `words` without case, accents and surplus spaces: what is alike folds to the same."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def clean(words: str) -> str:
    """Return `words` without what nobody sees at their ends."""
    return words.strip()
