"""What is kept as JSON: it must come back as the handler left it."""

import dataclasses
import datetime
import enum
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rejoinder.errors import BotError, TurnTooLarge
from rejoinder.model.data import JsonObject, escaped
from rejoinder.model.sizes import bytes_of

Fault = tuple[str, str]
"""The place of a value, such as `['votes'][0]`, and what is wrong with it."""

MAX_GIVEN_BYTES = 16 * 1024
"""The most that one handler gives another, in bytes of JSON: it travels in queues and journals."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def as_json(value: object, what: str) -> Any:
    """Return a copy of `value` as JSON brings it back.

    Args:
        value: what is to be kept.
        what: how the error names it, such as `chat.data`.

    Raises:
        BotError: JSON cannot hold it, or would change it: keys that are no words, tuples, sets, dates, nan …
            The text names the place, and what to write instead.
    """
    return json.loads(_text_of(value, what))


def small(given: Mapping[str, object], what: str) -> dict[str, object]:
    """Return `given` as JSON has it; TurnTooLarge when it is too long. `what` names it in the error."""
    copy: dict[str, object] = as_json(given, what)
    size = bytes_of(json.dumps(copy, ensure_ascii=False))
    if size > MAX_GIVEN_BYTES:
        raise TurnTooLarge(f"{what} is {size} bytes of JSON; {MAX_GIVEN_BYTES} at most")
    return copy


def parts_of(data: Mapping[str, object], what: str) -> dict[str, str]:
    """Return the parts of `data`, as a JsonObject has them. What nobody has read is not looked at.

    Raises BotError as `as_json` does.
    """
    known, touched = ({}, data) if not isinstance(data, JsonObject) else (data.parts, data.touched())
    parts = {**known, **{name: _text_of({name: value}, what)[1:-1] for name, value in touched.items()}}
    for name in parts.keys() - data.keys() if len(parts) > len(data) else ():
        del parts[name]
    return parts


def _text_of(value: object, what: str) -> str:
    """Return `value` as JSON text. Raises BotError as `as_json` does."""
    try:
        text = _ENCODER.encode(value)
        if json.loads(text) == value:
            return escaped(text)
    except (TypeError, ValueError, RecursionError):
        pass  # the search below says why
    try:
        place, fault = _fault(value) or ("", "changes when it is kept as JSON")
    except RecursionError:
        place, fault = "", "holds itself, or lies too deep: JSON is written from the outside in"
    raise BotError(f"{what}{place} {fault}")


class Data(JsonObject):
    """`chat.data`: what is put into it is checked at that line. What is changed deeper inside is checked when
    the turn ends.
    """

    def __setitem__(self, name: str, value: Any) -> None:
        """Keep `value`. Raises BotError when JSON would change it."""
        _text_of({name: value}, "chat.data")
        super().__setitem__(name, value)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Keep each value, as `__setitem__` does."""
        for name, value in dict(*args, **kwargs).items():
            self[name] = value

    def __ior__(self, other: Any) -> "Data":  # type: ignore[override]
        self.update(other)
        return self


def _fault(value: object) -> Fault | None:
    """Return the first value that JSON does not bring back; None when there is none."""
    match value:
        case dict():
            return _fault_of_keys(value) or _first({f"[{key!r}]": part for key, part in value.items()})
        case list():
            return _first({f"[{number}]": part for number, part in enumerate(value)})
        case float() if not math.isfinite(value):
            return "", f"is {value}, which is no number of JSON: keep None"
        case None | str() | int() | float():
            return None
        case _:
            return "", f"is {_named(value)}, which JSON does not bring back: {_cure(value)}"


def _fault_of_keys(values: dict[object, object]) -> Fault | None:
    for key in values:
        if not isinstance(key, str):
            return "", f"has the key {key!r}: JSON keeps keys as words; write str({key!r})"
    return None


def _first(parts: Mapping[str, object]) -> Fault | None:
    for place, part in parts.items():
        fault = _fault(part)
        if fault:
            return place + fault[0], fault[1]
    return None


def _named(value: object) -> str:
    name = type(value).__name__
    return f"an {name}" if name[0] in "AEIOUaeiou" else f"a {name}"


def _cure(value: object) -> str:
    """Return what to write instead of `value`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "keep dataclasses.asdict(…)"
    return next((cure for kinds, cure in _CURES if isinstance(value, kinds)), _PARTS)


_PARTS = "keep its parts, as words, numbers, lists and dictionaries"

_CURES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (tuple, "keep list(…)"),
    ((set, frozenset), "keep sorted(…)"),
    ((datetime.date, datetime.time), "keep its isoformat()"),
    (datetime.timedelta, "keep its total_seconds()"),
    (enum.Enum, "keep its value"),
    (Decimal, "keep str(…)"),
    ((bytes, bytearray), "keep its hex()"),
    (Mapping, "keep dict(…)"),
)
