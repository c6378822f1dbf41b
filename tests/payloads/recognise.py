"""What a JSON body is, told by its shape alone. Nothing here raises."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["webhook", "update", "outbound", "error", "answer", "management", "unknown"]

OBJECT = "whatsapp_business_account"

CONTENTS = (
    *("text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction"),
    *("interactive", "template"),
)
"""The names under which an outbound request has its content."""

MAX_DEPTH = 6
"""How deep a body may lie in what wraps it, such as a recorded event."""

METADATA = {"display_phone_number": "15550100001", "phone_number_id": "100000000000001"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One body that was found."""

    kind: Kind
    """What it is."""

    json: Any
    """The body; a part of a webhook is wrapped in a whole one."""

    why: str = ""
    """Why it is not ours, where it is not."""

    status: int = 400
    """The HTTP status of an error, where it is told."""


def bodies_in(found: Any, depth: int = 0) -> Iterator[Body]:
    """Yield each body in `found`, which may wrap it in arrays, objects and strings of JSON."""
    whole = recognised(found)
    if whole:
        yield whole
        return
    inner = list(_inner(found, depth))
    if inner:
        yield from inner
    elif depth == 0:
        yield not_ours(found)


def _inner(found: Any, depth: int) -> Iterator[Body]:
    if depth == MAX_DEPTH:
        return
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for part in parts:
        inner = _from_text(part) if isinstance(part, str) else part
        if isinstance(inner, dict | list):
            yield from bodies_in(inner, depth + 1)


def _from_text(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def recognised(found: Any) -> Body | None:
    """Return what `found` itself is; None when it is no body of a network."""
    if not isinstance(found, dict):
        return None
    if "update_id" in found:
        return Body(kind="update", json=found)
    webhook = _webhook(found)
    if webhook:
        return Body(kind="webhook", json=webhook)
    if isinstance(found.get("error"), dict) and "code" in found["error"]:
        return Body(kind="error", json=found)
    answer = found.get("body")
    if isinstance(answer, dict) and isinstance(answer.get("ok"), bool):
        return Body(kind="answer", json=answer)
    if "http_status" in found and isinstance(answer, dict) and isinstance(answer.get("error"), dict):
        status = found["http_status"]
        return Body(kind="error", json=answer, status=status if isinstance(status, int) else 400)
    return _request_or_answer(found)


def _request_or_answer(found: dict[str, Any]) -> Body | None:
    is_ours = found.get("messaging_product") == "whatsapp"
    if not is_ours or "product_policy" in found or "message_activity_sharing" in found:
        return None
    if isinstance(found.get("message_id"), str) and isinstance(found.get("status"), str):
        return Body(kind="outbound", json=found)
    if (found.get("to") or found.get("recipient")) and any(name in found for name in CONTENTS):
        return Body(kind="outbound", json=found)
    messages = found.get("messages")
    if isinstance(messages, list) and all(isinstance(one, dict) and "type" not in one for one in messages):
        return Body(kind="answer", json=found)
    return None


def _webhook(found: dict[str, Any]) -> Any:
    """Return the webhook that `found` is, or is a part of; None when it is none."""
    if isinstance(found.get("entry"), list):
        return with_account(found if found.get("object") == OBJECT else {**found, "object": OBJECT})
    if isinstance(found.get("field"), str) and isinstance(found.get("value"), dict):
        return _whole(found)
    if isinstance(found.get("metadata"), dict) and "phone_number_id" in found["metadata"]:
        field = next((name for name in found if name in _FIELDS_BY_PART), "messages")
        return _whole({"field": _FIELDS_BY_PART.get(field, "messages"), "value": found})
    part = _part(found)
    value = {"messaging_product": "whatsapp", "metadata": METADATA}
    return _whole({"field": "messages", "value": {**value, part: [found]}}) if part else None


_FIELDS_BY_PART = {
    "message_echoes": "smb_message_echoes",
    "state_sync": "smb_app_state_sync",
    "history": "history",
    "user_preferences": "user_preferences",
    "calls": "calls",
    "automatic_events": "automatic_events",
    "standby": "standby",
    "control_passed": "messaging_handovers",
    "control_taken": "messaging_handovers",
}


def _part(found: dict[str, Any]) -> str:
    """Return where a lone message or status stands in a webhook; empty when `found` is neither."""
    if "messaging_product" in found or "timestamp" not in found or not isinstance(found.get("id"), str):
        return ""
    if isinstance(found.get("status"), str) and any(name.startswith("recipient") for name in found):
        return "statuses"
    return "messages" if isinstance(found.get("type"), str) else ""


def _whole(change: dict[str, Any]) -> Any:
    return with_account({"object": OBJECT, "entry": [{"id": "0", "changes": [change]}]})


_PLACEHOLDER = re.compile(r"[<\[].*[>\]]")
"""What documentation writes in place of an id, such as `<PHONE_NUMBER_ID>`. No id looks like it."""


def with_account(node: Any) -> Any:
    """Return `node` with an id of a number where documentation has a placeholder for one."""
    if isinstance(node, list):
        return [with_account(part) for part in node]
    if not isinstance(node, dict):
        return node
    whole = {name: with_account(part) for name, part in node.items()}
    number = whole.get("phone_number_id")
    if isinstance(number, str) and _PLACEHOLDER.fullmatch(number):
        whole["phone_number_id"] = METADATA["phone_number_id"]
    _name_the_sender(whole)
    return whole


def _name_the_sender(value: dict[str, Any]) -> None:
    """Give the only contact the number of the only message, where documentation has placeholders for both."""
    match value:
        case {"contacts": [{"wa_id": str(wa_id)} as contact], "messages": [{"from": str(sender)}]}:
            if _PLACEHOLDER.fullmatch(wa_id) and _PLACEHOLDER.fullmatch(sender):
                contact["wa_id"] = sender


_NAMES = (
    ("encrypted_contents", "messages with an encrypted payload: rejoinder does not send them"),
    ("message_activity_sharing", "the Marketing Messages API: rejoinder does not send by it"),
    ("product_policy", "the Marketing Messages API: rejoinder does not send by it"),
    ("components", "a template to create or change: that is done in WhatsApp Manager"),
    ("block_users", "blocking of contacts: rejoinder does not call it"),
    ("calling", "settings of calls: rejoinder does not call them"),
    ("action", "a call: rejoinder does not call"),
    ("metric", "a metric of a form: rejoinder does not read it"),
)


def not_ours(found: Any) -> Body:
    """Return a body that rejoinder neither sends nor receives, with the reason."""
    if isinstance(found, dict):
        for name, why in _NAMES:
            if name in found:
                return Body(kind="management", json=found, why=why)
    return Body(
        kind="unknown",
        json=found,
        why="management, or no body of WhatsApp: rejoinder neither sends nor gets it",
    )
