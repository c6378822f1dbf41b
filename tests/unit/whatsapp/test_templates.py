"""Templates with all that they may carry: their limits, and what is sent for them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from rejoinder import (
    BotError,
    Button,
    CallTime,
    CatalogPicture,
    CopyCode,
    Document,
    FormStart,
    Image,
    LinkEnd,
    Location,
    Moment,
    Money,
    OrderStatus,
    Product,
    ProductChoice,
    ProductSection,
    TapId,
    Template,
    TemplateCard,
)
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.errors import LimitExceeded
from tests.payloads.check import check
from tests.payloads.recognise import bodies_in
from tests.stored.samples import TEMPLATES
from tests.unit.simulator.test_replay import EXAMPLES
from tests.unit.worlds import ADA

LIMITS = WhatsAppLimits()


def refusal(content: Template) -> str:
    """Return why `content` is refused."""
    with pytest.raises(LimitExceeded) as caught:
        LIMITS.check(content)
    return str(caught.value)


# --- limits -------------------------------------------------------------------------------------------------

FULL: dict[str, Any] = {"name": "offer", "language": "en"}
CARD_OF_PICTURE = TemplateCard(header=Image(media_id="1"), buttons=(TapId("a"), None))
CARD_OF_PRODUCT = TemplateCard(header=Product(catalog_id="c", product_id="p"), buttons=(LinkEnd("1"),))
NEWS = OrderStatus(reference_id="r-1", status="shipped")
PRODUCTS = (ProductSection(title="All", product_ids=("p",)),)


@pytest.mark.parametrize("content", TEMPLATES, ids=lambda content: content.name)
def test_what_a_template_may_carry_passes(content: Template) -> None:
    LIMITS.check(replace(content, cards=(CARD_OF_PRODUCT,) * 10))
    LIMITS.check(replace(content, cards=(CARD_OF_PICTURE, replace(CARD_OF_PICTURE, buttons=()))))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"header": "x" * 61}, "a template's header is 61 characters long; WhatsApp takes 60"),
        ({"header": "a\nb"}, "a template's header has a line break"),
        ({"header": 5}, "the header of a template is a text, an Image"),
        ({"header": Image("menu.jpg")}, "no https address"),
        ({"header": Location(latitude=91, longitude=0)}, "a latitude is a number of degrees"),
        ({"header": Product(catalog_id="c", product_id="p", body="x")}, "has no words and no footer"),
        ({"header": Product(catalog_id="", product_id="p")}, "the id of a catalogue is empty"),
        ({"header": "June", "header_name": "The Month"}, "such as order_number, not 'The Month'"),
        ({"header_name": "month"}, "header_name names the variable of words"),
        ({"buttons": (None,) * 11}, "11 buttons; a template has up to 10"),
        ({"buttons": (LinkEnd("a b"),)}, "the end of an address has spaces: write %20"),
        ({"buttons": (LinkEnd(5),)}, "the end of an address is a text, not 5"),  # type: ignore[arg-type]
        ({"buttons": (TapId("x" * 257),)}, "a button's id is 257 characters long; WhatsApp takes 256"),
        ({"buttons": (CopyCode("x" * 16),)}, "a code to copy is 16 characters long; WhatsApp takes 15"),
        ({"buttons": (FormStart(data={"a": object()}),)}, "the data of a form is no JSON"),
        ({"buttons": (CatalogPicture(""),)}, "the id of a product is empty"),
        ({"buttons": (ProductChoice(product_id="p", sections=()),)}, "0 products; a message takes 1 to 30"),
        ({"buttons": (CallTime(minutes=0),)}, "a button to call works for 1 to 43,200 minutes"),
        ({"cards": (CARD_OF_PICTURE,)}, "1 cards; a template takes 2 to 10"),
        ({"cards": (CARD_OF_PICTURE, CARD_OF_PRODUCT)}, "all cards are alike"),
        (
            {"cards": (CARD_OF_PRODUCT, replace(CARD_OF_PRODUCT, buttons=()))},
            "all cards with a product have the same buttons",
        ),
        (
            {"cards": (replace(CARD_OF_PRODUCT, parameters=("x",)),) * 2},
            "a card with a product has no variab",
        ),
        ({"cards": (replace(CARD_OF_PICTURE, header="x"),) * 2}, "an Image, a Video or a Product, not 'x'"),  # type: ignore[arg-type]
        ({"cards": (replace(CARD_OF_PICTURE, parameters=("x" * 161,)),) * 2}, "161 characters long"),
        (
            {"cards": (replace(CARD_OF_PICTURE, buttons=(None,) * 3),) * 2},
            "3 buttons of a card; it has up to 2",
        ),
        ({"offer_ends_at": datetime(2027, 1, 1)}, "a datetime with a time zone"),  # noqa: DTZ001 - that is it
        ({"offer_ends_at": "tomorrow"}, "a datetime with a time zone, not 'tomorrow'"),
        ({"order": replace(NEWS, body="x")}, "an order in a template has no words"),
        ({"order": replace(NEWS, reference_id="")}, "the id of an order is empty"),
        ({"order": 5}, "an OrderDetails or an OrderStatus, not 5"),
        ({"order": TEMPLATES[-1].order, "buttons": (None,)}, "leave out buttons"),
        ({"link": "example.com", "link_title": "Open"}, "an address begins with https://"),
        ({"link": "https://example.com"}, "the title of a link is empty"),
        ({"parameters": (Money(text="$1", currency="$", amount=Decimal(1)),)}, "three letters, such as INR"),
        ({"parameters": (Money(text="$1", currency="USD", amount=1),)}, "an amount is a Decimal"),  # type: ignore[arg-type]
        ({"parameters": (Money(text="$1", currency="USD", amount=Decimal("0.0001")),)}, "three digits"),
        ({"parameters": {"a": Moment(text="a\nb")}}, "the text of a moment has a line break"),
        ({"parameters": (Moment(text="a", at=5),)}, "a moment is a datetime, not 5"),  # type: ignore[arg-type]
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_meta_takes_of_no_template_is_refused(fields: dict[str, Any], text: str) -> None:
    assert text in refusal(Template(**FULL, **fields))


@pytest.mark.parametrize(
    "buttons", ["Yes", ("Yes",), {0: TapId("a")}, (Button(id="a", title="Yes"),)], ids=repr
)
def test_what_no_button_of_a_template_takes_is_refused_when_the_template_is_made(buttons: Any) -> None:
    how = r'buttons=\(None, LinkEnd\("42"\)\)'
    with pytest.raises(BotError, match=how):
        Template(**FULL, buttons=buttons)
    with pytest.raises(BotError, match=how):
        replace(CARD_OF_PICTURE, buttons=buttons)


# --- what is sent -------------------------------------------------------------------------------------------


def components(**fields: Any) -> Any:
    """Return the components that are sent of a template."""
    rendered: Any = render(ADA, Template(**FULL, **fields), "callback")
    assert rendered["template"] | {"components": 0} == {
        "name": "offer",
        "language": {"code": "en"},
        "components": 0,
    }
    return rendered["template"]["components"]


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def button(kind: str, place: str, *parameters: Any) -> dict[str, Any]:
    filled = {"parameters": [*parameters]} if parameters else {}
    return {"type": "button", "sub_type": kind, "index": place, **filled}


def action(given: Any) -> dict[str, Any]:
    return {"type": "action", "action": given}


PICTURE = {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]}


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({"header": "June"}, text("June")),
        (
            {"header": "June", "header_name": "month"},
            {"type": "text", "parameter_name": "month", "text": "June"},
        ),
        ({"header": Image(media_id="1")}, {"type": "image", "image": {"id": "1"}}),
        (
            {"header": Document("https://x.example/a", filename="a.pdf")},
            {"type": "document", "document": {"link": "https://x.example/a", "filename": "a.pdf"}},
        ),
        (
            {"header": Location(latitude=1.5, longitude=2, name="Clinic", address="Long Road 1")},
            {
                "type": "location",
                "location": {"latitude": 1.5, "longitude": 2, "name": "Clinic", "address": "Long Road 1"},
            },
        ),
        (
            {"header": Product(catalog_id="77", product_id="brace-1")},
            {"type": "product", "product": {"product_retailer_id": "brace-1", "catalog_id": "77"}},
        ),
    ],
    ids=lambda part: part.get("type", ""),
)
def test_what_fills_a_header(fields: dict[str, Any], parameter: Any) -> None:
    assert components(**fields) == [{"type": "header", "parameters": [parameter]}]


def test_amounts_and_moments_are_sent_with_the_words_that_are_shown() -> None:
    money = Money(text="$100.99", currency="USD", amount=Decimal("100.99"))
    at = datetime(1977, 2, 25, 15, 33)  # noqa: DTZ001 - a time on the wall
    shown = {"fallback_value": "$100.99", "code": "USD", "amount_1000": 100990}
    moment = {
        "fallback_value": "February 25, 1977",
        "day_of_week": 5,
        "year": 1977,
        "month": 2,
        "day_of_month": 25,
        "hour": 15,
        "minute": 33,
        "calendar": "GREGORIAN",
    }
    assert components(parameters=(money, Moment(text="February 25, 1977", at=at))) == [
        {
            "type": "body",
            "parameters": [
                {"type": "currency", "currency": shown},
                {"type": "date_time", "date_time": moment},
            ],
        }
    ]
    assert components(parameters={"when": Moment(text="soon"), "sum": money}) == [
        {
            "type": "body",
            "parameters": [
                {"type": "date_time", "parameter_name": "when", "date_time": {"fallback_value": "soon"}},
                {"type": "currency", "parameter_name": "sum", "currency": shown},
            ],
        }
    ]


def test_what_each_button_takes_is_sent_with_its_place() -> None:
    choice = ProductChoice(
        product_id="p",
        sections=(
            ProductSection(title="All", product_ids=("p", "q")),
            ProductSection(title="Best", product_ids=("q",)),
        ),
    )
    takes = (
        LinkEnd("n3mtql"),
        None,
        TapId("more"),
        CopyCode("25OFF"),
        FormStart(token="t", data={"name": "Ada"}),
        FormStart(),
        CatalogPicture("p"),
        choice,
        CallTime(minutes=100, payload="from a template"),
        None,
    )
    sections = [
        {"title": "All", "product_items": [{"product_retailer_id": "p"}, {"product_retailer_id": "q"}]},
        {"title": "Best", "product_items": [{"product_retailer_id": "q"}]},
    ]
    assert components(buttons=takes) == [
        button("url", "0", text("n3mtql")),
        button("quick_reply", "2", {"type": "payload", "payload": "more"}),
        button("copy_code", "3", {"type": "coupon_code", "coupon_code": "25OFF"}),
        button("flow", "4", action({"flow_token": "t", "flow_action_data": {"name": "Ada"}})),
        button("flow", "5"),
        button("catalog", "6", action({"thumbnail_product_retailer_id": "p"})),
        button("mpm", "7", action({"thumbnail_product_retailer_id": "p", "sections": sections})),
        button(
            "voice_call",
            "8",
            {"type": "ttl_minutes", "ttl_minutes": 100},
            {"type": "payload", "payload": "from a template"},
        ),
    ]


def test_cards_are_sent_with_their_places() -> None:
    cards = (
        TemplateCard(header=Image(media_id="1"), parameters=("Aloe",), buttons=(TapId("a"), LinkEnd("b"))),
        TemplateCard(header=Image(media_id="1")),
    )
    filled = [
        PICTURE,
        {"type": "body", "parameters": [text("Aloe")]},
        button("quick_reply", "0", {"type": "payload", "payload": "a"}),
        button("url", "1", text("b")),
    ]
    assert components(parameters=("Pablo",), cards=cards) == [
        {"type": "body", "parameters": [text("Pablo")]},
        {
            "type": "carousel",
            "cards": [{"card_index": 0, "components": filled}, {"card_index": 1, "components": [PICTURE]}],
        },
    ]


def test_an_offer_and_a_link_are_sent_between_the_body_and_the_buttons() -> None:
    ends_at = datetime.fromtimestamp(1_209_600, UTC)
    offer = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_209_600_000}}
    target = [{"url": "https://x.example/", "title": "Details"}]
    assert components(
        header=Image(media_id="1"),
        parameters=("Pablo",),
        buttons=(CopyCode("CARIBE25"),),
        offer_ends_at=ends_at,
        link="https://x.example/",
        link_title="Details",
    ) == [
        PICTURE,
        {"type": "body", "parameters": [text("Pablo")]},
        {"type": "limited_time_offer", "parameters": [offer]},
        {
            "type": "tap_target_configuration",
            "parameters": [{"type": "tap_target_configuration", "tap_target_configuration": target}],
        },
        button("copy_code", "0", {"type": "coupon_code", "coupon_code": "CARIBE25"}),
    ]


def test_an_order_is_sent_as_a_message_of_its_own_sends_it() -> None:
    (bill,) = components(order=TEMPLATES[-1].order)
    alone: Any = render(ADA, replace(TEMPLATES[-1].order, body="Your bill"), "callback")  # type: ignore[type-var, arg-type]
    parameters = alone["interactive"]["action"]["parameters"]
    assert bill == button("order_details", "0", action({"order_details": parameters}))
    news = {"reference_id": "r-1", "order": {"status": "shipped"}}
    parameter = {"type": "order_status", "order_status": news}
    assert components(order=NEWS) == [{"type": "order_status", "parameters": [parameter]}]


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("template_*.json")), ids=lambda file: file.stem)
def test_a_template_can_say_whatever_the_examples_of_requests_say(file: Any) -> None:
    (found,) = map(check, bodies_in(json.loads(file.read_text())))
    if "boolean" in file.stem:
        assert "a button of the type quick_reply without" in found.why, "it is older than this API"
    else:
        assert (found.kind, found.lost, found.why) == ("outbound", (), "")
