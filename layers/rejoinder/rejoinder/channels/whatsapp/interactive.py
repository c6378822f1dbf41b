"""Rendering of messages with buttons, lists, forms and cards."""

from typing import assert_never

from rejoinder.channels.whatsapp.attached import Json, render_frame
from rejoinder.channels.whatsapp.interactive_limits import Interactive
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import Button, Buttons, Card, Carousel, LinkButton, List

_REQUESTS = {
    "location_request": ("location_request_message", "send_location"),
    "contact_request": ("request_contact_info", "request_contact_info"),
    "call_request": ("call_permission_request", "call_permission_request"),
}
"""For each kind of request: its type, and the name of its action."""


def render(content: Interactive) -> Json:
    """Return the object `interactive` of a message."""
    match content:
        case Buttons():
            action: Json = {"buttons": [_reply("reply", button) for button in content.buttons]}
            return _message("button", render_frame(content.body, content.header, content.footer), action)
        case List():
            return _list(content)
        case LinkButton() | AddressRequest() | Form():
            return _framed(content)
        case Carousel():
            cards = [_card(place, card) for place, card in enumerate(content.cards)]
            return _message("carousel", render_frame(content.body), {"cards": cards})
        case CallButton():
            return _call(content)
        case LocationRequest() | ContactRequest() | CallRequest():
            kind, name = _REQUESTS[content.kind]
            return _message(kind, render_frame(content.body), {"name": name})
        case _:
            assert_never(content)


def _message(kind: str, frame: Json, action: Json) -> Json:
    return {"type": kind, **frame, "action": action}


def _reply(kind: str, button: Button) -> Json:
    return {"type": kind, kind: {"id": button.id, "title": button.title}}


def _list(content: List) -> Json:
    sections = []
    for section in content.sections:
        rows = [
            {"id": row.id, "title": row.title} | ({"description": row.description} if row.description else {})
            for row in section.rows
        ]
        sections.append({"title": section.title, "rows": rows} if section.title else {"rows": rows})
    frame = render_frame(content.body, content.header, content.footer)
    return _message("list", frame, {"button": content.button, "sections": sections})


def _framed(content: LinkButton | AddressRequest | Form) -> Json:
    match content:
        case LinkButton():
            kind, parameters = "cta_url", _link(content.title, content.url)
        case AddressRequest():
            kind, parameters = "address_message", {"country": content.country}
            if content.values:
                parameters["values"] = dict(content.values)
            if content.errors:
                parameters["validation_errors"] = dict(content.errors)
        case Form():
            kind, parameters = "flow", _form(content)
        case _:
            assert_never(content)
    frame = render_frame(content.body, content.header, content.footer)
    return _message(kind, frame, {"name": kind, "parameters": parameters})


def _link(title: str, url: str) -> Json:
    return {"display_text": title, "url": url}


def _form(content: Form) -> Json:
    parameters: Json = {"flow_message_version": "3", "flow_cta": content.button}
    parameters |= {"flow_id": content.id} if content.id else {"flow_name": content.name}
    if content.token:
        parameters["flow_token"] = content.token
    if content.is_draft:
        parameters["mode"] = "draft"
    if not content.screen:
        return parameters | {"flow_action": "data_exchange"}
    first: Json = {"screen": content.screen}
    if content.data:  # Meta takes no empty data
        first["data"] = dict(content.data)
    return parameters | {"flow_action": "navigate", "flow_action_payload": first}


def _call(content: CallButton) -> Json:
    given = {"display_text": content.title, "ttl_minutes": content.minutes, "payload": content.payload}
    action: Json = {"name": "voice_call"}
    if parameters := {name: value for name, value in given.items() if value}:
        action["parameters"] = parameters
    return _message("voice_call", render_frame(content.body), action)


def _card(place: int, card: Card) -> Json:
    if card.header is None:
        product = {"product_retailer_id": card.product_id, "catalog_id": card.catalog_id}
        return {"card_index": place, "type": "product", "action": product}
    # Meta calls a card with reply buttons by this type, too.
    shown: Json = {"card_index": place, "type": "cta_url", **render_frame(card.body, card.header)}
    if card.url:
        return shown | {"action": {"name": "cta_url", "parameters": _link(card.title, card.url)}}
    return shown | {"action": {"buttons": [_reply("quick_reply", button) for button in card.buttons]}}
