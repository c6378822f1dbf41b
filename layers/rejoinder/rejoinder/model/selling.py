"""Contents that sell: products of the catalogue, bills, and what becomes of an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rejoinder.model.contents import Header
from rejoinder.model.several import several


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product of the catalogue."""

    catalog_id: str
    """The id of the catalogue."""

    product_id: str
    """The id of the product in the catalogue."""

    body: str = ""
    """The words."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["product"] = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSection:
    """Some products under one title."""

    title: str
    """The title. It may be empty only when this is the only section."""

    product_ids: tuple[str, ...]
    """The ids of the products in the catalogue."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "product_ids", several("product_ids", str, self.product_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductList:
    """Some products of the catalogue, in sections."""

    catalog_id: str
    """The id of the catalogue."""

    header: str
    """The line above the words."""

    body: str
    """The words."""

    sections: tuple[ProductSection, ...]
    """The sections, in order."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["product_list"] = "product_list"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", several("sections", ProductSection, self.sections))


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Words with a button that opens the whole catalogue."""

    body: str
    """The words."""

    product_id: str = ""
    """The id of the product whose picture is shown; empty for the first one."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["catalog"] = "catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order that is to be paid."""

    product_id: str
    """The id of the product: yours, or that of the catalogue."""

    name: str
    """The name that is shown."""

    price: Decimal
    """The price of one, in the currency of the order."""

    quantity: int = 1
    """How many of it."""

    sale_price: Decimal | None = None
    """The reduced price of one; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """A bill with a button by which the contact pays (in India, Brazil and Singapore)."""

    body: str = ""
    """The words. They are empty in a `Template` only, which has its own."""

    reference_id: str
    """Your id of the order. Each bill needs another one. It comes back with the payment."""

    lines: tuple[OrderLine, ...]
    """What was ordered."""

    currency: str
    """The currency, such as `INR`."""

    goods: Literal["digital-goods", "physical-goods"] = "physical-goods"
    """What kind of goods they are, in the network's word."""

    tax: Decimal = Decimal(0)
    """The tax, in the currency."""

    shipping: Decimal = Decimal(0)
    """What the shipping costs."""

    discount: Decimal = Decimal(0)
    """What the whole order is reduced by."""

    payment: Mapping[str, object] = field(default_factory=dict)
    """How it is paid, in the network's words, which differ between countries: in India
    `{"payment_type": "upi", "payment_configuration": "…"}`."""

    header: Header = ""
    """The file above the words: a picture."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["order_details"] = "order_details"

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", several("lines", OrderLine, self.lines))
        object.__setattr__(self, "payment", dict(self.payment))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatus:
    """What has become of an order that was billed by `OrderDetails`."""

    body: str = ""
    """The words. They are empty in a `Template` only, which has its own."""

    reference_id: str
    """The id of the order, as in its `OrderDetails`."""

    status: Literal["processing", "partially_shipped", "shipped", "completed", "canceled"]
    """What has become of it, in the network's word."""

    description: str = ""
    """A line about it."""

    kind: Literal["order_status"] = "order_status"
