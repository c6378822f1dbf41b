"""Values that JSON lacks, written as JSON: what a step returned or raised, and what an answer became.

A journal keeps both, so that a handler that runs again gets the same. JSON values stand for themselves. Any
other value is an object with one key that begins with `$`, such as `{"$date": "2030-12-24"}`. Classes are
written by module and name, and found again by them, on any machine.
"""

import base64
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID

from rejoinder.bot.lasting import can_be_found, found, name_in_module
from rejoinder.errors import BotError
from rejoinder.model.ids import digest
from rejoinder.model.sizes import bytes_of, cut

MAX_PART_BYTES = 8 * 1024
"""The most that is kept of one part of an exception, such as its text, in bytes of JSON."""

_KEEPS = "None, bool, int, float, str, list, tuple, set, dict, bytes, date, datetime, time, timedelta, "
_KEEPS += "Decimal, UUID, Enum and dataclasses of these"


_UNREADABLE = (ArithmeticError, AttributeError, ImportError, LookupError, TypeError, ValueError)


T = TypeVar("T", datetime, time)


class Unknown(Exception):  # no RejoinderError: whoever reads a journal catches it
    """A written value cannot be read again: its class is gone, or has changed."""


def write(value: object, what: str) -> str:
    """Return `value` as JSON text. `what` names it in the error.

    Raises BotError for a value that could not be read again.
    """
    try:
        written = _written(value)
        _decode(json.loads(written))
    except RecursionError:
        raise BotError(f"{what} is nested too deeply, or holds itself") from None
    except _UNREADABLE as error:
        raise BotError(f"{what} cannot be kept: {error}; it may be of {_KEEPS}") from error
    return written


def read(text: str) -> Any:
    """Return the value that was written as `text`. Raises Unknown when it cannot be read any more."""
    try:
        return _decode(json.loads(text))
    except _UNREADABLE as error:
        raise Unknown(f"{type(error).__name__}: {error}") from error


def fingerprint(values: object) -> str:
    """Return a short text that tells these values from others, on any machine."""
    try:
        written = _written(values)
    except (RecursionError, *_UNREADABLE):
        written = re.sub(r" at 0x[0-9a-f]+", "", _shown(values))  # it differs from machine to machine
    return digest(written)


def _shown(values: object) -> str:
    try:
        return repr(values)
    except Exception:  # noqa: BLE001 - an int of 5,000 digits, or a class whose __repr__ fails
        return type(values).__qualname__


def write_error(error: BaseException) -> str:
    """Return an exception as JSON text.

    A class that cannot be found by its name, or made again, is replaced by the nearest base class that can.
    Of a part that cannot be kept, its plain attributes are kept, such as the `status_code` of a response.
    """
    return next(_ways_to_write(error))


def result_of(text: str) -> Any:
    """Return what a step returned, or raise what it raised. Raises Unknown when that cannot be read."""
    if text.startswith('{"$raise"'):
        raise read_error(text)
    return read(text)


def read_error(text: str) -> BaseException:
    """Return an exception that equals the one that was written. Raises Unknown when it cannot be read."""
    try:
        return _decode_error(json.loads(text)["$raise"])
    except Exception as cause:  # a class may raise anything when it is called
        raise Unknown(f"{type(cause).__name__}: {cause}") from cause


def is_same(error: BaseException, other: BaseException) -> bool:
    """Whether two exceptions cannot be told apart by a handler that catches them."""
    return (
        type(error) is type(other)
        and (error.args, _state_of(error)) == (other.args, _state_of(other))
        and error.__cause__ is other.__cause__ is None
    )


