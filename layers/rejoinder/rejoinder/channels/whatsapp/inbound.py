"""Parsing: webhook → inbound messages. Nothing here raises: a message that we do not know is `Unsupported`.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

from collections.abc import Callable
from typing import TypedDict

from pydantic import ValidationError

from rejoinder.channels.whatsapp.fields import Json, Wire, Words, object_of, timestamp_of, words_of
from rejoinder.channels.whatsapp.ids import is_phone, message_id
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
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
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Echo, Inbound, InboundContent, Preference


def parse(account: Account, update: Json, *, received_at: float) -> Inbound:
    """Parse an update as the ingress queued it.

    It is `{"message": {...}, "contact": {...} | None}`, `{"echo": {...}}` or `{"preference": {...}}`.
    """
    if "echo" in update:
        return _echo(account, object_of(update, "echo"), received_at)
    if "preference" in update:
        return _preference(account, object_of(update, "preference"), received_at)
    message = object_of(update, "message")
    return Inbound(
        id=message_id(message),
        account=account,
        contact=_contact(message, object_of(update, "contact")),
        at=timestamp_of(message.get("timestamp"), received_at),
        content=_content(message),
        reply_to=clean_id(object_of(message, "context").get("id")),
    )


def _echo(account: Account, echo: Json, received_at: float) -> Inbound:
    """Parse a message that a person of the business sent by hand. Its `to` is the contact."""
    contact = _contact({"from": echo.get("to"), "from_user_id": echo.get("to_user_id")}, {})
    at = timestamp_of(echo.get("timestamp"), received_at)
    return Inbound(id=message_id(echo), account=account, contact=contact, at=at, content=Echo())


def _preference(account: Account, preference: Json, received_at: float) -> Inbound:
    """Parse a contact's wish about offers. It has no id, so its id is a digest of all its fields."""
    wants = preference.get("value") == "resume"  # any other value means no offers
    return Inbound(
        id=message_id(preference),
        account=account,
        contact=_contact({}, preference),
        at=timestamp_of(preference.get("timestamp"), received_at),
        content=Preference(value="resume" if wants else "stop"),
    )


def _contact(message: Json, card: Json) -> Contact:
    """Return the contact. After a notice of a change, they have the new ids."""
    notice = object_of(message, "system")
    user_id = clean_id(message.get("from_user_id")) or clean_id(card.get("user_id"))
    sender = clean_id(message.get("from")) or clean_id(card.get("wa_id"))
    former = (clean_id(notice.get("previous_user_id")), user_id, sender)
    user_id, sender = clean_id(notice.get("user_id")) or user_id, clean_id(notice.get("wa_id")) or sender
    others = [id for id in dict.fromkeys(former) if id and id not in (user_id, sender)]
    return Contact(
        id=user_id or sender or next(filter(None, former), "unknown"),
        name=words_of(object_of(card, "profile").get("name")),
        phone=sender if sender and is_phone(sender) else None,
        user_id=user_id,
        former_ids=tuple(id for id in others if not is_phone(id)),
        former_phones=tuple(id for id in others if is_phone(id)),
    )


def _content(message: Json) -> InboundContent:
    name = words_of(message.get("type")) or "unknown"
    if message.get("group_id"):
        return Unsupported(type="group", reason=name)
    parser = _PARSERS.get(name)
    if parser is None:
        return Unsupported(type=name, reason=_reason(message))
    try:
        return parser(message)
    except ValidationError as error:
        places = sorted({".".join(map(str, problem["loc"])) for problem in error.errors()})
        return Unsupported(type=name, reason=f"not as expected: {', '.join(places)}"[:200])


def _reason(message: Json) -> str:
    """Return Meta's name for the kind of a message that it does not pass on, such as `poll_creation`."""
    return words_of(object_of(message, "unsupported").get("type"))


class _Text(Wire):
    body: Words


class _TextMessage(Wire):
    text: _Text


class _Reply(Wire):
    id: Words
    title: Words = ""


class _FormReply(Wire):
    name: Words = ""
    response_json: Words = ""


class _Interactive(Wire):
    type: Words
    button_reply: _Reply | None = None
    list_reply: _Reply | None = None
    nfm_reply: _FormReply | None = None


class _InteractiveMessage(Wire):
    interactive: _Interactive


class _QuickReply(Wire):
    payload: Words = ""
    text: Words


class _QuickReplyMessage(Wire):
    button: _QuickReply


