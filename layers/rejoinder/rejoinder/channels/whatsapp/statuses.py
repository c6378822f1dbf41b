"""Parsing: webhook → statuses and account events. Nothing here raises.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status.
"""

from rejoinder.channels.fields import Json, object_of, timestamp_of, whole_parts, words_of
from rejoinder.channels.whatsapp.codes import TEMPLATE_STATUS, errors_of, remedy_of
from rejoinder.channels.whatsapp.events import parse_account_event
from rejoinder.channels.whatsapp.payments import parse_payment
from rejoinder.model.delivery import Detail, Remedy, Status, Step
from rejoinder.model.events import AccountEvent
from rejoinder.model.ids import clean_id
from rejoinder.model.updates import Inbound

STEPS = {step.value: step for step in (Step.SENT, Step.DELIVERED, Step.READ, Step.PLAYED, Step.FAILED)}
"""What each status of Meta says of a message."""


def parse_event(update: Json, *, received_at: float) -> Status | Inbound | AccountEvent:
    """Parse an event as the ingress queued it: `{"status": {...}}` or `{"change": {...}}`.

    A status of a payment becomes an update of its conversation. One that is about neither the delivery of a
    message nor a payment becomes an account event.
    """
    status = object_of(update, "status")
    payment = parse_payment(update, received_at=received_at)
    if payment:
        return payment
    step = STEPS.get(str(status.get("status")))
    if step is None:
        if status:
            return AccountEvent(field="unknown", at=received_at, raw=whole_parts(status))
        return parse_account_event(update, received_at=received_at)
    callback = status.get("biz_opaque_callback_data")
    code, why = _failure(status.get("errors"))
    return Status(
        step=step,
        at=timestamp_of(status.get("timestamp"), received_at),
        callback=callback if isinstance(callback, str) else "",
        detail=Detail(
            network_id=clean_id(status.get("id")) or "",
            error_code=code,
            error=why,
            billed_category=_billed(status.get("pricing")),
        ),
        remedy=remedy_of(code) if step is Step.FAILED else Remedy.NONE,
        template_status=TEMPLATE_STATUS.get(code, "") if step is Step.FAILED else "",
    )


def _failure(errors: object) -> tuple[int | None, str]:
    """Return the code and the text of the first error that has a code; no code when there is no error."""
    if not isinstance(errors, list) or not errors:
        return None, ""
    error = next(iter(errors_of(errors)), None)
    if error is None:
        return 0, "an error we could not read"
    return error.code, error.details or error.title


def _billed(pricing: object) -> str:
    """Return the category that a message is billed in; empty when it is not billed."""
    if not isinstance(pricing, dict) or pricing.get("billable") is not True:
        return ""
    return words_of(pricing.get("category")) or "unknown"
