"""What a phone with Telegram shows: the talk, the keyboard, who is typing, and what a tap was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram import buttons
from rejoinder.workbench.simulator.telegram.names import Place, contact_in, id_of
from rejoinder.workbench.simulator.telegram.network import Chat, Message, Network, Query
from rejoinder.workbench.simulator.telegram.who import Bot

CHANNEL: Final = "telegram"

_KINDS: Final = (
    "text",
    "photo",
    "video",
    "animation",
    "audio",
    "voice",
    "video_note",
    "document",
    "sticker",
    "venue",
    "location",
    "contact",
    "poll",
    "dice",
)
"""The kinds of contents. A venue has a location, and an animation has a document, too."""


def kind_of(message: Message) -> str:
    """Return the kind of a message; the name of its first field for one of the network's own."""
    known = next((kind for kind in _KINDS if kind in message.content), None)
    return known or next(iter(message.content), "unknown")


def line_of(message: Message, *, taken: bool, filename: str = "") -> JsonObject:
    """Return the line of a message in the transcript."""
    is_ours = isinstance(message.sender, Bot)
    content, sender = message.content, message.sender
    user_id = 0 if sender is None else sender.id
    kind = kind_of(message)
    return {
        "channel": CHANNEL,
        "direction": "out" if is_ours else "in",
        "contact": contact_in(message.chat, user_id, message.topic_id),
        "chat": message.chat.id,
        "name": message.chat.title if sender is None else sender.first_name,
        "kind": kind,
        "text": str(content.get("text") or content.get("caption") or ("" if kind == "text" else f"({kind})")),
        "tapped": False,
        "choices": [str(button.get("text", "")) for button in buttons.shown_with(message)],
        "asks": buttons.asked_by(message),
        "at": message.at,
        "id": id_of(message),
        "status": "accepted" if is_ours else "delivered" if taken else "sent",
        "edited": message.edited_at is not None,
        "reactions": {
            str(who): [one.get("emoji", "") for one in given]
            for who, given in message.reactions.items()
            if given
        },
        "filename": filename,
        "message": message.shown(),
    }


def tap_line(query: Query, *, taken: bool) -> JsonObject:
    """Return the line of a tap. A phone shows none; it shows the answer, as `answer`."""
    return {
        "channel": CHANNEL,
        "direction": "in",
        "contact": contact_in(query.message.chat, query.person.id, query.message.topic_id),
        "chat": query.message.chat.id,
        "name": query.person.first_name,
        "kind": "tap",
        "text": query.title,
        "tapped": True,
        "choices": [],
        "at": query.at,
        "id": f"{id_of(query.message)}.t{query.id}",
        "status": "delivered" if taken else "sent",
        "answer": query.answer,
    }


class Screen:
    """Shows chats."""

    def __init__(self, network: Network, is_taken: Callable[[str], bool]) -> None:
        """`is_taken` says of a message or a tap, by its id, whether a bot has accepted its update."""
        self._network = network
        self._is_taken = is_taken

    def transcript(self, place: Place | None, bot: Bot | None = None) -> list[JsonObject]:
        """Return the lines of a chat, oldest first; those of all chats when no place is named."""
        lines = [line for chat in self._chats(place, bot) for line in self._lines(chat, place)]
        return sorted(lines, key=lambda line: line["at"])

    def phone(self, place: Place, bot: Bot) -> JsonObject:
        """Return all that the page shows."""
        chats = self._chats(place, bot)
        chat, now = (chats[0] if chats else None), self._network.clock.now()
        return {
            "now": now,
            "number": f"@{bot.username}",
            "typing": chat is not None and chat.typing is not None and chat.typing.until > now,
            "keyboard": chat.keyboard if chat else None,
            "blocked": bool(chat and chat.blocked),
            "started": bool(chat and (chat.started or chat.type != "private")),
            "title": chat.title if chat else "",
            "lines": self.transcript(place, bot),
        }

    def people(self) -> list[JsonObject]:
        """Return who has a talk: the newest words in it, and how many messages came from the bot."""
        found = []
        for chat in self._network.chats():
            lines = [line_of(message, taken=True) for message in chat.visible()]
            for contact in self._contacts(chat):
                heard = sum(line["direction"] == "out" for line in lines)
                found.append(
                    {
                        "channel": CHANNEL,
                        "id": contact,
                        "name": self._named(chat, contact),
                        "heard": heard,
                        "text": lines[-1]["text"] if lines else "",
                        "at": lines[-1]["at"] if lines else 0.0,
                    }
                )
        return found

    def _contacts(self, chat: Chat) -> list[str]:
        if chat.type == "private":
            return [str(chat.id)] if chat.messages else []
        if chat.type == "channel":
            return [str(chat.id)]
        people = [member for member in chat.members if member in self._network.people and chat.has(member)]
        return [contact_in(chat, member, None) for member in people]

    def _named(self, chat: Chat, contact: str) -> str:
        if chat.person is not None:
            return chat.person.first_name
        person = self._network.people.get(int(contact.partition(".")[2] or 0))
        return f"{person.first_name} in {chat.title}" if person else chat.title

    def _chats(self, place: Place | None, bot: Bot | None) -> list[Chat]:
        return [
            chat
            for chat in self._network.chats()
            if place is None or (chat.id == place.chat_id and (chat.bot is None or bot in (None, chat.bot)))
        ]

    def _name_of_file(self, message: Message) -> str:
        """Return the name that a file had when it was sent; an empty one when there is none."""
        part = message.content.get(kind_of(message))
        part = part[-1] if isinstance(part, list) and part else part
        file_id = part.get("file_id") if isinstance(part, dict) else None
        found = (self._network.shelf.get(str(file_id), bot.id) for bot in self._network.bots.values())
        file = next(filter(None, found), None)
        return file.name if file else ""

    def _lines(self, chat: Chat, place: Place | None) -> Iterator[JsonObject]:
        topic_id = place.topic_id if place else None
        for message in chat.visible():
            if topic_id in (None, message.topic_id):
                yield line_of(
                    message, taken=self._is_taken(id_of(message)), filename=self._name_of_file(message)
                )
        for query in self._network.queries.values():
            if query.message.chat is chat and topic_id in (None, query.message.topic_id):
                yield tap_line(query, taken=self._is_taken(f"{id_of(query.message)}.t{query.id}"))
