"""Contents as a bot may say them, for tests that try many. `BY_KIND` has a strategy for each kind.

Most of what they make is taken by the network. Some of it is too long, empty or odd.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

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
from rejoinder.model.templates import (
    CallTime,
    CatalogPicture,
    CopyCode,
    FormStart,
    LinkEnd,
    Moment,
    Money,
    ProductChoice,
    TapId,
    Template,
    TemplateCard,
)

_LETTERS = "ab Cé1_.नमस्ते👍🏽🇪🇸"
_LENGTHS = [1, 20, 21, 24, 30, 35, 60, 61, 72, 160, 200, 256, 512, 1024, 1025, 4096]

GOOD = st.text("abcdef", min_size=1, max_size=8)
"""Words that fit everywhere."""
WORDS = st.integers(0, 9).flatmap(
    lambda number: (
        GOOD
        if number > 1
        else st.text(_LETTERS + "\n\t\u200b\ud83d", max_size=8)
        if number
        else st.builds(lambda words, length: (words * length)[:length], GOOD, st.sampled_from(_LENGTHS))
    )
)
EDGE = st.just("") | WORDS

_TYPES = {
    Image: ["image/jpeg", "image/png", "image/gif"],
    Video: ["video/mp4", "video/3gpp"],
    Audio: ["audio/ogg; codecs=opus", "audio/mpeg", "audio/ogg"],
    Document: ["application/pdf", "text/plain; charset=utf-8"],
    Sticker: ["image/webp"],
}


def file_of(types: list[str]) -> st.SearchStrategy[File]:
    return st.builds(
        File,
        key=GOOD,
        name=GOOD,
        mime_type=st.sampled_from(types),
        size=st.integers(1, 100_000) | st.integers(1, 2**28),
        sha256=st.just("00" * 32),
    ).map(lambda file: replace(file, key=f"{file.key}/{file.size}"))


def file(kind: Any, **more: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a kind of file, uploaded or at an address."""
    uploaded = st.builds(kind, st.none() | file_of(_TYPES[kind]), media_id=GOOD, **more)
    linked = st.builds(kind, st.sampled_from(["https://example.com/a", "https://example.com/é?x=1"]), **more)
    return uploaded | linked


def several(one: st.SearchStrategy[Any], fewest: int, most: int) -> st.SearchStrategy[Any]:
    return st.lists(one, min_size=fewest, max_size=most).map(tuple)


