"""Values that JSON lacks, written as JSON: what a step returned or raised, and what an answer became.

A journal keeps both, so that a handler that runs again gets the same. JSON values stand for themselves. Any
other value is an object with one key that begins with `$`, such as `{"$date": "2030-12-24"}`. Classes are
written by module and name, and found again by them, on any machine.
"""

import base64
import json
import operator
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import reduce
from importlib import import_module
from typing import Any
from uuid import UUID

from rejoinder.errors import BotError
from rejoinder.model.ids import digest

_KEEPS = "None, bool, int, float, str, list, tuple, set, dict, bytes, date, datetime, time, timedelta, "
_KEEPS += "Decimal, UUID, Enum and dataclasses of these"


class Unknown(Exception):  # no RejoinderError: whoever reads a journal catches it
    """A written value cannot be read again: its class is gone, or has changed."""


def write(value: object, what: str) -> str:
    """Return `value` as JSON text. `what` names it in the error.

    Raises BotError for a value that could not be read again.
    """
    try:
        return json.dumps(_encode(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise BotError(f"{what} is nested too deeply, or holds itself") from None
    except (TypeError, ValueError) as error:
        raise BotError(f"{what} cannot be kept: {error}; it may be of {_KEEPS}") from error


def read(text: str) -> Any:
    """Return the value that was written as `text`. Raises Unknown when it cannot be read any more."""
    try:
        return _decode(json.loads(text))
    except (ArithmeticError, AttributeError, ImportError, LookupError, TypeError, ValueError) as error:
        raise Unknown(f"{type(error).__name__}: {error}") from error


def fingerprint(values: object) -> str:
    """Return a short text that tells these values from others, on any machine."""
    try:
        written = write(values, "")
    except BotError:
        written = re.sub(r" at 0x[0-9a-f]+", "", repr(values))  # an address differs from machine to machine
    return digest(written)


def write_error(error: Exception) -> str:
    """Return an exception as JSON text.

    A class that cannot be found by its name is replaced by the nearest base class that can. A part that
    cannot be written is left out of the attributes; in the arguments it is replaced by its text.
    """
    kind = next(one for one in type(error).__mro__ if _can_be_found(one))
    reduced = error.__reduce__()
    arguments = reduced[1] if isinstance(reduced, tuple) else error.args
    state = {name: value for name, value in vars(error).items() if _can_be_written(value)}
    kept = [value if _can_be_written(value) else str(value) for value in arguments]
    return json.dumps({"$raise": [_name(kind), _encode(kept), _encode(state)]}, ensure_ascii=False)


def result_of(text: str) -> Any:
    """Return what a step returned, or raise what it raised. Raises Unknown when that cannot be read."""
    if text.startswith('{"$raise"'):
        raise read_error(text)
    return read(text)


def can_be_read(text: str) -> bool:
    """Whether `result_of` can tell what `text` is."""
    try:
        read_error(text) if text.startswith('{"$raise"') else read(text)
    except Unknown:
        return False
    return True


def read_error(text: str) -> Exception:
    """Return an exception that equals the one that was written. Raises Unknown when it cannot be read."""
    try:
        name, arguments, state = json.loads(text)["$raise"]
        kind, arguments = _found(name), _decode(arguments)
        try:
            error: Exception = kind(*arguments)
        except Exception:  # noqa: BLE001 - its constructor takes something else than what it keeps
            error = kind.__new__(kind)
            error.args = tuple(arguments)
        vars(error).update(_decode(state))
    except (AttributeError, ImportError, LookupError, TypeError, ValueError) as cause:
        raise Unknown(f"{type(cause).__name__}: {cause}") from cause
    return error


def is_same(error: Exception, other: Exception) -> bool:
    """Whether two exceptions cannot be told apart by a handler that catches them."""
    return type(error) is type(other) and error.args == other.args and vars(error) == vars(other)


def _encode(value: Any) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in _WRITERS:
        tag, write_one = _WRITERS[kind]
        return {tag: write_one(value)}
    if isinstance(value, Enum):
        is_named = value.name in kind.__members__  # a combination of flags has no name of its own
        return {"$enum": [_name(kind), value.name if is_named else None, _encode(value.value)]}
    if is_dataclass(value):
        parts = {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
        return {"$dataclass": [_name(kind), parts]}
    if isinstance(value, tuple) and hasattr(kind, "_make"):
        return {"$named_tuple": [_name(kind), [_encode(part) for part in value]]}
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


def _encode_set(value: Any) -> list[Any]:
    return sorted((_encode(part) for part in value), key=json.dumps)  # the order differs between machines


_WRITERS: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    date: ("$date", date.isoformat),
    datetime: ("$datetime", lambda value: [value.isoformat(), value.fold, _zone_of(value)]),
    time: ("$time", time.isoformat),
    timedelta: ("$timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    Decimal: ("$decimal", str),
    UUID: ("$uuid", str),
    bytes: ("$bytes", lambda value: base64.b64encode(value).decode()),
    tuple: ("$tuple", lambda value: [_encode(part) for part in value]),
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
    text, fold, zone = kept
    value = datetime.fromisoformat(text).replace(fold=fold)
    if zone:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few bots need it, and every start would pay

        value = value.replace(tzinfo=ZoneInfo(zone))
    return value


def _zone_of(value: datetime) -> str:
    """Return the name of a zone of the IANA database; empty for any other zone, which its offset tells."""
    return str(getattr(value.tzinfo, "key", "") or "")


def _decode_dataclass(kept: Any) -> Any:
    name, parts = kept
    kind = _found(name)
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
    kind = _found(name)
    return kind(_decode(value)) if member is None else kind[member]


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "$date": date.fromisoformat,
    "$datetime": _decode_datetime,
    "$time": time.fromisoformat,
    "$timedelta": lambda kept: timedelta(*kept),
    "$decimal": Decimal,
    "$uuid": UUID,
    "$bytes": base64.b64decode,
    "$tuple": lambda kept: tuple(map(_decode, kept)),
    "$set": lambda kept: set(map(_decode, kept)),
    "$frozenset": lambda kept: frozenset(map(_decode, kept)),
    "$dict": lambda kept: {_decode(key): _decode(part) for key, part in kept},
    "$enum": _decode_enum,
    "$dataclass": _decode_dataclass,
    "$named_tuple": lambda kept: _found(kept[0])._make(map(_decode, kept[1])),
}


def _can_be_written(value: object) -> bool:
    try:
        write(value, "")
    except BotError:
        return False
    return True


def _name(kind: type) -> str:
    """Return the name under which `_found` finds a class again. Raises TypeError when it would not."""
    if not _can_be_found(kind):
        raise TypeError(f"the class {kind.__qualname__} must stand at the top of a module, to be found again")
    return f"{kind.__module__}:{kind.__qualname__}"


def _can_be_found(kind: type) -> bool:
    try:
        module = sys.modules[kind.__module__]
        return reduce(getattr, kind.__qualname__.split("."), module) is kind  # type: ignore[comparison-overlap]
    except (AttributeError, KeyError):
        return False


def _found(name: str) -> Any:
    module, _, path = name.partition(":")
    return operator.attrgetter(path)(sys.modules.get(module) or import_module(module))
