"""What is kept as JSON: its text, and objects of which only what is asked for is read and written anew."""

import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Self

from rejoinder.model.sizes import bytes_of

_MARK = "\r"
"""It stands before each name of an object that is kept. JSON has it between values only, never in words."""

_ENCODER = json.JSONEncoder(ensure_ascii=False)  # `dumps` makes one each time
_REFUSED = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UNREAD = object()


def json_text(value: object) -> str:
    """Return `value` as JSON text. Only those characters are escaped that must be, as words get longer by it.

    Half of a surrogate pair has no UTF-8, and SQS refuses two more characters (docs.aws.amazon.com,
    "SendMessage").
    """
    return escaped(_ENCODER.encode(value))


def escaped(text: str) -> str:
    """Return JSON text with those characters escaped that no store or queue takes."""
    return text if text.isascii() else _REFUSED.sub(lambda one: f"\\u{ord(one[0]):04x}", text)


class JsonObject(dict[str, Any]):
    """An object of JSON that nobody changes. Each value is read from its text when it is asked for."""

    __slots__ = ("parts",)
    __hash__ = None
    parts: Mapping[str, str]
    """What it was made of: its names, each with the JSON text of its name and value."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        """Return an empty object. It may be filled as any dictionary is."""
        made = super().__new__(cls)
        made.parts = {}
        return made

    @classmethod
    def of_parts(cls, parts: Mapping[str, str]) -> Self:
        """Return an object of these parts."""
        made = cls()
        dict.update(made, dict.fromkeys(parts, _UNREAD))
        made.parts = parts
        return made

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "JsonObject":
        """Return an object with these values."""
        if type(values) is JsonObject and len(values) == len(values.parts):
            return values
        return JsonObject.of_parts({name: json_text({name: value})[1:-1] for name, value in values.items()})

    @classmethod
    def read(cls, text: str) -> "JsonObject":
        """Return the object with that text. Raises ValueError or TypeError when it has none."""
        if text == "{}":
            return cls()
        if not text.startswith(f"{{{_MARK}"):  # not written by `text`
            values = json.loads(text)
            if not isinstance(values, dict):
                raise TypeError("not an object")
            return JsonObject.of(values)
        return JsonObject.of_parts({scanstring(part, 1)[0]: part for part in text[2:-1].split(f",{_MARK}")})

    @property
    def text(self) -> str:
        """The object as JSON text, on one line."""
        return f"{{{_MARK}{f',{_MARK}'.join(self.parts.values())}}}" if self else "{}"

    @property
    def size(self) -> int:
        """The length of its text as `json.dumps` writes it, in bytes of UTF-8."""
        text = self.text
        if "\\u" in text:  # something may be escaped that `dumps` does not escape
            return bytes_of(_ENCODER.encode(self))
        return bytes_of(text) - text.count(_MARK, 0, 2)

    def touched(self) -> dict[str, Any]:
        """Return the values that were read, or put here, by their names."""
        return {name: value for name, value in super().items() if value is not _UNREAD}

    def _read(self, name: str) -> Any:
        value = json.loads(f"{{{self.parts[name]}}}")[name]
        super().__setitem__(name, value)
        return value

    def _read_all(self) -> Self:
        for name, value in super().items():
            if value is _UNREAD:
                self._read(name)  # that adds no name, so the loop may go on
        return self

    # A dictionary finds its values without asking its own methods, so every way to them is here. The others,
    # such as `dict(one)`, `{**one}`, copies and JSON, take one of these ways.

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return self._read(name) if value is _UNREAD else value

    def get(self, name: str, default: Any = None) -> Any:
        """Return what stands under `name`, or `default`."""
        return self[name] if name in self else default  # noqa: SIM401 - that is this method

    def pop(self, name: str, *default: Any) -> Any:
        """Remove and return what stands under `name`."""
        self.get(name)  # now it is read
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Return what stands under `name`; put `default` there first if nothing does."""
        if name not in self:
            self[name] = default
        return self[name]

    def popitem(self) -> tuple[str, Any]:
        """Remove and return the last name with its value."""
        return dict.popitem(self._read_all())

    def items(self) -> Any:
        """Return the names with their values."""
        return dict.items(self._read_all())

    def values(self) -> Any:
        """Return the values."""
        return dict.values(self._read_all())

    def copy(self) -> dict[str, Any]:
        """Return a plain dictionary with the same values."""
        return dict.copy(self._read_all())

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()  # what defines it is no plain dictionary for Python's short cuts

    def __eq__(self, other: object) -> bool:
        return dict.__eq__(self._read_all(), other.copy() if isinstance(other, JsonObject) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __repr__(self) -> str:
        return dict.__repr__(self._read_all())