class _Media(Wire):
    id: Words
    mime_type: Words = ""
    sha256: Words = ""
    caption: Words = ""
    filename: Words = ""
    voice: bool = False
    animated: bool = False


class _MediaMessage(Wire):
    image: _Media | None = None
    video: _Media | None = None
    audio: _Media | None = None
    document: _Media | None = None
    sticker: _Media | None = None


class _Location(Wire):
    latitude: float
    longitude: float
    name: Words = ""
    address: Words = ""


class _LocationMessage(Wire):
    location: _Location


class _CardName(Wire):
    formatted_name: Words = ""


class _CardPhone(Wire):
    phone: Words | None = None
    wa_id: Words | None = None


class _Card(Wire):
    name: _CardName = _CardName()
    phones: tuple[_CardPhone, ...] = ()


class _CardsMessage(Wire):
    contacts: tuple[_Card, ...]


class _Reaction(Wire):
    message_id: Words
    emoji: Words | None = None


class _ReactionMessage(Wire):
    reaction: _Reaction


class _OrderItem(Wire):
    product_retailer_id: Words
    quantity: int
    item_price: float
    currency: Words


class _Order(Wire):
    catalog_id: Words
    text: Words = ""
    product_items: tuple[_OrderItem, ...]


class _OrderMessage(Wire):
    order: _Order


class _System(Wire):
    type: Words


class _SystemMessage(Wire):
    system: _System


def _text(message: Json) -> InboundContent:
    return Text(body=_TextMessage.model_validate(message).text.body)


def _interactive(message: Json) -> InboundContent:
    interactive = _InteractiveMessage.model_validate(message).interactive
    reply = interactive.button_reply or interactive.list_reply
    if reply:
        return Tap(id=reply.id, title=reply.title)
    if interactive.nfm_reply:
        return FormReply(name=interactive.nfm_reply.name, response=interactive.nfm_reply.response_json)
    return Unsupported(type="interactive", reason=interactive.type[:100])


def _quick_reply(message: Json) -> InboundContent:
    button = _QuickReplyMessage.model_validate(message).button
    return Tap(id=button.payload, title=button.text)


def _media(message: Json) -> InboundContent:
    wire = _MediaMessage.model_validate(message)
    match message.get("type"), wire:
        case "image", _MediaMessage(image=_Media() as file):
            return Image(**_file(file))
        case "video", _MediaMessage(video=_Media() as file):
            return Video(**_file(file))
        case "audio", _MediaMessage(audio=_Media() as file):
            return Audio(**_file(file), voice=file.voice)
        case "document", _MediaMessage(document=_Media() as file):
            return Document(**_file(file), filename=file.filename)
        case "sticker", _MediaMessage(sticker=_Media() as file):
            return Sticker(**_file(file), animated=file.animated)
        case kind, _:
            return Unsupported(type=str(kind), reason="the file is missing")


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


def _location(message: Json) -> InboundContent:
    place = _LocationMessage.model_validate(message).location
    return Location(
        latitude=place.latitude, longitude=place.longitude, name=place.name, address=place.address
    )


def _cards(message: Json) -> InboundContent:
    cards = [
        ContactCard(
            name=card.name.formatted_name,
            phones=tuple(number for phone in card.phones if (number := phone.wa_id or phone.phone)),
        )
        for card in _CardsMessage.model_validate(message).contacts
    ]
    if not cards:
        return Unsupported(type="contacts", reason="no card in it")
    first, *further = cards
    return ContactCard(name=first.name, phones=first.phones, further=tuple(further))


def _reaction(message: Json) -> InboundContent:
    reaction = _ReactionMessage.model_validate(message).reaction
    return Reaction(message_id=reaction.message_id, emoji=reaction.emoji or None)


def _order(message: Json) -> InboundContent:
    order = _OrderMessage.model_validate(message).order
    items = tuple(
        OrderItem(
            product_id=item.product_retailer_id,
            quantity=item.quantity,
            price=item.item_price,
            currency=item.currency,
        )
        for item in order.product_items
    )
    return Order(catalog_id=order.catalog_id, items=items, text=order.text)


def _system(message: Json) -> InboundContent:
    return System(event=_SystemMessage.model_validate(message).system.type)


_PARSERS: dict[str, Callable[[Json], InboundContent]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _quick_reply,
    "image": _media,
    "video": _media,
    "audio": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _cards,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
}
