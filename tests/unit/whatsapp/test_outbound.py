"""What our messages become on the wire."""

import json
from typing import Any

import pytest

from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.model.contents import Text
from rejoinder.model.delivery import Attempt, Callback
from rejoinder.model.ids import digest
from rejoinder.model.people import Contact
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section, Template

ADA = Contact(id="15550002001", phone="15550002001")


def part(content: OutboundContent) -> dict[str, Any]:
    """Return the part of a request that holds `content`."""
    request: Any = render(ADA, content, "callback")
    return {"type": request["type"], request["type"]: request[request["type"]]}


def test_a_request_is_complete() -> None:
    assert render(ADA, Text(body="Hello"), "r1.stack.key.id.1") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+15550002001",
        "biz_opaque_callback_data": "r1.stack.key.id.1",
        "type": "text",
        "text": {"body": "Hello", "preview_url": False},
    }


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        (ADA, {"to": "+15550002001"}),
        (Contact(id="US.7", user_id="US.7", phone="15550002001"), {"to": "+15550002001"}),
        (Contact(id="US.7", user_id="US.7"), {"recipient": "US.7"}),
        (
            Contact(id="US.ENT.7", user_id="US.ENT.7", former_phones=("15550002001",)),
            {"recipient": "US.ENT.7"},
        ),
    ],
)
def test_numbers_go_into_to_with_their_plus_and_user_ids_into_recipient_never_both(
    contact: Contact, address: dict[str, str]
) -> None:
    request = render(contact, Text(body="Hello"), "callback")
    assert {name: request[name] for name in ("to", "recipient") if name in request} == address


def test_buttons() -> None:
    choices = (Button(id="book", title="Book a table"), Button(id="talk", title="Talk to a person"))
    assert part(Buttons(body="What now?", buttons=choices)) == {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "What now?"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "book", "title": "Book a table"}},
                    {"type": "reply", "reply": {"id": "talk", "title": "Talk to a person"}},
                ]
            },
        },
    }


def test_a_header_and_a_footer_are_rendered_when_there_are_any() -> None:
    choices = (Button(id="yes", title="Yes"),)
    content = Buttons(body="Sure?", buttons=choices, header="Wait", footer="No hurry")
    assert part(content)["interactive"] | {"action": None} == {
        "type": "button",
        "header": {"type": "text", "text": "Wait"},
        "body": {"text": "Sure?"},
        "footer": {"text": "No hurry"},
        "action": None,
    }


def test_a_list_with_one_section_needs_no_title_and_rows_no_description() -> None:
    rows = (Row(id="19", title="19:00"), Row(id="20", title="20:00", description="by the window"))
    assert part(List(body="When?", button="Times", sections=(Section(rows=rows),))) == {
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": "When?"},
            "action": {
                "button": "Times",
                "sections": [
                    {
                        "rows": [
                            {"id": "19", "title": "19:00"},
                            {"id": "20", "title": "20:00", "description": "by the window"},
                        ]
                    }
                ],
            },
        },
    }


def test_sections_of_a_list_keep_their_titles_and_order() -> None:
    lunch = Section(title="Lunch", rows=(Row(id="12", title="12:00"),))
    dinner = Section(title="Dinner", rows=(Row(id="19", title="19:00"),))
    interactive = part(List(body="When?", button="Times", sections=(lunch, dinner)))["interactive"]
    assert [section["title"] for section in interactive["action"]["sections"]] == ["Lunch", "Dinner"]


@pytest.mark.parametrize(
    ("parameters", "components"),
    [
        ((), {}),
        ({}, {}),
        (
            ("Ada", "19:00"),
            {
                "components": [
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "19:00"}],
                    }
                ]
            },
        ),
        (
            {"name": "Ada"},
            {
                "components": [
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "parameter_name": "name", "text": "Ada"}],
                    }
                ]
            },
        ),
    ],
    ids=["none", "none by name", "by place", "by name"],
)
def test_templates(parameters: tuple[str, ...] | dict[str, str], components: dict[str, object]) -> None:
    template = Template(name="booking_reminder", language="en_US", parameters=parameters)
    assert part(template) == {
        "type": "template",
        "template": {"name": "booking_reminder", "language": {"code": "en_US"}, **components},
    }


def test_a_read_receipt_shows_no_typing_dots_and_addresses_nobody() -> None:
    assert render_receipt("wamid.A1") == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.A1",
    }


def test_any_words_survive_the_wire() -> None:
    words = 'Größe "XL" \\ / 👋🏽\u2028\n\x00'
    assert json.loads(json.dumps(part(Text(body=words))))["text"]["body"] == words


def test_the_longest_callback_fits_what_meta_hands_back() -> None:
    longest_stack_name = "s" * 128  # the limit of CloudFormation
    attempt = Attempt(conversation_key=digest("c"), outbound_id=f"{digest('i')}-20", number=9999)
    callback = Callback(stack=longest_stack_name, attempt=attempt)
    assert len(callback.encode()) <= 512, "biz_opaque_callback_data"
