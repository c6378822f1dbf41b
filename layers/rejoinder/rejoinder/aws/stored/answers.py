"""Answers to the network's own buttons, and payments, as they are stored."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from rejoinder.aws.stored.fields import Json, filled, flag, number, words
from rejoinder.model.answers import CallPermission, Payment, PaymentMethod, ProductInquiry

Answer = CallPermission | ProductInquiry | PaymentMethod

_WORDS = ("receipt", "currency", "transaction_id", "transaction_status", "provider", "method", "error")


def dump_answer(content: Answer) -> dict[str, object]:
    """Return an answer as JSON, without what is empty."""
    told: Json = {}
    match content:
        case CallPermission(granted=granted, is_permanent=lasting, ends_at=ends_at, source=source):
            told = {"granted": granted, "is_permanent": lasting, "ends_at": ends_at, "source": source}
        case ProductInquiry(product_id=product_id, catalog_id=catalog_id, title=title):
            told = {"product_id": product_id, "catalog_id": catalog_id, "title": title}
        case PaymentMethod():
            told = {
                "method": content.method,
                "reference_id": content.reference_id,
                "last_digits": content.last_digits,
                "credential_id": content.credential_id,
                "chosen_at": content.chosen_at,
            }
    return {"kind": content.kind, **filled(told)}


def dump_payment(payment: Payment) -> dict[str, object]:
    """Return a payment as JSON, without what is empty. Amounts are strings: floats have no cents."""
    amount = None if payment.amount is None else str(payment.amount)
    told = {"amount": amount, "refunded": str(payment.refunded) if payment.refunded else ""}
    told |= {name: getattr(payment, name) for name in _WORDS}
    needed = {"reference_id": payment.reference_id, "status": payment.status}
    return {"kind": payment.kind, **needed, **filled(told)}


def read_payment(stored: Json) -> Payment:
    """Return a payment."""
    return Payment(
        reference_id=words(stored["reference_id"]),
        status=words(stored["status"]),
        amount=Decimal(words(stored["amount"])) if "amount" in stored else None,
        refunded=Decimal(words(stored.get("refunded", "0"))),
        receipt=words(stored.get("receipt", "")),
        currency=words(stored.get("currency", "")),
        transaction_id=words(stored.get("transaction_id", "")),
        transaction_status=words(stored.get("transaction_status", "")),
        provider=words(stored.get("provider", "")),
        method=words(stored.get("method", "")),
        error=words(stored.get("error", "")),
    )


def _time(value: object) -> float | None:
    return None if value is None else number(value)


def _read_permission(stored: Json) -> CallPermission:
    return CallPermission(
        granted=flag(stored.get("granted", False)),
        is_permanent=flag(stored.get("is_permanent", False)),
        ends_at=_time(stored.get("ends_at")),
        source=words(stored.get("source", "")),
    )


def _read_method(stored: Json) -> PaymentMethod:
    return PaymentMethod(
        method=words(stored.get("method", "")),
        reference_id=words(stored.get("reference_id", "")),
        last_digits=words(stored.get("last_digits", "")),
        credential_id=words(stored.get("credential_id", "")),
        chosen_at=_time(stored.get("chosen_at")),
    )


def _read_inquiry(stored: Json) -> ProductInquiry:
    return ProductInquiry(
        product_id=words(stored.get("product_id", "")),
        catalog_id=words(stored.get("catalog_id", "")),
        title=words(stored.get("title", "")),
    )


ANSWERS: Mapping[str, Callable[[Json], Answer]] = {
    "call_permission": _read_permission,
    "payment_method": _read_method,
    "product_inquiry": _read_inquiry,
}
"""How each kind of answer is read."""
