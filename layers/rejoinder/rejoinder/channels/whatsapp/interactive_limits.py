"""The limits of messages with buttons, lists, forms and cards.

Source of the numbers: as in `limits`, and for forms developers.facebook.com/docs/whatsapp/flows.
"""

import json
import re
from collections.abc import Mapping
from typing import assert_never

from rejoinder.channels.whatsapp.file_limits import check_header
from rejoinder.channels.whatsapp.lengths import check_different, check_id, check_length, check_title
from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Header, Image, Video
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import Button, Buttons, Card, Carousel, LinkButton, List, Section

Interactive = (
    Buttons
    | List
    | LinkButton
    | LocationRequest
    | ContactRequest
    | CallRequest
    | CallButton
    | Form
    | Carousel
    | AddressRequest
)

MAX_BODY = 1024
"""The longest text of a message with buttons, in characters."""

MAX_LIST_BODY = 4096
"""The longest text above a list, in characters."""

MAX_FOOTER = 60
"""The longest footer, in characters."""

MAX_BUTTONS = 3
"""The most buttons of a message."""

MAX_BUTTON_ID = 256
"""The longest id of a button, in characters."""

MAX_BUTTON_TITLE = 20
"""The longest title of a button, and of the button that opens a list, in characters."""

MAX_SECTIONS = 10
"""The most sections of a list."""

MAX_SECTION_TITLE = 24
"""The longest title of a section, in characters."""

MAX_ROWS = 10
"""The most rows of a list, in all its sections together."""

MAX_ROW_ID = 200
"""The longest id of a row, in characters."""

MAX_ROW_TITLE = 24
"""The longest title of a row, in characters."""

MAX_ROW_DESCRIPTION = 72
"""The longest description of a row, in characters."""

MAX_URL = 2000
"""The longest address of a button, in characters."""

MAX_FORM_BUTTON = 30
"""The longest label of the button that opens a form, in characters."""

MAX_FORM_BYTES = 64 * 1024
"""The most that the first screen of a form is given, in bytes of JSON. Meta names no limit; this is ours."""

MAX_CALL_MINUTES = 43_200
"""How long a button to call works at most, in minutes: 30 days."""

MAX_CALL_PAYLOAD = 512
"""The longest payload of a button to call, in characters."""

CARDS = (2, 10)
"""The fewest and the most cards of a carousel."""

MAX_CARD_BODY = 160
"""The longest text of a card, in characters."""

MAX_CARD_BREAKS = 2
"""The most line breaks in the text of a card."""

MAX_CARD_BUTTONS = 2
"""The most reply buttons of a card. Meta names none for messages; in templates a card has two."""

MAX_NAME = 256
"""The longest name or id of something at the network, in characters."""


def check(content: Interactive) -> None:
    """Raise LimitExceeded when Meta would refuse `content`."""
    match content:
        case Buttons():
            _buttons(content)
        case List():
            _list(content)
        case LinkButton():
            _frame("the text over a link", content.body, content.header, content.footer)
            check_link(content.title, content.url)
        case Form():
            _form(content)
        case Carousel():
            _carousel(content)
        case AddressRequest():
            _address(content)
        case CallButton() | LocationRequest() | ContactRequest() | CallRequest():
            _request(content)
        case _:
            assert_never(content)


def _frame(what: str, body: str, header: Header, footer: str) -> None:
    check_length(what, body, MAX_BODY)
    check_header(header)
    check_footer(footer)


def check_footer(footer: str) -> None:
    """Raise LimitExceeded when a line below the words is too long."""
    check_length("a footer", footer, MAX_FOOTER, optional=True)


def check_link(title: str, url: str) -> None:
    """Raise LimitExceeded when a button cannot open an address."""
    check_title("the title of a link", title, MAX_BUTTON_TITLE)
    check_id("the address of a link", url, MAX_URL)
    if not re.fullmatch(r"https?://[^\s/]\S*", url):
        raise LimitExceeded(f"an address begins with https:// or http:// and has no spaces: {url[:80]!r}")


def _buttons(content: Buttons) -> None:
    _frame("the text over buttons", content.body, content.header, content.footer)
    if not 1 <= len(content.buttons) <= MAX_BUTTONS:
        raise LimitExceeded(
            f"{len(content.buttons)} buttons; a message takes 1 to {MAX_BUTTONS}. "
            f"A list takes {MAX_ROWS}: rows=[…]"
        )
    _each_button(content.buttons)


def _each_button(buttons: tuple[Button, ...]) -> None:
    for button in buttons:
        check_title("a button's title", button.title, MAX_BUTTON_TITLE)
        check_id("a button's id", button.id, MAX_BUTTON_ID)
    check_different("buttons", [(button.title, button.id) for button in buttons])


def _list(content: List) -> None:
    check_length("the text over a list", content.body, MAX_LIST_BODY)
    check_title("the label that opens a list", content.button, MAX_BUTTON_TITLE)
    if not isinstance(content.header, str):
        raise LimitExceeded("the header of a list is a line: a picture goes over buttons, or before the list")
    check_header(content.header)
    check_footer(content.footer)
    rows = [row for section in content.sections for row in section.rows]
    if not 1 <= len(rows) <= MAX_ROWS:
        raise LimitExceeded(f"{len(rows)} rows; a list takes 1 to {MAX_ROWS} in all its sections together")
    if len(content.sections) > MAX_SECTIONS:
        raise LimitExceeded(f"{len(content.sections)} sections; a list takes up to {MAX_SECTIONS}")
    for section in content.sections:
        _section(section, alone=len(content.sections) == 1)
    check_different("rows", [(row.title, row.id) for row in rows])


