"""Parsing: a message of a webhook → its content. Nothing here raises.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypedDict

from pydantic import Field, ValidationError

from rejoinder.channels.whatsapp.fields import Json, object_of, words_of
from rejoinder.channels.whatsapp.wire import Wire, WireError, Words, readable
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
    MessageError,
    Order,
    OrderItem,
    Reaction,
    Sticker,
    System,
    Tap,
    Text,
    Unsupported,
    Video,
)
from rejoinder.model.ids import clean_id
from rejoinder.model.updates import Deleted, Edited, SaidContent, is_speech


def parse_content(message: Json) -> SaidContent:
    """Return what a message holds, be it from a contact or from the business's own phone."""
    name = words_of(message.get("type")) or "unknown"
    if message.get("group_id"):
        return Unsupported(type="group", reason=name, errors=_errors(message))
    parser = _PARSERS.get(name)
    if parser is None:
        return _unsupported(message, name, _reason(message))
    try:
        content = parser(message.get(name))
    except ValidationError as error:
        places = sorted({".".join(map(str, (name, *problem["loc"]))) for problem in error.errors()})
        return _unsupported(message, name, f"not as expected: {', '.join(places)}"[:200])
    if isinstance(content, Unsupported):
        return _unsupported(message, name, content.reason)
    return content


_UNSPOKEN = {"edit", "keep_in_chat", "pin", "poll_update", "reaction", "revoke", "system"}
"""Types that are nothing to answer, even where we cannot read them or Meta does not pass them on."""


def _unsupported(message: Json, name: str, reason: str) -> Unsupported:
    spoken = not {name, reason} & _UNSPOKEN
    return Unsupported(type=name, reason=reason, errors=_errors(message), spoken=spoken)


def _reason(message: Json) -> str:
    """Return Meta's name for the kind of a message that it does not pass on, such as `poll_creation`."""
    return words_of(object_of(message, "unsupported").get("type"))


def _errors(message: Json) -> tuple[MessageError, ...]:
    return tuple(
        MessageError(code=error.code, title=error.title, details=error.error_data.details)
        for error in readable(WireError, message.get("errors"))
    )


class _Text(Wire):
    body: Words


class _Reply(Wire):
    id: Words
    title: Words = ""


class _FormReply(Wire):
    name: Words = ""
    response_json: Words | dict[str, object] = ""


class _Interactive(Wire):
    type: Words = "unknown"
    button_reply: _Reply | None = None
    list_reply: _Reply | None = None
    nfm_reply: _FormReply | None = None


class _QuickReply(Wire):
    payload: Words = ""
    text: Words = ""


class _Media(Wire):
    id: Words
    mime_type: Words = ""
    sha256: Words = ""
    caption: Words = ""
    filename: Words = ""
    voice: bool = False
    animated: bool = False


class _Location(Wire):
    latitude: float
    longitude: float
    name: Words = ""
    address: Words = ""


class _CardName(Wire):
    formatted_name: Words = ""


class _CardPhone(Wire):
    phone: Words = ""
    wa_id: Words = ""


class _Card(Wire):
    name: _CardName = _CardName()
    phones: list[object] = Field(default_factory=list)
    origin: Words = ""
    vcard: Words = ""


class _Reaction(Wire):
    message_id: Words
    emoji: Words = ""


class _OrderItem(Wire):
    product_retailer_id: Words
    quantity: int
    item_price: float | None = None
    currency: Words = ""


class _Order(Wire):
    catalog_id: Words = ""
    text: Words = ""
    product_items: list[object]


class _System(Wire):
    type: Words


class _Edit(Wire):
    original_message_id: Words
    message: dict[str, object] = Field(default_factory=dict)


class _Revoke(Wire):
    original_message_id: Words


def _text(part: object) -> SaidContent:
    return Text(body=_Text.model_validate(part).body)


def _interactive(part: object) -> SaidContent:
    interactive = _Interactive.model_validate(part)
    reply = interactive.button_reply or interactive.list_reply
    if reply:
        return Tap(id=reply.id, title=reply.title)
    if interactive.nfm_reply:
        response = interactive.nfm_reply.response_json
        written = response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
        return FormReply(name=interactive.nfm_reply.name, response=written)
    return Unsupported(type="interactive", reason=interactive.type[:100])


