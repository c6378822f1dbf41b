"""The limits of WhatsApp. They are checked when a bot makes a message.

Source of the numbers: developers.facebook.com/documentation/business-messaging/whatsapp/messages, one page
per message type (as of 2026-09).
"""

import re
from collections.abc import Iterable, Mapping

from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import BREAKS, is_blank, one_line
from rejoinder.model.contents import Text
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section, Template

MAX_TEXT_BODY = 4096
"""The longest text, in characters."""

MAX_BUTTONS = 3
"""The most buttons of a message."""

MAX_BUTTON_ID = 256
"""The longest id of a button, in characters."""

MAX_BUTTON_TITLE = 20
"""The longest title of a button, in characters."""

MAX_BUTTONS_BODY = 1024
"""The longest text above buttons, in characters."""

MAX_LIST_BODY = 4096
"""The longest text above a list, in characters."""

MAX_LIST_BUTTON = 20
"""The longest label of the button that opens a list, in characters."""

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

MAX_HEADER = 60
"""The longest header, in characters."""

MAX_FOOTER = 60
"""The longest footer, in characters."""

MAX_TEMPLATE_NAME = 512
"""The longest name of a template, in characters."""

MAX_TEMPLATE_BODY = 1024
"""The longest body of a template, in characters. It limits the rendered text too: error 132005."""

MEGABYTE = 1024 * 1024

FILES: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "image": (5 * MEGABYTE, ("image/jpeg", "image/png")),
    "video": (16 * MEGABYTE, ("video/mp4", "video/3gpp")),
    "audio": (16 * MEGABYTE, ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")),
    "document": (100 * MEGABYTE, ()),
    "sticker": (500 * 1024, ("image/webp",)),
}
"""The most bytes of a file and its types, by the kind of its content; no types are all types. A sticker that
does not move may have 100 KB only, but its type does not tell whether it moves. Source:
developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media."""

_LANGUAGE = re.compile("[a-z]{2,3}(_[A-Z]{2,3})?")
_VARIABLE = re.compile("[a-z_][a-z0-9_]*")
_MANY_SPACES = re.compile(" {5}")


CONNECT_SECONDS = 3.05
"""The longest wait for a connection, in seconds. After that, we know that nothing was sent."""

ANSWER_SECONDS = 10.0
"""The longest wait for an answer, in seconds. After that, the outcome is unknown. Meta usually answers in
less than a second."""

UPLOAD_SECONDS = 40.0
"""The time in which the files of one message should go to Meta, in seconds: 100 MB at 2.5 MB a second."""


class WhatsAppLimits:
    """The port `Limits` of WhatsApp."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded when Meta would refuse `content`. The text names the part and its limit."""
        match content:
            case Text(body=body):
                _length("a text", body, MAX_TEXT_BODY)
            case Buttons():
                _buttons(content)
            case List():
                _list(content)
            case Template():
                _template(content)


def check_file(kind: str, mime_type: str, size: int) -> None:
    """Raise LimitExceeded when WhatsApp does not take a file of this type and size as a content of `kind`."""
    most, types = FILES[kind]
    if types and mime_type not in types:
        raise LimitExceeded(f"WhatsApp takes {' or '.join(types)} as {kind}, not {mime_type}")
    if size > most:
        raise LimitExceeded(f"WhatsApp takes {most // 1024:,} KB as {kind}, not {-(-size // 1024):,} KB")


def _buttons(content: Buttons) -> None:
    _length("the text over buttons", content.body, MAX_BUTTONS_BODY)
    _edges(content.header, content.footer)
    if not 1 <= len(content.buttons) <= MAX_BUTTONS:
        raise LimitExceeded(
            f"{len(content.buttons)} buttons; a message takes 1 to {MAX_BUTTONS}. "
            f"A list takes {MAX_ROWS}: rows=[…]"
        )
    for button in content.buttons:
        _title("a button's title", button.title, MAX_BUTTON_TITLE)
        _id("a button's id", button.id, MAX_BUTTON_ID)
    _different("buttons", content.buttons)


def _list(content: List) -> None:
    _length("the text over a list", content.body, MAX_LIST_BODY)
    _title("the label that opens a list", content.button, MAX_LIST_BUTTON)
    _edges(content.header, content.footer)
    rows = [row for section in content.sections for row in section.rows]
    if not 1 <= len(rows) <= MAX_ROWS:
        raise LimitExceeded(f"{len(rows)} rows; a list takes 1 to {MAX_ROWS} in all its sections together")
    if len(content.sections) > MAX_SECTIONS:
        raise LimitExceeded(f"{len(content.sections)} sections; a list takes up to {MAX_SECTIONS}")
    for section in content.sections:
        _section(section, alone=len(content.sections) == 1)
    _different("rows", tuple(rows))


