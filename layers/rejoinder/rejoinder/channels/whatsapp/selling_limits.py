"""The limits of messages that sell.

Source of the numbers: developers.facebook.com/documentation/business-messaging/whatsapp, the pages
catalogs/share-products and payments/payments-in/pg (as of 2026-09).
"""

import json
import re
from decimal import Decimal
from typing import assert_never

from rejoinder.channels.whatsapp.file_limits import check_header
from rejoinder.channels.whatsapp.interactive_limits import (
    MAX_BODY,
    MAX_NAME,
    MAX_SECTIONS,
    check_footer,
    check_section_title,
)
from rejoinder.channels.whatsapp.lengths import check_id, check_length
from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Image
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)

Selling = Product | ProductList | Catalog | OrderDetails | OrderStatus

MAX_PRODUCTS = 30
"""The most products of a message, in all its sections together."""

MAX_REFERENCE = 35
"""The longest id of an order, in characters."""

MAX_LINE_NAME = 60
"""The longest name of a line of an order, in characters."""

MAX_STATUS = 120
"""The longest line about an order, in characters."""

PER_UNIT = 100
"""How many of its parts each currency has that Meta takes: INR, BRL and SGD."""

MAX_AMOUNT = Decimal(10) ** 12
"""The highest price. Meta names none; with this one, every sum is exact."""

GOODS = ("digital-goods", "physical-goods")
"""What goods may be."""

STATUSES = ("processing", "partially_shipped", "shipped", "completed", "canceled")
"""What may become of an order."""

OURS = frozenset({"reference_id", "type", "currency", "total_amount", "order"})
"""The parameters of an order that are made of its fields."""


def check(content: Selling) -> None:
    """Raise LimitExceeded when Meta would refuse `content`."""
    match content:
        case Product():
            _words(content.body, content.footer, optional=True)
            _ids(content.catalog_id, content.product_id)
        case ProductList():
            _products(content)
        case Catalog():
            _words(content.body, content.footer)
            if content.product_id:
                check_id("the id of a product", content.product_id, MAX_NAME)
        case OrderDetails():
            _frame(content)
            _order(content)
        case OrderStatus():
            check_length("the text over an order", content.body, MAX_BODY)
            _status(content)
        case _:
            assert_never(content)


def _words(body: str, footer: str, *, optional: bool = False) -> None:
    check_length("the text over products", body, MAX_BODY, optional=optional)
    check_footer(footer)


def _ids(catalog_id: str, product_id: str) -> None:
    check_id("the id of a catalogue", catalog_id, MAX_NAME)
    check_id("the id of a product", product_id, MAX_NAME)


def _products(content: ProductList) -> None:
    _words(content.body, content.footer)
    if not content.header:
        raise LimitExceeded('a list of products needs a line above its words: header="…"')
    check_header(content.header)
    check_sections(content.sections)
    check_id("the id of a catalogue", content.catalog_id, MAX_NAME)


def check_sections(sections: tuple[ProductSection, ...]) -> None:
    """Raise LimitExceeded when a list cannot have those products."""
    ids = [one for section in sections for one in section.product_ids]
    if not 1 <= len(ids) <= MAX_PRODUCTS:
        raise LimitExceeded(f"{len(ids)} products; a message takes 1 to {MAX_PRODUCTS} in all sections")
    if len(sections) > MAX_SECTIONS:
        raise LimitExceeded(f"{len(sections)} sections; a message takes up to {MAX_SECTIONS}")
    for section in sections:
        check_section_title(section.title, alone=len(sections) == 1)
        if not section.product_ids:
            raise LimitExceeded(f"the section {section.title!r} has no products")
    for product_id in ids:
        check_id("the id of a product", product_id, MAX_NAME)


def _frame(content: OrderDetails) -> None:
    check_length("the text over an order", content.body, MAX_BODY)
    if content.header:
        check_header(content.header, Image)
        if isinstance(content.header, str):
            raise LimitExceeded("the header of an order is a picture: Image(…)")
    check_footer(content.footer)


