"""The ids of Telegram as rejoinder writes them. The front uses this module.

Telegram numbers messages within one chat. So an id names the chat as well:

- a contact: `<user>` in a private chat; `<chat>.<user>` in a group, where each person has a conversation of
  their own; `<chat>.<user>.<topic>` in a topic of a forum.
- a message, of a contact or of ours: `<chat>.<message>`.
- something done to a message: `<chat>.<message>.<kind><its own id>`. The kinds are `t` (a tap), `e` (an edit)
  and `r` (a reaction).
- any other update: `u<update>`.
"""

import re
from dataclasses import dataclass

_MESSAGE = re.compile(r"(-?\d{1,20})\.(\d{1,20})(?:\.([a-z])(\w{1,64}))?", re.ASCII)
_CONTACT = re.compile(r"(-?\d{1,20})(?:\.(\d{1,20})(?:\.(\d{1,20}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in a chat, or something done to it."""

    chat_id: int
    """The chat."""

    message_id: int
    """The message in that chat."""

    done: str = ""
    """What was done to it: `t`, `e` or `r`; empty for the message itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a contact is reached."""

    chat_id: int
    """The chat."""

    user_id: int
    """The person."""

    topic_id: int = 0
    """The topic of the forum; 0 for none."""


def message_id(chat_id: int, message: int, done: str = "", own: object = "") -> str:
    """Return the id of a message, or of something that was done to it, whose own id is `own`."""
    return f"{chat_id}.{message}" + (f".{done}{own}" if done else "")


def message_of(id: str) -> Message | None:  # noqa: A002 - a field
    """Return the message that an id names; None for another id."""
    match = _MESSAGE.fullmatch(id)
    if match is None:
        return None
    return Message(chat_id=int(match[1]), message_id=int(match[2]), done=match[3] or "")


def contact_id(chat_id: int, user_id: int, topic_id: int = 0) -> str:
    """Return the id of a contact. The id of a private chat is that of the person."""
    if chat_id == user_id:
        return str(user_id)
    return f"{chat_id}.{user_id}" + (f".{topic_id}" if topic_id else "")


def place_of(contact: str) -> Place | None:
    """Return where a contact is reached; None for an id that is none of Telegram's."""
    match = _CONTACT.fullmatch(contact)
    if match is None:
        return None
    return Place(chat_id=int(match[1]), user_id=int(match[2] or match[1]), topic_id=int(match[3] or 0))
