"""Meta's checks of products, catalogues and orders. Any catalogue and any product exists.

https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products
and the pages of payments
"""

from __future__ import annotations

import re
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.interactive import (
    ANY_HEADER,
    BODY,
    TEXT_HEADER,
    Shown,
    around,
    frame,
    length,
    sections_of,
)
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.prompts import named_action

PRODUCTS: Final = 30
GOODS: Final = ("digital-goods", "physical-goods")
ORDER_STATES: Final = ("pending", "processing", "partially_shipped", "shipped", "completed", "canceled")
_REFERENCE_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,35}")


def product(message: Part) -> Shown:
    """Check a single product. Its body may be absent."""
    around(message, ())
    body = message.optional_part("body")
    text = body.text("text") if body else ""
    if text:
        length(text, "Body text", BODY)
    action = message.part("action")
    action.text("catalog_id")
    return Shown(text=f"{text} [product] {action.text('product_retailer_id')}".lstrip())


def product_list(message: Part) -> Shown:
    """Check a list of products. It needs a header."""
    message.part("header")
    body = frame(message, TEXT_HEADER)
    action = message.part("action")
    action.text("catalog_id")
    check_sections(action)
    return Shown(text=f"{body} [products]")


def check_sections(action: Part) -> None:
    """Check the sections of a list of products, in a message or a template."""
    count = 0
    for section in sections_of(action):
        items = section.parts("product_items")
        if not items:
            raise errors.required(section.place("product_items"))
        for item in items:
            item.text("product_retailer_id")
        count += len(items)
    if count > PRODUCTS:
        raise errors.invalid(f"Total product count exceed max allowed count: {PRODUCTS}")


def catalog(message: Part) -> Shown:
    """Check a message with the catalogue."""
    if message.value.get("header") is not None:
        # "allows" is Meta's word.
        raise errors.invalid(f"The parameter {message.place('header')} is not allows for catalog messages.")
    body = frame(message, ())
    action = named_action(message, "catalog_message")
    if parameters := action.optional_part("parameters"):
        parameters.optional_text("thumbnail_product_retailer_id")
    return Shown(text=f"{body} [View catalog]")


def order_details(message: Part) -> Shown:
    """Check a request to pay for an order. The sums are not compared."""
    body = frame(message, ANY_HEADER)
    check_bill(named_action(message, "review_and_pay").part("parameters"))
    return Shown(text=f"{body} [Review and pay]")


def check_bill(parameters: Part) -> None:
    """Check an order that is to be paid, in a message or a template."""
    _reference(parameters)
    goods = parameters.text("type")
    if goods not in GOODS:
        raise errors.not_one_of(parameters.place("type"), GOODS, goods)
    parameters.text("currency")
    for setting in parameters.optional_parts("payment_settings"):
        setting.text("type")
    _amount(parameters.part("total_amount"))
    _order(parameters.part("order"))


def _order(order: Part) -> None:
    _state(order)
    _amount(order.part("subtotal"))
    for key in ("tax", "shipping", "discount"):
        if amount := order.optional_part(key):
            _amount(amount)
    items = order.parts("items")
    if not items:
        raise errors.required(order.place("items"))
    for item in items:
        item.text("name")
        _whole(item, "quantity")
        _amount(item.part("amount"))


def order_status(message: Part) -> Shown:
    """Check the news of an order."""
    body = frame(message, TEXT_HEADER)
    state = check_news(named_action(message, "review_order").part("parameters"))
    return Shown(text=f"{body} [order {state}]")


def check_news(parameters: Part) -> str:
    """Check what has become of an order, in a message or a template. Return its state."""
    _reference(parameters)
    order = parameters.part("order")
    order.optional_text("description")
    return _state(order)


def _reference(parameters: Part) -> None:
    reference = parameters.text("reference_id")
    if not _REFERENCE_ID.fullmatch(reference):
        details = "must be up to 35 letters, digits, underscores, dashes or dots"
        raise errors.invalid(f"{parameters.place('reference_id')} {details}")


def _state(order: Part) -> str:
    state = order.text("status")
    if state not in ORDER_STATES:
        raise errors.not_one_of(order.place("status"), ORDER_STATES, state)
    return state


def _amount(amount: Part) -> None:
    _whole(amount, "value")
    _whole(amount, "offset")


def _whole(part: Part, key: str) -> None:
    number = part.value.get(key)
    if number is None:
        raise errors.required(part.place(key))
    if isinstance(number, bool) or not isinstance(number, int):
        raise errors.wrong_type(part.place(key), "an integer")
