"""Contents as they are stored, each with its `kind`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, assert_never

from rejoinder.aws.stored.answers import ANSWERS, dump_answer
from rejoinder.aws.stored.fields import (
    Json,
    filled,
    flag,
    number,
    object_of,
    objects_of,
    reading,
    strings,
    whole,
    words,
    words_or_none,
)
from rejoinder.errors import Unreadable
from rejoinder.model.answers import CallPermission, PaymentMethod, ProductInquiry
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
    PostalAddress,
    Reaction,
    Sticker,
    System,
    Tap,
    Text,
    Unsupported,
    Video,
)
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section, Template
from rejoinder.model.updates import Deleted, Edited, SaidContent, Several

Content = SaidContent | OutboundContent


def dump_content(content: Content) -> dict[str, object]:
    """Return `content` as JSON."""
    match content:
        case Text() | Tap() | Location() | Reaction() | System() | Unsupported() | FormReply():
            return _dump_plain(content)
        case Edited() | Deleted() | Several():
            return _dump_change(content)
        case CallPermission() | ProductInquiry() | PaymentMethod():
            return dump_answer(content)
        case Image() | Video() | Audio() | Document() | Sticker():
            return _dump_media(content)
        case ContactCard():
            return {"kind": "contact_card", **_dump_card(content)}
        case Order():
            items = [_dump_item(item) for item in content.items]
            rest = {"text": content.text, "left_out": content.left_out}
            return {"kind": "order", "catalog_id": content.catalog_id, "items": items, **rest}
        case Buttons() | List() | Template():
            return _dump_said(content)
        case _:
            assert_never(content)


def dump_content_or_none(content: Content | None) -> dict[str, object] | None:
    """Return `content` as JSON; None when there is none."""
    return None if content is None else dump_content(content)


def _dump_change(content: Edited | Deleted | Several) -> dict[str, object]:
    if isinstance(content, Several):
        return {"kind": content.kind, "contents": [dump_content(part) for part in content.contents]}
    change: dict[str, object] = {"kind": content.kind, "message_id": content.message_id}
    if isinstance(content, Edited):
        change["content"] = dump_content_or_none(content.content)
    return change


def _dump_plain(
    content: Text | Tap | Location | Reaction | System | Unsupported | FormReply,
) -> dict[str, object]:
    match content:
        case Text():
            return {"kind": "text", "body": content.body}
        case Tap():
            more = filled({"description": content.description})
            return {"kind": "tap", "id": content.id, "title": content.title, **more}
        case Location():
            place = {"latitude": content.latitude, "longitude": content.longitude}
            more = filled({"url": content.url})
            return {"kind": "location", **place, "name": content.name, "address": content.address, **more}
        case Reaction():
            return {"kind": "reaction", "message_id": content.message_id, "emoji": content.emoji}
        case System():
            return {"kind": "system", "event": content.event, **filled({"body": content.body})}
        case Unsupported():
            errors = [dump_error(error) for error in content.errors]
            what = {"type": content.type, "reason": content.reason, "spoken": content.spoken}
            return {"kind": "unsupported", **what, "errors": errors}
        case FormReply():
            more = filled({"body": content.body})
            return {"kind": "form_reply", "name": content.name, "response": content.response, **more}
        case _:
            assert_never(content)


def _dump_media(content: Image | Video | Audio | Document | Sticker) -> dict[str, object]:
    file = {
        "media_id": content.media_id,
        "mime_type": content.mime_type,
        "sha256": content.sha256,
        "caption": content.caption,
    }
    match content:
        case Image():
            return {"kind": "image", **file}
        case Video():
            return {"kind": "video", **file}
        case Audio():
            return {"kind": "audio", **file, "voice": content.voice}
        case Document():
            return {"kind": "document", **file, "filename": content.filename}
        case Sticker():
            return {"kind": "sticker", **file, "animated": content.animated}
        case _:
            assert_never(content)


def _dump_said(content: Buttons | List | Template) -> dict[str, object]:
    match content:
        case Buttons():
            buttons = [{"id": button.id, "title": button.title} for button in content.buttons]
            edges = {"header": content.header, "footer": content.footer}
            return {"kind": "buttons", "body": content.body, "buttons": buttons, **edges}
        case List():
            sections = [
                {"title": section.title, "rows": [_dump_row(row) for row in section.rows]}
                for section in content.sections
            ]
            edges = {"header": content.header, "footer": content.footer}
            listed = {"button": content.button, "sections": sections}
            return {"kind": "list", "body": content.body, **listed, **edges}
        case Template():
            given = content.parameters
            parameters = dict(given) if isinstance(given, Mapping) else list(given)
            named = {"name": content.name, "language": content.language}
            return {"kind": "template", **named, "parameters": parameters}
        case _:
            assert_never(content)


def _dump_card(card: ContactCard) -> dict[str, object]:
    further = [_dump_card(one) for one in card.further]
    more = {name: getattr(card, name) for name in _CARD_WORDS}
    more |= {"emails": list(card.emails), "urls": list(card.urls)}
    more["addresses"] = [_dump_address(address) for address in card.addresses]
    rest = {"origin": card.origin, "vcard": card.vcard, **filled(more)}
    return {"name": card.name, "phones": list(card.phones), "further": further, **rest}


_CARD_WORDS = (
    *("first_name", "last_name", "middle_name", "prefix", "suffix"),
    *("organization", "department", "title", "birthday"),
)
"""What a card tells in one string each, beside its name."""

_ADDRESS_WORDS = ("street", "city", "state", "zip", "country", "country_code", "type")


def _dump_address(address: PostalAddress) -> dict[str, object]:
    return filled({name: getattr(address, name) for name in _ADDRESS_WORDS})


def _dump_item(item: OrderItem) -> dict[str, object]:
    much = {"quantity": item.quantity, "price": item.price, "currency": item.currency}
    return {"product_id": item.product_id, **much}


def dump_error(error: MessageError) -> dict[str, object]:
    """Return an error as JSON."""
    more = filled({"message": error.message})
    return {"code": error.code, "title": error.title, "details": error.details, **more}


def _dump_row(row: Row) -> dict[str, object]:
    return {"id": row.id, "title": row.title, "description": row.description}


def read_said_content(stored: Json) -> SaidContent:
    """Return what somebody said; Unreadable when it is of a kind that this code does not know."""
    with reading("content"):
        reader = _SAID.get(words(stored["kind"]))
        if reader is None:
            raise Unreadable("content: its kind is none that this version knows")
        return reader(stored)


def read_said_content_or_none(stored: object) -> SaidContent | None:
    """Return what somebody said; None when nothing is stored."""
    return None if stored is None else read_said_content(object_of(stored))


def read_outbound_content(stored: Json) -> OutboundContent:
    """Return what a bot said; Unreadable when it is of a kind that this code does not know."""
    with reading("content"):
        reader = _OUTBOUND.get(words(stored["kind"]))
        if reader is None:
            raise Unreadable("content: its kind is none that this version knows")
        return reader(stored)


def read_template(stored: Json) -> Template:
    """Return a template."""
    given = stored["parameters"]
    named = isinstance(given, dict)
    return Template(
        name=words(stored["name"]),
        language=words(stored["language"]),
        parameters={name: words(value) for name, value in object_of(given).items()}
        if named
        else strings(given),
    )


def _read_text(stored: Json) -> Text:
    return Text(body=words(stored["body"]))


def _read_location(stored: Json) -> Location:
    return Location(
        latitude=number(stored["latitude"]),
        longitude=number(stored["longitude"]),
        name=words(stored["name"]),
        address=words(stored["address"]),
        url=words(stored.get("url", "")),
    )


class _File(TypedDict):
    media_id: str
    mime_type: str
    sha256: str
    caption: str


def _file(stored: Json) -> _File:
    return {
        "media_id": words(stored["media_id"]),
        "mime_type": words(stored["mime_type"]),
        "sha256": words(stored["sha256"]),
        "caption": words(stored["caption"]),
    }


def _read_card(stored: Json) -> ContactCard:
    further = objects_of(stored["further"], _read_card)
    return ContactCard(
        name=words(stored["name"]),
        phones=strings(stored["phones"]),
        further=further,
        origin=words(stored.get("origin", "")),
        vcard=words(stored.get("vcard", "")),
        emails=strings(stored.get("emails", [])),
        urls=strings(stored.get("urls", [])),
        addresses=objects_of(stored.get("addresses", []), _read_address),
        **_words_of(stored, _CARD_WORDS),
    )


def _read_address(stored: Json) -> PostalAddress:
    return PostalAddress(**_words_of(stored, _ADDRESS_WORDS))


def _words_of(stored: Json, names: Iterable[str]) -> dict[str, Any]:
    return {name: words(stored.get(name, "")) for name in names}


def _read_order(stored: Json) -> Order:
    items = objects_of(stored["items"], _read_item)
    return Order(
        catalog_id=words(stored["catalog_id"]),
        items=items,
        text=words(stored["text"]),
        left_out=whole(stored.get("left_out", 0)),
    )


def _read_item(stored: Json) -> OrderItem:
    return OrderItem(
        product_id=words(stored["product_id"]),
        quantity=whole(stored["quantity"]),
        price=None if stored["price"] is None else number(stored["price"]),
        currency=words(stored["currency"]),
    )


def _read_tap(stored: Json) -> Tap:
    description = words(stored.get("description", ""))
    return Tap(id=words(stored["id"]), title=words(stored["title"]), description=description)


def _read_form(stored: Json) -> FormReply:
    body = words(stored.get("body", ""))
    return FormReply(name=words(stored["name"]), response=words(stored["response"]), body=body)


def _read_unsupported(stored: Json) -> Unsupported:
    return Unsupported(
        type=words(stored["type"]),
        reason=words(stored["reason"]),
        errors=objects_of(stored.get("errors", []), read_error),
        spoken=flag(stored.get("spoken", True)),
    )


def read_error(stored: Json) -> MessageError:
    """Return an error."""
    title, details = words(stored["title"]), words(stored["details"])
    message = words(stored.get("message", ""))
    return MessageError(code=whole(stored["code"]), title=title, details=details, message=message)


def _read_edited(stored: Json) -> Edited:
    content = read_said_content_or_none(stored["content"])
    return Edited(message_id=words(stored["message_id"]), content=content)


def _read_buttons(stored: Json) -> Buttons:
    buttons = objects_of(
        stored["buttons"], lambda one: Button(id=words(one["id"]), title=words(one["title"]))
    )
    header, footer = words(stored["header"]), words(stored["footer"])
    return Buttons(body=words(stored["body"]), buttons=buttons, header=header, footer=footer)


def _read_list(stored: Json) -> List:
    return List(
        body=words(stored["body"]),
        button=words(stored["button"]),
        sections=objects_of(stored["sections"], _read_section),
        header=words(stored["header"]),
        footer=words(stored["footer"]),
    )


def _read_section(stored: Json) -> Section:
    return Section(title=words(stored["title"]), rows=objects_of(stored["rows"], _read_row))


def _read_row(stored: Json) -> Row:
    return Row(id=words(stored["id"]), title=words(stored["title"]), description=words(stored["description"]))


_SAID: Mapping[str, Callable[[Json], SaidContent]] = {
    "text": _read_text,
    "several": lambda stored: Several(contents=objects_of(stored["contents"], read_said_content)),
    "tap": _read_tap,
    "image": lambda stored: Image(**_file(stored)),
    "video": lambda stored: Video(**_file(stored)),
    "audio": lambda stored: Audio(**_file(stored), voice=flag(stored["voice"])),
    "document": lambda stored: Document(**_file(stored), filename=words(stored["filename"])),
    "sticker": lambda stored: Sticker(**_file(stored), animated=flag(stored["animated"])),
    "location": _read_location,
    "contact_card": _read_card,
    "reaction": lambda stored: Reaction(
        message_id=words(stored["message_id"]), emoji=words_or_none(stored["emoji"])
    ),
    "order": _read_order,
    "form_reply": _read_form,
    "system": lambda stored: System(event=words(stored["event"]), body=words(stored.get("body", ""))),
    **ANSWERS,
    "unsupported": _read_unsupported,
    "edited": _read_edited,
    "deleted": lambda stored: Deleted(message_id=words(stored["message_id"])),
}

_OUTBOUND: Mapping[str, Callable[[Json], OutboundContent]] = {
    "text": _read_text,
    "buttons": _read_buttons,
    "list": _read_list,
    "template": read_template,
}
