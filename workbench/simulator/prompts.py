"""Meta's checks of messages with one button: a link, a Flow, a call, or a request for an answer.

Limits: the pages of the types under
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/ and, for Flows,
https://developers.facebook.com/docs/whatsapp/flows/guides/sendingaflow
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator import attachments, errors
from rejoinder.workbench.simulator.interactive import ANY_HEADER, TEXT_HEADER, Shown, frame, length
from rejoinder.workbench.simulator.part import Part

LABEL: Final = 20
"""How long the words on a button may be, in characters."""

FLOW_LABEL: Final = 30
FLOW_VERSION: Final = "3"
CALL_MINUTES: Final = 43_200
"""How long a call button may work, in minutes: 30 days."""


def named_action(message: Part, name: str) -> Part:
    """Return the action. Raises Meta's error when it has another name."""
    action = message.part("action")
    given = action.text("name")
    if given.lower() != name:
        raise errors.not_one_of(action.place("name"), (name.upper(),), given)
    return action


def link(message: Part) -> Shown:
    """Check a button that opens a web page."""
    body = frame(message, ANY_HEADER)
    parameters = named_action(message, "cta_url").part("parameters")
    return Shown(text=f"{body} [{link_label(parameters)}]")


def link_label(parameters: Part) -> str:
    """Check label and address of a button that opens a web page. Return the label."""
    label = parameters.text("display_text")
    length(label, "Button display text", LABEL)
    attachments.check_link(parameters, "url")
    return label


def location(message: Part) -> Shown:
    """Check a request for the contact's location."""
    body = frame(message, TEXT_HEADER)
    named_action(message, "send_location")
    return Shown(text=f"{body} [Send location]")


def contact_info(message: Part) -> Shown:
    """Check a request for the contact's phone number."""
    body = frame(message, TEXT_HEADER)
    named_action(message, "request_contact_info")
    return Shown(text=f"{body} [Share contact info]")


def call_permission(message: Part) -> Shown:
    """Check a request for the permission to call. Its body may be absent."""
    body = frame(message, TEXT_HEADER) if "body" in message.value else ""
    named_action(message, "call_permission_request")
    return Shown(text=f"{body} [Call permission]".lstrip())


def voice_call(message: Part) -> Shown:
    """Check a button that calls the business."""
    body = frame(message, TEXT_HEADER)
    parameters = named_action(message, "voice_call").optional_part("parameters") or Part({})
    label = parameters.optional_text("display_text") or "Call Now"
    length(label, "Button display text", LABEL)
    minutes = parameters.value.get("ttl_minutes", 1)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        raise errors.wrong_type(parameters.place("ttl_minutes"), "an integer")
    if not 1 <= minutes <= CALL_MINUTES:
        raise errors.invalid(f"ttl_minutes must be between 1 and {CALL_MINUTES}")
    return Shown(text=f"{body} [{label}]")


def flow(message: Part) -> Shown:
    """Check a button that opens a Flow. Any Flow exists."""
    body = frame(message, ANY_HEADER)
    parameters = named_action(message, "flow").part("parameters")
    version = parameters.text("flow_message_version")
    if version != FLOW_VERSION:
        raise errors.not_one_of(parameters.place("flow_message_version"), (FLOW_VERSION,), version)
    if bool(parameters.optional_text("flow_id")) == bool(parameters.optional_text("flow_name")):
        raise errors.coded(131008, "flow: exactly one of flow_id and flow_name is required")
    label = parameters.text("flow_cta")
    length(label, "Flow CTA", FLOW_LABEL)
    _one_of(parameters, "mode", ("draft", "published"))
    parameters.optional_text("flow_token")
    _flow_action(parameters)
    return Shown(text=f"{body} [{label}]")


def _flow_action(parameters: Part) -> None:
    action = _one_of(parameters, "flow_action", ("navigate", "data_exchange"))
    payload = parameters.optional_part("flow_action_payload")
    if payload is None:
        return
    if action == "data_exchange":
        raise errors.invalid("flow_action_payload is not allowed for the flow action data_exchange")
    payload.text("screen")
    if (data := payload.optional_part("data")) is not None and not data.value:
        raise errors.invalid("flow_action_payload: data must not be empty")


def _one_of(part: Part, key: str, allowed: tuple[str, ...]) -> str:
    given = part.optional_text(key) or allowed[0]
    if given.lower() not in allowed:
        raise errors.not_one_of(part.place(key), tuple(name.upper() for name in allowed), given)
    return given.lower()


def address(message: Part) -> Shown:
    """Check a request for an address. Meta has it in India."""
    body = frame(message, TEXT_HEADER)
    parameters = named_action(message, "address_message").part("parameters")
    parameters.text("country")
    for key in ("values", "validation_errors"):
        if values := parameters.optional_part(key):
            for name in values.value:
                values.optional_text(name)
    for saved in parameters.optional_parts("saved_addresses"):
        saved.text("id")
        saved.part("value")
    return Shown(text=f"{body} [Provide address]")
