"""The limits of templates.

Source of the numbers: developers.facebook.com/documentation/business-messaging/whatsapp/templates, the page
`components` and one page per kind of template (as of 2026-09).
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from rejoinder.channels.whatsapp import selling_limits
from rejoinder.channels.whatsapp.file_limits import MAX_HEADER, check_header
from rejoinder.channels.whatsapp.interactive_limits import (
    CARDS,
    MAX_BUTTON_ID,
    MAX_CARD_BODY,
    MAX_CARD_BUTTONS,
    MAX_NAME,
    MAX_URL,
    check_call,
    check_data,
    check_link,
)
from rejoinder.channels.whatsapp.lengths import check_id, check_length, length_of
from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import BREAKS
from rejoinder.model.contents import Document, Image, Location, Video
from rejoinder.model.selling import OrderDetails, OrderStatus, Product
from rejoinder.model.templates import (
    ButtonTake,
    CallTime,
    CopyCode,
    FormStart,
    LinkEnd,
    Moment,
    Money,
    Parameters,
    ProductChoice,
    TapId,
    Template,
    TemplateCard,
    words_of,
)

MAX_TEMPLATE_NAME = 512
"""The longest name of a template, in characters."""

MAX_TEMPLATE_BODY = 1024
"""The longest body of a template, in characters. It limits the rendered text too: error 132005."""

MAX_TEMPLATE_BUTTONS = 10
"""The most buttons of a template."""

MAX_CODE = 15
"""The longest code that a button copies, in characters."""

MAX_AMOUNT = Decimal(10) ** 12
"""The highest amount of money. Meta names none; this is ours."""

_LANGUAGE = re.compile("[a-z]{2,3}(_[A-Z]{2,3})?")
_VARIABLE = re.compile("[a-z_][a-z0-9_]*")
_MANY_SPACES = re.compile(" {5}")


def check(content: Template) -> None:
    """Raise LimitExceeded when Meta would refuse `content`, whatever the template looks like."""
    check_length("a template's name", content.name, MAX_TEMPLATE_NAME)
    if not re.fullmatch("[a-z0-9_]+", content.name):
        raise LimitExceeded(f"a template's name is made of a-z, 0-9 and _, not {content.name[:40]!r}")
    check_length("a template's language", content.language, 15)
    if not _LANGUAGE.fullmatch(content.language):
        raise LimitExceeded(f"a template's language is written as en or en_US, not {content.language!r}")
    _parameters(content.parameters, MAX_TEMPLATE_BODY)
    _header(content)
    if len(content.buttons) > MAX_TEMPLATE_BUTTONS:
        raise LimitExceeded(f"{len(content.buttons)} buttons; a template has up to {MAX_TEMPLATE_BUTTONS}")
    _takes(content.buttons)
    if content.cards:
        _cards(content.cards)
    _further(content)


def _parameters(parameters: Parameters, most: int) -> None:
    if isinstance(parameters, tuple):
        values = parameters
    else:
        values = tuple(parameters.values())
        _names(parameters)
    for value in values:
        _parameter(value)
    together = sum(map(length_of, words_of(values)))
    if together > most:
        raise LimitExceeded(
            f"a template's parameters are {together} characters long; "
            f"WhatsApp takes {most}, with the words between them"
        )


def _names(names: Iterable[object]) -> None:
    for name in names:
        if not (isinstance(name, str) and _VARIABLE.fullmatch(name)):
            raise LimitExceeded(
                f"a named parameter has a name of a-z, 0-9 and _, such as order_number, not {name!r}. "
                'For {{1}}, {{2}} … write a tuple: parameters=("Ada", "19:00")'
            )


def _parameter(value: object) -> None:
    match value:
        case str():
            _words("a template's parameter", value)
        case Money():
            _words("the text of an amount", value.text)
            _money(value)
        case Moment():
            _words("the text of a moment", value.text)
            at: object = value.at  # what an untyped bot gives may be anything
            if at is not None and not isinstance(at, datetime):
                raise LimitExceeded(f"a moment is a datetime, not {at!r}; Moment(text=…) will do, too")
        case _:
            raise LimitExceeded(
                f"a template's parameter is a text, not {value!r}: write str(…) or an f-string"
            )


def _words(what: str, words: str) -> None:
    check_length(what, words, MAX_TEMPLATE_BODY)
    if BREAKS.search(words) or _MANY_SPACES.search(words):  # error 132018
        raise LimitExceeded(
            f"{what} has a line break, a tab or more than 4 spaces in a row; "
            f'WhatsApp takes none. Write " ".join(words.split()): {words[:40]!r}'
        )


def _money(money: Money) -> None:
    selling_limits.check_currency(money.currency)
    amount: object = money.amount  # what an untyped bot gives may be anything
    if not isinstance(amount, Decimal):
        raise LimitExceeded(f'an amount is a Decimal, such as Decimal("9.90"), not {amount!r}')
    if not (amount.is_finite() and abs(amount) < MAX_AMOUNT) or amount * 1000 % 1:
        raise LimitExceeded(f"an amount is below 10¹² and has three digits behind the point, not {amount}")


def _header(content: Template) -> None:
    match content.header:
        case str() as words:
            if words:
                _words("a template's header", words)
                check_length("a template's header", words, MAX_HEADER)
        case Product() as product:
            _product(product)
        case Image() | Video() | Document() as file:
            check_header(file)
        case Location():
            pass  # `limits` checks it
        case other:
            raise LimitExceeded(
                "the header of a template is a text, an Image, a Video, a Document, a Location or a Product, "
                f"not {other!r}"
            )
    if content.header_name:
        _names([content.header_name])
        if not (content.header and isinstance(content.header, str)):
            raise LimitExceeded("header_name names the variable of words: write them, header=…")


def _product(product: Product) -> None:
    selling_limits.check(product)
    if product.body or product.footer:
        raise LimitExceeded("a product in a template has no words and no footer: the template has its own")


def _takes(buttons: Iterable[ButtonTake | None]) -> None:
    for take in buttons:
        if take:
            _take(take)


def _take(take: ButtonTake) -> None:
    match take:
        case LinkEnd(end=end):
            check_id("the end of an address", end, MAX_URL)
            if len(end.split()) != 1:
                raise LimitExceeded(f"the end of an address has spaces: write %20, not {end[:80]!r}")
        case TapId(id=id):
            check_id("a button's id", id, MAX_BUTTON_ID)
        case CopyCode(code=code):
            check_id("a code to copy", code, MAX_CODE)
        case FormStart():
            check_length("the token of a form", take.token, MAX_NAME, optional=True)
            check_data(take.data)
        case CallTime():
            check_call(take.minutes, take.payload)
        case _:
            check_id("the id of a product", take.product_id, MAX_NAME)
            if isinstance(take, ProductChoice):
                selling_limits.check_sections(take.sections)


def _cards(cards: tuple[TemplateCard, ...]) -> None:
    fewest, most = CARDS
    if not fewest <= len(cards) <= most:
        raise LimitExceeded(f"{len(cards)} cards; a template takes {fewest} to {most}")
    for card in cards:
        _card(card)
    if len({type(card.header) for card in cards}) > 1:
        raise LimitExceeded("all cards are alike: all with a picture, all with a film or all with a product")
    products = [card for card in cards if isinstance(card.header, Product)]
    if len({tuple(map(type, card.buttons)) for card in products}) > 1:
        raise LimitExceeded("all cards with a product have the same buttons")


def _card(card: TemplateCard) -> None:
    header: object = card.header  # what an untyped bot gives may be anything
    match header:
        case Product():
            _product(header)
            if card.parameters:
                raise LimitExceeded("a card with a product has no variables: the catalogue has its words")
        case Image() | Video():
            check_header(header)
        case _:
            raise LimitExceeded(f"a card of a template has an Image, a Video or a Product, not {header!r}")
    _parameters(card.parameters, MAX_CARD_BODY)
    if len(card.buttons) > MAX_CARD_BUTTONS:
        raise LimitExceeded(f"{len(card.buttons)} buttons of a card; it has up to {MAX_CARD_BUTTONS}")
    _takes(card.buttons)


def _further(content: Template) -> None:
    ends_at: object = content.offer_ends_at  # what an untyped bot gives may be anything
    if ends_at is not None and not (isinstance(ends_at, datetime) and ends_at.tzinfo):
        raise LimitExceeded(f"an offer ends at a datetime with a time zone, not {ends_at!r}")
    order: object = content.order
    if isinstance(order, OrderDetails | OrderStatus):
        selling_limits.check_in_template(order)
    elif order is not None:
        raise LimitExceeded(f"the order of a template is an OrderDetails or an OrderStatus, not {order!r}")
    if isinstance(order, OrderDetails) and content.buttons:
        raise LimitExceeded("the only button of a template with a bill opens the bill: leave out buttons")
    if content.link or content.link_title:
        check_link(content.link_title, content.link)
