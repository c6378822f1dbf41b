"""Dates (stand-in)."""

from datetime import date, datetime


def date_of(words: str, language: str, today: date) -> date:
    """Date."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return datetime.strptime(words, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
