"""Which messages of a group are for the bot, and their words without its name.

In a group the bot is meant by a command that names no other bot, by a reply to it, and by a mention.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rejoinder.channels.fields import Json, object_of, words_of

_COMMAND = re.compile(r"(/[A-Za-z0-9_]{1,32})(?:@(\w+))?(?=\s|$)")
"""A command at the start of a message (core.telegram.org/bots/features#commands)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The bot, as people of a group name it."""

    id: str
    """Its id."""

    username: str
    """Its username; empty when nobody told it: then only its id and a command without a name mean it."""

    def is_named(self, username: str) -> bool:
        """Whether `username` is that of the bot."""
        return bool(self.username) and username.lower() == self.username.lower()

    def is_meant(self, message: Json) -> bool:
        """Whether a message of a group is for the bot.

        What another bot says never is: two bots would never end.
        """
        sender = object_of(message, "from")
        if sender.get("is_bot") is True and "sender_chat" not in message:
            return False
        _, words, entities = _words_in(message)
        command = _COMMAND.match(words)
        quoted = object_of(message, "reply_to_message")  # in a topic, what began it where nothing is quoted
        replied = "" if "forum_topic_created" in quoted else object_of(quoted, "from").get("id")
        return (
            bool(command and (not command[2] or self.is_named(command[2])))
            or str(replied) == self.id
            or any(True for _ in self._mentions(words, entities))
        )

    def without_name(self, message: Json) -> Json:
        """Return a message whose words do not begin or end with the bot's name. Alone, the name stays."""
        name, words, entities = _words_in(message)
        if not words:
            return message
        units = words.encode("utf-16-le", "surrogatepass")
        for begin, end in sorted(self._mentions(words, entities), reverse=True):
            before, behind = _text_of(units[: 2 * begin]), _text_of(units[2 * end :])
            if not before.strip():
                units = behind.lstrip(" \n\t,:;").encode("utf-16-le")
            elif not behind.strip():
                units = before.rstrip(" \n\t,").encode("utf-16-le")
        rest = _text_of(units)
        command = _COMMAND.match(rest)
        if command and command[2] and self.is_named(command[2]):
            rest = command[1] + rest[command.end() :]
        return {**message, name: rest} if rest.strip() and rest != words else message

    def _mentions(self, words: str, entities: object) -> Iterator[tuple[int, int]]:
        """Yield where the words mention the bot: begin and end, in units of UTF-16, as Telegram counts."""
        units = words.encode("utf-16-le", "surrogatepass")
        for entity in entities if isinstance(entities, list) else ():
            match entity:
                case {"type": "mention", "offset": int(begin), "length": int(length)}:
                    name = _text_of(units[2 * begin : 2 * (begin + length)])
                    is_ours = name.startswith("@") and self.is_named(name[1:])
                case {
                    "type": "text_mention",
                    "offset": int(begin),
                    "length": int(length),
                    "user": dict(user),
                }:
                    is_ours = str(user.get("id")) == self.id
                case _:
                    continue
            if is_ours and 0 <= begin <= begin + length <= len(units) // 2:
                yield begin, begin + length


def _words_in(message: Json) -> tuple[str, str, object]:
    """Return the words of a message, the name of their field, and what is marked in them."""
    for name, entities in (("text", "entities"), ("caption", "caption_entities")):
        if isinstance(message.get(name), str):
            return name, words_of(message[name]), message.get(entities)
    return "", "", None


def _text_of(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
