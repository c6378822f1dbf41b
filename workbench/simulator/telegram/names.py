"""How the control API names what is on Telegram: a contact, and a message.

A contact is `<user>` in a private chat, `<chat>.<user>` in a group, `<chat>.<user>.<topic>` in a topic of a
forum, and `<chat>` for the posts of a channel. A message is `<chat>.<message>`, because each chat counts its
own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.telegram.network import Chat, Message

_CONTACT: Final = re.compile(r"(-?\d{1,16})(?:\.(\d{1,16})(?:\.(\d{1,16}))?)?", re.ASCII)
_MESSAGE: Final = re.compile(r"(-?\d{1,16})\.(\d{1,16})(?:\..*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody writes."""

    chat_id: int

    user_id: int | None
    """The person; None: the channel itself."""

    topic_id: int | None = None


def place_of(contact: str) -> Place:
    """Return where a contact writes. Raises ControlError."""
    match = _CONTACT.fullmatch(contact.lstrip("+"))
    if match is None:
        raise ControlError("a contact of Telegram is the id of a person such as 1111111, or <chat>.<person>")
    chat_id = int(match[1])
    user_id = int(match[2]) if match[2] else chat_id if chat_id > 0 else None
    return Place(chat_id=chat_id, user_id=user_id, topic_id=int(match[3]) if match[3] else None)


def contact_in(chat: Chat, user_id: int, topic_id: int | None) -> str:
    """Return the contact that somebody is in a chat."""
    if chat.type == "private":
        return str(chat.id)
    return f"{chat.id}.{user_id}" + (f".{topic_id}" if topic_id else "")


def id_of(message: Message) -> str:
    """Return the name of a message."""
    return f"{message.chat.id}.{message.id}"


def message_in(chat: Chat, name: object) -> Message:
    """Return a message of a chat by its name, or by its number alone. Raises ControlError."""
    match = _MESSAGE.fullmatch(str(name))
    number = int(match[2]) if match and int(match[1]) == chat.id else None
    if number is None and str(name).isdecimal():
        number = int(str(name))
    message = chat.message(number) if number is not None else None
    if message is None:
        raise ControlError(f"there is no message {name} in the chat {chat.id}", 404)
    return message