def numbered(made: Callable[..., Any], most: int, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for one to `most` buttons or rows, each with another title and id."""
    one = st.tuples(GOOD, st.fixed_dictionaries(more))
    return several(one, 1, most).map(
        lambda ones: tuple(
            made(id=f"{number}-{words}", title=f"{words} {number}", **parts)
            for number, (words, parts) in enumerate(ones)
        )
    )


HEADER = EDGE | file(Image) | file(Video) | file(Document)
FRAME = {"body": WORDS, "header": HEADER, "footer": EDGE}
BUTTONS = numbered(Button, 3)
URL = st.sampled_from(["https://example.com", "http://example.com/?a=b#c"])
AMOUNT = st.decimals(0, 10**6, places=2, allow_nan=False)
JSON = st.dictionaries(GOOD, st.none() | st.integers(-9, 9) | WORDS | st.lists(GOOD, max_size=2), max_size=2)

ADDRESS = st.builds(
    PostalAddress,
    **dict.fromkeys(("street", "city", "state", "zip", "country", "country_code", "type"), EDGE),
)
CARD = st.builds(
    ContactCard,
    name=WORDS,
    **dict.fromkeys(("first_name", "last_name", "prefix", "organization", "department", "title"), EDGE),
    birthday=st.just("") | st.dates().map(str),
    phones=several(GOOD, 0, 2),
    emails=several(GOOD, 0, 2),
    urls=several(URL, 0, 2),
    addresses=several(ADDRESS, 0, 1),
)
LINE = st.builds(
    OrderLine,
    product_id=GOOD,
    name=WORDS,
    price=AMOUNT.map(lambda price: price + 1),
    quantity=st.integers(1, 99),
    sale_price=st.none() | st.just(Decimal("0.50")),
)
CARDS = st.one_of(
    several(st.builds(Card, header=file(Image), body=EDGE, title=GOOD, url=URL), 2, 10),
    several(st.builds(Card, header=file(Video), body=EDGE, title=GOOD, url=URL), 2, 3),
    several(st.builds(Card, catalog_id=GOOD, product_id=GOOD), 2, 3),
    st.integers(2, 10).map(
        lambda count: tuple(
            Card(header=Image(media_id="1"), buttons=(Button(id=str(number), title="Take"),))
            for number in range(count)
        )
    ),
)
SECTION = st.builds(Section, title=GOOD, rows=numbered(Row, 3, description=EDGE))
PLACE = st.builds(
    Location, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), name=EDGE, address=EDGE
)
PRODUCT = st.builds(Product, catalog_id=GOOD, product_id=GOOD)
BILL = st.builds(
    OrderDetails,
    reference_id=GOOD,
    lines=several(LINE, 1, 3),
    currency=st.just("INR"),
    goods=st.sampled_from(["digital-goods", "physical-goods"]),
    tax=AMOUNT,
    shipping=AMOUNT,
    discount=st.decimals(0, 2, places=2),
    payment=st.just({"payment_type": "upi", "payment_configuration": "config"}),
)
ORDER_STATUS = st.builds(
    OrderStatus,
    reference_id=GOOD,
    status=st.sampled_from(["processing", "partially_shipped", "shipped", "completed", "canceled"]),
    description=EDGE,
)
PRODUCTS = st.builds(ProductSection, title=GOOD, product_ids=several(GOOD, 1, 4))
PARAMETER = (
    WORDS
    | st.builds(Money, text=WORDS, currency=st.just("EUR"), amount=AMOUNT)
    | st.builds(Moment, text=WORDS, at=st.none() | st.datetimes())
)
PARAMETERS = several(PARAMETER, 0, 2) | st.dictionaries(GOOD, PARAMETER, max_size=2)
TAKE = st.one_of(
    st.none(),
    st.builds(LinkEnd, GOOD),
    st.builds(TapId, WORDS),
    st.builds(CopyCode, GOOD),
    st.builds(FormStart, token=EDGE, data=JSON),
    st.builds(CatalogPicture, GOOD),
    st.builds(ProductChoice, product_id=GOOD, sections=several(PRODUCTS, 1, 2)),
    st.builds(CallTime, minutes=st.none() | st.integers(1, 43_200), payload=EDGE),
)
TEMPLATE_CARDS = st.one_of(
    *(
        several(st.builds(TemplateCard, header=one, parameters=PARAMETERS, buttons=several(TAKE, 0, 2)), 2, 4)
        for one in (file(Image), file(Video))
    ),
    several(
        st.builds(TemplateCard, header=PRODUCT, buttons=st.builds(LinkEnd, GOOD).map(lambda end: (end,))),
        2,
        4,
    ),
    several(st.builds(TemplateCard, header=PRODUCT, buttons=several(TAKE, 0, 1)), 2, 3),
)

BY_KIND: dict[str, st.SearchStrategy[OutboundContent]] = {
    "text": st.builds(Text, body=WORDS, preview=st.booleans()),
    "image": file(Image, caption=EDGE),
    "video": file(Video, caption=EDGE),
    "audio": file(Audio, voice=st.booleans()),
    "document": file(Document, caption=EDGE, filename=EDGE),
    "sticker": file(Sticker, animated=st.booleans()),
    "album": st.one_of(
        several(file(Image, caption=EDGE) | file(Video, caption=EDGE), 2, 3),
        several(file(Document, caption=EDGE, filename=EDGE), 2, 3),
        several(file(Audio, caption=EDGE), 2, 3),
    ).map(lambda files: Album(*files)),
    "location": PLACE,
    "contact_card": st.builds(
        lambda card, further: replace(card, further=further), CARD, several(CARD, 0, 2)
    ),
    "reaction": st.builds(Reaction, message_id=GOOD, emoji=st.none() | st.sampled_from(["👍🏽", "🇪🇸", "❤️"])),
    "buttons": st.builds(Buttons, buttons=BUTTONS, **FRAME),
    "list": st.builds(
        List,
        body=WORDS,
        button=WORDS,
        sections=several(SECTION, 1, 1),
        header=EDGE,
        footer=EDGE,
    ),
    "template": st.builds(
        Template,
        name=GOOD,
        language=st.sampled_from(["en", "en_US"]),
        parameters=PARAMETERS,
    )
    | st.builds(
        Template,
        name=GOOD,
        language=st.just("en"),
        parameters=PARAMETERS,
        header=EDGE | file(Image) | file(Video) | file(Document) | PLACE | PRODUCT,
        buttons=several(TAKE, 0, 4),
        cards=st.just(()) | TEMPLATE_CARDS,
        offer_ends_at=st.none() | st.datetimes(datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        order=st.none() | ORDER_STATUS,
        link=st.just("https://example.com"),
        link_title=GOOD,
    )
    | st.builds(Template, name=GOOD, language=st.just("en"), header=GOOD, header_name=GOOD, order=BILL),
    "link_button": st.builds(LinkButton, title=WORDS, url=URL, **FRAME),
    "location_request": st.builds(LocationRequest, body=WORDS),
    "contact_request": st.builds(ContactRequest, body=WORDS),
    "call_request": st.builds(CallRequest, body=WORDS),
    "call_button": st.builds(
        CallButton, body=WORDS, title=EDGE, minutes=st.none() | st.integers(1, 43_200), payload=EDGE
    ),
    "form": st.builds(
        Form, button=WORDS, id=GOOD, screen=GOOD, data=JSON, token=EDGE, is_draft=st.booleans(), **FRAME
    )
    | st.builds(Form, button=GOOD, name=GOOD, token=GOOD, **FRAME),
    "product": st.builds(Product, catalog_id=GOOD, product_id=GOOD, body=EDGE, footer=EDGE),
    "product_list": st.builds(
        ProductList, catalog_id=GOOD, header=WORDS, body=WORDS, sections=several(PRODUCTS, 1, 3), footer=EDGE
    ),
    "catalog": st.builds(Catalog, body=WORDS, product_id=EDGE, footer=EDGE),
    "carousel": st.builds(Carousel, body=WORDS, cards=CARDS),
    "address_request": st.builds(
        AddressRequest,
        country=st.just("IN"),
        values=st.dictionaries(st.sampled_from(["name", "city"]), GOOD, max_size=2),
        errors=st.dictionaries(st.just("in_pin_code"), GOOD, max_size=1),
        **FRAME,
    ),
    "order_details": st.builds(replace, BILL, body=WORDS, header=st.just("") | file(Image), footer=EDGE),
    "order_status": st.builds(replace, ORDER_STATUS, body=WORDS),
}
