"""Reading one field of a stored shape. What is not as it should be raises Unreadable."""

import json
import math
from collections.abc import Callable, Mapping
from typing import TypeVar

from rejoinder.aws.stored.formats import FORMATS
from rejoinder.errors import Unreadable
from rejoinder.model.data import escaped

T = TypeVar("T")

Json = Mapping[str, object]
"""An object of JSON."""

_FAULTS = (LookupError, TypeError, ValueError, ArithmeticError, RecursionError)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_text(value: object) -> str:
    """Return `value` as JSON text, without spaces: each started kilobyte of an item costs."""
    return escaped(_ENCODER.encode(value))


def dump(shape: str, fields: Json) -> dict[str, object]:
    """Return `fields` with the format number of `shape`."""
    return {"format": FORMATS[shape], **fields}


def filled(fields: Json) -> dict[str, object]:
    """Return `fields` without what is None, empty, false or 0: each started kilobyte of an item costs."""
    return {name: value for name, value in fields.items() if value}


class reading:  # noqa: N801 - it is called as a function is; `contextmanager` takes four times as long
    """Turn whatever goes wrong while `shape` is read into Unreadable, whose text quotes nothing."""

    __slots__ = ("_shape",)

    def __init__(self, shape: str) -> None:
        self._shape = shape

    def __enter__(self) -> None:
        """Begin to read."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error and isinstance(error, _FAULTS):
            raise Unreadable(f"{self._shape}: {type(error).__name__}") from error


def check_format(shape: str, number: object) -> None:
    """Raise Unreadable when this code does not know the format `number` of `shape`."""
    known = FORMATS[shape]
    if number not in (known, known - 1) or isinstance(number, bool):
        raise Unreadable(f"{shape}: its format is none that this version knows")


def loads(shape: str, text: str) -> Json:
    """Return the object that is stored as `text`, if it is of a format that this code knows."""
    with reading(shape):
        stored = object_of(json.loads(text))
    check_format(shape, stored.get("format"))
    return stored


def object_of(value: object) -> Json:
    """Return `value` if it is an object."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def objects_of(value: object, read: Callable[[Json], T]) -> tuple[T, ...]:
    """Return what `read` makes of each object in the array `value`."""
    return tuple(read(object_of(part)) for part in list_of(value))


def list_of(value: object) -> list[object]:
    """Return `value` if it is an array."""
    if not isinstance(value, list):
        raise TypeError("not an array")
    return value


def words(value: object) -> str:
    """Return `value` if it is a string."""
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def words_or_none(value: object) -> str | None:
    """Return `value` if it is a string or null."""
    return None if value is None else words(value)


def strings(value: object) -> tuple[str, ...]:
    """Return the strings in the array `value`."""
    return tuple(words(part) for part in list_of(value))


def number(value: object) -> float:
    """Return `value` if it is a finite number."""
    if (type(value) is float or type(value) is int) and math.isfinite(value):
        return value
    raise TypeError("not a number")


def whole(value: object) -> int:
    """Return `value` if it is a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def flag(value: object) -> bool:
    """Return `value` if it is true or false."""
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def time_or_never(value: object) -> float:
    """Return a time in Unix seconds; infinite for null, which stands for a time that never comes."""
    return math.inf if value is None else number(value)


def never_as_null(at: float) -> float | None:
    """Return how `time_or_never` is stored."""
    return None if at == math.inf else at
