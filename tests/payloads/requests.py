"""Reads the body of a request to send back into what a bot says, after Meta's documentation.

rejoinder itself never reads requests.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Header,
    Image,
    Location,
    PostalAddress,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import (
    Button,
    Buttons,
    Card,
    Carousel,
    LinkButton,
    List,
    OutboundContent,
    Row,
    SaidFile,
    Section,
)
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)


class NotSaid(Exception):
    """No content of a bot becomes this request."""


def content_of(request: Mapping[str, Any]) -> OutboundContent:
    """Return what a bot says to have `request`, which is no template, sent. Raises NotSaid when it cannot say
    that.
    """
    named = next((name for name in (*_PLAIN, *_FILES, "interactive") if name in request), "text")
    name = str(request.get("type") or named)
    part = request.get(name, {})
    if name in _FILES:
        return file_of(name, part)
    if name == "interactive":
        read = _INTERACTIVE.get(str(part.get("type")))
        if read is None:
            raise NotSaid(f"an interactive message of the type {part.get('type')}")
        return read(part, part.get("action", {}))
    if name not in _PLAIN:
        raise NotSaid(f"a message of the type {name}")
    return _PLAIN[name](part)


_FILES: Mapping[str, Any] = {
    "image": Image,
    "video": Video,
    "audio": Audio,
    "document": Document,
    "sticker": Sticker,
}


def file_of(name: str, part: Mapping[str, Any]) -> SaidFile:
    """Return a file."""
    more = {key: part[key] for key in ("caption", "filename", "voice") if key in part}
    content: SaidFile = _FILES[name](part.get("link"), media_id=str(part.get("id", "")), **more)
    return content


def place_of(part: Mapping[str, Any]) -> Location:
    """Return a place."""
    return Location(
        latitude=float(part["latitude"]),
        longitude=float(part["longitude"]),
        name=part.get("name", ""),
        address=part.get("address", ""),
    )


def _card_of(card: Mapping[str, Any]) -> ContactCard:
    name, org = card.get("name", {}), card.get("org", {})
    parts = ("first_name", "last_name", "middle_name", "prefix", "suffix")
    return ContactCard(
        name=name.get("formatted_name", ""),
        **{part: name.get(part, "") for part in parts},
        organization=org.get("company", ""),
        department=org.get("department", ""),
        title=org.get("title", ""),
        birthday=card.get("birthday", ""),
        emails=tuple(one["email"] for one in card.get("emails", [])),
        urls=tuple(one["url"] for one in card.get("urls", [])),
        phones=tuple(one["phone"] for one in card.get("phones", [])),
        addresses=tuple(PostalAddress(**one) for one in card.get("addresses", [])),
    )


def _cards(cards: list[Mapping[str, Any]]) -> ContactCard:
    first, *further = map(_card_of, cards)
    values = {name: getattr(first, name) for name in ContactCard.__dataclass_fields__ if name != "kind"}
    return ContactCard(**{**values, "further": tuple(further)})


_PLAIN: Mapping[str, Callable[[Any], OutboundContent]] = {
    "text": lambda part: Text(body=part["body"], preview=_is_true(part.get("preview_url", False))),
    "location": place_of,
    "contacts": _cards,
    "reaction": lambda part: Reaction(message_id=part["message_id"], emoji=part.get("emoji") or None),
}


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def _header(part: Mapping[str, Any]) -> Any:
    header = part.get("header")
    if not header:
        return ""
    return header["text"] if header["type"] == "text" else file_of(header["type"], header[header["type"]])


def _frame(part: Mapping[str, Any]) -> dict[str, Any]:
    header: Header = _header(part)
    footer = part.get("footer", {}).get("text", "")
    return {"body": part.get("body", {}).get("text", ""), "header": header, "footer": footer}


def _without_header(part: Mapping[str, Any]) -> dict[str, Any]:
    frame = _frame(part)
    del frame["header"]
    return frame


def _body(part: Mapping[str, Any]) -> str:
    return str(part.get("body", {}).get("text", ""))


def _button(one: Mapping[str, Any]) -> Button:
    reply = one[one["type"]]
    return Button(id=reply["id"], title=reply["title"])


def _list(part: Mapping[str, Any], action: Mapping[str, Any]) -> OutboundContent:
    sections = tuple(
        Section(title=section.get("title", ""), rows=tuple(Row(**row) for row in section["rows"]))
        for section in action["sections"]
    )
    return List(button=action["button"], sections=sections, **_frame(part))


def _form(part: Mapping[str, Any], action: Mapping[str, Any]) -> OutboundContent:
    given = action["parameters"]
    first = given.get("flow_action_payload", {})
    return Form(
        button=given["flow_cta"],
        id=given.get("flow_id", ""),
        name=given.get("flow_name", ""),
        screen=first.get("screen", ""),
        data=first.get("data", {}),
        token=given.get("flow_token", ""),
        is_draft=given.get("mode") == "draft",
        **_frame(part),
    )


def _carousel_card(card: Mapping[str, Any]) -> Card:
    action, header = card["action"], _header(card) or None
    if card["type"] == "product":
        return Card(catalog_id=action["catalog_id"], product_id=action["product_retailer_id"])
    link = action.get("parameters", {})
    return Card(
        header=header,
        body=_body(card),
        title=link.get("display_text", ""),
        url=link.get("url", ""),
        buttons=tuple(map(_button, action.get("buttons", ()))),
    )


def _call_button(part: Mapping[str, Any], action: Mapping[str, Any]) -> OutboundContent:
    given = action.get("parameters", {})
    title, payload = given.get("display_text", ""), given.get("payload", "")
    return CallButton(body=_body(part), title=title, minutes=given.get("ttl_minutes"), payload=payload)


def _address(part: Mapping[str, Any], action: Mapping[str, Any]) -> OutboundContent:
    given = action["parameters"]
    errors = given.get("validation_errors", {})
    return AddressRequest(
        country=given.get("country", ""), values=given.get("values", {}), errors=errors, **_frame(part)
    )


def sections_of(action: Mapping[str, Any]) -> tuple[ProductSection, ...]:
    """Return the products of a list."""
    return tuple(
        ProductSection(
            title=section.get("title", ""),
            product_ids=tuple(one["product_retailer_id"] for one in section["product_items"]),
        )
        for section in action["sections"]
    )


def _products(part: Mapping[str, Any], action: Mapping[str, Any]) -> OutboundContent:
    return ProductList(catalog_id=action["catalog_id"], sections=sections_of(action), **_frame(part))


def _amount(part: Mapping[str, Any] | None) -> Decimal:
    return Decimal(part["value"]) / Decimal(part.get("offset", 1)) if part else Decimal(0)


_OF_ORDER = ("reference_id", "type", "currency", "total_amount", "order")


def bill_of(given: Mapping[str, Any], **frame: Any) -> OrderDetails:
    """Return a bill with its words, header and footer."""
    order = given["order"]
    lines = tuple(
        OrderLine(
            product_id=item.get("retailer_id", ""),
            name=item["name"],
            price=_amount(item["amount"]),
            quantity=item["quantity"],
            sale_price=_amount(item["sale_amount"]) if "sale_amount" in item else None,
        )
        for item in order["items"]
    )
    return OrderDetails(
        reference_id=given["reference_id"],
        lines=lines,
        currency=given["currency"],
        goods=given["type"],
        tax=_amount(order.get("tax")),
        shipping=_amount(order.get("shipping")),
        discount=_amount(order.get("discount")),
        payment={name: value for name, value in given.items() if name not in _OF_ORDER},
        **frame,
    )


def status_of(given: Mapping[str, Any], **frame: Any) -> OrderStatus:
    """Return what has become of an order, with its words."""
    order = given["order"]
    return OrderStatus(
        **frame,
        reference_id=given["reference_id"],
        status=order["status"],
        description=order.get("description", ""),
    )


_INTERACTIVE: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], OutboundContent]] = {
    "button": lambda part, action: Buttons(buttons=tuple(map(_button, action["buttons"])), **_frame(part)),
    "list": _list,
    "cta_url": lambda part, action: LinkButton(
        title=action["parameters"]["display_text"], url=action["parameters"]["url"], **_frame(part)
    ),
    "location_request_message": lambda part, _action: LocationRequest(body=_body(part)),
    "request_contact_info": lambda part, _action: ContactRequest(body=_body(part)),
    "call_permission_request": lambda part, _action: CallRequest(body=_body(part)),
    "voice_call": _call_button,
    "flow": _form,
    "product": lambda part, action: Product(
        catalog_id=action["catalog_id"], product_id=action["product_retailer_id"], **_without_header(part)
    ),
    "product_list": _products,
    "catalog_message": lambda part, action: Catalog(
        product_id=action.get("parameters", {}).get("thumbnail_product_retailer_id", ""),
        **_without_header(part),
    ),
    "carousel": lambda part, action: Carousel(
        body=_body(part), cards=tuple(map(_carousel_card, action["cards"]))
    ),
    "address_message": _address,
    "order_details": lambda part, action: bill_of(action["parameters"], **_frame(part)),
    "order_status": lambda part, action: status_of(action["parameters"], body=_body(part)),
}
"""How each type of interactive message is read."""
