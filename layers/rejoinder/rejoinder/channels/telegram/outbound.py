"""Rendering: outbound messages → the method of the Bot API and its fields.

Source: core.telegram.org/bots/api, one section per method (Bot API 10.3).
"""

from dataclasses import dataclass, replace
from typing import Any, Self

from rejoinder.channels.telegram.cards import vcard_of
from rejoinder.channels.telegram.ids import Place, message_of
from rejoinder.channels.telegram.keyboards import keyboard_of
from rejoinder.channels.telegram.wording import NO_TEMPLATE, entities_of, plain_emoji, words_of
from rejoinder.errors import Rejected
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.files import File
from rejoinder.model.markup import with_words
from rejoinder.model.said import Album, AlbumFile, OutboundContent, SaidFile, Template

Json = dict[str, object]

NO_CODE = 0
"""The code of an error that is not Telegram's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that goes along with a message."""

    field: str
    """The field that it fills, such as `photo`."""

    file: File
    """The file."""

    name: str
    """Its name, as the contact sees it."""

    place: int | None = None
    """Its place in an album; None for the file of another message."""

    @property
    def part(self) -> str:
        """The name of its part of the form. An album refers to it."""
        return self.field if self.place is None else f"file{self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    method: str
    """The method, such as `sendMessage`."""

    fields: Json
    """The fields, as values of JSON."""

    attached: tuple[Attached, ...] = ()
    """The files that go along."""

    def to(self, chat_id: int) -> Self:
        """Return the same request for another chat, where what it answers has another id."""
        fields = {name: value for name, value in self.fields.items() if name != "reply_parameters"}
        return replace(self, fields={**fields, "chat_id": chat_id})

    def with_file(self, attached: Attached, file_id: str) -> Self:
        """Return the same request with Telegram's id of a file in place of its bytes."""
        named: Json = {attached.field: file_id}
        if attached.place is not None:
            media: Any = self.fields["media"]
            changed = {**media[attached.place], "media": file_id}
            named = {"media": [*media[: attached.place], changed, *media[attached.place + 1 :]]}
        rest = tuple(one for one in self.attached if one != attached)
        return replace(self, fields={**self.fields, **named}, attached=rest)


def render(place: Place, content: OutboundContent, quote: str = "") -> Call:
    """Return the request that sends `content` to `place`. `quote` is the id of the message that it answers.

    Raises Rejected for what Telegram cannot be told.
    """
    if isinstance(content, Template):
        raise Rejected(NO_CODE, NO_TEMPLATE)
    if isinstance(content, Reaction):
        return _reaction(content)
    call = _content(with_words(content, str))  # no markup in names and titles
    around: Json = {"chat_id": place.chat_id}
    if place.topic_id:
        around["message_thread_id"] = place.topic_id
    quoted = message_of(quote)
    if quoted and quoted.chat_id == place.chat_id:
        around["reply_parameters"] = {
            "message_id": quoted.message_id,
            "allow_sending_without_reply": True,
        }
    if isinstance(content, Album):  # it takes no keyboard, and takes none away
        return replace(call, fields={**around, **call.fields})
    if keyboard := keyboard_of(content, is_private=place.chat_id > 0):
        around["reply_markup"] = keyboard
    return replace(call, fields={**around, **call.fields})


def messages_of(call: Call) -> int:
    """Return how many messages a request makes: an album has one for each file."""
    media = call.fields.get("media")
    return len(media) if isinstance(media, list) else 1


def _content(content: OutboundContent) -> Call:
    match content:
        case Location():
            return _place(content)
        case ContactCard() if content.phones and not content.further:
            return _card(content)
        case Image() | Video() | Audio() | Document() | Sticker():
            return _file(content, content)
        case Album(files=files):
            return _album(files)
        case _:
            header = getattr(content, "header", "")
            if isinstance(header, Image | Video | Document):
                return _file(header, content)
            return _text(content)


def _text(content: OutboundContent) -> Call:
    marked = words_of(content)
    fields: Json = {"text": marked.plain}
    if entities := entities_of(marked):
        fields["entities"] = entities
    has_preview = isinstance(content, Text) and content.preview
    return Call(
        method="sendMessage", fields={**fields, "link_preview_options": {"is_disabled": not has_preview}}
    )


def _file(file: SaidFile, content: OutboundContent) -> Call:
    """Return the request that sends a file with the words of `content` under it."""
    method, field = method_of(file)
    marked = words_of(content)
    fields: Json = {}
    if marked.plain:
        fields["caption"] = marked.plain
    if entities := entities_of(marked):
        fields["caption_entities"] = entities
    if isinstance(file.file, File):
        name = (isinstance(file, Document) and file.filename) or file.file.name
        return Call(
            method=method, fields=fields, attached=(Attached(field=field, file=file.file, name=name),)
        )
    if not (source := file.media_id or file.file):
        raise Rejected(NO_CODE, f"this {file.kind} has no file")
    return Call(method=method, fields={**fields, field: source})


def _album(files: tuple[AlbumFile, ...]) -> Call:
    """Return the request that sends several files as one message."""
    media: list[Json] = []
    attached: list[Attached] = []
    for place, file in enumerate(files):
        _, field = method_of(file)
        alone = _file(file, file)
        own = [replace(one, place=place) for one in alone.attached]
        fields = {**alone.fields}
        named = fields.pop(field, None) or f"attach://{own[0].part}"
        media.append({"type": field, "media": named, **fields})
        attached += own
    return Call(method="sendMediaGroup", fields={"media": media}, attached=tuple(attached))


def method_of(file: SaidFile) -> tuple[str, str]:
    """Return the method that sends a file, and the field that the file fills."""
    match file:
        case Image():
            return "sendPhoto", "photo"
        case Audio(voice=True):
            return "sendVoice", "voice"
        case _:
            return f"send{file.kind.title()}", file.kind


def _place(content: Location) -> Call:
    fields: Json = {"latitude": content.latitude, "longitude": content.longitude}
    if not (content.name or content.address):
        return Call(method="sendLocation", fields=fields)
    named = {"title": content.name or content.address, "address": content.address or content.name}
    return Call(method="sendVenue", fields={**fields, **named})


def _card(card: ContactCard) -> Call:
    first, last = (card.first_name, card.last_name) if card.first_name else (card.name, "")
    fields: Json = {"phone_number": card.phones[0], "first_name": first, "vcard": vcard_of(card)}
    return Call(method="sendContact", fields=fields | ({"last_name": last} if last else {}))


def _reaction(content: Reaction) -> Call:
    message = message_of(content.message_id)
    if message is None:
        raise Rejected(NO_CODE, "the message of this reaction is none of Telegram's")
    emoji = [{"type": "emoji", "emoji": plain_emoji(content.emoji)}] if content.emoji else []
    fields: Json = {"chat_id": message.chat_id, "message_id": message.message_id, "reaction": emoji}
    return Call(method="setMessageReaction", fields=fields)
