"""What our messages become on the wire."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.errors import Rejected
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.delivery import Attempt, Callback
from rejoinder.model.files import File
from rejoinder.model.ids import digest
from rejoinder.model.people import Contact
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import (
    Button,
    Buttons,
    Card,
    Carousel,
    LinkButton,
    List,
    OutboundContent,
    Row,
    Section,
    Template,
)
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)
from tests.stored.samples import FULL_CARD

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


ID = Image(media_id="1")
FILE = File(key="k", name="menu.pdf", mime_type="application/pdf", size=9, sha256="00" * 32)

EXAMPLES: list[tuple[OutboundContent, str, Any]] = [
    (
        Text(body="https://x.example", preview=True),
        "text",
        {"preview_url": True, "body": "https://x.example"},
    ),
    (replace(ID, caption="Look"), "image", {"id": "1", "caption": "Look"}),
    (Image("https://x.example/a.png"), "image", {"link": "https://x.example/a.png"}),
    (Video(media_id="1"), "video", {"id": "1"}),
    (Audio(media_id="1"), "audio", {"id": "1"}),
    (Audio(media_id="1", voice=True), "audio", {"id": "1", "voice": True}),
    (
        Document(FILE, media_id="1", caption="Here"),
        "document",
        {"id": "1", "filename": "menu.pdf", "caption": "Here"},
    ),
    (Document(FILE, media_id="1", filename="a.pdf"), "document", {"id": "1", "filename": "a.pdf"}),
    (Document("https://x.example/a.pdf"), "document", {"link": "https://x.example/a.pdf"}),
    (Sticker(media_id="1"), "sticker", {"id": "1"}),
    (Location(latitude=37.44, longitude=-122.16), "location", {"latitude": 37.44, "longitude": -122.16}),
    (
        Location(latitude=37.44, longitude=-122.16, name="Philz", address="101 Forest Ave"),
        "location",
        {"latitude": 37.44, "longitude": -122.16, "name": "Philz", "address": "101 Forest Ave"},
    ),
    (
        ContactCard(name="Ada Lovelace", phones=("+1 555",), further=(ContactCard(name="Bob"),)),
        "contacts",
        [
            {
                "name": {"formatted_name": "Ada Lovelace", "first_name": "Ada"},
                "phones": [{"phone": "+1 555"}],
            },
            {"name": {"formatted_name": "Bob", "first_name": "Bob"}},
        ],
    ),
    (
        replace(FULL_CARD, further=()),
        "contacts",
        [
            {
                "name": {
                    "formatted_name": "Dr. Ada King Lovelace Jr.",
                    "first_name": "Ada",
                    "last_name": "Lovelace",
                    "middle_name": "King",
                    "prefix": "Dr.",
                    "suffix": "Jr.",
                },
                "org": {"company": "Engines", "department": "Analysis", "title": "Author"},
                "birthday": "1815-12-10",
                "phones": [{"phone": "+1 555"}],
                "emails": [{"email": "ada@example.com"}],
                "urls": [{"url": "https://example.com"}],
                "addresses": [
                    {
                        "street": "Street 1",
                        "city": "London",
                        "state": "London",
                        "zip": "N1",
                        "country": "United Kingdom",
                        "country_code": "gb",
                        "type": "HOME",
                    }
                ],
            },
        ],
    ),
    (Reaction(message_id="wamid.1", emoji="👍"), "reaction", {"message_id": "wamid.1", "emoji": "👍"}),
    (Reaction(message_id="wamid.1", emoji=None), "reaction", {"message_id": "wamid.1", "emoji": ""}),
]


@pytest.mark.parametrize(
    ("content", "kind", "rendered"), EXAMPLES, ids=lambda part: getattr(part, "kind", "")
)
def test_files_places_cards_and_reactions(content: OutboundContent, kind: str, rendered: Any) -> None:
    assert part(content) == {"type": kind, kind: rendered}


BODY = {"body": {"text": "Hi"}}
FOOTER = {"footer": {"text": "Bye"}}
INTERACTIVE: list[tuple[OutboundContent, str, dict[str, Any], dict[str, Any]]] = [
    (
        LinkButton(body="Hi", title="See Dates", url="https://x.example", header=ID, footer="Bye"),
        "cta_url",
        {"header": {"type": "image", "image": {"id": "1"}}, **FOOTER},
        {"name": "cta_url", "parameters": {"display_text": "See Dates", "url": "https://x.example"}},
    ),
    (LocationRequest(body="Hi"), "location_request_message", {}, {"name": "send_location"}),
    (ContactRequest(body="Hi"), "request_contact_info", {}, {"name": "request_contact_info"}),
    (CallRequest(body="Hi"), "call_permission_request", {}, {"name": "call_permission_request"}),
    (CallButton(body="Hi"), "voice_call", {}, {"name": "voice_call"}),
    (
        CallButton(body="Hi", title="Call us", minutes=60, payload="p"),
        "voice_call",
        {},
        {
            "name": "voice_call",
            "parameters": {"display_text": "Call us", "ttl_minutes": 60, "payload": "p"},
        },
    ),
    (
        Form(body="Hi", button="Open", id="7", screen="FIRST", data={"a": 1}, token="t", header="H"),
        "flow",
        {"header": {"type": "text", "text": "H"}},
        {
            "name": "flow",
            "parameters": {
                "flow_message_version": "3",
                "flow_cta": "Open",
                "flow_id": "7",
                "flow_token": "t",
                "flow_action": "navigate",
                "flow_action_payload": {"screen": "FIRST", "data": {"a": 1}},
            },
        },
    ),
    (
        Form(body="Hi", button="Open", name="survey", is_draft=True),
        "flow",
        {},
        {
            "name": "flow",
            "parameters": {
                "flow_message_version": "3",
                "flow_cta": "Open",
                "flow_name": "survey",
                "mode": "draft",
                "flow_action": "data_exchange",
            },
        },
    ),
    (
        AddressRequest(body="Hi", country="IN", values={"city": "Delhi"}, errors={"in_pin_code": "unknown"}),
        "address_message",
        {},
        {
            "name": "address_message",
            "parameters": {
                "country": "IN",
                "values": {"city": "Delhi"},
                "validation_errors": {"in_pin_code": "unknown"},
            },
        },
    ),
    (
        Product(catalog_id="c", product_id="p", body="Hi", footer="Bye"),
        "product",
        FOOTER,
        {"catalog_id": "c", "product_retailer_id": "p"},
    ),
    (
        ProductList(
            catalog_id="c",
            header="H",
            body="Hi",
            sections=(ProductSection(title="S", product_ids=("p", "q")),),
        ),
        "product_list",
        {"header": {"type": "text", "text": "H"}},
        {
            "catalog_id": "c",
            "sections": [
                {
                    "title": "S",
                    "product_items": [{"product_retailer_id": "p"}, {"product_retailer_id": "q"}],
                }
            ],
        },
    ),
    (Catalog(body="Hi"), "catalog_message", {}, {"name": "catalog_message"}),
    (
        Catalog(body="Hi", product_id="p", footer="Bye"),
        "catalog_message",
        FOOTER,
        {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "p"}},
    ),
    (
        OrderStatus(body="Hi", reference_id="r", status="shipped", description="Today"),
        "order_status",
        {},
        {
            "name": "review_order",
            "parameters": {"reference_id": "r", "order": {"status": "shipped", "description": "Today"}},
        },
    ),
    (
        Carousel(
            body="Hi",
            cards=(
                Card(header=ID, body="First", title="Shop now", url="https://x.example/1"),
                Card(header=Image("https://x.example/2.png"), buttons=(Button(id="2", title="Take"),)),
                Card(catalog_id="c", product_id="p"),
            ),
        ),
        "carousel",
        {},
        {
            "cards": [
                {
                    "card_index": 0,
                    "type": "cta_url",
                    "header": {"type": "image", "image": {"id": "1"}},
                    "body": {"text": "First"},
                    "action": {
                        "name": "cta_url",
                        "parameters": {"display_text": "Shop now", "url": "https://x.example/1"},
                    },
                },
                {
                    "card_index": 1,
                    "type": "cta_url",
                    "header": {"type": "image", "image": {"link": "https://x.example/2.png"}},
                    "action": {
                        "buttons": [{"type": "quick_reply", "quick_reply": {"id": "2", "title": "Take"}}]
                    },
                },
                {
                    "card_index": 2,
                    "type": "product",
                    "action": {"product_retailer_id": "p", "catalog_id": "c"},
                },
            ]
        },
    ),
    (
        Buttons(body="Hi", buttons=(Button(id="y", title="Yes"),), header=Document(FILE, media_id="1")),
        "button",
        {"header": {"type": "document", "document": {"id": "1", "filename": "menu.pdf"}}},
        {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
    ),
]


@pytest.mark.parametrize(
    ("content", "kind", "frame", "action"), INTERACTIVE, ids=[case[0].kind for case in INTERACTIVE]
)
def test_words_with_something_to_tap(
    content: OutboundContent, kind: str, frame: dict[str, Any], action: dict[str, Any]
) -> None:
    interactive = {"type": kind, **BODY, **frame, "action": action}
    assert part(content) == {"type": "interactive", "interactive": interactive}


def test_a_bill_tells_its_amounts_in_hundredths_and_adds_them_up() -> None:
    bread = OrderLine(
        product_id="1", name="bread", price=Decimal("15.00"), sale_price=Decimal(10), quantity=2
    )
    bill = OrderDetails(
        body="Your bill",
        reference_id="r-1",
        lines=(bread, OrderLine(product_id="2", name="milk", price=Decimal("0.99"))),
        currency="INR",
        goods="digital-goods",
        tax=Decimal("1.01"),
        shipping=Decimal(1),
        discount=Decimal("2.50"),
        payment={"payment_type": "upi", "payment_configuration": "config"},
    )
    assert part(bill)["interactive"]["action"] == {
        "name": "review_and_pay",
        "parameters": {
            "reference_id": "r-1",
            "type": "digital-goods",
            "currency": "INR",
            "payment_type": "upi",
            "payment_configuration": "config",
            "total_amount": {"value": 2050, "offset": 100},
            "order": {
                "status": "pending",
                "items": [
                    {
                        "retailer_id": "1",
                        "name": "bread",
                        "amount": {"value": 1500, "offset": 100},
                        "sale_amount": {"value": 1000, "offset": 100},
                        "quantity": 2,
                    },
                    {
                        "retailer_id": "2",
                        "name": "milk",
                        "amount": {"value": 99, "offset": 100},
                        "quantity": 1,
                    },
                ],
                "subtotal": {"value": 2099, "offset": 100},
                "tax": {"value": 101, "offset": 100},
                "shipping": {"value": 100, "offset": 100},
                "discount": {"value": 250, "offset": 100},
            },
        },
    }


def test_a_quote_is_the_context_of_every_message_but_a_reaction() -> None:
    request: Any = render(ADA, Text(body="Yes"), "callback", "wamid.7")
    assert request["context"] == {"message_id": "wamid.7"}
    assert "context" not in render(ADA, Text(body="Yes"), "callback")
    assert "context" not in render(ADA, Reaction(message_id="wamid.7", emoji="👍"), "callback", "wamid.7")


def test_a_file_that_was_not_uploaded_is_rejected_for_good() -> None:
    with pytest.raises(Rejected, match="the file of this document was not uploaded"):
        render(ADA, Document(FILE), "callback")


def test_typing_dots_are_shown_with_a_receipt() -> None:
    assert render_receipt("wamid.A1", typing=True) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.A1",
        "typing_indicator": {"type": "text"},
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
