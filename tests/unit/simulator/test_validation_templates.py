"""Meta's checks of messages that fill templates with files, buttons and carousels."""

from __future__ import annotations

from typing import Any

import pytest

from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.template_buttons import SUB_TYPES, Button
from rejoinder.workbench.simulator.templates import Card, Template
from rejoinder.workbench.simulator.templating import shown, template_of
from rejoinder.workbench.simulator.validation import Request, check
from tests.unit.simulator.examples import changed, example

LINK = Button(kind="URL", text="Look", url="https://clinic.example/{{1}}")
TEMPLATES = (
    Template(name="image_header", language="en", header_format="IMAGE", body="Hello {{1}}"),
    Template(name="location_header", language="en", header_format="LOCATION", body="Here"),
    Template(
        name="buttons",
        language="en",
        body="Well?",
        buttons=("Yes", LINK, Button(kind="COPY_CODE", text="Copy")),
    ),
    Template(name="flow_button", language="en", body="Hi", buttons=(Button(kind="FLOW", text="Start"),)),
    Template(
        name="products_button", language="en", body="Hi", buttons=(Button(kind="MPM", text="Products"),)
    ),
    Template(
        name="one_time_code",
        language="en",
        body="{{1}}",
        category="AUTHENTICATION",
        buttons=(Button(kind="OTP", text="Copy"),),
    ),
    Template(
        name="order_details", language="en", body="Hi", buttons=(Button(kind="ORDER_DETAILS", text="Pay"),)
    ),
    Template(name="order_status", language="en", body="{{1}}"),
    Template(name="offer", language="en", body="{{1}}", buttons=(Button(kind="COPY_CODE", text="Copy"),)),
    Template(
        name="carousel",
        language="en",
        body="Hello {{1}}",
        cards=(Card(body="{{1}}", buttons=("This", LINK)), Card(body="{{1}}", buttons=("That", LINK))),
    ),
    Template(
        name="plain",
        language="en",
        body="Hi",
        buttons=(
            Button(kind="PHONE_NUMBER", text="Call"),
            Button(kind="URL", text="Us", url="https://a.example"),
        ),
    ),
)
PARTS = "template.components"


def filled(body: dict[str, Any]) -> Request:
    asked = check(body, TEMPLATES)
    assert isinstance(asked, Request)
    return asked


def refusal(body: dict[str, Any]) -> tuple[int, str]:
    """Return the code and the words that say most."""
    with pytest.raises(GraphError) as refused:
        check(body, TEMPLATES)
    error = refused.value.error
    return error["code"], error.get("error_data", {}).get("details") or error["message"]


def test_a_quick_reply_sends_its_payload() -> None:
    assert filled(example("template_buttons")).content.choices == (
        Choice(kind="button", id="yes", title="Yes"),
    )


def test_a_carousel_shows_its_cards_and_their_replies() -> None:
    content = filled(example("template_carousel")).content
    assert content.text == "Hello Ada\nRoom 0\nRoom 1"
    assert [(choice.id, choice.title) for choice in content.choices] == [
        ("room-0", "This"),
        ("room-1", "That"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("image_header", "location_header", "flow_button", "products_button", "one_time_code", "offer"),
        *("order_details", "order_status", "plain"),
    ],
)
def test_what_fits_the_template_is_taken(name: str) -> None:
    filled(example(f"template_{name}"))


def test_a_flow_button_needs_no_parameter() -> None:
    filled(changed("template_flow_button", f"{PARTS}.0.parameters", ...))


