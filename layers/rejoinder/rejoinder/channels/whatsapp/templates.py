"""Rendering of templates.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/templates, one page per kind of
template, and for orders .../payments/payments-in/orderdetailstemplate and orderstatustemplate.
"""

from datetime import datetime
from typing import assert_never

from rejoinder.channels.whatsapp import selling
from rejoinder.channels.whatsapp.attached import Json, filled, render_file, render_place
from rejoinder.model.contents import Location
from rejoinder.model.selling import OrderDetails, OrderStatus, Product
from rejoinder.model.templates import (
    ButtonTake,
    CallTime,
    CatalogPicture,
    CopyCode,
    FormStart,
    LinkEnd,
    Moment,
    Money,
    Parameter,
    Parameters,
    ProductChoice,
    TapId,
    Template,
    TemplateCard,
    TemplateHeader,
)


def render(content: Template) -> Json:
    """Return the object `template` of a message."""
    template: Json = {"name": content.name, "language": {"code": content.language}}
    components = [
        *_header(content.header, content.header_name),
        *_body(content.parameters),
        *_further(content),
        *_buttons(content.buttons, content.order),
    ]
    if content.cards:
        cards = [_card(place, card) for place, card in enumerate(content.cards)]
        components.append({"type": "carousel", "cards": cards})
    return template | {"components": components} if components else template


def _parameter(kind: str, value: object) -> Json:
    """Return a parameter; most have their kind twice."""
    return {"type": kind, kind: value}


def _component(kind: str, *parameters: Json) -> list[Json]:
    return [{"type": kind, "parameters": [*parameters]}]


def _header(header: TemplateHeader, name: str = "") -> list[Json]:
    match header:
        case "":
            return []
        case str():
            return _component("header", _text(header, name))
        case Location():
            return _component("header", _parameter("location", render_place(header)))
        case Product():
            product = {"product_retailer_id": header.product_id, "catalog_id": header.catalog_id}
            return _component("header", _parameter("product", product))
        case _:
            return _component("header", _parameter(header.kind, render_file(header)))


def _body(parameters: Parameters) -> list[Json]:
    if not parameters:
        return []
    if isinstance(parameters, tuple):
        return _component("body", *map(_text, parameters))
    return _component("body", *(_text(value, name) for name, value in parameters.items()))


def _text(value: Parameter, name: str = "") -> Json:
    named = {"parameter_name": name} if name else {}
    match value:
        case str():
            return {"type": "text", **named, "text": value}
        case Money():
            thousandths = int(value.amount * 1000)
            money = {"fallback_value": value.text, "code": value.currency, "amount_1000": thousandths}
            return {"type": "currency", **named, "currency": money}
        case Moment():
            moment = {"fallback_value": value.text, **_parts_of(value.at)}
            return {"type": "date_time", **named, "date_time": moment}
        case _:
            assert_never(value)


def _parts_of(at: datetime | None) -> Json:
    if at is None:
        return {}
    return {
        "day_of_week": at.isoweekday(),
        "year": at.year,
        "month": at.month,
        "day_of_month": at.day,
        "hour": at.hour,
        "minute": at.minute,
        "calendar": "GREGORIAN",
    }


def _further(content: Template) -> list[Json]:
    components = []
    if content.offer_ends_at:
        ends_at = {"expiration_time_ms": round(content.offer_ends_at.timestamp() * 1000)}
        components += _component("limited_time_offer", _parameter("limited_time_offer", ends_at))
    if content.link:
        target = [{"url": content.link, "title": content.link_title}]
        components += _component("tap_target_configuration", _parameter("tap_target_configuration", target))
    if isinstance(content.order, OrderStatus):
        components += _component("order_status", _parameter("order_status", selling.told_of(content.order)))
    return components


def _card(place: int, card: TemplateCard) -> Json:
    components = [*_header(card.header), *_body(card.parameters), *_buttons(card.buttons)]
    return {"card_index": place, "components": components}


def _buttons(
    buttons: tuple[ButtonTake | None, ...], order: OrderDetails | OrderStatus | None = None
) -> list[Json]:
    rendered = [_button(place, *_taken(take)) for place, take in enumerate(buttons) if take]
    if isinstance(order, OrderDetails):  # such a template has no other button
        bill = {"order_details": selling.told_of(order)}
        rendered.append(_button(0, "order_details", _parameter("action", bill)))
    return rendered


def _button(place: int, kind: str, *parameters: Json) -> Json:
    # Meta takes the place as a number, too. Most of its examples have a string.
    button: Json = {"type": "button", "sub_type": kind, "index": str(place)}
    return button | {"parameters": [*parameters]} if parameters else button


def _taken(take: ButtonTake) -> tuple[str, *tuple[Json, ...]]:
    """Return the type of a button, and its parameters."""
    match take:
        case LinkEnd(end=end):
            return "url", _text(end)
        case TapId(id=id):
            return "quick_reply", _parameter("payload", id)
        case CopyCode(code=code):
            return "copy_code", _parameter("coupon_code", code)
        case CallTime():
            given = filled({"ttl_minutes": take.minutes, "payload": take.payload})
            return "voice_call", *(_parameter(name, value) for name, value in given.items())
        case _:
            return _action(take)


def _action(take: FormStart | CatalogPicture | ProductChoice) -> tuple[str, *tuple[Json, ...]]:
    match take:
        case FormStart():
            form = filled({"flow_token": take.token, "flow_action_data": dict(take.data)})
            return ("flow", _parameter("action", form)) if form else ("flow",)
        case CatalogPicture():
            return "catalog", _parameter("action", {"thumbnail_product_retailer_id": take.product_id})
        case ProductChoice():
            sections = selling.render_sections(take.sections)
            shown = {"thumbnail_product_retailer_id": take.product_id, "sections": sections}
            return "mpm", _parameter("action", shown)
        case _:
            assert_never(take)
