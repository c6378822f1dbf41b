"""Reading the parts of what Meta tells of an account, each by the name of its place. Nothing here raises."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rejoinder.channels.fields import LATEST, Json, object_of, time_of, whole_parts, words_of
from rejoinder.channels.whatsapp.codes import errors_of

Part = Callable[[Json], Any]
"""Returns one part of an event."""

Parts = Mapping[str, Part]


def value_at(value: Json, path: str) -> object:
    """Return what stands at `path` in `value`; None where nothing does."""
    *parents, name = path.split(".")
    for parent in parents:
        value = object_of(value, parent)
    return value.get(name)


def as_words(value: object) -> str:
    """Return a string or a whole number as a string; else an empty one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and -(10**20) < value < 10**20:
        return str(value)
    return words_of(value)


def words(*paths: str) -> Part:
    """Read a string, or a number as one, from the first of `paths` that has one."""
    return lambda value: next(filter(None, (as_words(value_at(value, path)) for path in paths)), "")


def language(path: str) -> Part:
    """Read a language. Meta's webhooks write `en-US` for what is sent as `en_US`."""
    return lambda value: as_words(value_at(value, path)).replace("-", "_")


def time(path: str) -> Part:
    """Read a time in Unix seconds; 0 where there is none."""
    return lambda value: time_of(value_at(value, path)) or 0.0


def number(path: str) -> Part:
    """Read a number; 0 where there is none that can be meant."""
    return lambda value: _amount(value_at(value, path))


def _amount(value: object) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return number if abs(number) < LATEST else 0.0


def errors(path: str) -> Part:
    """Read the errors of an array."""
    return lambda value: errors_of(value_at(value, path))


def objects(value: Json, path: str) -> list[Json]:
    """Return the objects of the array at `path`."""
    found = value_at(value, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def many(path: str, make: Callable[..., object], parts: Parts) -> Part:
    """Read the objects of an array, each by `parts`. One that tells nothing of them is left out."""
    return lambda value: tuple(make(**told) for told in _told(objects(value, path), parts))


def _told(found: list[Json], parts: Parts) -> Iterator[dict[str, Any]]:
    each = (read(parts, one) for one in found)
    return (told for told in each if any(told.values()))


def read(parts: Parts, value: Json) -> dict[str, Any]:
    """Return each of `parts` of `value`."""
    return {name: part(value) for name, part in parts.items()}


def inner(path: str) -> Part:
    """Read an object as it is."""
    *parents, name = path.split(".")
    return lambda value: whole_parts(object_of(_at_object(value, parents), name))


def _at_object(value: Json, parents: list[str]) -> Json:
    for parent in parents:
        value = object_of(value, parent)
    return value


def without(*names: str) -> Part:
    """Read all that has no other place, as it is."""
    return lambda value: whole_parts(
        {name: part for name, part in value.items() if part is not None and name not in names}
    )


def count(*paths: str) -> Part:
    """Count the objects of the arrays at `paths`."""
    return lambda value: sum(len(objects(value, path)) for path in paths)
