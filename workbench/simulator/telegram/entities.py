"""The text of a message with its entities: checked, trimmed, and with those that Telegram finds itself.

https://core.telegram.org/bots/api#formatting-options. The texts of the errors were observed at the Bot API.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram import html, markdown
from rejoinder.workbench.simulator.telegram.call import whole
from rejoinder.workbench.simulator.telegram.errors import refused
from rejoinder.workbench.simulator.telegram.marks import Marks, MarkupError, checked_url, units

MOST: Final = 100
"""How many entities a message has. More are dropped."""

AUTOMATIC: Final = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number")
"""The types that Telegram finds itself. It does not listen to a bot about them."""

_NEEDED: Final = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
_FIELDS: Final = {"offset": (int, "Number"), "length": (int, "Number"), "user": (dict, "Object")}
"""The types of the fields that are no strings."""

_PLAIN: Final = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "date_time",
)
_CLOSED: Final = ("code", "pre", "text_link", "text_mention", "custom_emoji")
"""The types within which Telegram finds nothing."""

_PARSERS: Final[dict[str, Callable[[str], Marks]]] = {
    "html": html.read,
    "markdownv2": markdown.read_v2,
    "markdown": markdown.read_old,
}
_TOP: Final = "com|org|net|info|biz|io|dev|app|me|eu|de|uk|fr|es|it|nl|ru|in|br|us|ca|au|ch|at|example"
_FOUND: Final = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<url>(?:https?|ftp|tg)://[^\s<>\"]+|(?<![\w@.])(?:[\w-]+\.)+(?:{_TOP})\b(?:[/?#][^\s<>\"]*)?)"
    r"|(?P<bot_command>(?<![\w/<>])/\w{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w@/])@[a-zA-Z]\w{2,31}\b)"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d_]\w*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A text and its entities."""

    text: str
    entities: list[JsonObject]

    def shown(self, text: str, entities: str) -> JsonObject:
        """Return both as fields of a message, whose names are given; nothing when the text is empty."""
        if not self.text:
            return {}
        return {text: self.text, **({entities: self.entities} if self.entities else {})}


def written(text: str) -> Formatted:
    """Return what a person wrote, with the entities that Telegram finds."""
    return Formatted(text=text, entities=_found(text, []))


def formatted(
    text: str, parse_mode: str, explicit: list[JsonObject], user_of: Callable[[int], JsonObject | None]
) -> Formatted:
    """Return a bot's text. Raises Refusal. `user_of` knows the people whom the bot may mention."""
    mode = parse_mode.lower()
    if mode not in ("", "none", *_PARSERS):
        raise refused("unsupported parse_mode")
    if mode in _PARSERS:
        try:
            marks = _PARSERS[mode](text)
        except MarkupError as error:
            raise refused(f"can't parse entities: {error}") from None
        text, entities = marks.text, marks.entities
    else:
        entities = [one for one in map(_checked, explicit) if one["type"] not in AUTOMATIC]
        _within(text, entities)
    return _trimmed(text, [one for one in entities if _known(one, user_of)])


def _checked(entity: JsonObject) -> JsonObject:
    kind = entity.get("type")
    if kind not in (*_PLAIN, *_NEEDED, *AUTOMATIC):
        raise refused("can't parse MessageEntity: Unsupported type specified")
    for name in ("offset", "length", *([_NEEDED[kind]] if kind in _NEEDED else [])):
        if name not in entity:
            raise refused(f"can't parse MessageEntity: Can't find field \"{name}\"")
        wanted, words = _FIELDS.get(name, (str, "String"))
        if not isinstance(entity[name], wanted):
            raise refused(f'can\'t parse MessageEntity: Field "{name}" must be of type {words}')
    if kind == "text_link":
        url = checked_url(str(entity["url"]))
        if isinstance(url, Exception):
            raise refused(f"entity URL '{entity['url']}' is invalid: {url}")
        return {**entity, "url": url}
    if kind == "custom_emoji" and not str(entity["custom_emoji_id"]).isdecimal():
        raise refused('can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number')
    return entity


def _within(text: str, entities: list[JsonObject]) -> None:
    edges, length = _edges(text), units(text)
    for entity in entities:
        offset, end = entity["offset"], entity["offset"] + entity["length"]
        if offset < 0:
            raise refused(f"receive an entity with incorrect offset {offset}")
        if end < offset:
            raise refused(f"receive an entity with incorrect length {end - offset}")
        if offset > length:
            raise refused(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if end > length:
            raise refused(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text"
                f" at UTF-16 offset {end}"
            )
        if offset not in edges:
            raise refused(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}")
        if end not in edges:
            raise refused(
                f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol"
                f" at UTF-16 offset {end}"
            )


def _edges(text: str) -> set[int]:
    """Return the offsets at which a character begins or ends."""
    edges, at = {0}, 0
    for character in text:
        at += units(character)
        edges.add(at)
    return edges


def _known(entity: JsonObject, user_of: Callable[[int], JsonObject | None]) -> bool:
    """Put the whole user into a mention. Return whether the bot knows the user; other entities are known."""
    if entity["type"] != "text_mention":
        return True
    user = user_of(whole(str(entity["user"].get("id"))))
    entity["user"] = user or {}
    return user is not None


def _trimmed(text: str, entities: list[JsonObject]) -> Formatted:
    """Take away the space around a text, and what of the entities lay there."""
    bare = text.strip()
    before = units(text[: len(text) - len(text.lstrip())])
    length = units(bare)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - before, 0)
        end = min(entity["offset"] - before + entity["length"], length)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    both = sorted(kept + _found(bare, kept), key=lambda one: (one["offset"], -one["length"]))
    return Formatted(text=bare, entities=both[:MOST])


def _found(text: str, beside: list[JsonObject]) -> list[JsonObject]:
    """Return what Telegram finds in a text, except in entities where it looks for nothing."""
    closed = [(one["offset"], one["offset"] + one["length"]) for one in beside if one["type"] in _CLOSED]
    found = []
    for match in _FOUND.finditer(text):
        words = match[0].rstrip(".,:;!?\"')") if match.lastgroup == "url" else match[0]
        offset, length = units(text[: match.start()]), units(words)
        if all(offset + length <= begin or offset >= end for begin, end in closed):
            found.append({"offset": offset, "length": length, "type": match.lastgroup})
    return found
