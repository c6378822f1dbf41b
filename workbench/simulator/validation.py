"""Meta's checks of a message request, which come before the rules of the network.

Limits: the "Send messages" page and the page of each type, all under
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import attachments, errors, kinds, places, templates
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.templates import Template

TEXT_BODY: Final = 4096
CALLBACK_DATA: Final = 512
CONTACTS: Final = 257
TYPES: Final = (
    "AUDIO",
    "CONTACTS",
    "DOCUMENT",
    "IMAGE",
    "INTERACTIVE",
    "LOCATION",
    "REACTION",
    "STICKER",
    "TEMPLATE",
    "TEXT",
    "VIDEO",
)
_TYPE_NAMES: Final = frozenset(name.lower() for name in TYPES)
_LACKING: Final = ("pin",)
"""The types that Meta has and the simulator lacks."""

_IN_GROUPS: Final = ("text", "image", "video", "audio", "document", "sticker", "template")
"""What a group may get: https://developers.facebook.com/documentation/business-messaging/whatsapp/groups/groups-messaging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message shows on the phone."""

    text: str
    """How it reads."""

    choices: tuple[Choice, ...] = ()
    """What can be tapped."""

    template: Template | None = None
    """The template, if it is one."""

    reacts_to: str | None = None
    """The id of the message that it reacts to, if it is a reaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A message request that passes Meta's checks."""

    to: str | None
    """The phone number in the request, as it was written."""

    recipient: str | None
    """The user id in the request."""

    callback_data: str | None
    content: Content

    to_group: bool = False
    """Whether `to` is the id of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A read receipt."""

    message_id: str
    """The id of the contact's message."""

    typing: bool
    """Whether the typing indicator is asked for."""


def check(body: JsonObject, approved: Iterable[Template]) -> Request | Receipt:
    """Return what a body asks for. Raises Meta's error when the body is invalid."""
    part = Part(body)
    product = part.text("messaging_product")
    if product.lower() != "whatsapp":
        raise errors.not_one_of("messaging_product", ("WHATSAPP",), product)
    return _message(part, approved) if body.get("status") is None else _receipt(part)


def _receipt(part: Part) -> Receipt:
    status = part.text("status")
    if status != "read":
        raise errors.not_one_of("status", ("READ",), status)
    typing = part.optional_part("typing_indicator")
    if typing is not None and typing.text("type") != "text":
        raise errors.not_one_of(typing.place("type"), ("TEXT",), typing.value["type"])
    return Receipt(message_id=part.text("message_id"), typing=typing is not None)


def _message(part: Part, approved: Iterable[Template]) -> Request:
    to_group = _to_group(part)
    to, recipient = part.optional_text("to") or None, part.optional_text("recipient") or None
    if to is None and (recipient is None or to_group):
        raise errors.required("to")
    kind = _type(part)
    if to_group and kind not in _IN_GROUPS:
        raise errors.coded(131051, f"Messages of type {kind} cannot be sent to a group.")
    return Request(
        to=to,
        recipient=recipient,
        callback_data=_callback_data(part),
        content=_content(part, kind, approved),
        to_group=to_group,
    )


def _type(part: Part) -> str:
    given = part.optional_text("type") or "text"
    kind = given.lower()
    if kind in _LACKING:
        raise errors.coded(131051, f"The simulator does not simulate messages of type {kind}.")
    if kind not in _TYPE_NAMES:
        raise errors.not_one_of("type", TYPES, given)
    if part.value.get(kind) is None:
        raise errors.coded(100, f"Parameter '{kind}' is mandatory for type '{kind}'")
    return kind


def _to_group(part: Part) -> bool:
    kind = part.optional_text("recipient_type") or "individual"
    if kind.lower() not in ("group", "individual"):
        raise errors.not_one_of("recipient_type", ("GROUP", "INDIVIDUAL"), kind)
    return kind.lower() == "group"


def _callback_data(part: Part) -> str | None:
    data = part.optional_text("biz_opaque_callback_data")
    if data is not None and len(data) > CALLBACK_DATA:
        raise errors.too_long("biz_opaque_callback_data", CALLBACK_DATA)
    return data


def _content(part: Part, kind: str, approved: Iterable[Template]) -> Content:
    if context := part.optional_part("context"):
        context.text("message_id")
    if kind == "template":
        filled = templates.fill(part.part("template"), approved)
        return Content(text=filled.text, choices=filled.choices, template=filled.template)
    if kind == "interactive":
        shown = kinds.check(part.part("interactive"))
        return Content(text=shown.text, choices=shown.choices)
    if kind in attachments.KEYS:
        return Content(text=attachments.check(part, kind))
    text = _CHECKS[kind](part)
    reacts_to = part.part("reaction").text("message_id") if kind == "reaction" else None
    return Content(text=text, reacts_to=reacts_to)


def _text(part: Part) -> str:
    text = part.part("text")
    text.only("body", "preview_url")
    body = text.text("body")
    if len(body) > TEXT_BODY:
        raise errors.too_long(text.place("body"), TEXT_BODY)
    if not isinstance(text.value.get("preview_url", False), bool):
        raise errors.wrong_type(text.place("preview_url"), "a boolean")
    return body


def _location(part: Part) -> str:
    location = part.part("location")
    location.only("latitude", "longitude", "name", "address")
    places.check(location)
    return f"[location] {location.optional_text('name') or ''}".rstrip()


def _contacts(part: Part) -> str:
    cards = part.parts("contacts")
    if not 1 <= len(cards) <= CONTACTS:
        raise errors.invalid(f"Invalid contacts count. Min allowed: 1, Max allowed: {CONTACTS}")
    return "[contacts] " + ", ".join(_card(card) for card in cards)


def _card(card: Part) -> str:
    name = card.part("name")
    parts = ("first_name", "last_name", "middle_name", "suffix", "prefix")
    if not any(name.optional_text(key) for key in parts):
        raise errors.coded(131008, f"{name.path}: one more part of the name is required")
    return name.text("formatted_name")


def _reaction(part: Part) -> str:
    reaction = part.part("reaction")
    reaction.only("message_id", "emoji")
    emoji = reaction.optional_text("emoji")
    if emoji is None:
        raise errors.required(reaction.place("emoji"))
    return f"[reaction] {emoji}".rstrip()


_CHECKS: Final[Mapping[str, Callable[[Part], str]]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
}
