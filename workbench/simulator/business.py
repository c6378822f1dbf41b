"""What a business keeps with the network beside its messages: its numbers, templates and Flows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.registration import Ladder


@dataclass(slots=True, kw_only=True)
class Number:
    """A phone number of the business."""

    verified: bool
    """Whether the code was typed in that proves whose number it is."""

    registered: bool
    """Whether it may send."""

    code: str | None = None
    """The code that was asked for; None when none is open."""

    ladder: Ladder = field(default_factory=Ladder)
    """Its PIN, its region, and how often it was registered."""

    name: str = "Simulated Business"
    """The display name, as Meta has verified it."""

    name_status: str = "APPROVED"

    new_name: str | None = None
    """A display name that Meta has not approved; None when there is none."""

    new_name_status: str = "NONE"

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

    messaging_limit: str = "TIER_250"
    """To how many people the portfolio may write first in 24 hours, as Meta's API names it."""


def new_id() -> str:
    """Return a new id, in the form of the network's."""
    return str(secrets.randbelow(9 * 10**15) + 10**15)
