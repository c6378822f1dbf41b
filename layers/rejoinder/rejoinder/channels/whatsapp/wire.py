"""The base of the shapes that a message of a webhook may have."""

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

from rejoinder.channels.whatsapp.fields import whole_characters

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
