"""What all interactive messages share, and Meta's checks of reply buttons and lists.

Limits: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
and .../interactive-list-messages
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import attachments, errors
from rejoinder.workbench.simulator.part import Part

# The limits are numbers of items, and lengths in characters.
BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
BUTTON_ID: Final = 256
BODY: Final = 1024
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

ANY_HEADER: Final = ("text", "image", "video", "document")
TEXT_HEADER: Final = ("text",)
_TEXT_HEADER_SUBCODE: Final = 2494010


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that a contact can tap and that sends something back."""

    kind: str
    """The type in which a tap comes back, such as `button_reply`."""

    id: str
    """The id that comes back, or the payload of a quick reply."""

    title: str
    """The words on it."""

    description: str | None = None
    """The second line of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An interactive message on the phone."""

    text: str
    """How it reads. A button that sends nothing back by itself stands in brackets."""

    choices: tuple[Choice, ...] = ()
    """What can be tapped."""


def length(text: str, what: str, limit: int) -> None:
    """Raise Meta's error for a text that is empty or longer than `limit`."""
    if not 1 <= len(text) <= limit:
        raise errors.invalid(f"{what} length invalid. Min length: 1, Max length: {limit}")


def unique(what: str, values: list[str]) -> None:
    """Raise Meta's error for a value that is there twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise errors.invalid(f"Duplicated {what}: {value}")
        seen.add(value)


def frame(interactive: Part, headers: tuple[str, ...], *, body_limit: int = BODY) -> str:
    """Check header, body and footer. Return the body."""
    body = interactive.part("body").text("text")
    length(body, "Body text", body_limit)
    around(interactive, headers)
    return body


def around(interactive: Part, headers: tuple[str, ...]) -> None:
    """Check header and footer, for a type of message whose body may be absent."""
    if header := interactive.optional_part("header"):
        check_header(header, headers)
    if footer := interactive.optional_part("footer"):
        length(footer.text("text"), "Footer text", FOOTER)


def check_header(header: Part, allowed: tuple[str, ...]) -> None:
    """Check a header, which is a text or a file."""
    kind = header.text("type")
    if kind not in allowed:
        raise errors.invalid(f"Header type {kind} is not allowed for this interactive type")
    if kind != "text":
        attachments.check_reference(header.part(kind))
    elif not (text := header.optional_text("text")):
        # Seen in whatsapp-api-js, issue 54.
        error = errors.invalid("Text cannot be null for header type text")
        error.error["error_subcode"] = _TEXT_HEADER_SUBCODE
        raise error
    else:
        length(text, "Header text", HEADER)


def buttons(interactive: Part) -> Shown:
    """Check a message with reply buttons."""
    body = frame(interactive, ANY_HEADER)
    given = interactive.part("action").parts("buttons")
    if not 1 <= len(given) <= BUTTONS:
        details = f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS}"
        raise errors.invalid(details)
    choices = tuple(button(one, "reply") for one in given)
    unique("button id", [choice.id for choice in choices])
    unique("button title", [choice.title for choice in choices])
    return Shown(text=body, choices=choices)


def button(part: Part, name: str) -> Choice:
    """Check one button, which is a `reply`, or a `quick_reply` on a card of a carousel."""
    kind = part.text("type")
    if kind != name:
        raise errors.not_one_of(part.place("type"), (name.upper(),), kind)
    reply = part.part(name)
    choice = Choice(kind="button_reply", id=reply.text("id"), title=reply.text("title"))
    length(choice.title, "Button title", BUTTON_TITLE)
    length(choice.id, "Button id", BUTTON_ID)
    return choice


def rows(interactive: Part) -> Shown:
    """Check a list."""
    body = frame(interactive, TEXT_HEADER, body_limit=LIST_BODY)
    action = interactive.part("action")
    length(action.text("button"), "Button label", LIST_BUTTON)
    sections = sections_of(action)
    choices = tuple(row for section in sections for row in _rows(section))
    if len(choices) > ROWS:
        raise errors.invalid(f"Total row count exceed max allowed count: {ROWS}")
    unique("row id", [choice.id for choice in choices])
    return Shown(text=body, choices=choices)


def sections_of(action: Part) -> list[Part]:
    """Return the sections of a list of rows or products. Each needs a title if there are several."""
    sections = action.parts("sections")
    if not 1 <= len(sections) <= SECTIONS:
        raise errors.invalid(f"Invalid sections count. Min allowed: 1, Max allowed: {SECTIONS}")
    for section in sections:
        title = section.optional_text("title")
        if len(sections) > 1 and not title:
            details = f"{section.path}: a title is required when there is more than one section"
            raise errors.coded(131008, details)
        if title and len(title) > SECTION_TITLE:
            raise errors.invalid(f"Section title is too long. Max length is {SECTION_TITLE}")
    return sections


def _rows(section: Part) -> list[Choice]:
    given = section.parts("rows")
    if not given:
        raise errors.required(section.place("rows"))
    return [_row(row) for row in given]


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