BUTTON = {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "x"}]}
REFUSED: dict[str, tuple[tuple[str, str, Any], int, str]] = {
    "no image": (
        ("template_image_header", f"{PARTS}.0.parameters", ...),
        132012,
        "header: Format mismatch, expected IMAGE, received UNKNOWN",
    ),
    "a text for an image": (
        ("template_image_header", f"{PARTS}.0.parameters.0", {"type": "text", "text": "x"}),
        132012,
        "header: Format mismatch, expected IMAGE, received TEXT",
    ),
    "an image from nowhere": (
        ("template_image_header", f"{PARTS}.0.parameters.0.image", {}),
        131008,
        "template['components'][0]['parameters'][0]['image']: either id or link is required",
    ),
    "a place beyond the pole": (
        ("template_location_header", f"{PARTS}.0.parameters.0.location.latitude", 91),
        131009,
        "template['components'][0]['parameters'][0]['location']['latitude'] is not a number of degrees",
    ),
    "no link": (
        ("template_buttons", f"{PARTS}.1", ...),
        131008,
        "buttons: Button at index 1 of type Url requires a parameter",
    ),
    "an empty link": (
        ("template_buttons", f"{PARTS}.1.parameters", []),
        131008,
        "buttons: Button at index 1 of type Url requires a parameter",
    ),
    "no Flow": (
        ("template_flow_button", PARTS, []),
        131009,
        "buttons: Button at index 0 of type Flow requires a parameter",
    ),
    "a button that Meta does not know": (
        ("template_buttons", f"{PARTS}.1.sub_type", "phone_number"),
        100,
        "(#100) Param template['components'][1]['sub_type'] must be one of {"
        + ", ".join(SUB_TYPES)
        + '} - got "phone_number".',
    ),
    "a button of another type": (
        ("template_buttons", f"{PARTS}.1.sub_type", "flow"),
        131009,
        "buttons: the button at index 1 is of type URL",
    ),
    "a button too many": (
        ("template_buttons", f"{PARTS}.1.index", 3),
        131009,
        "buttons: the template has no button at index 3",
    ),
    "a number to call": (
        ("template_plain", PARTS, [BUTTON]),
        100,
        "buttons: Button at index 0 is of type Call and does not support parameters",
    ),
    "an end for a fixed link": (
        ("template_plain", PARTS, [{**BUTTON, "index": "1"}]),
        100,
        "buttons: Button at index 1 is of type Url and does not support parameters",
    ),
    "a long code": (
        ("template_buttons", f"{PARTS}.2.parameters.0.coupon_code", "x" * 16),
        131009,
        "Coupon code is too long. Max length is 15",
    ),
    "a parameter of an odd type": (
        ("template_buttons", f"{PARTS}.1.parameters.0.type", "link"),
        100,
        (
            "(#100) Param template['components'][1]['parameters'][0]"
            "['type'] must be one of {ACTION, COUPON_CODE, "
            'PAYLOAD, TEXT, TTL_MINUTES} - got "link".'
        ),
    ),
    "a truth for a text": (
        ("template_buttons", f"{PARTS}.1.parameters.0.text", True),
        100,
        "(#100) Param template['components'][1]['parameters'][0]['text'] must be a string.",
    ),
    "no text": (
        ("template_carousel", f"{PARTS}.0.parameters.0.text", ...),
        100,
        "Parameter 'text' is mandatory for component parameter type 'text'",
    ),
    "a card too few": (
        ("template_carousel", f"{PARTS}.1.cards.1", ...),
        132012,
        "carousel: number of cards (1) does not match the expected number of cards (2)",
    ),
    "an unknown part": (
        ("template_plain", PARTS, [{"type": "footer"}]),
        100,
        (
            "(#100) Param template['components'][0]['type'] must be one of {BODY, BUTTON, CAROUSEL, HEADER, "
            'LIMITED_TIME_OFFER, ORDER_STATUS, TAP_TARGET_CONFIGURATION} - got "footer".'
        ),
    ),
    "a bill without a sum": (
        ("template_order_details", f"{PARTS}.0.parameters.0.action.order_details.total_amount", ...),
        100,
        (
            "(#100) The parameter template['components'][0]['parameters'][0]['action']['order_details']"
            "['total_amount'] is required."
        ),
    ),
    "an order that is lost": (
        ("template_order_status", f"{PARTS}.1.parameters.0.order_status.order.status", "lost"),
        100,
        (
            "(#100) Param template['components'][1]['parameters'][0]['order_status']['order']['status'] must "
            'be one of {pending, processing, partially_shipped, shipped, completed, canceled} - got "lost".'
        ),
    ),
    "an offer that ends one day": (
        ("template_offer", f"{PARTS}.1.parameters.0.limited_time_offer.expiration_time_ms", "soon"),
        100,
        (
            "(#100) Param template['components'][1]['parameters'][0]['limited_time_offer']"
            "['expiration_time_ms'] "
            "must be an integer."
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_the_template_is_refused(case: str) -> None:
    change, code, words = REFUSED[case]
    assert refusal(changed(*change)) == (code, words)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_template_survives_the_control_api(template: Template) -> None:
    assert template_of(_as_json(shown(template))) == template


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    return {key: _as_json(item) for key, item in value.items()} if isinstance(value, dict) else value
