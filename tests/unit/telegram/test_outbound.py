"""What we ask the Bot API for: each content as a method with its fields."""

from decimal import Decimal
from typing import get_args

import pytest

from rejoinder.channels.telegram.fallbacks import FALLBACKS
from rejoinder.channels.telegram.ids import Place
from rejoinder.channels.telegram.outbound import Attached, Call, render
from rejoinder.channels.telegram.taps import data_of
from rejoinder.errors import Rejected
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    PostalAddress,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.files import File
from rejoinder.model.markup import bold, code, link
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import (
    Album,
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

ADA = Place(chat_id=5000000001, user_id=5000000001)
GROUP = Place(chat_id=-1001234567890, user_id=5000000001, topic_id=7)
MENU = File(key="said/1", name="menu.jpg", mime_type="image/jpeg", size=3, sha256="00" * 32)
GONE = {"remove_keyboard": True}
YES, NO = Button(id="yes", title="Yes"), Button(id="no", title="No")


def key(title: str, data: str) -> dict[str, str]:
    return {"text": title, "callback_data": data}


def text_of(content: OutboundContent) -> object:
    """Return the words of a message that is sent as a text."""
    call = render(ADA, content)
    assert call.method == "sendMessage"
    return call.fields["text"]


def test_a_text_goes_to_the_chat_and_takes_an_old_keyboard_away() -> None:
    assert render(ADA, Text(body="Hello")) == Call(
        method="sendMessage",
        fields={
            "chat_id": 5000000001,
            "text": "Hello",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": GONE,
        },
    )


def test_a_preview_is_shown_where_the_bot_wants_one() -> None:
    fields = render(ADA, Text(body="https://example.com", preview=True)).fields
    assert fields["link_preview_options"] == {"is_disabled": False}


def test_a_group_and_its_topic_get_no_keyboard_for_all() -> None:
    fields = render(GROUP, Text(body="Hello")).fields
    assert (fields["chat_id"], fields["message_thread_id"]) == (-1001234567890, 7)
    assert "reply_markup" not in fields


def test_markup_becomes_entities_and_what_a_contact_typed_stays_as_it_is() -> None:
    typed = "*_`<b>[x](y)"
    words = f"👍🏽 {bold('Hello ' + typed)} {code('A-1')} {link('here', 'https://example.com/?a=1&b=2')}"
    fields = render(ADA, Text(body=words)).fields
    assert fields["text"] == f"👍🏽 Hello {typed} A-1 here"
    assert fields["entities"] == [
        {"type": "bold", "offset": 5, "length": 18},
        {"type": "code", "offset": 24, "length": 3},
        {"type": "text_link", "offset": 28, "length": 4, "url": "https://example.com/?a=1&b=2"},
    ], "in units of UTF-16: the thumb is two, and its colour, too"
    assert "parse_mode" not in fields


def test_an_answer_quotes_a_message_of_the_same_chat_and_is_sent_without_it_too() -> None:
    quoted = render(ADA, Text(body="Hello"), "5000000001.12").fields
    assert quoted["reply_parameters"] == {"message_id": 12, "allow_sending_without_reply": True}
    for other in ("-100.12", "wamid.1", ""):
        assert "reply_parameters" not in render(ADA, Text(body="Hello"), other).fields


def test_short_buttons_stand_side_by_side_and_long_ones_below_each_other() -> None:
    content = Buttons(body="Sure?", buttons=(YES, NO), header="Careful", footer="No hurry")
    fields = render(ADA, content).fields
    assert fields["text"] == "Careful\n\nSure?\n\nNo hurry"
    assert fields["entities"] == [
        {"type": "bold", "offset": 0, "length": 7},
        {"type": "italic", "offset": 16, "length": 8},
    ]
    assert fields["reply_markup"] == {"inline_keyboard": [[key("Yes", "yes"), key("No", "no")]]}
    long = tuple(Button(id=f"{n}", title=f"A table for {n} people") for n in (2, 4))
    rows = render(ADA, Buttons(body="Which?", buttons=long)).fields["reply_markup"]
    assert rows == {
        "inline_keyboard": [[key("A table for 2 people", "2")], [key("A table for 4 people", "4")]]
    }


def test_a_long_id_stays_with_us() -> None:
    long = "x" * 65
    buttons = (Button(id=long, title="Long"),)
    keys = render(ADA, Buttons(body="?", buttons=buttons)).fields["reply_markup"]
    assert keys == {"inline_keyboard": [[key("Long", data_of(long))]]}
    assert len(data_of(long)) <= 64


def test_rows_are_buttons_and_their_second_lines_are_words() -> None:
    rows = (Row(id="a", title="Tea", description="with milk"), Row(id="b", title="Coffee"))
    content = List(body="What?", button="Choose", sections=(Section(title="Drinks", rows=rows),))
    fields = render(ADA, content).fields
    assert fields["text"] == "What?\n\nDrinks\nTea – with milk\nCoffee"
    assert fields["reply_markup"] == {"inline_keyboard": [[key("Tea", "a")], [key("Coffee", "b")]]}
    plain = List(body="What?", button="Choose", sections=(Section(rows=(Row(id="a", title="Tea"),)),))
    assert text_of(plain) == "What?", "its buttons tell all"


def test_a_link_is_a_button() -> None:
    content = LinkButton(body="Read", title="Open", url="https://example.com")
    assert render(ADA, content).fields["reply_markup"] == {
        "inline_keyboard": [[{"text": "Open", "url": "https://example.com"}]]
    }


@pytest.mark.parametrize(
    ("content", "method", "field"),
    [
        (Image("https://example.com/a"), "sendPhoto", "photo"),
        (Video("https://example.com/a"), "sendVideo", "video"),
        (Audio("https://example.com/a"), "sendAudio", "audio"),
        (Audio("https://example.com/a", voice=True), "sendVoice", "voice"),
        (Document("https://example.com/a"), "sendDocument", "document"),
        (Sticker("https://example.com/a"), "sendSticker", "sticker"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_has_a_method_of_its_own(content: OutboundContent, method: str, field: str) -> None:
    call = render(ADA, content)
    assert (call.method, call.fields[field], call.attached) == (method, "https://example.com/a", ())


def test_a_file_that_telegram_has_is_named_by_its_id() -> None:
    assert render(ADA, Image(media_id="AgAC")).fields["photo"] == "AgAC"


def test_a_file_of_ours_goes_along_with_its_caption() -> None:
    call = render(ADA, Document(MENU, caption=f"Our {bold('menu')}", filename="June.jpg"))
    assert call.method == "sendDocument"
    assert call.attached == (Attached(field="document", file=MENU, name="June.jpg"),)
    assert call.fields["caption"] == "Our menu"
    assert call.fields["caption_entities"] == [{"type": "bold", "offset": 4, "length": 4}]
    named = call.with_file(*call.attached, "BQAC")
    assert (named.fields["document"], named.attached) == ("BQAC", ())


def test_an_album_is_one_request_in_which_each_file_has_its_caption() -> None:
    album = Album(Image(MENU), Video(MENU, caption=f"Our {bold('menu')}"), Image(media_id="AgAC"))
    call = render(GROUP, album, "-1001234567890.12")
    words = {"caption": "Our menu", "caption_entities": [{"type": "bold", "offset": 4, "length": 4}]}
    photo = {"type": "photo", "media": "attach://file0"}
    film = {"type": "video", "media": "attach://file1", **words}
    known = {"type": "photo", "media": "AgAC"}
    assert call == Call(
        method="sendMediaGroup",
        fields={
            "chat_id": -1001234567890,
            "message_thread_id": 7,
            "reply_parameters": {"message_id": 12, "allow_sending_without_reply": True},
            "media": [photo, film, known],
        },
        attached=(
            Attached(field="photo", file=MENU, name="menu.jpg", place=0),
            Attached(field="video", file=MENU, name="menu.jpg", place=1),
        ),
    )
    named = call.with_file(call.attached[1], "BAAC")
    assert named.fields["media"] == [photo, film | {"media": "BAAC"}, known]
    assert named.attached == call.attached[:1]
    assert "reply_markup" not in render(ADA, album).fields, "the method takes none"


def test_a_picture_over_buttons_carries_their_words() -> None:
    call = render(ADA, Buttons(body="Take it?", header=Image(MENU), footer="Fresh", buttons=(YES,)))
    assert call.method == "sendPhoto"
    assert [one.name for one in call.attached] == ["menu.jpg"]
    assert call.fields["caption"] == "Take it?\n\nFresh"
    assert call.fields["reply_markup"] == {"inline_keyboard": [[key("Yes", "yes")]]}


def test_a_place_without_name_is_a_location_and_with_one_a_venue() -> None:
    bare = render(ADA, Location(latitude=52.5, longitude=13.4))
    assert bare.method == "sendLocation"
    assert (bare.fields["latitude"], bare.fields["longitude"]) == (52.5, 13.4)
    named = render(ADA, Location(latitude=52.5, longitude=13.4, name="Zoo"))
    assert named.method == "sendVenue"
    assert (named.fields["title"], named.fields["address"]) == ("Zoo", "Zoo")


def test_a_card_with_a_number_is_a_contact_with_all_that_is_on_it() -> None:
    card = ContactCard(
        name="Ada Lovelace; Lady",
        organization="Engines",
        phones=("+15550001111", "+15550002222"),
        emails=("ada@example.com",),
        addresses=(PostalAddress(street="1 Main St, rear", city="London"),),
    )
    call = render(ADA, card)
    assert call.method == "sendContact"
    assert (call.fields["phone_number"], call.fields["first_name"]) == ("+15550001111", card.name)
    assert str(call.fields["vcard"]).splitlines() == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Ada Lovelace\\; Lady",
        "N:;Ada Lovelace\\; Lady;;;",
        "TEL:+15550001111",
        "TEL:+15550002222",
        "ORG:Engines;",
        "EMAIL:ada@example.com",
        "ADR:;;1 Main St\\, rear;London;;;",
        "END:VCARD",
    ]
    parted = render(ADA, ContactCard(name="Ada L.", first_name="Ada", last_name="L.", phones=("1",)))
    assert (parted.fields["first_name"], parted.fields["last_name"]) == ("Ada", "L.")


def test_what_does_not_fit_into_a_vcard_is_left_out() -> None:
    card = ContactCard(name="Ada", phones=("1",), urls=tuple(f"https://example.com/{n}" for n in range(100)))
    vcard = str(render(ADA, card).fields["vcard"])
    assert len(vcard.encode()) <= 2048
    assert vcard.endswith("\nEND:VCARD")


def test_a_card_without_a_number_and_several_cards_are_words() -> None:
    ada = ContactCard(name="Ada", emails=("ada@example.com",))
    assert text_of(ada) == "Ada\nada@example.com"
    several = ContactCard(name="Bob", phones=("+1555",), further=(ada,))
    assert text_of(several) == "Bob\n+1555\n\nAda\nada@example.com"


@pytest.mark.parametrize(("emoji", "expected"), [("👍🏽", "👍"), ("❤️", "❤"), ("🤷‍♂️", "🤷‍♂")])
def test_a_reaction_is_set_on_its_message_in_telegrams_spelling(emoji: str, expected: str) -> None:
    call = render(ADA, Reaction(message_id="5000000001.12", emoji=emoji), "5000000001.12")
    assert call.method == "setMessageReaction"
    assert call.fields == {
        "chat_id": 5000000001,
        "message_id": 12,
        "reaction": [{"type": "emoji", "emoji": expected}],
    }


def test_a_reaction_is_taken_away_and_one_to_no_message_is_refused() -> None:
    call = render(ADA, Reaction(message_id="5000000001.12", emoji=None))
    assert call.fields["reaction"] == []
    with pytest.raises(Rejected):
        render(ADA, Reaction(message_id="wamid.1", emoji="👍"))


@pytest.mark.parametrize(
    ("content", "button"),
    [
        (LocationRequest(body="Where?"), {"text": "📍", "request_location": True}),
        (ContactRequest(body="Who?"), {"text": "📞", "request_contact": True}),
    ],
    ids=["location", "contact"],
)
def test_a_request_is_a_keyboard_in_a_private_chat_and_words_in_a_group(
    content: OutboundContent, button: object
) -> None:
    assert render(ADA, content).fields["reply_markup"] == {
        "keyboard": [[button]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    assert "reply_markup" not in render(GROUP, content).fields


BILL = OrderDetails(
    body="Your order",
    reference_id="R-1",
    lines=(
        OrderLine(product_id="t", name="Tea", price=Decimal("5.00"), quantity=2, sale_price=Decimal("4.50")),
        OrderLine(product_id="c", name="Cake", price=Decimal("3.00")),
    ),
    currency="INR",
    tax=Decimal("1.00"),
    shipping=Decimal("2.00"),
    discount=Decimal("0.50"),
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CallRequest(body="May we call?"), "May we call?"),
        (CallButton(body="Call us", title="Call"), "Call us"),
        (
            Form(body="Tell us", button="Open", id="1", header="News", footer="Thanks"),
            "News\n\nTell us\n\nThanks",
        ),
        (AddressRequest(body="Where to?", country="IN"), "Where to?"),
        (Product(catalog_id="1", product_id="tea-1", body="Try it"), "Try it\n\ntea-1"),
        (
            ProductList(
                catalog_id="1",
                header="Shop",
                body="All we have",
                sections=(ProductSection(title="Tea", product_ids=("t1", "t2")),),
            ),
            "Shop\n\nAll we have\n\nTea\nt1\nt2",
        ),
        (Catalog(body="Look", footer="Soon more"), "Look\n\nSoon more"),
        (
            BILL,
            "Your order\n\n2 × Tea: 9.00 INR\n1 × Cake: 3.00 INR\n+ 3.00 INR\n− 0.50 INR\n= 14.50 INR",
        ),
        (OrderStatus(body="News", reference_id="R-1", status="shipped"), "News\n\nR-1: shipped"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_telegram_lacks_is_said_in_words(content: OutboundContent, words: str) -> None:
    assert text_of(content) == words


def test_the_buttons_of_cards_have_the_numbers_of_their_cards() -> None:
    cards = (
        Card(header=Image(MENU), body="Room", buttons=(Button(id="1", title="Take"),)),
        Card(header=Image(MENU), buttons=(Button(id="2", title="Take"),)),
        Card(header=Image(MENU), body="Suite", title="See", url="https://example.com"),
    )
    fields = render(ADA, Carousel(body="Rooms", cards=cards)).fields
    assert fields["text"] == "Rooms\n\n1. Room\n\n3. Suite"
    assert fields["reply_markup"] == {
        "inline_keyboard": [
            [key("1. Take", "1")],
            [key("2. Take", "2")],
            [{"text": "3. See", "url": "https://example.com"}],
        ]
    }


def test_a_template_reaches_nobody() -> None:
    with pytest.raises(Rejected, match="no templates"):
        render(ADA, Template("hello", language="en"))


def test_each_fall_back_is_one_plain_sentence_or_two_about_a_content() -> None:
    assert FALLBACKS.keys() <= set(get_args(OutboundContent))
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in FALLBACKS.values())


@pytest.mark.parametrize(
    "content",
    [
        ContactCard(name=bold("Ada"), phones=("+1",)),
        Location(latitude=1, longitude=2, name=bold("Ada"), address=code("Street")),
        Document(MENU, filename=bold("a.pdf")),
    ],
)
def test_no_sign_of_markup_stands_in_a_name(content: OutboundContent) -> None:
    call = render(ADA, content)
    shown = repr(call.fields) + repr(call.attached)
    assert "Ada" in shown or "a.pdf" in shown
    assert "\\ufdd" not in shown
