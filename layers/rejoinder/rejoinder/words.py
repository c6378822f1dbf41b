"""Comparing what people type."""

import unicodedata


def plain(words: str) -> str:
    """`words` without case, accents and surplus spaces."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
