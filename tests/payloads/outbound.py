"""Reads a request back into what a bot says, and compares what rejoinder sends for that."""

import re
from collections.abc import Mapping
from typing import Any

from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.errors import RejoinderError
from rejoinder.model.people import Contact
from tests.payloads.dropped import Table, why_dropped
from tests.payloads.leaves import Path, leaves, written
from tests.payloads.requests import NotSaid, content_of
from tests.payloads.templates import OF_TYPE, template_of

PHONE = "15550002001"
"""The number of a contact where a request has a placeholder for one."""


_SENT = "The number or address is sent without a word for it."

NOT_SENT: Table = {
    "recipient_identity_key_hash": "rejoinder does not let Meta check identities when it sends.",
    "contacts[].phones[].type": _SENT,
    "contacts[].phones[].wa_id": "WhatsApp finds the contact by the number.",
    "contacts[].emails[].type": _SENT,
    "contacts[].urls[].type": _SENT,
    "interactive.action.parameters.mode": "A published form is the default.",
    "interactive.action.parameters.order.*.description": "The amount is sent without a word for it.",
    "interactive.action.parameters.order.discount.discount_program_name": "It is a word for an amount.",
    "template.language.policy": "There is one policy, which is the default.",
    "context.message_id": "A reaction answers no other message: Meta ignores a context there.",
}
"""What is not sent on purpose."""


def outbound(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `Found` is to say of a request."""
    try:
        sent = rendered(request)
    except NotSaid as error:
        return {"why": f"rejoinder does not say it: {error}"}
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RejoinderError) as error:
        return {"why": f"it is not as Meta documents it: {type(error).__name__}: {error}"}
    request = _in_our_order(request)
    told = {path: _plain(path, value) for path, value in leaves(sent)}
    missing = [
        written(path)
        for path, value in leaves(request)
        if path[0] not in ("to", "recipient") and told.get(path) != _plain(path, value)
    ]
    lost = tuple(place for place in missing if not why_dropped(NOT_SENT, place))
    return {"lost": lost, "dropped": tuple(place for place in missing if place not in lost)}


def _plain(path: Path, value: Any) -> str:
    """Return a value as it is compared. Meta takes numbers and strings of them alike, and the names of types
    in any case.
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) or path[-1] in ("type", "sub_type") else str(value)


def _in_our_order(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a request with the components of its template in the order in which rejoinder sends them."""
    template = request.get("template")
    if not isinstance(template, dict):
        return request
    components = sorted(template.get("components", []), key=lambda one: OF_TYPE.index(one["type"].lower()))
    return {**request, "template": {**template, "components": components}}


def rendered(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the request that rejoinder sends for what `request` says. Raises NotSaid."""
    if request.get("status"):
        return render_receipt(request["message_id"], typing="typing_indicator" in request)
    is_template = "template" in (request.get("type") or [*request])
    content = template_of(request["template"]) if is_template else content_of(request)
    quote = request.get("context", {}).get("message_id", "")
    return render(_contact(request), content, request.get("biz_opaque_callback_data", ""), quote)


def _contact(request: Mapping[str, Any]) -> Contact:
    to = str(request.get("to", ""))
    if request.get("recipient_type") == "group":
        return Contact.of_group(to)
    if to:
        digits = re.sub(r"\D", "", to)
        return Contact(id=digits or PHONE, phone=digits or PHONE)
    return Contact(id=str(request["recipient"]), user_id=str(request["recipient"]))
