"""Rendering of messages that sell."""

from decimal import Decimal
from typing import assert_never

from rejoinder.channels.whatsapp.attached import Json, render_frame
from rejoinder.channels.whatsapp.selling_limits import PER_UNIT, Selling, subtotal_of, total_of
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)


def render(content: Selling) -> Json:
    """Return the object `interactive` of a message."""
    match content:
        case Product():
            frame = render_frame(content.body, footer=content.footer)
            action: Json = {"catalog_id": content.catalog_id, "product_retailer_id": content.product_id}
            return {"type": "product", **frame, "action": action}
        case ProductList():
            return _products(content)
        case Catalog():
            frame = render_frame(content.body, footer=content.footer)
            action = {"name": "catalog_message"}
            if content.product_id:
                action["parameters"] = {"thumbnail_product_retailer_id": content.product_id}
            return {"type": "catalog_message", **frame, "action": action}
        case OrderDetails():
            frame = render_frame(content.body, content.header, content.footer)
            action = {"name": "review_and_pay", "parameters": _bill(content)}
            return {"type": "order_details", **frame, "action": action}
        case OrderStatus():
            action = {"name": "review_order", "parameters": _status(content)}
            return {"type": "order_status", **render_frame(content.body), "action": action}
        case _:
            assert_never(content)


def _products(content: ProductList) -> Json:
    frame = render_frame(content.body, content.header, content.footer)
    action = {"catalog_id": content.catalog_id, "sections": render_sections(content.sections)}
    return {"type": "product_list", **frame, "action": action}


def render_sections(sections: tuple[ProductSection, ...]) -> list[Json]:
    """Return the sections of a list of products."""
    rendered = []
    for section in sections:
        products: Json = {"product_items": [{"product_retailer_id": one} for one in section.product_ids]}
        rendered.append({"title": section.title, **products} if section.title else products)
    return rendered


def told_of(order: OrderDetails | OrderStatus) -> Json:
    """Return what a message tells of an order, without its words."""
    return _bill(order) if isinstance(order, OrderDetails) else _status(order)


def _bill(content: OrderDetails) -> Json:
    order: Json = {
        "status": "pending",  # the only one that a bill may have
        "items": [_line(line) for line in content.lines],
        "subtotal": _amount(subtotal_of(content)),
        "tax": _amount(content.tax),
    }
    if content.shipping:
        order["shipping"] = _amount(content.shipping)
    if content.discount:
        order["discount"] = _amount(content.discount)
    return {
        **content.payment,
        "reference_id": content.reference_id,
        "type": content.goods,
        "currency": content.currency,
        "total_amount": _amount(total_of(content)),
        "order": order,
    }


def _line(line: OrderLine) -> Json:
    item: Json = {
        "retailer_id": line.product_id,
        "name": line.name,
        "amount": _amount(line.price),
        "quantity": line.quantity,
    }
    if line.sale_price is not None:
        item["sale_amount"] = _amount(line.sale_price)
    return item


def _amount(amount: Decimal) -> Json:
    return {"value": int(amount * PER_UNIT), "offset": PER_UNIT}


def _status(content: OrderStatus) -> Json:
    order: Json = {"status": content.status}
    if content.description:
        order["description"] = content.description
    return {"reference_id": content.reference_id, "order": order}
