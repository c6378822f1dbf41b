"""Contents by which contacts answer the network's own buttons, and what becomes of what they pay."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPermission:
    """The contact says whether the business may call them: the answer to a `CallRequest`."""

    granted: bool
    """Whether the business may call."""

    is_permanent: bool = False
    """Whether that holds until they take it back."""

    ends_at: float | None = None
    """When the permission ends, in Unix seconds; None when the network told no time."""

    source: str = ""
    """How it came about, in the network's word: `user_action`, or `automatic` when the contact called us."""

    kind: Literal["call_permission"] = "call_permission"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInquiry:
    """The contact asks about a product of the catalogue, without words."""

    product_id: str
    """The id of the product in the catalogue."""

    catalog_id: str = ""
    """The id of the catalogue; empty when the network told none."""

    title: str = ""
    """The name of the product, where the network told it."""

    kind: Literal["product_inquiry"] = "product_inquiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """The contact chose how to pay a bill (`OrderDetails`) outside of the chat."""

    method: str
    """How, in the network's word, such as `offsite_card_pay`."""

    reference_id: str
    """Your id of the order, as in its `OrderDetails`."""

    last_digits: str = ""
    """The last digits of the card, where it is one."""

    credential_id: str = ""
    """The id under which the card is stored with you, where it is one."""

    chosen_at: float | None = None
    """When they chose, in Unix seconds; None when the network told no time."""

    kind: Literal["payment_method"] = "payment_method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The network tells what became of a payment for a bill (`OrderDetails`).

    It does not come from the contact. Ask your payment provider before you deliver anything.
    """

    reference_id: str
    """Your id of the order, as in its `OrderDetails`."""

    status: str
    """What became of it, in the network's word: `captured`, `pending` or `failed`."""

    amount: Decimal | None = None
    """How much, in the currency; None when the network told none that can be read."""

    currency: str = ""
    """The currency, such as `INR`."""

    receipt: str = ""
    """Your id of the receipt, where you gave one with the bill."""

    transaction_id: str = ""
    """The payment provider's id of the transaction."""

    transaction_status: str = ""
    """What became of the transaction, in the network's word: `success`, `pending` or `failed`."""

    provider: str = ""
    """The payment provider, such as `razorpay`."""

    method: str = ""
    """How it was paid, such as `upi` or `card`; empty when the network told nothing."""

    error: str = ""
    """Why it failed, in the provider's words."""

    refunded: Decimal = Decimal(0)
    """How much of it was paid back, in the currency."""

    kind: Literal["payment"] = "payment"
