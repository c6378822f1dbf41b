"""Parsing single fields of a webhook."""

import math
from collections.abc import Mapping
from typing import Annotated, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

Json = Mapping[str, object]


def whole_characters(value: object) -> object:
    """Replace halves of surrogate pairs in a string. JSON allows them, but stores and networks do not."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def words_of(value: object) -> str:
    """Return `value` with whole characters only; an empty string when it is no string."""
    return str(whole_characters(value)) if isinstance(value, str) else ""


Words = Annotated[str, BeforeValidator(whole_characters)]
"""A string with whole characters only."""


class Wire(BaseModel):
    """A part of a webhook. Unknown fields are ignored.

    A field with a default is as if absent when it is null or of the wrong type: it costs no other field.
    """

    # Python parses NaN and Infinity as JSON, but our queues and tables do not accept them.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _without_odd_options(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(value)
        except ValidationError as error:
            needed = {name for name, field in cls.model_fields.items() if field.is_required()}
            odd = {problem["loc"][0] for problem in error.errors() if problem["loc"]} - needed
            if not isinstance(value, dict) or not odd:
                raise
            return handler({name: part for name, part in value.items() if name not in odd})


class _ErrorData(Wire):
    details: Words = ""


class WireError(Wire):
    """An error, of a message or of a status."""

    code: Annotated[int, Field(ge=0, lt=10**9)]  # Meta's codes have up to 7 digits
    title: Words = ""
    error_data: _ErrorData = _ErrorData()


W = TypeVar("W", bound=Wire)


def readable(model: type[W], parts: object) -> tuple[W, ...]:
    """Return what can be read of an array as `model`. A part that cannot be read costs no other part."""
    found = []
    for part in parts if isinstance(parts, list) else []:
        try:
            found.append(model.model_validate(part))
        except ValidationError:
            continue
    return tuple(found)


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
