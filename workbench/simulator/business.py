"""What a business keeps with the network beside its messages: its numbers, templates and Flows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.jsontext import JsonObject


@dataclass(slots=True, kw_only=True)
class Number:
    """A phone number of the business."""

    verified: bool
    """Whether the code was typed in that proves whose number it is."""

    registered: bool
    """Whether it may send."""

    code: str | None = None
    """The code that was asked for; None when none is open."""

    pin: str | None = None
    """The PIN of the two-step verification; None until there is one."""

    profile: JsonObject = field(default_factory=dict)
    """What contacts read of the business."""

    automation: JsonObject = field(default_factory=dict)
    """The commands, the ice breakers, and whether a first message is announced."""

    settings: JsonObject = field(default_factory=dict)
    """What was set at `settings`."""

    commerce: JsonObject = field(
        default_factory=lambda: {"is_cart_enabled": True, "is_catalog_visible": False}
    )
    """Whether contacts have a cart, and see the catalog."""

    public_key: str | None = None
    """The key for Flows; None until there is one."""

    username: str | None = None
    codes: dict[str, JsonObject] = field(default_factory=dict)
    """The QR codes."""

    blocked: list[Contact] = field(default_factory=list)
    """The contacts that are blocked, in the order in which they were."""


@dataclass(slots=True, kw_only=True)
class StoredTemplate:
    """A template as the business sees it."""

    name: str
    language: str
    category: str
    components: list[JsonObject]
    parameter_format: str = "POSITIONAL"


@dataclass(slots=True, kw_only=True)
class Flow:
    """A Flow."""

    name: str
    categories: list[str]
    status: str = "DRAFT"
    json: str | None = None
    """What it shows, as it was uploaded; None until then."""

    endpoint_uri: str | None = None


@dataclass(slots=True, kw_only=True)
class Business:
    """What belongs to the account, and to no number."""

    templates: dict[str, StoredTemplate] = field(default_factory=dict)
    """The templates by id."""

    flows: dict[str, Flow] = field(default_factory=dict)
    """The Flows by id."""


def new_id() -> str:
    """Return a new id, in the form of the network's."""
    return str(secrets.randbelow(9 * 10**15) + 10**15)