def _quick_reply(part: object) -> SaidContent:
    button = _QuickReply.model_validate(part)
    if not (button.payload or button.text):
        return Unsupported(type="button", reason="it has neither payload nor text")
    return Tap(id=button.payload, title=button.text)


class _File(TypedDict):
    media_id: str
    mime_type: str
    sha256: str
    caption: str


def _file(file: _Media) -> _File:
    return {
        "media_id": file.id,
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "caption": file.caption,
    }


def _media(make: Callable[[_Media], SaidContent], part: object) -> SaidContent:
    if part is None:
        return Unsupported(type="", reason="the file is missing")
    return make(_Media.model_validate(part))


def _location(part: object) -> SaidContent:
    place = _Location.model_validate(part)
    return Location(
        latitude=place.latitude, longitude=place.longitude, name=place.name, address=place.address
    )


def _cards(part: object) -> SaidContent:
    cards = [_card(card) for card in readable(_Card, part)]
    if not cards:
        return Unsupported(type="contacts", reason="no card in it")
    first, *further = cards
    return replace(first, further=tuple(further))


def _card(card: _Card) -> ContactCard:
    phones = readable(_CardPhone, card.phones)
    return ContactCard(
        name=card.name.formatted_name,
        phones=tuple(number for phone in phones if (number := phone.wa_id or phone.phone)),
        origin=card.origin,
        vcard=card.vcard,
    )


def _reaction(part: object) -> SaidContent:
    reaction = _Reaction.model_validate(part)
    return Reaction(message_id=clean_id(reaction.message_id) or "", emoji=reaction.emoji or None)


def _order(part: object) -> SaidContent:
    order = _Order.model_validate(part)
    items = tuple(
        OrderItem(
            product_id=item.product_retailer_id,
            quantity=item.quantity,
            price=item.item_price,
            currency=item.currency,
        )
        for item in readable(_OrderItem, order.product_items)
    )
    left_out = len(order.product_items) - len(items)
    if left_out and not items:
        return Unsupported(type="order", reason="no line in it that can be read")
    return Order(catalog_id=order.catalog_id, items=items, text=order.text, left_out=left_out)


def _system(part: object) -> SaidContent:
    return System(event=_System.model_validate(part).type)


def _edit(part: object) -> SaidContent:
    edit = _Edit.model_validate(part)
    return Edited(message_id=clean_id(edit.original_message_id) or "", content=_new_content(edit.message))


def _new_content(message: Json) -> SaidContent | None:
    """Return what an edited message holds now; None when that is not told.

    A new caption may come without the id of its file.
    """
    name = words_of(message.get("type"))
    if name in _UNSPOKEN:
        return None
    content = parse_content({**message, name: {"id": "", **object_of(message, name)}})
    return None if isinstance(content, Unsupported) or not is_speech(content) else content


def _revoke(part: object) -> SaidContent:
    return Deleted(message_id=clean_id(_Revoke.model_validate(part).original_message_id) or "")


def _image(file: _Media) -> Image:
    return Image(**_file(file))


def _video(file: _Media) -> Video:
    return Video(**_file(file))


def _audio(file: _Media) -> Audio:
    return Audio(**_file(file), voice=file.voice)


def _voice(file: _Media) -> Audio:
    return Audio(**_file(file), voice=True)


def _document(file: _Media) -> Document:
    return Document(**_file(file), filename=file.filename)


def _sticker(file: _Media) -> Sticker:
    return Sticker(**_file(file), animated=file.animated)


_PARSERS: Mapping[str, Callable[[object], SaidContent]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _quick_reply,
    "image": partial(_media, _image),
    "video": partial(_media, _video),
    "audio": partial(_media, _audio),
    "voice": partial(_media, _voice),  # the older shape of a voice message
    "document": partial(_media, _document),
    "sticker": partial(_media, _sticker),
    "location": _location,
    "contacts": _cards,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
}
