"""Meta's checks of files, places, groups and all interactive messages. Templates have tests of their own."""

from __future__ import annotations

from typing import Any

import pytest

from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.kinds import CHECKS, LACKING
from rejoinder.workbench.simulator.validation import Content, Request, check
from tests.unit.simulator.examples import FOLDER, changed, example

ACTION = "interactive.action"
PARAMETERS = f"{ACTION}.parameters"
CARD = f"{ACTION}.cards.1"


def shown(body: dict[str, Any]) -> Content:
    asked = check(body, ())
    assert isinstance(asked, Request)
    return asked.content


def refusal(body: dict[str, Any]) -> tuple[int, str]:
    """Return the code and the words that say most."""
    with pytest.raises(GraphError) as refused:
        check(body, ())
    error = refused.value.error
    return error["code"], error.get("error_data", {}).get("details") or error["message"]


READS = {
    "interactive_button_image_header": "Does Monday suit you?",
    "interactive_cta_url": "Please fill in this form. [Open the form]",
    "interactive_location_request": "Where are you? [Send location]",
    "interactive_contact_info_request": "What is your number? [Share contact info]",
    "interactive_call_permission_request": "May the doctor call you? [Call permission]",
    "interactive_voice_call": "Call us. [Call the clinic]",
    "interactive_flow_by_id": "Please register. [Register]",
    "interactive_product": "This one? [product] brace-1",
    "interactive_product_list": "Choose one. [products]",
    "interactive_catalog": "See all. [View catalog]",
    "interactive_carousel_links": "Our rooms\n[image] Room 0 [Look]\n[image] Room 1 [Look]",
    "interactive_carousel_replies": "Our rooms\n[image] Room 0\n[image] Room 1",
    "interactive_carousel_products": "Our braces\n[product] brace-0\n[product] brace-1",
    "interactive_address": "Where shall we send it? [Provide address]",
    "interactive_order_details": "Your order [Review and pay]",
    "interactive_order_status": "It is on its way. [order shipped]",
    "voice": "[audio]",
    "group_image": "[image]",
}


@pytest.mark.parametrize("name", READS)
def test_every_kind_reads_in_the_transcript(name: str) -> None:
    assert shown(example(name)).text == READS[name]


def test_every_interactive_type_has_an_example() -> None:
    names = [file.stem for file in FOLDER.glob("interactive_*.json")]
    assert {example(name)["interactive"]["type"] for name in names} == set(CHECKS)


def test_quick_replies_of_a_carousel_can_be_tapped() -> None:
    choices = shown(example("interactive_carousel_replies")).choices
    assert choices == tuple(
        Choice(kind="button_reply", id=f"room-{number}", title=f"Room {number}") for number in (0, 1)
    )


def test_a_message_to_a_group_says_so() -> None:
    asked = check(example("group_text"), ())
    assert isinstance(asked, Request)
    assert asked.to_group


SPARE = {
    "a product without a body": ("interactive_product", "interactive.body", ...),
    "a call permission without a body": ("interactive_call_permission_request", "interactive.body", ...),
    "a call without parameters": ("interactive_voice_call", PARAMETERS, ...),
    "a catalogue without parameters": ("interactive_catalog", PARAMETERS, ...),
    "a Flow without a token": ("interactive_flow_by_id", f"{PARAMETERS}.flow_token", ...),
    "a Flow without a screen": ("interactive_flow_by_id", f"{PARAMETERS}.flow_action_payload", ...),
    "a card without a body": ("interactive_carousel_links", f"{CARD}.body", ...),
    "an order without tax": ("interactive_order_details", f"{PARAMETERS}.order.tax", ...),
}


@pytest.mark.parametrize("case", SPARE)
def test_what_may_be_absent_may_be_absent(case: str) -> None:
    shown(changed(*SPARE[case]))


