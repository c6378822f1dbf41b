"""The buttons that a phone shows: those under a message, and those instead of the letters.

https://core.telegram.org/bots/api#inlinekeyboardmarkup and https://core.telegram.org/bots/api#replykeyboardmarkup
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.network import Chat, Message
from rejoinder.workbench.simulator.telegram.who import Person

_ASKED: Final = {"request_location": "asks for a location", "request_contact": "asks for a contact card"}
"""What buttons ask for, in the words of a transcript."""

_HERE: Final = {"latitude": 52.51627, "longitude": 13.3777}
"""Where people are who do not say so."""

_NUMBER: Final = "4915550000000"
"""The phone number of people who do not have one."""


def under(message: Message) -> Iterator[JsonObject]:
    """Yield the buttons under a message."""
    for row in (message.markup or {}).get("inline_keyboard", []):
        yield from row


def in_place_of_letters(keyboard: JsonObject | None) -> Iterator[JsonObject]:
    """Yield the buttons of a keyboard that stands below."""
    for row in (keyboard or {}).get("keyboard", []):
        for button in row:
            yield {"text": button} if isinstance(button, str) else button


def shown_with(message: Message) -> Iterator[JsonObject]:
    """Yield the buttons that came with a message, except those that ask for something."""
    yield from under(message)
    for button in in_place_of_letters(message.below):
        if not any(key in button for key in _ASKED):
            yield button


def asked_by(message: Message) -> str:
    """Return what a message asks for with a button of its keyboard; an empty string for nothing."""
    keys = [key for button in in_place_of_letters(message.below) for key in button if key in _ASKED]
    return _ASKED[keys[0]] if keys else ""


def button_under(chat: Chat, words: str, only: Message | None) -> tuple[Message, JsonObject] | None:
    """Return the button with these words or this callback data under `only`, else under the newest one."""
    messages = [only] if only is not None else reversed(list(chat.visible()))
    for message in messages:
        for button in under(message):
            if words in (button.get("text"), button.get("callback_data")):
                return message, button
    return None


def button_of(chat: Chat, words: str) -> JsonObject | None:
    """Return the button with these words of the keyboard."""
    found = (button for button in in_place_of_letters(chat.keyboard) if button.get("text") == words)
    return next(found, None)


def pressed(button: JsonObject, person: Person, order: JsonObject) -> JsonObject:
    """Return the content that a button of the keyboard sends; {} when it sends its words.

    `location` of the order is where the person is.
    """
    if button.get("request_location"):
        return {"location": order.get("location", _HERE)}
    if button.get("request_contact"):
        person.phone_number = person.phone_number or _NUMBER
        card = {"phone_number": person.phone_number, "first_name": person.first_name, "user_id": person.id}
        return {"contact": {**card, **({"last_name": person.last_name} if person.last_name else {})}}
    return {}


def asking(chat: Chat) -> Message | None:
    """Return the message with which the keyboard came."""
    return next((one for one in chat.visible() if one.below is not None and one.below is chat.keyboard), None)
