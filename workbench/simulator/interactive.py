"""Meta's checks of reply buttons and lists.

Limits: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
and .../interactive-list-messages
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.part import Part

# The limits are numbers of items, and lengths in characters.
BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
BUTTON_ID: Final = 256
BUTTON_BODY: Final = 1024
LIST_BODY: Final = 4096
HEADER: Final = 60
FOOTER: Final = 60
LIST_BUTTON: Final = 20
SECTIONS: Final = 10
SECTION_TITLE: Final = 24
ROWS: Final = 10
ROW_ID: Final = 200
ROW_TITLE: Final = 24
ROW_DESCRIPTION: Final = 72
KINDS: Final = (
    "BUTTON",
    "CATALOG_MESSAGE",
    "CTA_URL",
    "FLOW",
    "LIST",
    "LOCATION_REQUEST_MESSAGE",
    "PRODUCT",
    "PRODUCT_LIST",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that a contact can tap."""

    kind: str
    """The type in which a tap comes back, such as `button_reply`."""

    id: str
    """The id that comes back, or the payload of a quick reply."""

    title: str
    """The words on it."""

    description: str | None = None
    """The second line of a row."""


def check(interactive: Part) -> tuple[Choice, ...]:
    """Return the choices of an interactive message. Raises Meta's error when the message is invalid."""
    kind = interactive.text("type")
    if kind.upper() not in KINDS:
        raise errors.not_one_of(interactive.place("type"), KINDS, kind)
    if kind not in _CHECKS:
        raise errors.coded(131051, f"The simulator does not simulate interactive messages of type {kind}.")
    return _CHECKS[kind](interactive)


def _length(text: str, what: str, limit: int) -> None:
    if not 1 <= len(text) <= limit:
        raise errors.invalid(f"{what} length invalid. Min length: 1, Max length: {limit}")


def _frame(interactive: Part, body_limit: int, headers: tuple[str, ...]) -> None:
    _length(interactive.part("body").text("text"), "Body text", body_limit)
    if header := interactive.optional_part("header"):
        _header(header, headers)
    if footer := interactive.optional_part("footer"):
        _length(footer.text("text"), "Footer text", FOOTER)


def _header(header: Part, allowed: tuple[str, ...]) -> None:
    kind = header.text("type")
    if kind not in allowed:
        raise errors.invalid(f"Header type {kind} is not allowed for this interactive type")
    if kind == "text":
        _length(header.text("text"), "Header text", HEADER)
    else:
        media = header.part(kind)
        if not (media.optional_text("id") or media.optional_text("link")):
            raise errors.coded(131008, f"{media.path}: either id or link is required")


def _buttons(interactive: Part) -> tuple[Choice, ...]:
    _frame(interactive, BUTTON_BODY, ("text", "image", "video", "document"))
    buttons = interactive.part("action").parts("buttons")
    if not 1 <= len(buttons) <= BUTTONS:
        details = f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS}"
        raise errors.invalid(details)
    choices = tuple(_button(button) for button in buttons)
    _unique("button id", [choice.id for choice in choices])
    _unique("button title", [choice.title for choice in choices])
    return choices


def _button(button: Part) -> Choice:
    kind = button.text("type")
    if kind != "reply":
        raise errors.not_one_of(button.place("type"), ("REPLY",), kind)
    reply = button.part("reply")
    choice = Choice(kind="button_reply", id=reply.text("id"), title=reply.text("title"))
    _length(choice.title, "Button title", BUTTON_TITLE)
    _length(choice.id, "Button id", BUTTON_ID)
    return choice


def _list(interactive: Part) -> tuple[Choice, ...]:
    _frame(interactive, LIST_BODY, ("text",))
    action = interactive.part("action")
    _length(action.text("button"), "Button label", LIST_BUTTON)
    sections = action.parts("sections")
    if not 1 <= len(sections) <= SECTIONS:
        raise errors.invalid(f"Invalid sections count. Min allowed: 1, Max allowed: {SECTIONS}")
    choices = tuple(row for section in sections for row in _section(section, len(sections)))
    if len(choices) > ROWS:
        raise errors.invalid(f"Total row count exceed max allowed count: {ROWS}")
    _unique("row id", [choice.id for choice in choices])
    return choices


def _section(section: Part, sections: int) -> list[Choice]:
    title = section.optional_text("title")
    if sections > 1 and not title:
        raise errors.coded(131008, f"{section.path}: a title is required when there is more than one section")
    if title and len(title) > SECTION_TITLE:
        raise errors.invalid(f"Section title is too long. Max length is {SECTION_TITLE}")
    rows = section.parts("rows")
    if not rows:
        raise errors.required(section.place("rows"))
    return [_row(row) for row in rows]


def _row(row: Part) -> Choice:
    description = row.optional_text("description") or None
    for what, text, limit in (
        ("id", row.text("id"), ROW_ID),
        ("title", row.text("title"), ROW_TITLE),
        ("description", description or "", ROW_DESCRIPTION),
    ):
        if len(text) > limit:
            raise errors.invalid(f"Row {what} is too long. Max length is {limit}")
    return Choice(kind="list_reply", id=row.text("id"), title=row.text("title"), description=description)


def _unique(what: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise errors.invalid(f"Duplicated {what}: {value}")


_CHECKS: Final[Mapping[str, Callable[[Part], tuple[Choice, ...]]]] = {"button": _buttons, "list": _list}
