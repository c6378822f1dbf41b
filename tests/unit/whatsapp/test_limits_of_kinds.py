"""What Meta refuses of each kind of content is refused at the author's line, with what to change."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rejoinder.channels.whatsapp.limits import WhatsAppLimits, check_file
from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    Reaction,
    Sticker,
    Video,
)
from rejoinder.model.files import File
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import Button, Buttons, Card, Carousel, LinkButton, OutboundContent
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)

LIMITS = WhatsAppLimits()
MEGABYTE = 1024 * 1024


def file(mime_type: str, size: int = 1000) -> File:
    return File(key="k", name="name", mime_type=mime_type, size=size, sha256="00" * 32)


def loose(kind: type[Any], *values: Any, **parts: Any) -> Any:
    """Return a content as a bot may make it without a type checker."""
    return kind(*values, **parts)


PICTURE = Image(media_id="1", file=file("image/png"))
FILM = Video("https://example.com/film.mp4")
LINK = LinkButton(body="Read", title="Open", url="https://example.com")
FORM = Form(body="Fill in", button="Open", id="1")
LINE = OrderLine(product_id="1", name="Bread", price=Decimal("2.50"))
BILL = OrderDetails(body="Bill", reference_id="r-1", lines=(LINE,), currency="INR")
CARD = Card(header=PICTURE, body="First", title="Open", url="https://example.com")
TAKE = Card(header=PICTURE, buttons=(Button(id="1", title="Take"),))
ADDRESS = AddressRequest(body="Where to?", country="IN")
PRODUCTS = ProductList(
    catalog_id="c", header="Ours", body="All", sections=(ProductSection(title="", product_ids=("p",)),)
)


def carousel(*cards: Card) -> Carousel:
    return Carousel(body="Look", cards=cards)


TAKEN: list[OutboundContent] = [
    PICTURE,
    Image("https://example.com/a.png", caption="x" * 1024),
    FILM,
    Audio(file("audio/ogg; codecs=opus"), voice=True),
    Audio(file("audio/ogg;codecs=opus"), voice=True),
    Document(file("text/plain; charset=utf-8", 100 * MEGABYTE)),
    Sticker(file("image/webp", 100 * 1024)),
    Sticker(file("image/webp", 500 * 1024), animated=True),
    Location(latitude=-90, longitude=180.0),
    ContactCard(name="Ada", birthday="1990-12-31"),
    Reaction(message_id="wamid.1", emoji=None),
    Buttons(body="?", buttons=(Button(id="y", title="Yes"),), header=FILM),
    LINK,
    replace(LINK, header=PICTURE, footer="Bye"),
    LocationRequest(body="x" * 1024),
    ContactRequest(body="?"),
    CallRequest(body="?"),
    CallButton(body="?", title="Call", minutes=43_200, payload="x" * 512),
    FORM,
    replace(FORM, screen="FIRST", data={"a": [1, None]}, header=Document(media_id="1")),
    ADDRESS,
    carousel(CARD, CARD),
    carousel(TAKE, replace(TAKE, buttons=(Button(id="2", title="Take"),))),
    carousel(Card(catalog_id="c", product_id="p"), Card(catalog_id="c", product_id="q")),
    Product(catalog_id="c", product_id="p"),
    PRODUCTS,
    Catalog(body="All"),
    BILL,
    replace(BILL, header=PICTURE, payment={"payment_type": "upi"}, tax=Decimal("0.10")),
    OrderStatus(body="Sent", reference_id="r-1", status="shipped", description="x" * 120),
]


@pytest.mark.parametrize("content", TAKEN, ids=lambda content: content.kind)
def test_what_whatsapp_takes_passes(content: OutboundContent) -> None:
    LIMITS.check(content)


REFUSED: list[tuple[OutboundContent, str]] = [
    (replace(PICTURE, caption="x" * 1025), "a caption is 1025 characters long; WhatsApp takes 1024"),
    (Image(file("image/gif")), "image/jpeg or image/png as image, not image/gif"),
    (Image(file("image/png", 5 * MEGABYTE + 1)), "5,120 KB as image, not 5,121 KB"),
    (Image("files/menu.jpg"), "no https address: 'files/menu.jpg'"),
    (Image("http://example.com/a.png"), "no https address"),
    (Image("https://example.com/a b.png"), "has spaces: write %20"),
    (Image(), 'an image has no file: write Image("files/…")'),
    (loose(Image, 5), "an image has no file"),
    (Audio(file("audio/mpeg"), voice=True), "ffmpeg -i IN -ac 1 -c:a libopus voice.ogg"),
    (Audio(file("audio/ogg"), voice=True), "as a voice message, not audio/ogg"),
    (Audio(file("audio/ogg")), "takes OGG with Opus only"),
    (Document(file("text/csv")), "fetches others itself from an https address"),
    (Document(file("application/octet-stream")), "films as files, not application/octet-stream"),
    (Document(file("application/pdf", 0)), "the file of a document is empty"),
    (Audio(media_id="1", caption="Listen"), "no caption under an audio"),
    (Sticker(media_id="1", caption="Look"), "no caption under a sticker"),
    (Sticker(file("image/webp", 100 * 1024 + 1)), "100 KB as sticker that does not move, not 101 KB"),
    (Sticker(file("image/webp", 500 * 1024 + 1), animated=True), "500 KB as sticker, not 501 KB"),
    (Document(media_id="1", filename="a\ud83d"), "half of a surrogate pair"),
    (Location(latitude=90.1, longitude=0), "a latitude is a number of degrees, from -90 to 90, not 90.1"),
    (Location(latitude=0, longitude=float("nan")), "a longitude is a number of degrees"),
    (loose(Location, latitude="1", longitude=0), "a latitude is a number of degrees"),
    (ContactCard(name=" "), "the name on a contact card is empty"),
    (ContactCard(name="Ada", birthday="31.12.1990"), "a birthday is written as 1990-12-31"),
    (ContactCard(name="Ada", phones=("1\ud83d",)), "half of a surrogate pair"),
    (
        ContactCard(name="Ada", further=(ContactCard(name="Bob"),) * 257),
        "258 contact cards; a message takes up to",
    ),
    (
        ContactCard(name="Ada", further=(ContactCard(name="Bob", further=(ContactCard(name="Cy"),)),)),
        "beside each other",
    ),
    (Reaction(message_id="", emoji="👍"), "the id of a message is empty"),
    (Reaction(message_id="wamid.1", emoji=""), "the emoji of a reaction is empty"),
    (replace(LINK, title="x" * 21), "the title of a link is 21 characters long; WhatsApp takes 20"),
    (replace(LINK, url="example.com"), "begins with https:// or http://"),
    (replace(LINK, url="https://example.com/a b"), "has no spaces"),
    (replace(LINK, header=replace(PICTURE, caption="Look")), "no caption of a header"),
    (replace(LINK, header=Image("menu.jpg")), "no https address"),
    (
        loose(LinkButton, body="?", title="Open", url="https://x.test", header=5),
        "a header is a line",
    ),
    (replace(LINK, footer="x" * 61), "a footer is 61 characters long; WhatsApp takes 60"),
    (LocationRequest(body="x" * 1025), "the text over a button is 1025 characters long; WhatsApp takes 1024"),
    (ContactRequest(body=""), "the text over a button is empty"),
    (CallButton(body="?", title="x" * 21), "the title of a button to call is 21"),
    (CallButton(body="?", minutes=0), "1 to 43,200 minutes (30 days), not 0"),
    (loose(CallButton, body="?", minutes="60"), "minutes (30 days), not '60'"),
    (loose(AddressRequest, body="?", country=None), "two letters, such as IN, not None"),
    (loose(ContactCard, name="Ada", birthday=1990), "a birthday is written as"),
    (
        loose(OrderStatus, body="?", reference_id="r", status="done"),
        "the status of an order is one of processing",
    ),
    (replace(BILL, goods=loose(str, "food")), "the goods of an order is one of digital-goods"),
    (Document(media_id="1", filename="x" * 241), "the name of a document is 241"),
    (Location(latitude=0, longitude=0, name="x" * 1025), "the name of a place is 1025"),
    (CallButton(body="?", payload="x" * 513), "the payload of a button to call is 513"),
    (replace(FORM, button="x" * 31), "the label that opens a form is 31 characters long; WhatsApp takes 30"),
    (replace(FORM, name="survey"), "and not both"),
    (replace(FORM, id=""), 'write id="…" or name="…"'),
    (replace(FORM, data={"a": 1}), 'write its name, screen="…"'),
    (replace(FORM, screen="S", data={"a": Decimal(1)}), "the data of a form is no JSON"),
    (replace(FORM, screen="S", data={"a": "x" * 70_000}), "70009 bytes of JSON; 65536 at most"),
    (replace(ADDRESS, header=PICTURE), "the header of a request for an address is a line"),
    (replace(ADDRESS, country="India"), "two letters, such as IN, not 'India'"),
    (replace(ADDRESS, values={"city": ""}), "the field city of an address is empty"),
    (carousel(CARD), "1 cards; a message takes 2 to 10"),
    (carousel(*[CARD] * 11), "11 cards; a message takes 2 to 10"),
    (carousel(CARD, replace(CARD, header=FILM)), "all cards are alike"),
    (carousel(CARD, TAKE), "all cards are alike"),
    (carousel(TAKE, TAKE), "two buttons of cards have the"),
    (carousel(CARD, replace(CARD, body="x" * 161)), "the text of a card is 161 characters long"),
    (carousel(CARD, replace(CARD, body="a\nb\nc\nd")), "more than 2 line breaks"),
    (carousel(CARD, replace(CARD, url="")), "an address, url=…, or reply buttons"),
    (carousel(CARD, replace(CARD, catalog_id="c")), "not both"),
    (carousel(CARD, Card(body="?")), "header=Image(…), or it is a product"),
    (carousel(CARD, Card(catalog_id="c", product_id="p", body="?")), "no words and no buttons"),
    (
        carousel(TAKE, replace(TAKE, buttons=tuple(Button(id=one, title=one) for one in "abc"))),
        "3 buttons of a card; it takes 1 to 2",
    ),
    (Product(catalog_id="", product_id="p"), "the id of a catalogue is empty"),
    (replace(PRODUCTS, header=""), 'header="…"'),
    (replace(PRODUCTS, sections=()), "0 products; a message takes 1 to 30"),
    (
        replace(PRODUCTS, sections=(ProductSection(title="", product_ids=("p",) * 31),)),
        "31 products; a message takes 1 to 30",
    ),
    (replace(PRODUCTS, sections=PRODUCTS.sections * 2), "a section's title is empty"),
    (
        replace(PRODUCTS, sections=(*PRODUCTS.sections, ProductSection(title="None", product_ids=()))),
        "a section's title is empty",
    ),
    (replace(PRODUCTS, sections=PRODUCTS.sections * 11), "11 sections; a message takes up to 10"),
    (Catalog(body="x" * 1025), "the text over products is 1025 characters long"),
    (replace(BILL, reference_id="x" * 36), "the id of an order is 36 characters long; WhatsApp takes 35"),
    (replace(BILL, reference_id="order 1"), "made of letters, digits, _, - and ."),
    (replace(BILL, currency="rupees"), "three letters, such as INR"),
    (replace(BILL, lines=()), "an order has no lines"),
    (replace(BILL, lines=(replace(LINE, price=Decimal("2.505")),)), "two digits behind the point"),
    (
        replace(BILL, lines=(loose(OrderLine, product_id="1", name="x", price=2),)),
        'such as Decimal("9.90")',
    ),
    (replace(BILL, lines=(replace(LINE, price=Decimal("Infinity")),)), "a price is 0 or more"),
    (replace(BILL, lines=(replace(LINE, quantity=0),)), "a quantity is a whole number"),
    (replace(BILL, lines=(replace(LINE, name="x" * 61),)), "the name of a line of an order is 61"),
    (replace(BILL, lines=(replace(LINE, sale_price=Decimal(3)),)), "3 is not below the price 2.50"),
    (replace(BILL, discount=Decimal(3)), "the discount of an order is higher than its price"),
    (replace(BILL, tax=Decimal(-1)), "the tax of an order is 0 or more"),
    (replace(BILL, header="Bill"), "the header of an order is a picture"),
    (replace(BILL, header=FILM), "the header of this message is Image, not Video"),
    (replace(BILL, payment={"order": {}}), "payment has order"),
    (replace(BILL, payment={"at": Decimal(1)}), "the payment of an order is no JSON"),
    (
        OrderStatus(body="?", reference_id="r", status="shipped", description="x" * 121),
        "an order is 121",
    ),
]


@pytest.mark.parametrize(("content", "why"), REFUSED, ids=[f"{one.kind}: {why}" for one, why in REFUSED])
def test_what_whatsapp_refuses_is_refused_with_its_reason(content: OutboundContent, why: str) -> None:
    with pytest.raises(LimitExceeded) as refused:
        LIMITS.check(content)
    assert why in str(refused.value)
    str(refused.value).encode()  # the text can be shown to the author


@pytest.mark.parametrize("mime_type", ["audio/ogg; codecs=opus", "audio/ogg;codecs=opus", "Audio/OGG"])
def test_a_type_may_have_parameters(mime_type: str) -> None:
    check_file("audio", mime_type, 1)
