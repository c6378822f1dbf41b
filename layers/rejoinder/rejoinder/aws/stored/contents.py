"""Contents as they are stored, each with its `kind`."""

from typing import Any, cast

from rejoinder.aws.stored.fields import Json, reading, words
from rejoinder.aws.stored.values import Always, Writer, reader_of
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    MessageError,
    Order,
    Sticker,
    Tap,
    Text,
    Unsupported,
    Video,
)
from rejoinder.model.said import Buttons, List, OutboundContent, Row, Section, Template
from rejoinder.model.spoken import Edited
from rejoinder.model.updates import InboundContent

Content = InboundContent | OutboundContent

_FILE = {"media_id", "mime_type", "sha256", "caption"}

_ALWAYS: Always = {
    Tap: frozenset({"title"}),
    Image: frozenset(_FILE),
    Video: frozenset(_FILE),
    Audio: frozenset(_FILE | {"voice"}),
    Document: frozenset(_FILE | {"filename"}),
    Sticker: frozenset(_FILE | {"animated"}),
    Location: frozenset({"name", "address"}),
    ContactCard: frozenset({"phones", "further", "origin", "vcard"}),
    Order: frozenset({"text", "left_out"}),
    Unsupported: frozenset({"reason", "errors", "spoken"}),
    MessageError: frozenset({"title", "details"}),
    Edited: frozenset({"content"}),
    Buttons: frozenset({"header", "footer"}),
    List: frozenset({"header", "footer"}),
    Section: frozenset({"title"}),
    Row: frozenset({"description"}),
    Template: frozenset({"parameters"}),
}
"""What the first version of each kind wrote. Its code reads nothing less."""

_FIRST_OF_TEMPLATE = {"kind", "name", "language", "parameters"}
"""The fields that the first version of a template had."""

_ALL_OF_TEMPLATE = "all_parameters"
"""The name of the parameters of a template that has more fields."""

_WRITER = Writer(_ALWAYS)


def dump_content(content: Content) -> dict[str, object]:
    """Return `content` as JSON."""
    if type(content) is Text and not content.preview:  # nearly every one
        return {"kind": "text", "body": content.body}
    stored: dict[str, object] = _WRITER.write(content)
    if type(content) is Template and not stored.keys() <= _FIRST_OF_TEMPLATE:
        # The first version would send it without the rest. It does not read it under this name, and waits.
        stored[_ALL_OF_TEMPLATE] = stored.pop("parameters")
    return stored


def dump_content_or_none(content: Content | None) -> dict[str, object] | None:
    """Return `content` as JSON; None when there is none."""
    return None if content is None else dump_content(content)


def dump_errors(errors: tuple[MessageError, ...]) -> list[object]:
    """Return errors as JSON."""
    return [_WRITER.write(error) for error in errors]


def read_errors(stored: object) -> tuple[MessageError, ...]:
    """Return errors."""
    return cast(tuple[MessageError, ...], reader_of(tuple[MessageError, ...])(stored))


def read_inbound_content(stored: Json) -> InboundContent:
    """Return what an update holds; Unreadable when it is of a kind that this code does not know."""
    return cast(InboundContent, _read(InboundContent, stored))


def read_outbound_content(stored: Json) -> OutboundContent:
    """Return what a bot said; Unreadable when it is of a kind that this code does not know."""
    return cast(OutboundContent, _read(OutboundContent, stored))


def read_template(stored: Json) -> Template:
    """Return a template."""
    return cast(Template, reader_of(Template)(_with_parameters(stored)))


def _with_parameters(stored: Json) -> Json:
    if _ALL_OF_TEMPLATE not in stored:
        return stored
    return {**stored, "parameters": stored[_ALL_OF_TEMPLATE]}


def _read(union: Any, stored: Json) -> object:
    with reading("content"):
        if len(stored) == 2 and stored.get("kind") == "text":  # nearly every one; no template has two fields
            return Text(body=words(stored["body"]))
        return reader_of(union)(_with_parameters(stored))
