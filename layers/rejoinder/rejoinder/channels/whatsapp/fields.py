"""Reading one field of a webhook, whatever stands in it."""

import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

Json = Mapping[str, object]


def whole_characters(value: object) -> object:
    """JSON may escape half of a surrogate pair, which no store and no network takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def words_of(value: object) -> str:
    """`value` if it is a string, made of whole characters; else empty."""
    return str(whole_characters(value)) if isinstance(value, str) else ""


Words = Annotated[str, BeforeValidator(whole_characters)]


class Wire(BaseModel):
    """A part of a webhook. Fields that we do not know are no error."""

    # JSON as Python reads it knows NaN and Infinity, which our own queues and tables do not take.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


def object_of(parent: Json, name: str) -> Json:
    """The object `name` of `parent`; an empty one where there is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def timestamp_of(value: object, received_at: float) -> float:
    """Unix seconds, written as a string on the wire; when we received it if that cannot be so."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return received_at
    try:
        at = float(value)
    except (ValueError, OverflowError):
        return received_at
    return at if math.isfinite(at) and 1 <= at <= received_at + 300 else received_at
