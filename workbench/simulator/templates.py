"""Approved message templates: their texts, and the check of a request that fills them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.part import Part

# Template components: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
BODY_LIMIT: Final = 1024
CATEGORIES: Final = ("AUTHENTICATION", "MARKETING", "UTILITY")
_VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BROKEN_TEXT: Final = re.compile(r"[\n\r\t]| {5}")
"""What a parameter must not contain: line breaks, tabs, or five spaces in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template in one language."""

    name: str

    language: str
    """The language, such as `en_US`."""

    body: str
    """The text, with variables such as `{{1}}` or `{{name}}`."""

    category: str = "UTILITY"
    """One of CATEGORIES."""

    header: str = ""
    """The line above the body. It may have variables too."""

    buttons: tuple[str, ...] = ()
    """The titles of the quick-reply buttons."""

    status: str = "APPROVED"
    """Meta's status. Only an approved template can be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template as one contact sees it."""

    template: Template

    text: str
    """The body, with its variables filled."""

    payloads: tuple[str, ...]
    """What a tap on each quick-reply button sends."""


DEFAULT_TEMPLATES: Final = (
    Template(
        name="hello_world",
        language="en_US",
        header="Hello World",
        body="Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp "
        "message notification from the Cloud API, hosted by Meta. Thank you for taking the time to test "
        "with us.",
    ),
    Template(
        name="appointment_reminder",
        language="en",
        body="Hello {{1}}, this is a reminder of your appointment on {{2}}. See you then!",
        buttons=("Confirm", "Change"),
    ),
    Template(
        name="order_update",
        language="en",
        body="Hello {{customer_name}}, your order {{order_number}} is {{order_state}} now.",
    ),
)


def fill(request: Part, templates: Iterable[Template]) -> Filled:
    """Return the template that a request names, with its parameters; Meta's error when they do not fit."""
    template = _find(request, templates)
    components = request.optional_parts("components")
    _texts(_of_type(components, "header"), "header", template.header)
    values = _texts(_of_type(components, "body"), "body", template.body)
    text = _VARIABLE.sub(lambda match: values[match[1]], template.body)
    if len(text) > BODY_LIMIT:
        raise errors.coded(132005, f"body: text is too long, max length {BODY_LIMIT}")
    return Filled(template=template, text=text, payloads=_payloads(components, template))


def _find(request: Part, templates: Iterable[Template]) -> Template:
    name = request.text("name")
    language = request.part("language").text("code")
    for template in templates:
        if (template.name, template.language) == (name, language):
            return _usable(template)
    raise errors.coded(132001, f"template name ({name}) does not exist in {language}")


def _usable(template: Template) -> Template:
    if template.status == "APPROVED":
        return template
    if template.status == "PAUSED":
        raise errors.coded(132015)
    if template.status == "DISABLED":
        raise errors.coded(132016)
    raise errors.coded(132001, f"template name ({template.name}) does not exist in {template.language}")


def _of_type(components: list[Part], kind: str) -> list[Part]:
    return [part for part in components if str(part.value.get("type")).lower() == kind]


def _texts(components: list[Part], where: str, pattern: str) -> dict[str, str]:
    """Return the value of each variable of `pattern`. Raises Meta's error for a wrong number or name."""
    expected = list(dict.fromkeys(_VARIABLE.findall(pattern)))
    given = [item for part in components for item in part.optional_parts("parameters")]
    if len(given) != len(expected):
        counts = f"({len(given)}) does not match the expected number of params ({len(expected)})"
        raise errors.coded(132000, f"{where}: number of localizable_params {counts}")
    if all(name.isdecimal() for name in expected):
        return dict(zip(sorted(expected, key=int), map(_value, given), strict=True))
    values = {_name(item, expected): _value(item) for item in given}
    if len(values) < len(expected):
        raise errors.coded(100, "Parameter names must be unique")
    return values


def _name(parameter: Part, expected: list[str]) -> str:
    name = parameter.optional_text("parameter_name")
    if not name:
        raise errors.coded(100, "Parameter name is missing or empty")
    if name not in expected:
        raise errors.coded(100, f"Parameter name {name} does not exist in the template")
    return name


def _value(parameter: Part) -> str:
    kind = parameter.text("type")
    if kind in ("currency", "date_time"):
        return parameter.part(kind).text("fallback_value")
    if kind != "text":
        raise errors.not_one_of(parameter.place("type"), ("CURRENCY", "DATE_TIME", "TEXT"), kind)
    text = parameter.optional_text("text")
    if not text or not text.strip():
        raise errors.coded(131008, "Parameter of type text is missing text value")
    if _BROKEN_TEXT.search(text):
        details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        raise errors.coded(132018, details)
    return text


def _payloads(components: list[Part], template: Template) -> tuple[str, ...]:
    payloads = list(template.buttons)
    for component in _of_type(components, "button"):
        index = _index(component, len(payloads))
        for parameter in component.optional_parts("parameters"):
            payloads[index] = parameter.text("payload")
    return tuple(payloads)


def _index(component: Part, count: int) -> int:
    if component.text("sub_type").lower() != "quick_reply":
        raise errors.coded(131009, "buttons: only quick replies are simulated")
    # Meta accepts the index as a string and as a number.
    index = str(component.value.get("index", ""))
    if index not in map(str, range(count)):
        raise errors.coded(131009, f"buttons: the template has no button at index {index}")
    return int(index)
