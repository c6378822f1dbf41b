"""What WhatsApp takes, checked when a message is made.

Source, where nothing else stands: developers.facebook.com/documentation/business-messaging/whatsapp/messages,
one page per message type (as of 2026-09). Lengths are in characters.
"""

import re

from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Button, Buttons, List, OutboundContent, Row, Section, Template, Text

TEXT_BODY = 4096

BUTTONS = 3
BUTTON_ID = 256
BUTTON_TITLE = 20
BUTTONS_BODY = 1024

LIST_BODY = 4096
LIST_BUTTON = 20
SECTIONS = 10
SECTION_TITLE = 24
ROWS = 10  # in all sections together
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72

HEADER = 60
FOOTER = 60

TEMPLATE_NAME = 512
TEMPLATE_BODY = 1024  # the rendered text too: error 132005


class WhatsAppLimits:
    """The port `Limits` for this channel."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded, naming what is too long and the limit, when Meta would refuse `content`."""
        match content:
            case Text(body=body):
                _length("a text", body, TEXT_BODY)
            case Buttons():
                _buttons(content)
            case List():
                _list(content)
            case Template():
                _template(content)


def _buttons(content: Buttons) -> None:
    _length("the text over buttons", content.body, BUTTONS_BODY)
    _edges(content.header, content.footer)
    if not 1 <= len(content.buttons) <= BUTTONS:
        raise LimitExceeded(
            f"{len(content.buttons)} buttons; a message takes 1 to {BUTTONS}. A list takes {ROWS}: rows=[…]"
        )
    for button in content.buttons:
        _length("a button's title", button.title, BUTTON_TITLE)
        _length("a button's id", button.id, BUTTON_ID)
    _different("buttons", content.buttons)


def _list(content: List) -> None:
    _length("the text over a list", content.body, LIST_BODY)
    _length("the label that opens a list", content.button, LIST_BUTTON)
    _edges(content.header, content.footer)
    rows = [row for section in content.sections for row in section.rows]
    if not 1 <= len(rows) <= ROWS:
        raise LimitExceeded(f"{len(rows)} rows; a list takes 1 to {ROWS} in all its sections together")
    if len(content.sections) > SECTIONS:
        raise LimitExceeded(f"{len(content.sections)} sections; a list takes up to {SECTIONS}")
    for section in content.sections:
        _section(section, alone=len(content.sections) == 1)
    _different("rows", tuple(rows))


def _section(section: Section, *, alone: bool) -> None:
    if section.title or not alone:
        _length("a section's title", section.title, SECTION_TITLE)
    if not section.rows:
        raise LimitExceeded(f"the section {section.title!r} has no rows; each takes 1 to {ROWS}")
    for row in section.rows:
        _length("a row's title", row.title, ROW_TITLE)
        _length("a row's id", row.id, ROW_ID)
        _length("a row's description", row.description, ROW_DESCRIPTION, least=0)


def _template(content: Template) -> None:
    _length("a template's name", content.name, TEMPLATE_NAME)
    if not re.fullmatch("[a-z0-9_]+", content.name):
        raise LimitExceeded(f"a template's name is made of a-z, 0-9 and _, not {content.name[:40]!r}")
    _length("a template's language", content.language, 15)
    values = content.parameters if isinstance(content.parameters, tuple) else content.parameters.values()
    for value in values:
        _length("a template's parameter", value, TEMPLATE_BODY)


def _edges(header: str, footer: str) -> None:
    _length("a header", header, HEADER, least=0)
    _length("a footer", footer, FOOTER, least=0)


def _different(what: str, choices: tuple[Button, ...] | tuple[Row, ...]) -> None:
    for name, values in (("title", [c.title for c in choices]), ("id", [c.id for c in choices])):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise LimitExceeded(f"two {what} have the {name} {twice!r}; each needs its own")


def _length(what: str, words: object, most: int, *, least: int = 1) -> None:
    if not isinstance(words, str):
        raise LimitExceeded(f"{what} is a text, not {words!r}")
    if len(words.strip()) < least:
        raise LimitExceeded(f"{what} is empty")
    if len(words) > most:
        raise LimitExceeded(f"{what} is {len(words)} characters long; WhatsApp takes {most}: {words[:40]!r}")
    if any("\ud800" <= letter <= "\udfff" for letter in words):
        raise LimitExceeded(f"{what} holds half of a surrogate pair, which is no character: {words[:40]!r}")
