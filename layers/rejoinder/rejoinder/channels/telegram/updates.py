"""What an update of Telegram is, whose conversation it belongs to, and its id.

The ids come from the chat and the message. The number of an update would not do: after a week without updates
Telegram goes on with any number, and a marker lives for 30 days. Only what is done to a message, and what is
no message at all, has that number in its id.

This module needs the standard library only. The front uses it. Shapes: core.telegram.org/bots/api#update.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeGuard

from rejoinder.channels.fields import Json, object_of
from rejoinder.channels.telegram.ids import Place, contact_id, message_id
from rejoinder.model.ids import digest

MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
"""The kinds whose object is a message in a chat where the bot may speak."""

OF_GROUPS = ("my_chat_member", "chat_member", "message_reaction_count", "chat_boost", "removed_chat_boost")
"""The kinds that concern a group or a channel and no person, unless the chat is a private one."""

_MOST = 2**63
"""No id of Telegram is as large (core.telegram.org/bots/api#chat: 52 bits)."""

_QUERY_ID = re.compile(r"\w{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update."""

    number: int
    """Telegram's number of it (`update_id`)."""

    kind: str
    """What it is, in Telegram's word, such as `edited_message`."""

    body: Json
    """The object of that name."""

    place: Place | None
    """The conversation that it belongs to; None when it concerns no person."""

    @property
    def contact_id(self) -> str:
        """The id of the contact; `unknown` when it concerns no person."""
        place = self.place
        return contact_id(place.chat_id, place.user_id, place.topic_id) if place else "unknown"

    @property
    def id(self) -> str:
        """The id: the same update, delivered again, has the same one."""
        named = message_in(self.kind, self.body)
        if named is None:
            return f"u{self.number}"
        match self.kind:
            case "message" | "channel_post":
                return message_id(*named)
            case "edited_message" | "edited_channel_post":
                return message_id(*named, "e", self.number)
            case "message_reaction":
                return message_id(*named, "r", self.number)
            case "callback_query":
                return message_id(*named, "t", _query_id(self.body))
            case _:
                return f"u{self.number}"


def read(update: Json) -> Update:
    """Return what `update` is. Raises ValueError when that cannot be told."""
    number = update.get("update_id")
    kinds = [name for name, part in update.items() if isinstance(part, dict)]
    if not is_id(number) or number <= 0:
        raise ValueError("an update without a number")
    if len(kinds) != 1:
        raise ValueError("an update of no kind" if not kinds else "an update of several kinds")
    (kind,) = kinds
    body = object_of(update, kind)
    return Update(number=number, kind=kind, body=body, place=_place(kind, body))


def is_id(value: object) -> TypeGuard[int]:
    """Whether `value` may be an id of Telegram."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < abs(value) < _MOST


def message_in(kind: str, body: Json) -> tuple[int, int] | None:
    """Return the chat and the number of the message that an update is about; None when it is about none.

    A message that is seen by one person of a group only has no number.
    """
    message = object_of(body, "message") if kind == "callback_query" else body
    chat, number = object_of(message, "chat").get("id"), message.get("message_id")
    return (chat, number) if is_id(chat) and is_id(number) and number > 0 else None


def person_in(kind: str, body: Json) -> Json:
    """Return who did what an update tells: a user, or a chat that somebody speaks for; empty for nobody."""
    names = ("user", "actor_chat") if kind == "message_reaction" else ("from", "user", "sender_chat")
    return next((one for name in names if is_id((one := object_of(body, name)).get("id"))), {})


def _place(kind: str, body: Json) -> Place | None:
    person = person_in(kind, body).get("id")
    if kind in MESSAGES or kind == "message_reaction":
        if not is_id(object_of(body, "chat").get("id")):
            raise ValueError(f"{kind} without chat")
        return _place_in(body, person)
    if kind == "callback_query" and is_id(object_of(object_of(body, "message"), "chat").get("id")):
        return _place_in(object_of(body, "message"), person)
    chat = object_of(body, "chat")
    if chat.get("type") == "private" and is_id(chat.get("id")):
        return _place_in(body, person)
    if kind in OF_GROUPS or not is_id(person) or person < 0:
        return None
    return Place(chat_id=person, user_id=person)


def _place_in(message: Json, person: object) -> Place:
    """Return the conversation with a person in the chat of a message. A channel speaks for itself."""
    chat, topic = object_of(message, "chat"), message.get("message_thread_id")
    chat_id: Any = chat["id"]
    if chat.get("type") == "private" or not is_id(person) or person < 0:
        return Place(chat_id=chat_id, user_id=chat_id)
    in_topic = message.get("is_topic_message") is True
    topic_id = topic if in_topic and is_id(topic) and topic > 0 else 0
    return Place(chat_id=chat_id, user_id=person, topic_id=topic_id)


def _query_id(query: Json) -> str:
    """Return Telegram's id of a tap, in a form that an id takes."""
    told = query.get("id")
    written = str(told) if isinstance(told, str) else ""
    return written if _QUERY_ID.fullmatch(written) else digest("tap", json.dumps(told, sort_keys=True))
