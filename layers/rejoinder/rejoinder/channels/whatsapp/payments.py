"""Parsing: the status of a payment → an update of the conversation that the bill was sent in.

Shape: developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg.
"""

import json
from decimal import Decimal

from rejoinder.channels.fields import Json, object_of, timestamp_of, words_of
from rejoinder.channels.whatsapp.codes import code_of
from rejoinder.channels.whatsapp.ids import is_phone
from rejoinder.model.answers import Payment
from rejoinder.model.ids import clean_id, digest
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound


def parse_payment(event: Json, *, received_at: float) -> Inbound | None:
    """Parse `{"status": {...}, "account": "whatsapp:..."}`; None when it is about no payment of a contact.

    The same status always has the same id.
    """
    status = object_of(event, "status")
    user_id, phone = clean_id(status.get("recipient_user_id")), clean_id(status.get("recipient_id"))
    if status.get("type") != "payment" or not words_of(event.get("account")) or not (user_id or phone):
        return None
    return Inbound(
        id=f"payment-{digest(json.dumps(status, sort_keys=True))}",
        account=Account.parse(words_of(event.get("account"))),
        contact=Contact(
            id=user_id or phone or "",
            phone=phone if phone and is_phone(phone) else None,
            user_id=user_id,
        ),
        at=timestamp_of(status.get("timestamp"), received_at),
        content=_payment(words_of(status.get("status")), object_of(status, "payment")),
        reply_to=clean_id(status.get("id")),
        raw=status,
    )


def _payment(status: str, payment: Json) -> Payment:
    transaction = object_of(payment, "transaction")
    money = payment if object_of(payment, "amount") else transaction
    return Payment(
        reference_id=words_of(payment.get("reference_id")),
        status=status,
        amount=_amount(money.get("amount")),
        currency=words_of(money.get("currency")),
        receipt=words_of(payment.get("receipt")),
        transaction_id=words_of(transaction.get("id")),
        transaction_status=words_of(transaction.get("status")),
        provider=words_of(transaction.get("type")),
        method=words_of(transaction.get("method_type"))
        or words_of(object_of(transaction, "method").get("type")),
        error=_error(object_of(transaction, "error") or object_of(payment, "error")),
        refunded=sum((_amount(one.get("amount")) or Decimal(0) for one in _refunds(transaction)), Decimal(0)),
    )


def _error(error: Json) -> str:
    told = (words_of(error.get("code")), words_of(error.get("reason")) or words_of(error.get("message")))
    return ": ".join(filter(None, told))


def _refunds(transaction: Json) -> list[Json]:
    refunds = transaction.get("refunds")
    return [one for one in refunds if isinstance(one, dict)] if isinstance(refunds, list) else []


def _amount(money: object) -> Decimal | None:
    """Return an amount of money. Meta tells it in whole parts, of which the offset says how many make one."""
    if not isinstance(money, dict):
        return None
    value, offset = code_of(money.get("value")), money.get("offset")
    offset = 1 if offset is None else code_of(offset)
    return None if value is None or not offset else Decimal(value) / Decimal(offset)
