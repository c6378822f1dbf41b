"""The wire → messages. Nothing here raises, whatever a webhook holds: what we do not know is `Unsupported`.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

import math
from collections.abc import Callable, Mapping
from typing import Annotated, TypedDict

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from rejoinder.channels.whatsapp.ids import id_of, message_id
from rejoinder.messages import (
    Account,
    AccountEvent,
    Audio,
    Contact,
    ContactCard,
    Document,
    FormReply,
    Image,
    Inbound,
    InboundContent,
    Location,
    Order,
    OrderItem,
    Reaction,
    Status,
    Step,
    Sticker,
    System,
    Tap,
    Text,
    Unsupported,
    Video,
)

Json = Mapping[str, object]


def _whole_characters(value: object) -> object:
    """JSON may escape half of a surrogate pair, which no store and no network takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


Words = Annotated[str, BeforeValidator(_whole_characters)]


class _Wire(BaseModel):
    # JSON as Python reads it knows NaN and Infinity, which our own queues and tables do not take.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


# --- messages -------------------------------------------------------------------------------------------


def parse(account: Account, update: Json, *, received_at: float) -> Inbound:
    """One message as the ingress queued it: `{"message": {...}, "contact": {...} | None}`."""
    message = _object(update, "message")
    return Inbound(
        id=message_id(message),
        account=account,
        contact=_contact(message, _object(update, "contact")),
        at=_timestamp(message.get("timestamp"), received_at),
        content=_content(message),
        reply_to=id_of(_object(message, "context").get("id")),
    )


def _contact(message: Json, card: Json) -> Contact:
    notice = _object(message, "system")
    user_id = id_of(message.get("from_user_id")) or id_of(card.get("user_id"))
    phone = id_of(message.get("from")) or id_of(card.get("wa_id"))
    told = [id_of(notice.get(name)) for name in ("previous_user_id", "user_id", "wa_id")]
    ids = [id for id in (user_id, phone, *told) if id]
    name = _object(card, "profile").get("name")
    return Contact(
        id=ids[0] if ids else "unknown",
        name=str(_whole_characters(name)) if isinstance(name, str) else "",
        phone=phone,
        user_id=user_id,
        former_ids=tuple(id for id in told if id),
    )


def _content(message: Json) -> InboundContent:
    kind = message.get("type")
    name = str(_whole_characters(kind)) if isinstance(kind, str) else "unknown"
    if message.get("group_id"):
        return Unsupported(type="group", reason=name)
    reader = _READERS.get(name)
    if reader is None:
        return Unsupported(type=name, reason=_reason(message))
    try:
        return reader(message)
    except ValidationError as error:
        places = sorted({".".join(map(str, problem["loc"])) for problem in error.errors()})
        return Unsupported(type=name, reason=f"not as expected: {', '.join(places)}"[:200])


def _reason(message: Json) -> str:
    """What the network calls a message that it does not pass on, such as `poll_creation`."""
    kind = _object(message, "unsupported").get("type")
    return str(_whole_characters(kind)) if isinstance(kind, str) else ""


class _Text(_Wire):
    body: Words


class _TextMessage(_Wire):
    text: _Text


class _Reply(_Wire):
    id: Words
    title: Words = ""


class _FormReply(_Wire):
    name: Words = ""
    response_json: Words = ""


class _Interactive(_Wire):
    type: Words
    button_reply: _Reply | None = None
    list_reply: _Reply | None = None
    nfm_reply: _FormReply | None = None


class _InteractiveMessage(_Wire):
    interactive: _Interactive


class _QuickReply(_Wire):
    payload: Words = ""
    text: Words


class _QuickReplyMessage(_Wire):
    button: _QuickReply


class _Media(_Wire):
    id: Words
    mime_type: Words = ""
    sha256: Words = ""
    caption: Words = ""
    filename: Words = ""
    voice: bool = False
    animated: bool = False


class _MediaMessage(_Wire):
    image: _Media | None = None
    video: _Media | None = None
    audio: _Media | None = None
    document: _Media | None = None
    sticker: _Media | None = None


class _Location(_Wire):
    latitude: float
    longitude: float
    name: Words = ""
    address: Words = ""


class _LocationMessage(_Wire):
    location: _Location


class _CardName(_Wire):
    formatted_name: Words = ""


class _CardPhone(_Wire):
    phone: Words | None = None
    wa_id: Words | None = None


class _Card(_Wire):
    name: _CardName = _CardName()
    phones: tuple[_CardPhone, ...] = ()


class _CardsMessage(_Wire):
    contacts: tuple[_Card, ...]


class _Reaction(_Wire):
    message_id: Words
    emoji: Words | None = None


class _ReactionMessage(_Wire):
    reaction: _Reaction


class _OrderItem(_Wire):
    product_retailer_id: Words
    quantity: int
    item_price: float
    currency: Words


class _Order(_Wire):
    catalog_id: Words
    text: Words = ""
    product_items: tuple[_OrderItem, ...]


class _OrderMessage(_Wire):
    order: _Order


class _System(_Wire):
    type: Words


class _SystemMessage(_Wire):
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


_READERS: dict[str, Callable[[Json], InboundContent]] = {
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


# --- statuses -------------------------------------------------------------------------------------------


class _Error(_Wire):
    code: int
    title: object = ""
    error_data: object = None  # whatever the words look like, the code must not be lost


class _Pricing(_Wire):
    billable: bool = False
    category: Words = "unknown"


_STEPS = {step.value: step for step in (Step.SENT, Step.DELIVERED, Step.READ, Step.PLAYED, Step.FAILED)}


def parse_event(update: Json, *, received_at: float) -> Status | AccountEvent:
    """One event as the ingress queued it: `{"status": {...}}` or `{"change": {...}}`.

    A status that tells nothing of a message's way, such as a payment's, is an account event.
    """
    status = _object(update, "status")
    step = _STEPS.get(str(status.get("status")))
    if step is None:
        field = _object(update, "change").get("field")
        return AccountEvent(field=id_of(field) or "unknown")
    callback = status.get("biz_opaque_callback_data")
    code, why = _failure(status.get("errors"))
    return Status(
        step=step,
        at=_timestamp(status.get("timestamp"), received_at),
        network_id=id_of(status.get("id")) or "",
        callback=callback if isinstance(callback, str) else "",
        error_code=code,
        error=why,
        billed_category=_billed(status.get("pricing")),
    )


def _failure(errors: object) -> tuple[int | None, str]:
    if not isinstance(errors, list) or not errors:
        return None, ""
    try:
        error = _Error.model_validate(errors[0])
    except ValidationError:
        return 0, "an error we could not read"
    details = error.error_data.get("details") if isinstance(error.error_data, dict) else None
    words = next((words for words in (details, error.title) if isinstance(words, str)), "")
    return error.code, str(_whole_characters(words))


def _billed(pricing: object) -> str | None:
    try:
        price = _Pricing.model_validate(pricing)
    except ValidationError:
        return None
    return price.category if price.billable else None


# --- parts ----------------------------------------------------------------------------------------------


def _object(parent: Json, name: str) -> Json:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _timestamp(value: object, received_at: float) -> float:
    """Unix seconds, written as a string on the wire; when we received it if that cannot be read."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return received_at
    try:
        at = float(value)
    except (ValueError, OverflowError):
        return received_at
    return at if math.isfinite(at) and 0 < at <= received_at + 300 else received_at