def _written(value: object) -> str:
    return json.dumps(_encode(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _encode(value: Any) -> Any:
    kind = type(value)
    if kind is float and not math.isfinite(value):
        return {"$float": str(value)}
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in _WRITERS:
        tag, write_one = _WRITERS[kind]
        return {tag: write_one(value)}
    if isinstance(value, type):
        return {"$class": name_in_module(value)}
    if isinstance(value, BaseException):
        return {"$exception": json.loads(write_error(value))["$raise"]}
    return _encode_made(kind, value)


def _encode_made(kind: Any, value: Any) -> Any:
    """Write a value of a class that somebody made, or else of a type that JSON has."""
    if isinstance(value, Enum):
        is_named = value.name in kind.__members__  # a combination of flags has no name of its own
        return {"$enum": [name_in_module(kind), value.name if is_named else None, _encode(value.value)]}
    if is_dataclass(value):
        parts = {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
        return {"$dataclass": [name_in_module(kind), parts]}
    if isinstance(value, tuple) and hasattr(kind, "_make"):
        return {"$named_tuple": [name_in_module(kind), [_encode(part) for part in value]]}
    return _encode_plain(value)


def _encode_plain(value: Any) -> Any:
    """Write a value of a type that JSON has, or of one derived from such, as an OrderedDict is."""
    if isinstance(value, list):
        return [_encode(part) for part in value]
    if isinstance(value, dict):
        return _encode_dict(value)
    if isinstance(value, str | int | float):
        return next(plain(value) for plain in (str, int, float) if isinstance(value, plain))
    raise TypeError(f"a {type(value).__qualname__} is no value that can be read again")


def _encode_dict(value: Mapping[Any, Any]) -> Any:
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: _encode(part) for key, part in value.items()}
    return {"$dict": [[_encode(key), _encode(part)] for key, part in value.items()]}


def _ways_to_write(error: BaseException) -> Iterator[str]:
    """Yield texts from which an exception can be made again, the truest first."""
    reduced = error.__reduce__()
    made = [reduced[:2]] if isinstance(reduced, tuple) else []
    made += [(kind, error.args or (str(error),)) for kind in type(error).__mro__]
    kept = {
        name: value for name, value in _state_of(error).items() if _can_be_written(value) or _plain_in(value)
    }
    rest = [
        [*map(_part, error.args)],
        {name: _part(value) for name, value in kept.items()},
        _part(error.__cause__) if error.__cause__ else None,
    ]
    for make, given in made:
        if can_be_found(make):
            written = {"$raise": [name_in_module(make), [*map(_part, given)], *rest]}
            text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
            try:
                read_error(text)
            except Unknown:
                continue
            yield text


def _state_of(error: BaseException) -> dict[str, object]:
    slots = [name for kind in type(error).__mro__ for name in getattr(kind, "__slots__", ())]
    return {name: getattr(error, name) for name in slots if hasattr(error, name)} | vars(error)


def _part(value: object) -> Any:
    """Return a part of an exception as it is written, or as much of it as can be kept."""
    if _can_be_written(value):
        encoded = _encode(value)
        fits = bytes_of(json.dumps(encoded, ensure_ascii=False)) <= MAX_PART_BYTES
        return encoded if fits else cut(str(value), MAX_PART_BYTES)
    plain = _plain_in(value)
    return _encode(SimpleNamespace(**plain)) if plain else cut(str(value), MAX_PART_BYTES)


def _plain_in(value: object) -> dict[str, object]:
    """Return the attributes of a value that can be written, such as the `status_code` of a response."""
    public = {name: part for name, part in getattr(value, "__dict__", {}).items() if not name.startswith("_")}
    return {name: part for name, part in public.items() if _can_be_written(part)}


def _decode_error(kept: Any) -> BaseException:
    name, given, args, state, cause = map(_decode, kept)
    make = found(name)
    try:
        error = make(*given)
    except Exception:
        if not isinstance(make, type):
            raise
        error = make.__new__(make, *given)  # its __init__ takes something else than what it keeps
        base: Any = next(kind for kind in make.__mro__ if kind.__module__ == "builtins")
        base.__init__(error, *given)
    if not isinstance(error, BaseException):
        raise TypeError(f"{name} makes no exception")
    cause = cause if isinstance(cause, BaseException) else None
    for attribute, part in {**state, "args": args, "__cause__": cause}.items():
        object.__setattr__(error, attribute, part)  # the exception may be a frozen dataclass
    return error


def _encode_set(value: Any) -> list[Any]:
    return sorted((_encode(part) for part in value), key=json.dumps)  # the order differs between machines


_WRITERS: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    date: ("$date", date.isoformat),
    datetime: ("$datetime", lambda value: [value.isoformat(), value.fold, _zone_of(value)]),
    time: ("$time", lambda value: [value.isoformat(), value.fold, _zone_of(value)]),
    timedelta: ("$timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    Decimal: ("$decimal", str),
    UUID: ("$uuid", str),
    bytes: ("$bytes", lambda value: base64.b64encode(value).decode()),
    tuple: ("$tuple", lambda value: [_encode(part) for part in value]),
    SimpleNamespace: ("$namespace", lambda value: _encode(vars(value))),
    set: ("$set", _encode_set),
    frozenset: ("$frozenset", _encode_set),
}


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(part) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (tag, kept), *_ = value.items()
        if tag.startswith("$"):
            return _READERS[tag](kept)
    return {key: _decode(part) for key, part in value.items()}


def _decode_datetime(kept: Any) -> datetime:
    return _decode_clock(datetime, kept)


def _decode_time(kept: Any) -> time:
    return _decode_clock(time, kept)


def _decode_clock(kind: type[T], kept: Any) -> T:
    text, fold, zone = kept
    value = kind.fromisoformat(text).replace(fold=fold)
    if zone:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few bots need it, and every start would pay

        value = value.replace(tzinfo=ZoneInfo(zone))
    return value


def _zone_of(value: datetime | time) -> str:
    """Return the name of a zone of the IANA database; empty for any other zone, which its offset tells."""
    return str(getattr(value.tzinfo, "key", "") or "")


def _decode_dataclass(kept: Any) -> Any:
    name, parts = kept
    kind = found(name)
    value = object.__new__(kind)  # its __init__ may do something, or take something else
    for field in fields(kind):
        if field.name in parts:
            part = _decode(parts[field.name])
        elif field.default is not MISSING:
            part = field.default
        elif field.default_factory is not MISSING:
            part = field.default_factory()
        else:
            raise LookupError(field.name)
        object.__setattr__(value, field.name, part)
    return value


def _decode_enum(kept: Any) -> Any:
    name, member, value = kept
    kind = found(name)
    return kind(_decode(value)) if member is None else kind[member]


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "$date": date.fromisoformat,
    "$datetime": _decode_datetime,
    "$time": _decode_time,
    "$timedelta": lambda kept: timedelta(*kept),
    "$decimal": Decimal,
    "$uuid": UUID,
    "$float": float,
    "$class": found,
    "$exception": _decode_error,
    "$namespace": lambda kept: SimpleNamespace(**_decode(kept)),
    "$bytes": base64.b64decode,
    "$tuple": lambda kept: tuple(map(_decode, kept)),
    "$set": lambda kept: set(map(_decode, kept)),
    "$frozenset": lambda kept: frozenset(map(_decode, kept)),
    "$dict": lambda kept: {_decode(key): _decode(part) for key, part in kept},
    "$enum": _decode_enum,
    "$dataclass": _decode_dataclass,
    "$named_tuple": lambda kept: found(kept[0])._make(map(_decode, kept[1])),
}


def _can_be_written(value: object) -> bool:
    try:
        write(value, "")
    except BotError:
        return False
    return True
