"""Lenient reading of Meta's answers: what is missing or of another type is empty, and never an error."""

from collections.abc import Mapping

from rejoinder.workbench.graph.client import Json


def text(answer: Json, *keys: str) -> str:
    """Return the text below some keys; empty when there is none. A number is text, too."""
    found: object = answer
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def whole(answer: Json, key: str) -> int:
    """Return a whole number, which Meta also writes as text; 0 when there is none."""
    found = text(answer, key)
    return int(found) if found.isascii() and found.isdecimal() else 0


def flag(answer: Json, key: str) -> bool:
    """Return whether something is true, which Meta also writes as text."""
    return str(answer.get(key)).lower() == "true"


def texts(answer: Json, key: str) -> tuple[str, ...]:
    """Return the texts of a list."""
    found = answer.get(key)
    return tuple(str(one) for one in found if isinstance(one, str | int)) if isinstance(found, list) else ()


def objects(answer: Json, *keys: str) -> tuple[Json, ...]:
    """Return the objects of the list below some keys."""
    found: object = answer
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def inner(answer: Json, key: str) -> Json:
    """Return an object; an empty one when there is none."""
    found = answer.get(key)
    return found if isinstance(found, dict) else {}
