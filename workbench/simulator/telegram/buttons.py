"""The buttons that a phone shows: those under a message, and those instead of the letters.

https://core.telegram.org/bots/api#inlinekeyboardmarkup and https://core.telegram.org/bots/api#replykeyboardmarkup
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.network import Bot, Chat, Message, Person

_HERE: Final = {"latitude": 52.51627, "longitude": 13.3777}
"""Where people are who do not say so."""

_NUMBER: Final = "4915550000000"
"""The phone number of people who do not have one."""


def under(message: Message) -> Iterator[JsonObject]:
    """Yield the buttons under a message."""
    for row in (message.markup or {}).get("inline_keyboard", []):
        yield from row


def of_keyboard(chat: Chat) -> Iterator[JsonObject]:
    """Yield the buttons instead of the letters."""
    for row in (chat.keyboard or {}).get("keyboard", []):
        for button in row:
            yield {"text": button} if isinstance(button, str) else button


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
    return next((button for button in of_keyboard(chat) if button.get("text") == words), None)


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


def newest_of_bots(chat: Chat) -> Message | None:
    """Return the newest message of a bot in a chat."""
    return next((one for one in reversed(list(chat.visible())) if isinstance(one.sender, Bot)), None)