def check_in_template(order: OrderDetails | OrderStatus) -> None:
    """Raise LimitExceeded when a template cannot carry `order`."""
    if isinstance(order, OrderDetails):
        words: tuple[object, ...] = (order.body, order.header, order.footer)
        _order(order)
    else:
        words = (order.body,)
        _status(order)
    if any(words):
        raise LimitExceeded("an order in a template has no words, header or footer: the template has its own")


def _status(content: OrderStatus) -> None:
    _reference(content.reference_id)
    _one_of("the status of an order", content.status, STATUSES)
    check_length("the line about an order", content.description, MAX_STATUS, optional=True)


def _order(content: OrderDetails) -> None:
    _reference(content.reference_id)
    _one_of("the goods of an order", content.goods, GOODS)
    check_currency(content.currency)
    if not content.lines:
        raise LimitExceeded("an order has no lines: lines=(OrderLine(…), …)")
    for line in content.lines:
        _line(line)
    for what in ("tax", "shipping", "discount"):
        _amount(f"the {what} of an order", getattr(content, what))
    if total_of(content) < 0:
        raise LimitExceeded(f"the discount of an order is higher than its price: {content.discount}")
    _payment(content)


def check_currency(currency: object) -> None:
    """Raise LimitExceeded when a currency is not written as Meta writes it."""
    if not re.fullmatch("[A-Z]{3}", str(currency)):
        raise LimitExceeded(f"a currency is written in three letters, such as INR, not {currency!r}")


def subtotal_of(content: OrderDetails) -> Decimal:
    """Return what all lines cost together, by their reduced prices where they have one."""
    prices = (
        (one.price if one.sale_price is None else one.sale_price) * one.quantity for one in content.lines
    )
    return sum(prices, start=Decimal(0))


def total_of(content: OrderDetails) -> Decimal:
    """Return what is to be paid."""
    return subtotal_of(content) + content.tax + content.shipping - content.discount


def _one_of(what: str, value: object, values: tuple[str, ...]) -> None:
    if value not in values:
        raise LimitExceeded(f"{what} is one of {', '.join(values)}, not {value!r}")


def _reference(reference_id: str) -> None:
    check_id("the id of an order", reference_id, MAX_REFERENCE)
    if not re.fullmatch("[A-Za-z0-9_.-]+", reference_id):
        raise LimitExceeded(
            f"the id of an order is made of letters, digits, _, - and ., not {reference_id!r}"
        )


def _line(line: OrderLine) -> None:
    check_id("the id of a product", line.product_id, MAX_NAME)
    check_length("the name of a line of an order", line.name, MAX_LINE_NAME)
    _amount("a price", line.price)
    if type(line.quantity) is not int or not 1 <= line.quantity <= 10**6:
        raise LimitExceeded(f"a quantity is a whole number from 1 to 1,000,000, not {line.quantity!r}")
    if line.sale_price is None:
        return
    _amount("a reduced price", line.sale_price)
    if line.sale_price >= line.price:
        raise LimitExceeded(f"the reduced price {line.sale_price} is not below the price {line.price}")


def _amount(what: str, amount: object) -> None:
    if not isinstance(amount, Decimal):
        raise LimitExceeded(f'{what} is a Decimal, such as Decimal("9.90"), not {amount!r}')
    if not (amount.is_finite() and 0 <= amount < MAX_AMOUNT):
        raise LimitExceeded(f"{what} is 0 or more, and below 10¹², not {amount}")
    if amount * PER_UNIT % 1:
        raise LimitExceeded(f"{what} has two digits behind the point at most, not {amount}: round it")


def _payment(content: OrderDetails) -> None:
    taken = sorted(OURS & content.payment.keys())
    if taken:
        raise LimitExceeded(f"payment has {', '.join(taken)}, which the fields of the order say already")
    try:
        json.dumps(content.payment, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise LimitExceeded(f"the payment of an order is no JSON: {error}") from None
