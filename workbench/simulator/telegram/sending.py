"""The methods that send messages: https://core.telegram.org/bots/api#available-methods."""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.entities import Formatted, formatted
from rejoinder.workbench.simulator.telegram.errors import refused
from rejoinder.workbench.simulator.telegram.keyboards import Keyboard, keyboard
from rejoinder.workbench.simulator.telegram.marks import units
from rejoinder.workbench.simulator.telegram.media import KINDS, Media, content
from rejoinder.workbench.simulator.telegram.network import Chat, Message, Network, Typing
from rejoinder.workbench.simulator.telegram.places import Places
from rejoinder.workbench.simulator.telegram.who import Bot

TEXT: Final = 4096
"""The longest text, in UTF-16 code units after its entities were parsed."""

CAPTION: Final = 1024
"""The longest caption."""

ALBUM: Final = (2, 10)
"""How many files an album has."""

OPTIONS: Final = 12
"""How many options a poll may have."""

TYPING_SECONDS: Final = 5.0
"""How long a chat action is shown."""

ACTIONS: Final = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
    "cancel",
)
_ALONE: Final = ("document", "audio")
"""The kinds that stand in albums only among themselves."""

_DICE: Final = {"🎲": 6, "🎯": 6, "🏀": 5, "⚽": 5, "🎳": 6, "🎰": 64}
_OF_AUDIO: Final = ("performer", "title")
_SAID_OF_FILES: Final = ("width", "height", "duration", "length", "emoji", *_OF_AUDIO)
_WITHOUT_CAPTION: Final = ("video_note", "sticker")

Method = Callable[[Call], Awaitable[object]]


