"""Reading single fields of what a network sends, by the standard library only. The fronts use it."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, object]


def whole_characters(value: object) -> object:
    """Replace halves of surrogate pairs in a string. JSON allows them, but stores and networks do not."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def words_of(value: object) -> str:
    """Return `value` with whole characters only; an empty string when it is no string."""
    return str(whole_characters(value)) if isinstance(value, str) else ""


def whole_parts(value: object) -> Any:
    """Return a value of JSON as any reader of JSON takes it: with whole characters, and without the numbers
    that JSON does not have.
    """
    if isinstance(value, dict):
        return {words_of(name): whole_parts(part) for name, part in value.items()}
    if isinstance(value, list):
        return [whole_parts(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return whole_characters(value)


class NotAsExpected(Exception):
    """A part of a message is not what its type says. `places` are the names of what is wrong."""

    def __init__(self, places: Iterable[str]) -> None:
        super().__init__()
        self.places = sorted(set(places))


def needed_words(place: str, part: object, name: str) -> str:
    """Return the string `name` of the object `part`; NotAsExpected when it has none."""
    if not isinstance(part, dict):
        raise NotAsExpected([place])
    if not isinstance(part.get(name), str):
        raise NotAsExpected([f"{place}.{name}"])
    return words_of(part[name])


def object_of(parent: Json, name: str) -> Json:
    """Return the object `name` of `parent`; an empty object when there is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


LATEST = 10.0**11
"""Later than any time that can be meant, in Unix seconds."""


def time_of(value: object) -> float | None:
    """Return a time in Unix seconds, be it past or to come; None when `value` is none."""
    at = timestamp_of(value, LATEST)
    return None if at == LATEST else at


def timestamp_of(value: object, received_at: float) -> float:
    """Return a time in Unix seconds (a string in webhooks); `received_at` when `value` cannot be right."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return received_at
    try:
        at = float(value)
    except (ValueError, OverflowError):
        return received_at
    return at if math.isfinite(at) and 1 <= at <= received_at + 300 else received_at
