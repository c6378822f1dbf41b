"""Approved message templates: their texts, and the check of a request that fills them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import attachments, errors, places, template_buttons
from rejoinder.workbench.simulator.carousels import check_indexes
from rejoinder.workbench.simulator.commerce import check_news
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.template_buttons import Button

# Template components: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
BODY_LIMIT: Final = 1024
CATEGORIES: Final = ("AUTHENTICATION", "MARKETING", "UTILITY")
PRODUCT_CARDS: Final = range(2, 11)
FILES: Final = ("DOCUMENT", "IMAGE", "VIDEO")
HEADER_FORMATS: Final = ("TEXT", *FILES, "LOCATION", "PRODUCT")
COMPONENTS: Final = (
    "BODY",
    "BUTTON",
    "CAROUSEL",
    "HEADER",
    "LIMITED_TIME_OFFER",
    "ORDER_STATUS",
    "TAP_TARGET_CONFIGURATION",
)
VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BROKEN_TEXT: Final = re.compile(r"[\n\r\t]| {5}")
"""What a parameter must not contain: line breaks, tabs, or five spaces in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of a carousel in a template."""

    header_format: str = "IMAGE"
    """One of HEADER_FORMATS."""

    body: str = ""
    """The text, with variables."""

    buttons: tuple[str | Button, ...] = ()
    """As in a template."""


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
    """The line above the body, if the header is a text. It may have variables too."""

    header_format: str = "TEXT"
    """One of HEADER_FORMATS."""

    footer: str = ""
    """The line below the body."""

    buttons: tuple[str | Button, ...] = ()
    """The buttons. A plain title is a quick reply."""

    cards: tuple[Card, ...] = ()
    """The cards of its carousel, if it has one."""

    status: str = "APPROVED"
    """Meta's status. Only an approved template can be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template as one contact sees it."""

    template: Template

    text: str
    """The body, with its variables filled, and a line for each card."""

    choices: tuple[Choice, ...]
    """The quick replies, with what a tap on each sends."""


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
        body="Hello {{customer_name}}, your order {{order_number}} is {{order_state}} now. "
        "Thank you for coming to us!",
    ),
)


def fill(request: Part, templates: Iterable[Template]) -> Filled:
    """Return the template that a request names, with its parameters; Meta's error when they do not fit."""
    template = _find(request, templates)
    components = _components(request)
    text, choices = _content(components, template)
    if len(text) > BODY_LIMIT:
        raise errors.coded(132005, f"body: text is too long, max length {BODY_LIMIT}")
    _further(components)
    for line, replies in _cards(_of_type(components, "carousel"), template.cards):
        text, choices = f"{text}\n{line}", choices + replies
    return Filled(template=template, text=text, choices=choices)


def _components(parent: Part) -> list[Part]:
    components = parent.optional_parts("components")
    for component in components:
        kind = component.text("type")
        if kind.upper() not in COMPONENTS:
            raise errors.not_one_of(component.place("type"), COMPONENTS, kind)
    return components


def _content(components: list[Part], pattern: Template | Card) -> tuple[str, tuple[Choice, ...]]:
    """Return the text and the quick replies of a template or a card."""
    header = pattern.header if isinstance(pattern, Template) else ""
    if pattern.header_format == "TEXT":
        _texts(_of_type(components, "header"), "header", header)
    else:
        _header(_of_type(components, "header"), pattern.header_format)
    values = _texts(_of_type(components, "body"), "body", pattern.body)
    text = VARIABLE.sub(lambda match: values[match[1]], pattern.body)
    return text, template_buttons.fill(_of_type(components, "button"), pattern.buttons)


def _header(components: list[Part], expected: str) -> None:
    """Check a header that is not a text. Meta's words are as seen for a missing file."""
    parameters = [item for part in components for item in part.optional_parts("parameters")]
    received = [item.text("type").upper() for item in parameters] or ["UNKNOWN"]
    if received != [expected]:
        raise errors.coded(132012, f"header: Format mismatch, expected {expected}, received {received[0]}")
    shown = parameters[0].part(expected.lower())
    if expected in FILES:
        attachments.check_reference(shown)
    elif expected == "LOCATION":
        places.check(shown)
    else:
        shown.text("product_retailer_id")


def _further(components: list[Part]) -> None:
    """Check what a template has beside its text, its buttons and its cards."""
    for offer in _of_type(components, "limited_time_offer"):
        _offer(offer)
    for target in _of_type(components, "tap_target_configuration"):
        for parameter in target.parts("parameters"):
            for link in parameter.parts("tap_target_configuration"):
                attachments.check_link(link, "url")
    for news in _of_type(components, "order_status"):
        for parameter in news.parts("parameters"):
            check_news(parameter.part("order_status"))


def _offer(component: Part) -> None:
    """Check when an offer ends."""
    for parameter in component.parts("parameters"):
        offer = parameter.part("limited_time_offer")
        ends = offer.value.get("expiration_time_ms")
        if isinstance(ends, bool) or not isinstance(ends, int):
            raise errors.wrong_type(offer.place("expiration_time_ms"), "an integer")


def _cards(components: list[Part], patterns: tuple[Card, ...]) -> list[tuple[str, tuple[Choice, ...]]]:
    """Return the text and the quick replies of each card."""
    cards = [card for component in components for card in component.parts("cards")]
    if patterns and patterns[0].header_format == "PRODUCT" and len(cards) in PRODUCT_CARDS:
        # A template for products is written with two cards, and a message says how many there are.
        patterns = patterns[:1] * len(cards)
    if len(cards) != len(patterns):
        counts = f"({len(cards)}) does not match the expected number of cards ({len(patterns)})"
        raise errors.coded(132012, f"carousel: number of cards {counts}")
    check_indexes(cards)
    cards.sort(key=lambda card: int(card.value["card_index"]))
    return [_content(_components(card), pattern) for card, pattern in zip(cards, patterns, strict=True)]


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
    expected = list(dict.fromkeys(VARIABLE.findall(pattern)))
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
    if parameter.value.get("text") is None:
        # Seen in frappe_whatsapp, issue 43.
        raise errors.coded(100, "Parameter 'text' is mandatory for component parameter type 'text'")
    text = parameter.optional_text("text")
    if not text or not text.strip():
        raise errors.coded(131008, "Parameter of type text is missing text value")
    if _BROKEN_TEXT.search(text):
        details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        raise errors.coded(132018, details)
    return text