LENGTH = "length invalid. Min length: 1, Max length:"
REFUSED: dict[str, tuple[tuple[str, str, Any], int, str]] = {
    "a type that nobody has": (
        ("interactive_list", "interactive.type", "menu"),
        100,
        "(#100) Param interactive['type'] must be one of {"
        + ", ".join(sorted(name.upper() for name in (*CHECKS, *LACKING)))
        + '} - got "menu".',
    ),
    "a type that the simulator lacks": (
        ("interactive_list", "interactive.type", "menu_options"),
        131051,
        "The simulator does not simulate interactive messages of type menu_options.",
    ),
    "pins": (("text", "type", "pin"), 131051, "The simulator does not simulate messages of type pin."),
    "a key that Meta does not know": (
        ("interactive_list", "interactive.title", "x"),
        100,
        '(#100) Unexpected key "title" on param "interactive".',
    ),
    "a name for an image": (
        ("image", "image.filename", "a.png"),
        100,
        '(#100) Unexpected key "filename" on param "image".',
    ),
    "a voice that is neither": (
        ("voice", "audio.voice", "yes"),
        100,
        "(#100) Param audio['voice'] must be a boolean.",
    ),
    "a link that is none": (
        ("image_link", "image.link", "clinic.example/map.png"),
        100,
        "(#100) Param image['link'] is not a valid URI.",
    ),
    "a long caption": (
        ("document", "document.caption", "x" * 1025),
        100,
        "(#100) Param document['caption'] must be at most 1024 characters long.",
    ),
    "a list in a group": (
        ("interactive_list", "recipient_type", "group"),
        131051,
        "Messages of type interactive cannot be sent to a group.",
    ),
    "a group without a name": (("group_text", "to", ...), 100, "(#100) The parameter to is required."),
    "a crowd": (
        ("text", "recipient_type", "crowd"),
        100,
        '(#100) Param recipient_type must be one of {GROUP, INDIVIDUAL} - got "crowd".',
    ),
    "a header without its text": (
        ("interactive_button_text_header", "interactive.header.text", ...),
        131009,
        "Text cannot be null for header type text",
    ),
    "a header of nothing": (
        ("interactive_button_image_header", "interactive.header.image", {}),
        131008,
        "interactive['header']['image']: either id or link is required",
    ),
    "a sticker over buttons": (
        ("interactive_button_image_header", "interactive.header.type", "sticker"),
        131009,
        "Header type sticker is not allowed for this interactive type",
    ),
    "long words on a link": (
        ("interactive_cta_url", f"{PARAMETERS}.display_text", "x" * 21),
        131009,
        f"Button display text {LENGTH} 20",
    ),
    "a link to nowhere": (
        ("interactive_cta_url", f"{PARAMETERS}.url", "the form"),
        100,
        "(#100) Param interactive['action']['parameters']['url'] is not a valid URI.",
    ),
    "an action with another name": (
        ("interactive_location_request", f"{ACTION}.name", "location"),
        100,
        "(#100) Param interactive['action']['name'] must be one of {SEND_LOCATION} - got \"location\".",
    ),
    "a call button that lives too long": (
        ("interactive_voice_call", f"{PARAMETERS}.ttl_minutes", 43_201),
        131009,
        "ttl_minutes must be between 1 and 43200",
    ),
    "two names of a Flow": (
        ("interactive_flow_by_id", f"{PARAMETERS}.flow_name", "registration"),
        131008,
        "flow: exactly one of flow_id and flow_name is required",
    ),
    "long words on a Flow": (
        ("interactive_flow_by_id", f"{PARAMETERS}.flow_cta", "x" * 31),
        131009,
        f"Flow CTA {LENGTH} 30",
    ),
    "an old Flow": (
        ("interactive_flow_by_id", f"{PARAMETERS}.flow_message_version", "2"),
        100,
        (
            "(#100) Param interactive['action']['parameters']['flow_message_version']"
            ' must be one of {3} - got "2".'
        ),
    ),
    "a Flow with a mode of its own": (
        ("interactive_flow_by_id", f"{PARAMETERS}.mode", "test"),
        100,
        (
            "(#100) Param interactive['action']['parameters']['mode']"
            ' must be one of {DRAFT, PUBLISHED} - got "test".'
        ),
    ),
    "a Flow with nothing for its screen": (
        ("interactive_flow_by_id", f"{PARAMETERS}.flow_action_payload.data", {}),
        131009,
        "flow_action_payload: data must not be empty",
    ),
    "a screen that the endpoint chooses": (
        ("interactive_flow_by_id", f"{PARAMETERS}.flow_action", "data_exchange"),
        131009,
        "flow_action_payload is not allowed for the flow action data_exchange",
    ),
    "a header over a catalogue": (
        ("interactive_catalog", "interactive.header", {"type": "text", "text": "Shop"}),
        131009,
        "The parameter interactive['header'] is not allows for catalog messages.",
    ),
    "products without a header": (
        ("interactive_product_list", "interactive.header", ...),
        100,
        "(#100) The parameter interactive['header'] is required.",
    ),
    "too many products": (
        (
            "interactive_product_list",
            f"{ACTION}.sections.0.product_items",
            [{"product_retailer_id": str(number)} for number in range(29)],
        ),
        131009,
        "Total product count exceed max allowed count: 30",
    ),
    "a section without products": (
        ("interactive_product_list", f"{ACTION}.sections.0.product_items", []),
        100,
        "(#100) The parameter interactive['action']['sections'][0]['product_items'] is required.",
    ),
    "one card": (
        ("interactive_carousel_links", f"{ACTION}.cards", []),
        131009,
        "Invalid cards count. Min allowed: 2, Max allowed: 10",
    ),
    "two cards with one number": (
        ("interactive_carousel_links", f"{CARD}.card_index", 0),
        131009,
        "card_index must number the cards from 0 to 1",
    ),
    "cards of two kinds": (
        ("interactive_carousel_links", f"{CARD}.header", {"type": "video", "video": {"id": "1"}}),
        131009,
        "All cards of a carousel must have the same header and buttons of the same type",
    ),
    "a long card": (
        ("interactive_carousel_links", f"{CARD}.body.text", "x" * 161),
        131009,
        f"Card body text {LENGTH} 160",
    ),
    "one reply on two cards": (
        ("interactive_carousel_replies", f"{CARD}.action.buttons.0.quick_reply.id", "room-0"),
        131009,
        "Duplicated button id: room-0",
    ),
    "an address nowhere": (
        ("interactive_address", f"{PARAMETERS}.country", ...),
        100,
        "(#100) The parameter interactive['action']['parameters']['country'] is required.",
    ),
    "an order with a hash": (
        ("interactive_order_status", f"{PARAMETERS}.reference_id", "#7"),
        131009,
        (
            "interactive['action']['parameters']"
            "['reference_id'] must be up to 35 letters, digits, underscores, "
            "dashes or dots"
        ),
    ),
    "an order that is lost": (
        ("interactive_order_status", f"{PARAMETERS}.order.status", "lost"),
        100,
        (
            "(#100) Param interactive['action']['parameters']['order']"
            "['status'] must be one of {pending, processing, "
            'partially_shipped, shipped, completed, canceled} - got "lost".'
        ),
    ),
    "half a rupee": (
        ("interactive_order_details", f"{PARAMETERS}.total_amount.value", 0.5),
        100,
        "(#100) Param interactive['action']['parameters']['total_amount']['value'] must be an integer.",
    ),
    "an order of nothing": (
        ("interactive_order_details", f"{PARAMETERS}.order.items", []),
        100,
        "(#100) The parameter interactive['action']['parameters']['order']['items'] is required.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_meta_refuses_is_refused(case: str) -> None:
    change, code, words = REFUSED[case]
    assert refusal(changed(*change)) == (code, words)


def test_a_header_without_its_text_has_the_subcode_of_meta() -> None:
    with pytest.raises(GraphError) as refused:
        check(changed("interactive_button_text_header", "interactive.header.text", ...), ())
    assert refused.value.error["error_subcode"] == 2494010
