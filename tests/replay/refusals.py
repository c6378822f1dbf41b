"""The refusals that are right: what examples leave for the reader to fill in cannot be sent as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = re.compile(r"[<{].*[>}]|[A-Z]+([_-][A-Z0-9]+)+|[0-9]*x{4,}", re.DOTALL)
"""What stands for a value: `<NAME>`, `{{Name}}`, `PHONE_NUMBER`, `91xxxxxxxxxx`."""


VALUES = {
    "link": "https://example.com/file",
    "reference_id": "order-7",
    "text": "Yes",
    "to": "491700000001",
    "type": "text",
}
"""What is put in the place of a placeholder, by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A kind of refusal that is right."""

    words: re.Pattern[str]
    """What the error says."""

    reason: str
    """Why Meta would refuse it too."""

    where: tuple[str, ...] = ()
    """The place in the body of the value that must be a placeholder."""


RIGHT = (
    Right(
        words=re.compile("to: not a phone number"),
        where=("to",),
        reason="the recipient is a placeholder",
    ),
    Right(
        words=re.compile(r"\['link'\] is not a valid URI"),
        reason="the link is a placeholder, such as http(s)://image-url",
    ),
    Right(
        words=re.compile("Header type .* is not allowed"),
        where=("interactive", "header", "type"),
        reason="the type of the header is a placeholder",
    ),
    Right(
        words=re.compile("template name .* does not exist"),
        reason="the template has a placeholder for a name or a language, which no account has",
    ),
    Right(
        words=re.compile("Parameter 'text' is mandatory for type 'text'"),
        where=("to",),
        reason="the example leaves out its type, and a message without a type is a text",
    ),
    Right(
        words=re.compile(r"\['text'\] must be a string"),
        reason="a text parameter is a boolean: the example is older than the Cloud API",
    ),
    Right(
        words=re.compile(r"\['reference_id'\] must be up to 35"),
        reason="the reference of the order is a sentence, longer than Meta's limit of 35 characters",
    ),
)


def reason_for(body: dict[str, Any], words: str) -> str | None:
    """Return why the refusal of a body is right, or None when no reason is known."""
    for right in RIGHT:
        if right.words.search(words) and (not right.where or _is_placeholder(body, right.where)):
            return right.reason
    return None


def filled(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with values instead of the placeholders that are refused.

    It shows that the rest of the example is sound: Meta's checks end at the first error.
    """
    copy: dict[str, Any] = json.loads(json.dumps(body))
    for parent in _objects(copy):
        parent |= {key: VALUES[key] for key in parent if key in VALUES and _is_to_fill(key, parent[key])}
    template = copy.get("template")
    if isinstance(template, dict):
        template |= {"name": "filled", "language": {"code": "en"}}
    if "type" not in copy:
        copy["type"] = next((kind for kind in ("interactive", "template", "text") if kind in copy), "text")
    return copy


def _is_to_fill(key: str, value: object) -> bool:
    if key == "text":
        return isinstance(value, bool)
    return key in ("link", "reference_id") or PLACEHOLDER.fullmatch(str(value)) is not None


def _objects(value: object) -> Iterator[dict[str, Any]]:
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _is_placeholder(body: dict[str, Any], where: tuple[str, ...]) -> bool:
    value: object = body
    for key in where:
        value = value.get(key) if isinstance(value, dict) else None
    return isinstance(value, str) and PLACEHOLDER.fullmatch(value) is not None