def _section(section: Section, *, alone: bool) -> None:
    check_section_title(section.title, alone=alone)
    if not section.rows:
        raise LimitExceeded(f"the section {section.title!r} has no rows; each takes 1 to {MAX_ROWS}")
    for row in section.rows:
        check_title("a row's title", row.title, MAX_ROW_TITLE)
        check_id("a row's id", row.id, MAX_ROW_ID)
        check_length("a row's description", row.description, MAX_ROW_DESCRIPTION, optional=True)


def check_section_title(title: str, *, alone: bool) -> None:
    """Raise LimitExceeded when a section cannot have that title; `alone` says that there is no other one."""
    check_title("a section's title", title, MAX_SECTION_TITLE, optional=alone)


def _request(content: CallButton | LocationRequest | ContactRequest | CallRequest) -> None:
    check_length("the text over a button", content.body, MAX_BODY)
    if not isinstance(content, CallButton):
        return
    check_title("the title of a button to call", content.title, MAX_BUTTON_TITLE, optional=True)
    check_call(content.minutes, content.payload)


def check_call(minutes: object, payload: str) -> None:
    """Raise LimitExceeded when a button to call cannot work that long, or take that payload."""
    if minutes is not None and not (type(minutes) is int and 1 <= minutes <= MAX_CALL_MINUTES):
        raise LimitExceeded(
            f"a button to call works for 1 to {MAX_CALL_MINUTES:,} minutes (30 days), not {minutes!r}"
        )
    check_length("the payload of a button to call", payload, MAX_CALL_PAYLOAD, optional=True)


def _form(content: Form) -> None:
    _frame("the text over a form", content.body, content.header, content.footer)
    check_title("the label that opens a form", content.button, MAX_FORM_BUTTON)
    if bool(content.id) == bool(content.name):
        raise LimitExceeded(
            'a form is found by its id or by its name: write id="…" or name="…", and not both'
        )
    check_id("the id or the name of a form", content.id or content.name, MAX_NAME)
    check_length("the token of a form", content.token, MAX_NAME, optional=True)
    check_length("the first screen of a form", content.screen, MAX_NAME, optional=True)
    if content.data and not content.screen:
        raise LimitExceeded('the data of a form goes to its first screen: write its name, screen="…"')
    check_data(content.data)


def check_data(data: Mapping[str, object]) -> None:
    """Raise LimitExceeded when the first screen of a form cannot be given `data`."""
    try:
        size = len(json.dumps(data, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise LimitExceeded(f"the data of a form is no JSON: {error}") from None
    if size > MAX_FORM_BYTES:
        raise LimitExceeded(f"the data of a form is {size} bytes of JSON; {MAX_FORM_BYTES} at most")


def _address(content: AddressRequest) -> None:
    _frame("the text over a request for an address", content.body, content.header, content.footer)
    if not isinstance(content.header, str):  # Meta's page has none, and shows lines only
        raise LimitExceeded("the header of a request for an address is a line: say the file before it")
    if not re.fullmatch("[A-Z]{2}", str(content.country)):
        raise LimitExceeded(f"a country is written in two letters, such as IN, not {content.country!r}")
    for name, words in (*content.values.items(), *content.errors.items()):
        check_id("the name of a field of an address", name, MAX_NAME)
        check_length(f"the field {name} of an address", words, MAX_BODY)


def _carousel(content: Carousel) -> None:
    check_length("the text over cards", content.body, MAX_BODY)
    fewest, most = CARDS
    if not fewest <= len(content.cards) <= most:
        raise LimitExceeded(f"{len(content.cards)} cards; a message takes {fewest} to {most}")
    for card in content.cards:
        _card(card)
    kinds = {(type(card.header), bool(card.url), len(card.buttons)) for card in content.cards}
    if len(kinds) > 1:
        raise LimitExceeded(
            "all cards are alike: all with a picture or all with a film, all with an address or all with as "
            "many buttons"
        )
    check_different("buttons of cards", [(b.id, b.id) for card in content.cards for b in card.buttons])


def _card(card: Card) -> None:
    if card.header is None:
        _product(card)
        return
    check_header(card.header, Image, Video)
    check_length("the text of a card", card.body, MAX_CARD_BODY, optional=True)
    if len(card.body.splitlines()) > MAX_CARD_BREAKS + 1:
        raise LimitExceeded(f"the text of a card has more than {MAX_CARD_BREAKS} line breaks")
    if card.catalog_id or card.product_id:
        raise LimitExceeded("a card shows a product, or a picture or a film: not both")
    if bool(card.url) == bool(card.buttons):
        raise LimitExceeded("a card has an address, url=…, or reply buttons, buttons=…: one of them")
    if card.url:
        check_link(card.title, card.url)
        return
    if len(card.buttons) > MAX_CARD_BUTTONS:
        raise LimitExceeded(f"{len(card.buttons)} buttons of a card; it takes 1 to {MAX_CARD_BUTTONS}")
    _each_button(card.buttons)


def _product(card: Card) -> None:
    if not (card.catalog_id and card.product_id):
        raise LimitExceeded(
            "a card has a picture or a film, header=Image(…), or it is a product: catalog_id=…, product_id=…"
        )
    if card.body or card.url or card.title or card.buttons:
        raise LimitExceeded("a card of a product has no words and no buttons: the catalogue has them")
    check_id("the id of a catalogue", card.catalog_id, MAX_NAME)
    check_id("the id of a product", card.product_id, MAX_NAME)
