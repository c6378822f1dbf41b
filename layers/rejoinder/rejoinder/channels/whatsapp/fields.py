"""Reading single fields of what Meta sends, by the standard library: most functions start without pydantic."""

import math
from collections.abc import Mapping

Json = Mapping[str, object]


def whole_characters(value: object) -> object:
    """Replace halves of surrogate pairs in a string. JSON allows them, but stores and networks do not."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def words_of(value: object) -> str:
    """Return `value` with whole characters only; an empty string when it is no string."""
    return str(whole_characters(value)) if isinstance(value, str) else ""


def object_of(parent: Json, name: str) -> Json:
    """Return the object `name` of `parent`; an empty object when there is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def timestamp_of(value: object, received_at: float) -> float:
    """Return a time in Unix seconds (a string in webhooks); `received_at` when `value` cannot be right."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return received_at
    try:
        at = float(value)
    except (ValueError, OverflowError):
        return received_at
    return at if math.isfinite(at) and 1 <= at <= received_at + 300 else received_at
