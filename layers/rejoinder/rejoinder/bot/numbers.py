"""Numbers (stand-in)."""

import math


def whole(words: str, language: str) -> int:
    """Whole."""
    return int(words)


def decimal(words: str, language: str) -> float:
    """Decimal."""
    number = float(words.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(words)
    return number
