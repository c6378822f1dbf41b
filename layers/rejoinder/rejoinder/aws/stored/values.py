"""Values as they are stored: dataclasses, written and read by their fields and the types of these.

A class with a field `kind` is found by it. A field that has its default is not written, and one that is not
stored gets its default: so a field with a default may be added, and older code reads what is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin, get_type_hints

from rejoinder.aws.stored.fields import Json, flag, list_of, number, object_of, whole, words
from rejoinder.errors import Unreadable

Always: TypeAlias = Mapping[type, frozenset[str]]
"""The fields, by their class, that are written although they have their default: older code wants them."""

Read: TypeAlias = Callable[[Any], Any]

_ABSENT = object()


class _Part(NamedTuple):
    """A field of a class."""

    name: str
    default: object


class Writer:
    """Writes values as JSON."""

    def __init__(self, always: Always) -> None:
        self._always = always
        self._parts: dict[type, tuple[_Part, ...]] = {}

    def write(self, value: Any) -> Any:
        """Return a value as JSON. Raises TypeError for what cannot be stored, such as bytes."""
        kind = type(value)
        if value is None or kind in _JSON:
            return value
        if kind is Decimal or isinstance(value, StrEnum):
            return str(value)
        if kind is datetime:
            return value.isoformat()
        if is_dataclass(kind):
            return self._fields(kind, value)
        if isinstance(value, Mapping):
            return {name: self.write(one) for name, one in value.items()}
        if isinstance(value, tuple | list):
            return [self.write(one) for one in value]
        raise TypeError(f"a {kind.__name__} cannot be stored")

    def _fields(self, kind: type, value: object) -> dict[str, object]:
        parts = self._parts.get(kind) or self._parts.setdefault(kind, self._parts_of(kind))
        written = {}
        for name, default in parts:
            field = getattr(value, name)
            if field != default:
                written[name] = field if type(field) is str else self.write(field)
        return written

    def _parts_of(self, kind: type) -> tuple[_Part, ...]:
        """Return the fields, first the kind; those that are always written have no default."""
        always = self._always.get(kind, frozenset()) | {"kind"}
        parts = sorted(_parts_of(kind), key=lambda part: part.name != "kind")
        return tuple(part._replace(default=_ABSENT) if part.name in always else part for part in parts)


_JSON = frozenset({str, int, float, bool})


@cache
def _parts_of(kind: type) -> tuple[_Part, ...]:
    return tuple(_Part(one.name, _default_of(one)) for one in _fields_of(kind))


def _fields_of(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)


def _default_of(one: Field[Any]) -> object:
    if one.default_factory is not MISSING:
        return one.default_factory()
    return _ABSENT if one.default is MISSING else one.default


@cache
def reader_of(hint: Any) -> Read:
    """Return what reads a value of that type: a class, a union, or what a field may have."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if _is_class(hint):
        return partial(_read_fields, hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda value: hint(words(value))
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _reader_of_union(get_args(hint))
    if origin is Literal:
        return partial(_read_one_of, get_args(hint))
    if origin is tuple:
        return partial(_read_several, reader_of(get_args(hint)[0]))
    return partial(_read_mapping, reader_of(get_args(hint)[1]))


_PLAIN: Mapping[Any, Read] = {
    str: words,
    int: whole,
    float: number,
    bool: flag,
    object: lambda value: value,
    Decimal: lambda value: Decimal(words(value)),
    datetime: lambda value: datetime.fromisoformat(words(value)),
}


def _is_class(hint: Any) -> bool:
    return is_dataclass(hint)


def _read_one_of(values: tuple[object, ...], stored: object) -> object:
    if stored not in values:
        raise ValueError("none of the values that this version knows")
    return stored


def _read_several(read: Read, stored: object) -> tuple[object, ...]:
    return tuple(read(one) for one in list_of(stored))


def _read_mapping(read: Read, stored: object) -> dict[str, object]:
    return {name: read(value) for name, value in object_of(stored).items()}


def _read_fields(kind: type, stored: object) -> object:
    given = object_of(stored)
    return kind(
        **{
            name: read(given[name])
            for name, read, is_needed in _readers_of(kind)
            if name in given or is_needed  # without it, that is a KeyError
        }
    )


@cache
def _readers_of(kind: type) -> tuple[tuple[str, Read, bool], ...]:
    hints = get_type_hints(kind)
    return tuple(
        (part.name, reader_of(hints[part.name]), part.default is _ABSENT) for part in _parts_of(kind)
    )


def _reader_of_union(arms: tuple[Any, ...]) -> Read:
    """Return what reads one of several types: known by their JSON, and by their kinds."""
    by_kind = {_kind_of(arm): partial(_read_fields, arm) for arm in arms if _is_class(arm)}
    by_type: dict[type, Read] = {dict: partial(_read_kind, by_kind)} if by_kind else {}
    for arm in arms:
        for stored_as in _STORED_AS.get(get_origin(arm) or arm, ()):
            by_type[stored_as] = (lambda _none: None) if arm is NoneType else reader_of(arm)
    return partial(_read_by_type, by_type)


_STORED_AS: Mapping[Any, tuple[type, ...]] = {
    NoneType: (NoneType,),
    str: (str,),
    Decimal: (str,),
    datetime: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    tuple: (list,),
    Mapping: (dict,),
}


def _kind_of(kind: type) -> object:
    return next((part.default for part in _parts_of(kind) if part.name == "kind"), "")


def _read_kind(by_kind: Mapping[object, Read], stored: Json) -> object:
    read = by_kind.get(stored.get("kind", ""))
    if read is None:
        raise Unreadable("content: its kind is none that this version knows")
    return read(stored)


def _read_by_type(by_type: Mapping[type, Read], stored: object) -> object:
    return by_type[type(stored)](stored)
