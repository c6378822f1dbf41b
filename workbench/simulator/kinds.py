"""Every type of interactive message: what Meta knows, and the check of each that is simulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rejoinder.workbench.simulator import carousels, commerce, errors, interactive, prompts
from rejoinder.workbench.simulator.interactive import Shown
from rejoinder.workbench.simulator.part import Part

_KEYS: Final = ("type", "header", "body", "footer", "action")

CHECKS: Final[Mapping[str, Callable[[Part], Shown]]] = MappingProxyType(
    {
        "address_message": prompts.address,
        "button": interactive.buttons,
        "call_permission_request": prompts.call_permission,
        "carousel": carousels.carousel,
        "catalog_message": commerce.catalog,
        "cta_url": prompts.link,
        "flow": prompts.flow,
        "list": interactive.rows,
        "location_request_message": prompts.location,
        "order_details": commerce.order_details,
        "order_status": commerce.order_status,
        "product": commerce.product,
        "product_list": commerce.product_list,
        "request_contact_info": prompts.contact_info,
        "voice_call": prompts.voice_call,
    }
)
"""The check of each type that is simulated."""

# Graph named these in an error of November 2023 (whatsapp-api-js, issue 169). No page describes them.
LACKING: Final = ("form_message", "menu_options", "message_with_link", "message_with_link_status")
"""The types that Meta has and the simulator lacks."""


def check(message: Part) -> Shown:
    """Return an interactive message as the phone shows it. Raises Meta's error when it is invalid."""
    kind = message.text("type")
    if kind.lower() in LACKING:
        raise errors.coded(131051, f"The simulator does not simulate interactive messages of type {kind}.")
    if kind.lower() not in CHECKS:
        known = tuple(sorted(name.upper() for name in (*CHECKS, *LACKING)))
        raise errors.not_one_of(message.place("type"), known, kind)
    message.only(*_KEYS)
    return CHECKS[kind.lower()](message)
