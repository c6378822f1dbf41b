"""The limits of Telegram: errors at the line that says too much."""

from typing import Any

import pytest

from rejoinder.channels.telegram.file_limits import MEGABYTE
from rejoinder.channels.telegram.limits import MAX_BUTTONS, MAX_TITLE, REACTIONS, TelegramLimits
from rejoinder.errors import LimitExceeded
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
from rejoinder.model.files import File
from rejoinder.model.markup import bold, plain
from rejoinder.model.requests import ContactRequest, Form, LocationRequest
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
from rejoinder.model.selling import Catalog, OrderStatus, Product

LIMITS = TelegramLimits()
ANY: Any = None
"""What an untyped bot gives."""


def file(size: int = 3, mime_type: str = "image/jpeg") -> File:
    return File(key="k", name="n", mime_type=mime_type, size=size, sha256="00" * 32)


def buttons(number: int, title: str = "Title") -> tuple[Button, ...]:
    return tuple(Button(id=f"{n}", title=title) for n in range(number))


def rows(*descriptions: str) -> tuple[Section, ...]:
    listed = tuple(Row(id=f"{n}", title="Row", description=one) for n, one in enumerate(descriptions))
    return (Section(rows=listed),)


@pytest.mark.parametrize(
    "content",
    [
        Text(body="x" * 4096),
        Text(body=bold("x" * 4096)),
        Text(body="👍" * 2048),
        Image(file(10 * MEGABYTE), caption="x" * 1024),
        Document(file(50 * MEGABYTE, "application/x-tar")),
        Video(file(mime_type="video/3gpp")),
        Audio(file(mime_type="audio/mpeg"), voice=True, caption="Listen"),
        Sticker(file(mime_type="image/webp")),
        Image("https://example.com/a.jpg"),
        Image(media_id="AgAC"),
        Album(Document(file(25 * MEGABYTE)), Document(file(25 * MEGABYTE), caption="x" * 1024)),
        Location(latitude=90, longitude=-180),
        ContactCard(name="Ada"),
        Reaction(message_id="1.2", emoji="👍🏽"),
        Reaction(message_id="-100.2.t77", emoji=None),
        Buttons(body="?", buttons=buttons(MAX_BUTTONS, "x" * MAX_TITLE)),
        Buttons(body="?", buttons=(Button(id="x" * 256, title="One"), Button(id="y" * 256, title="One"))),
        Buttons(body="x" * 1024, header=Image(file()), buttons=buttons(1)),
        List(body="?", button="", sections=rows("a", "b")),
        LinkButton(body="?", title="Open", url="http://example.com"),
        Carousel(body="?", cards=(Card(body="One", title="Open", url="https://example.com"),)),
        LocationRequest(body="Where?"),
        ContactRequest(body="Who?"),
        Form(body="?", button="Open", header=Document(file())),
        Product(catalog_id="1", product_id="2"),
        Catalog(body="Look"),
        OrderStatus(reference_id="R-1", status="shipped"),
    ],
    ids=lambda content: content.kind,
)
def test_what_telegram_takes_is_taken(content: OutboundContent) -> None:
    LIMITS.check(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (Text(body=""), "a text is empty"),
        (Text(body="\u200b \n"), "invisible characters"),
        (Text(body=bold(" ")), "empty"),
        (Text(body=ANY), "a text is a text, not None"),
        (Text(body="x" * 4097), "4097 characters long; Telegram takes 4096"),
        (Text(body="👍" * 2049), "4098 characters"),
        (Text(body="\ud83d"), "half of a surrogate pair"),
        (Image(file(10 * MEGABYTE + 1)), "Telegram takes 10 MB as image"),
        (Document(file(50 * MEGABYTE + 1)), "Telegram takes 50 MB as document"),
        (Image(file(0)), "empty"),
        (Image(file(mime_type="application/pdf")), "takes image/ as image, not application/pdf"),
        (Audio(file(mime_type="audio/aac"), voice=True), "as voice message, not audio/aac"),
        (Image(file(), caption="x" * 1025), "a caption is 1025 characters"),
        (Sticker(file(mime_type="image/webp"), caption="Hi"), "no caption under a sticker"),
        (Image("http://example.com/a"), "no https address"),
        (Image("https://example.com/a b"), "no https address"),
        (Image(), "has no file"),
        (Album(Image(file()), Image(file(10 * MEGABYTE + 1))), "Telegram takes 10 MB as image"),
        (Album(Image(file()), Image(file(), caption="x" * 1025)), "a caption is 1025 characters"),
        (Album(Document(file(50 * MEGABYTE)), Document(file(1))), "51,201 KB together; 50 MB at most"),
        (Location(latitude=91, longitude=0), "latitude"),
        (Location(latitude=float("nan"), longitude=0), "latitude"),
        (Location(latitude=0, longitude=True), "longitude"),
        (Location(latitude=0, longitude=0, name="x" * 1025), "the name of a place"),
        (ContactCard(name=" "), "the name on a contact card"),
        (ContactCard(name="Ada", phones=("x" * 1025,)), "stands on a contact card"),
        (ContactCard(name="A", further=(ContactCard(name="B", further=(ContactCard(name="C"),)),)), "beside"),
        (ContactCard(name="A", urls=("x" * 1000,) * 5), "stands on contact cards"),
        (Reaction(message_id="1.2", emoji="🇪🇸"), "does not take '🇪🇸' as a reaction, but ❤ 👍"),
        (Reaction(message_id="wamid.1", emoji="👍"), "names a message of Telegram"),
        (Template("hello", language="en"), "no templates"),
        (Buttons(body="", buttons=buttons(1)), "the words is empty"),
        (Buttons(body="?", buttons=()), "0 buttons"),
        (Buttons(body="?", buttons=buttons(101)), "101 buttons; a message takes 1 to 100"),
        (Buttons(body="?", buttons=buttons(1, "x" * 65)), "the title of a button"),
        (Buttons(body="?", buttons=(Button(id="", title="A"),)), "the id of a button"),
        (Buttons(body="?", buttons=buttons(1) * 2), "two buttons have the same id"),
        (Buttons(body="x" * 1020, header=Image(file()), footer="12345", buttons=buttons(1)), "under a file"),
        (Buttons(body="?", header=Image(file(), caption="!"), buttons=buttons(1)), "a header has no caption"),
        (Buttons(body="?", header=ANY, buttons=buttons(1)), "a header is a line"),
        (Buttons(body="?", footer=ANY, buttons=buttons(1)), "a footer is a text"),
        (List(body="x" * 4000, button="", sections=rows("y" * 200)), "all that belongs to it"),
        (List(body="?", button="", sections=rows()), "0 buttons"),
        (List(body="?", button="", sections=rows(ANY)), "a row's description"),
        (LinkButton(body="?", title="Open", url="ftp://example.com"), "https://"),
        (LinkButton(body="?", title="", url="https://example.com"), "the title of a link"),
        (Carousel(body="?", cards=(Card(title="Open", url="example.com"),)), "https://"),
        (Carousel(body="?", cards=(Card(buttons=buttons(1)), Card(buttons=buttons(1)))), "same id"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_what_telegram_refuses_is_an_error_that_says_why(content: OutboundContent, why: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        LIMITS.check(content)
    assert why in str(caught.value)


def test_a_bot_knows_the_reactions_of_telegram() -> None:
    assert len(REACTIONS) == 73
    for emoji in REACTIONS:
        LIMITS.check(Reaction(message_id="1.2", emoji=emoji))


def test_a_long_text_is_cut_into_messages_whose_markup_is_whole() -> None:
    parts: Any = LIMITS.split(Text(body=f"{'a' * 3000}\n\n{bold('b' * 3000)}", preview=True))
    assert [plain(part.body) for part in parts] == ["a" * 3000, "b" * 3000]
    assert parts[1] == Text(body=bold("b" * 3000), preview=True)
    for part in parts:
        LIMITS.check(part)
    assert LIMITS.split(Text(body="short")) == (Text(body="short"),)
    assert LIMITS.split(Text(body=ANY)) == (Text(body=ANY),)


def test_an_album_is_one_message() -> None:
    album = Album(Image(file()), Image(file()))
    assert LIMITS.split(album) == (album,)
