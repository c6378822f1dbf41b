"""The buttons of templates, and what a message may and must say about each.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.commerce import check_bill, check_sections
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.part import Part

CODE: Final = 15
"""How long a code to copy may be, in characters."""

# Graph named these in an error of January 2026 (frappe_whatsapp, issue 188).
SUB_TYPES: Final = (
    "BOOKING_CONFIRMATION",
    "CATALOG",
    "COPY_CODE",
    "FLOW",
    "MPM",
    "ORDER_DETAILS",
    "QUICK_REPLY",
    "REMINDER",
    "URL",
    "VOICE_CALL",
)
_NAMES: Final = {"URL": "Url", "PHONE_NUMBER": "Call", "COPY_CODE": "CopyCode", "FLOW": "Flow", "MPM": "Mpm"}
"""How Meta's errors name the types of buttons. Url and Call are as seen."""

KINDS: Final = (*SUB_TYPES, "OTP", "PHONE_NUMBER", "REQUEST_CONTACT_INFO", "SPM")
"""The types of buttons in a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button of a template."""

    kind: str
    """One of KINDS."""

    text: str
    """The words on it."""

    url: str = ""
    """Where a URL button leads. A variable at its end makes a parameter necessary."""

    @property
    def sub_type(self) -> str:
        """The `sub_type` under which a message fills it. A one-time code fills a URL."""
        return "URL" if self.kind == "OTP" else self.kind

    @property
    def needs(self) -> bool:
        """Whether a message must fill it."""
        return self.kind in ("COPY_CODE", "FLOW", "MPM", "OTP") or "{{" in self.url

    @property
    def takes(self) -> bool:
        """Whether a message may fill it."""
        return self.needs or self.kind not in ("PHONE_NUMBER", "REQUEST_CONTACT_INFO", "SPM", "URL")


def fill(components: Iterable[Part], given: tuple[str | Button, ...]) -> tuple[Choice, ...]:
    """Check what a message says about the buttons. Return the quick replies, with their payloads."""
    buttons = tuple(
        Button(kind="QUICK_REPLY", text=button) if isinstance(button, str) else button for button in given
    )
    payloads = [button.text for button in buttons]
    filled: set[int] = set()
    for component in components:
        index = _index(component, buttons)
        filled.add(index)
        if payload := _parameters(component, buttons[index], index):
            payloads[index] = payload
    for index, button in enumerate(buttons):
        if button.needs and index not in filled:
            raise _missing(button, index)
    pairs = zip(buttons, payloads, strict=True)
    return tuple(
        Choice(kind="button", id=payload, title=button.text)
        for button, payload in pairs
        if button.kind == "QUICK_REPLY"
    )


def _missing(button: Button, index: int) -> errors.GraphError:
    # Seen for Url (pipedream, issue 5899). A Flow's button was seen to get code 131009.
    name = _NAMES.get(button.sub_type, button.sub_type)
    details = f"buttons: Button at index {index} of type {name} requires a parameter"
    return errors.coded(131009 if button.kind == "FLOW" else 131008, details)


def _index(component: Part, buttons: tuple[Button, ...]) -> int:
    sub_type = component.text("sub_type")
    if sub_type.upper() not in SUB_TYPES:
        raise errors.not_one_of(component.place("sub_type"), SUB_TYPES, sub_type)
    # Meta accepts the index as a string and as a number.
    index = str(component.value.get("index", ""))
    if index not in map(str, range(len(buttons))):
        raise errors.coded(131009, f"buttons: the template has no button at index {index}")
    button = buttons[int(index)]
    if not button.takes:
        # Seen for Call (whatsapp-api-js, issue 175).
        name = _NAMES.get(button.kind, button.kind)
        details = f"buttons: Button at index {index} is of type {name} and does not support parameters"
        raise errors.coded(100, details)
    if button.sub_type != sub_type.upper():
        raise errors.coded(131009, f"buttons: the button at index {index} is of type {button.kind}")
    return int(index)


def _parameters(component: Part, button: Button, index: int) -> str | None:
    """Check the parameters of one button. Return the payload of a quick reply, if there is one."""
    parameters = component.optional_parts("parameters")
    # A Flow's button may come without a parameter, but must come.
    if not parameters and button.needs and button.kind != "FLOW":
        raise _missing(button, index)
    payload = None
    for parameter in parameters:
        payload = _parameter(parameter) or payload
    return payload if button.kind == "QUICK_REPLY" else None


def _parameter(parameter: Part) -> str | None:
    kind = parameter.text("type")
    match kind.lower():
        case "payload":
            return parameter.text("payload")
        case "text":
            return parameter.text("text")
        case "coupon_code":
            code = parameter.text("coupon_code")
            if len(code) > CODE:
                raise errors.invalid(f"Coupon code is too long. Max length is {CODE}")
        case "action":
            _action(parameter.part("action"))
        case "ttl_minutes" | "order_status" | "tap_target_configuration":
            pass
        case _:
            allowed = ("ACTION", "COUPON_CODE", "PAYLOAD", "TEXT", "TTL_MINUTES")
            raise errors.not_one_of(parameter.place("type"), allowed, kind)
    return None


def _action(action: Part) -> None:
    """Check what opens when the button is tapped: a form, the catalogue, products, a bill."""
    if action.value.get("sections") is not None:
        check_sections(action)
    if bill := action.optional_part("order_details"):
        check_bill(bill)
