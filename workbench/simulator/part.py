"""One JSON object of a request and its place, so that an error can name the parameter as Graph does."""

from __future__ import annotations

from rejoinder.workbench.simulator import errors, jsontext
from rejoinder.workbench.simulator.jsontext import JsonObject


class Part:
    """Reads values of the expected type. Raises Graph's error for another type or a missing value."""

    def __init__(self, value: JsonObject, path: str = "") -> None:
        self.value = value
        self.path = path

    def place(self, key: str) -> str:
        """Return where a key is, such as `text['body']` for the key `body` of the part `text`."""
        return f"{self.path}['{key}']" if self.path else key

    def only(self, *keys: str) -> None:
        """Refuse every other key, as Graph does where it knows all keys."""
        for key in self.value:
            if key not in keys:
                raise errors.unexpected_key(key, self.path)

    def text(self, key: str) -> str:
        """Return a string that must be there. An empty string counts as missing, as with Graph."""
        found = self.optional_text(key)
        if not found:
            raise errors.required(self.place(key))
        return found

    def optional_text(self, key: str) -> str | None:
        found = self.value.get(key)
        if found is not None and not isinstance(found, str):
            raise errors.wrong_type(self.place(key), "a string")
        return found

    def part(self, key: str) -> Part:
        """Return an object that must be there."""
        found = self.optional_part(key)
        if found is None:
            raise errors.required(self.place(key))
        return found

    def optional_part(self, key: str) -> Part | None:
        found = self._structure(key)
        return None if found is None else _as_part(found, self.place(key))

    def parts(self, key: str) -> list[Part]:
        """Return a list of objects that must be there. It may be empty."""
        if self.value.get(key) is None:
            raise errors.required(self.place(key))
        return self.optional_parts(key)

    def optional_parts(self, key: str) -> list[Part]:
        found = self._structure(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise errors.wrong_type(self.place(key), "an array")
        return [_as_part(item, f"{self.place(key)}[{n}]") for n, item in enumerate(found)]

    def _structure(self, key: str) -> object:
        """Return an object or a list. Graph takes a parameter of a request also as a text of JSON."""
        found = self.value.get(key)
        if self.path or not isinstance(found, str):
            return found
        try:
            return jsontext.parse(found)
        except ValueError:
            return found


def _as_part(value: object, path: str) -> Part:
    if not isinstance(value, dict):
        raise errors.wrong_type(path, "a JSON object")
    return Part(value, path)
