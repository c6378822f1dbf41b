"""The limits of WhatsApp. They are checked when a bot makes a message.

Source of the numbers: developers.facebook.com/documentation/business-messaging/whatsapp/messages, one page
per message type (as of 2026-09).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from rejoinder.channels.whatsapp import interactive_limits, selling_limits, template_limits
from rejoinder.channels.whatsapp.file_limits import FILES as FILES  # noqa: PLC0414 - to be found here, too
from rejoinder.channels.whatsapp.file_limits import check_file as check_file  # noqa: PLC0414 - as above
from rejoinder.channels.whatsapp.file_limits import check_media
from rejoinder.channels.whatsapp.lengths import check_id, check_length, length_of
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
from rejoinder.model.marks import marked
from rejoinder.model.markup import with_words
from rejoinder.model.said import Album, OutboundContent, Template
from rejoinder.model.selling import Catalog, OrderDetails, OrderStatus, Product, ProductList
from rejoinder.model.splitting import split

MAX_TEXT_BODY = 4096
"""The longest text, in characters."""

MAX_CARDS = 257
"""The most contact cards of a message."""

NO_ALBUM = "WhatsApp has no albums: each file is a message"

MAX_WORDS = 1024
"""The longest words of a place or a card, in characters. Meta names no limit; this is ours."""

CONNECT_SECONDS = 3.05
"""The longest wait for a connection, in seconds. After that, we know that nothing was sent."""

ANSWER_SECONDS = 10.0
"""The longest wait for an answer, in seconds. After that, the outcome is unknown. Meta usually answers in
less than a second."""

UPLOAD_SECONDS = 40.0
"""The time in which the files of one message should go to Meta, in seconds: 100 MB at 2.5 MB a second."""


class WhatsAppLimits:
    """The port `Limits` of WhatsApp."""

    has_templates = True
    """WhatsApp has templates."""

    has_forms = True
    """WhatsApp has forms, which it calls Flows."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded when Meta would refuse `content`. The text names the part and its limit."""
        content = with_words(content, marked)
        match content:
            case Text(body=body):
                check_length("a text", body, MAX_TEXT_BODY)
            case Template():
                template_limits.check(content)
                if isinstance(content.header, Location):
                    _plain(content.header)
            case Image() | Video() | Audio() | Document() | Sticker():
                check_media(content)
            case Album():
                raise LimitExceeded(NO_ALBUM)
            case Location() | ContactCard() | Reaction():
                _plain(content)
            case Product() | ProductList() | Catalog() | OrderDetails() | OrderStatus():
                selling_limits.check(content)
            case _:
                interactive_limits.check(content)

    def split(self, content: OutboundContent) -> tuple[OutboundContent, ...]:
        """Return a content in parts that Meta takes: a text cut at paragraphs, or else lines, sentences,
        words; and the files of an album.
        """
        match content:
            case Album(files=files):
                return files
            case Text(body=str(body)) if _length(body) > MAX_TEXT_BODY:
                parts = split(body, MAX_TEXT_BODY, _length)
                return tuple(replace(content, body=part) for part in parts) or (content,)
            case _:
                return (content,)


def _length(text: str) -> int:
    return length_of(marked(text))


def _plain(content: Location | ContactCard | Reaction) -> None:
    match content:
        case Location():
            _degrees("latitude", content.latitude, 90)
            _degrees("longitude", content.longitude, 180)
            check_length("the name of a place", content.name, MAX_WORDS, optional=True)
            check_length("the address of a place", content.address, MAX_WORDS, optional=True)
        case ContactCard():
            _cards(content)
        case Reaction():
            check_id("the id of a message", content.message_id, MAX_WORDS)
            if content.emoji is not None:
                check_length("the emoji of a reaction", content.emoji, 32)


def _degrees(what: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not (isinstance(value, int | float) and abs(value) <= most):  # NaN is not
        raise LimitExceeded(f"a {what} is a number of degrees, from -{most} to {most}, not {value!r}")


def _cards(card: ContactCard) -> None:
    cards = (card, *card.further)
    if len(cards) > MAX_CARDS:
        raise LimitExceeded(f"{len(cards)} contact cards; a message takes up to {MAX_CARDS}")
    for one in cards:
        check_length("the name on a contact card", one.name, MAX_WORDS)
        _birthday(one.birthday)
        if one is not card and one.further:
            raise LimitExceeded("a further contact card has further ones: write them all beside each other")
        for words in _words_on(one):
            if words:
                check_length("what stands on a contact card", words, MAX_WORDS)


def _birthday(birthday: str) -> None:
    if not birthday:
        return
    try:
        is_day = date.fromisoformat(birthday).isoformat() == birthday
    except (TypeError, ValueError):
        is_day = False
    if not is_day:
        raise LimitExceeded(f"a birthday is written as 1990-12-31, not {birthday!r}")


def _words_on(card: ContactCard) -> Iterable[str]:
    """Return all words on a card but its name and its birthday."""
    yield from (card.first_name, card.last_name, card.middle_name, card.prefix, card.suffix)
    yield from (card.organization, card.department, card.title)
    yield from (*card.phones, *card.emails, *card.urls)
    for place in card.addresses:
        yield from (place.street, place.city, place.state, place.zip)
        yield from (place.country, place.country_code, place.type)