def _section(section: Section, *, alone: bool) -> None:
    _title("a section's title", section.title, MAX_SECTION_TITLE, optional=alone)
    if not section.rows:
        raise LimitExceeded(f"the section {section.title!r} has no rows; each takes 1 to {MAX_ROWS}")
    for row in section.rows:
        _title("a row's title", row.title, MAX_ROW_TITLE)
        _id("a row's id", row.id, MAX_ROW_ID)
        _length("a row's description", row.description, MAX_ROW_DESCRIPTION, optional=True)


def _template(content: Template) -> None:
    _length("a template's name", content.name, MAX_TEMPLATE_NAME)
    if not re.fullmatch("[a-z0-9_]+", content.name):
        raise LimitExceeded(f"a template's name is made of a-z, 0-9 and _, not {content.name[:40]!r}")
    _length("a template's language", content.language, 15)
    if not _LANGUAGE.fullmatch(content.language):
        raise LimitExceeded(f"a template's language is written as en or en_US, not {content.language!r}")
    if isinstance(content.parameters, tuple):
        values = content.parameters
    else:
        values = tuple(content.parameters.values())
        _names(content.parameters)
    for value in values:
        _parameter(value)
    together = sum(map(len, values))
    if together > MAX_TEMPLATE_BODY:
        raise LimitExceeded(
            f"a template's parameters are {together} characters long; "
            f"WhatsApp takes {MAX_TEMPLATE_BODY}, with the words between them"
        )


def _names(names: Iterable[object]) -> None:
    for name in names:
        if not (isinstance(name, str) and _VARIABLE.fullmatch(name)):
            raise LimitExceeded(
                f"a named parameter has a name of a-z, 0-9 and _, such as order_number, not {name!r}. "
                'For {{1}}, {{2}} … write a tuple: parameters=("Ada", "19:00")'
            )


def _parameter(value: object) -> None:
    if not isinstance(value, str):
        raise LimitExceeded(f"a template's parameter is a text, not {value!r}: write str(…) or an f-string")
    _length("a template's parameter", value, MAX_TEMPLATE_BODY)
    if BREAKS.search(value) or _MANY_SPACES.search(value):  # error 132018
        raise LimitExceeded(
            "a template's parameter has a line break, a tab or more than 4 spaces in a row; "
            f'WhatsApp takes none. Write " ".join(words.split()): {value[:40]!r}'
        )


def _edges(header: str, footer: str) -> None:
    _title("a header", header, MAX_HEADER, optional=True)
    _length("a footer", footer, MAX_FOOTER, optional=True)


def _different(what: str, choices: tuple[Button, ...] | tuple[Row, ...]) -> None:
    for name, values in (("title", [c.title for c in choices]), ("id", [c.id for c in choices])):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise LimitExceeded(f"two {what} have the {name} {twice!r}; each needs its own")


def _title(what: str, words: str, limit: int, *, optional: bool = False) -> None:
    """Check words that are shown on one line."""
    _length(what, words, limit, optional=optional)
    if BREAKS.search(words):
        raise LimitExceeded(f"{what} has a line break or a tab: write {one_line(words)!r}")
    _ends(what, words)


def _id(what: str, words: str, limit: int) -> None:
    _length(what, words, limit)
    _ends(what, words)


def _ends(what: str, words: str) -> None:
    """Refuse spaces around an id, as Meta does ("interactive object" of its reference), or around a title:
    bots make ids of titles.
    """
    if words != words.strip():
        raise LimitExceeded(f"{what} has spaces at its ends: write {words.strip()!r}, not {words!r}")


def _length(what: str, words: object, limit: int, *, optional: bool = False) -> None:
    if not isinstance(words, str):
        raise LimitExceeded(f"{what} is a text, not {words!r}")
    if optional and not words:
        return
    if not words.strip():
        raise LimitExceeded(f"{what} is empty")
    if is_blank(words):
        raise LimitExceeded(f"{what} has invisible characters only: {words[:40]!a}")
    if len(words) > limit:
        raise LimitExceeded(f"{what} is {len(words)} characters long; WhatsApp takes {limit}: {words[:40]!r}")
    if not words.isascii() and any("\ud800" <= letter <= "\udfff" for letter in words):
        raise LimitExceeded(f"{what} holds half of a surrogate pair, which is no character: {words[:40]!r}")