class Sending:
    """The methods."""

    def __init__(self, network: Network, places: Places, media: Media) -> None:
        self._network = network
        self._places = places
        self._media = media

    def methods(self) -> dict[str, Method]:
        """Return the methods by their names in small letters."""
        return {
            "sendmessage": self.text,
            "sendmediagroup": self.album,
            "sendlocation": self.location,
            "sendvenue": self.venue,
            "sendcontact": self.contact,
            "sendpoll": self.poll,
            "senddice": self.dice,
            "sendchataction": self.action,
            **{f"send{kind.replace('_', '')}": self._sender_of(kind) for kind in KINDS},
        }

    async def text(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#sendmessage"""
        return self._send(call, self.text_content(call))

    def text_content(self, call: Call) -> JsonObject:
        """Return the text of a request. Raises Refusal."""
        if not call.text("text"):
            raise refused("message text is empty")
        text = self._formatted(call, "text", "entities")
        if not text.text:
            raise refused("text must be non-empty")
        if units(text.text) > TEXT:
            raise refused("message is too long")
        options = call.object("link_preview_options", "link preview options")
        if call.flag("disable_web_page_preview"):
            options["is_disabled"] = True
        return text.shown("text", "entities") | ({"link_preview_options": options} if options else {})

    def caption(self, call: Call) -> JsonObject:
        """Return the caption of a request. Raises Refusal."""
        text = self._formatted(call, "caption", "caption_entities")
        if units(text.text) > CAPTION:
            raise refused("message caption is too long")
        above = {"show_caption_above_media": True} if call.flag("show_caption_above_media") else {}
        return text.shown("caption", "caption_entities") | (above if text.text else {})

    async def media_content(self, call: Call, kind: str, named: str, given: JsonObject) -> JsonObject:
        """Return the file of a request. Raises Refusal."""
        file = await self._media.file(call, self._network.shelf, kind, named, kind)
        return content(file.kind, file, self._network.shelf, given)

    def _sender_of(self, kind: str) -> Method:
        async def send(call: Call) -> JsonObject:
            caption = {} if kind in _WITHOUT_CAPTION else self.caption(call)
            given: JsonObject = {name: call.text(name) for name in _SAID_OF_FILES}
            self._checked(call)
            return self._send(call, await self.media_content(call, kind, call.text(kind), given) | caption)

        return send

    async def album(self, call: Call) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#sendmediagroup"""
        items = call.objects("media", "InputMedia")
        least, most = ALBUM
        if not least <= len(items) <= most:
            few = f"expected {least} to {most} files in an album"  # the wording is ours
            raise refused("too many messages to send as an album" if len(items) > most else few)
        kinds = {str(item.get("type")) for item in items}
        for kind in kinds & set(_ALONE):
            if len(kinds) > 1:
                raise refused(f"{kind} can't be mixed with other media types")
        chat, _ = self._checked(call)
        contents = [await self._of_album(call, item) for item in items]
        topic = self._places.topic(call, chat)
        reply, quote = self._places.reply(call, chat)
        self._places.keep_pace(call.bot, chat, len(items))
        around = {"media_group_id": str(13_900_000_000_000_000 + self._network.number()), **quote}
        sent = [
            self._network.append(
                chat, _sender(call, chat), one, topic_id=topic, reply_to=reply, around=dict(around)
            )
            for one in contents
        ]
        return [message.shown() for message in sent]

    async def _of_album(self, call: Call, item: JsonObject) -> JsonObject:
        kind = str(item.get("type"))
        if kind == "animation":
            raise refused(f"can't parse InputMedia: type \"{kind}\" can't be used in sendMediaGroup")
        return await self.input_media(call, item)

    async def input_media(self, call: Call, item: JsonObject) -> JsonObject:
        """Return the content of an `InputMedia`. Raises Refusal."""
        kind, named = str(item.get("type")), item.get("media")
        if kind not in ("photo", "video", "animation", "audio", "document"):
            raise refused(f'can\'t parse InputMedia: type "{kind}" is unsupported')
        if not isinstance(named, str) or not named:
            raise refused("can't parse InputMedia: media not found")
        inner = Call(bot=call.bot, method=call.method, parameters=_texts(item), uploads=call.uploads)
        return await self.media_content(inner, kind, named, item) | self.caption(inner)

    async def location(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#sendlocation"""
        return self._send(call, {"location": _location(call)})

    async def venue(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#sendvenue"""
        place = _location(call)
        venue = {"location": place, "title": _needed(call, "title"), "address": _needed(call, "address")}
        return self._send(call, {"venue": venue, "location": place})

    async def contact(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#sendcontact"""
        card = {"phone_number": _needed(call, "phone_number"), "first_name": _needed(call, "first_name")}
        more = {name: call.text(name) for name in ("last_name", "vcard") if call.text(name)}
        return self._send(call, {"contact": card | more})

    async def poll(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#sendpoll"""
        question = _needed(call, "question")
        if len(question) > 300:
            raise refused("poll question length must not exceed 300")
        options = call.value("options", "options")
        if not isinstance(options, list):
            raise refused("expected an Array of InputPollOption")
        if not 1 <= len(options) <= OPTIONS:
            few = "poll must have at least one option"
            raise refused(f"poll can't have more than {OPTIONS} options" if options else few)
        texts = [str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in options]
        kind = call.text("type") or "regular"
        if kind not in ("regular", "quiz"):
            raise refused("unsupported poll type specified")
        poll: JsonObject = {
            "id": str(5_000_000_000_000_000_000 + self._network.number()),
            "question": question,
            "options": [
                {"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(texts)
            ],
            "total_voter_count": 0,
            "is_closed": call.flag("is_closed"),
            "is_anonymous": not call.text("is_anonymous") or call.flag("is_anonymous"),
            "type": kind,
            "allows_multiple_answers": call.flag("allows_multiple_answers"),
            "allows_revoting": kind == "regular",
            "members_only": False,
        }
        return self._send(call, {"poll": poll})

    async def dice(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#senddice"""
        emoji = call.text("emoji").replace("\ufe0f", "") or "🎲"
        if emoji not in _DICE:
            raise refused("wrong dice emoji specified")  # the wording is ours
        value = random.randint(1, _DICE[emoji])  # noqa: S311 - a game
        return self._send(call, {"dice": {"emoji": emoji, "value": value}})

    async def action(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#sendchataction"""
        action = call.text("action").lower()
        if action not in ACTIONS:
            raise refused("wrong parameter action in request")
        chat = self._places.writable(call)
        chat.typing = Typing(action=action, until=self._network.clock.now() + TYPING_SECONDS)
        return True

    def _checked(self, call: Call) -> tuple[Chat, Keyboard]:
        """Return the chat and the keyboard of a request, before its files are taken. Raises Refusal."""
        chat = self._places.writable(call)
        return chat, keyboard(call, chat.type)

    def _send(self, call: Call, said: JsonObject) -> JsonObject:
        return self.send(call, said).shown()

    def send(self, call: Call, said: JsonObject, **around: object) -> Message:
        """Send a message with the content `said` as a request says. Raises Refusal."""
        chat, keys = self._checked(call)
        topic = self._places.topic(call, chat)
        reply, quote = self._places.reply(call, chat)
        self._places.keep_pace(call.bot, chat)
        message = self._network.append(
            chat,
            _sender(call, chat),
            said,
            markup=keys.inline,
            topic_id=topic,
            reply_to=reply,
            around={**around, **quote},
            below=keys.below,
        )
        if call.flag("protect_content"):
            message.around["has_protected_content"] = True
        if keys.below is not None:
            chat.keyboard = None if keys.below.get("remove_keyboard") else keys.below
        chat.typing = None
        return message

    def _formatted(self, call: Call, text: str, entities: str) -> Formatted:
        people = self._network.people
        explicit = call.objects(entities, "MessageEntity")
        return formatted(
            call.text(text),
            call.text("parse_mode"),
            explicit,
            lambda user_id: people[user_id].shown() if user_id in people else None,
        )


def _sender(call: Call, chat: Chat) -> Bot | None:
    """Return who sends: in a channel nobody does."""
    return None if chat.type == "channel" else call.bot


def _location(call: Call) -> JsonObject:
    latitude, longitude = call.number("latitude"), call.number("longitude")
    if latitude is None:
        raise refused("latitude is empty" if not call.text("latitude") else "wrong latitude specified")
    if longitude is None:
        raise refused("longitude is empty" if not call.text("longitude") else "wrong longitude specified")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise refused("wrong location specified")  # the wording is ours
    return {"latitude": latitude, "longitude": longitude}


def _needed(call: Call, name: str) -> str:
    text = call.text(name)
    if not text:
        raise refused(f'parameter "{name}" is required')
    return text


def _texts(item: JsonObject) -> dict[str, str]:
    """Return the parameters of an `InputMedia` as those of a request."""
    return {key: one if isinstance(one, str) else json.dumps(one) for key, one in item.items()}
