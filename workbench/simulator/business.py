"""What a business keeps with the network beside its messages: its numbers, templates and Flows."""

from __future__ import annotations

import hashlib
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a review rejected a template."""

    reason: str
    """One of Meta's reasons, such as INVALID_FORMAT."""

    why: str = ""
    """What is wrong, in words."""

    recommendation: str = ""
    """What to do about it, in words."""


@dataclass(slots=True, kw_only=True)
class StoredTemplate:
    """What is kept of a template beside what a message needs. Times are those of the virtual clock."""

    components: list[JsonObject]
    """As the business wrote them."""

    parameter_format: str = "POSITIONAL"
    message_send_ttl_seconds: int | None = None

    quality: str = "UNKNOWN"
    """GREEN, YELLOW, RED or UNKNOWN."""

    changed_at: float = 0.0
    """When the review, the quality or the business changed it last."""

    rejection: Rejection | None = None
    """Why it was rejected; None when it was not."""

    pauses: int = 0
    """How often it was paused. The third time it is disabled."""

    paused_until: float | None = None
    """When a pause ends by itself; None when it is not paused, or does not end so."""

    previous_category: str | None = None
    """The category before the network changed it."""

    correct_category: str | None = None
    """The category that it will get; None when nothing is announced."""

    category_changes_at: float | None = None
    edits: list[float] = field(default_factory=list)
    """When it was edited while it was approved."""

    status_before: str = ""
    """The status to which it returns from the archive."""

    is_held: bool = False
    """Whether its messages wait until its quality is known."""


@dataclass(slots=True, kw_only=True)
class Flow:
    """A Flow."""

    name: str
    categories: list[str]
    status: str = "DRAFT"
    json: str | None = None
    """What it shows, as it was uploaded; None until then."""

    endpoint_uri: str | None = None
    changed_at: float = 0.0
    """When it was made or changed, in Unix seconds."""


@dataclass(slots=True, kw_only=True)
class Business:
    """What belongs to the account, and to no number."""

    templates: dict[str, StoredTemplate] = field(default_factory=dict)
    """What is kept of the templates, by id."""

    created: list[float] = field(default_factory=list)
    """When templates were created."""

    deleted: dict[tuple[str, str], float] = field(default_factory=dict)
    """When an approved template was deleted, by name and language."""

    no_marketing: bool = False
    """Whether templates of marketing may not be sent by the endpoint for all messages."""

    reviews_by_hand: bool = False
    """Whether somebody decides about templates by hand. Otherwise the rules decide."""

    flows: dict[str, Flow] = field(default_factory=dict)
    """The Flows by id."""

    messaging_limit: str = "TIER_250"
    """To how many people the portfolio may write first in 24 hours, as Meta's API names it."""


def template_id(name: str, language: str) -> str:
    """Return the id of a template. The same name and language have the same id in each run."""
    return str(10**15 + int(hashlib.sha256(f"{name}/{language}".encode()).hexdigest()[:12], 16))


def new_id() -> str:
    """Return a new id, in the form of the network's."""
    return str(secrets.randbelow(9 * 10**15) + 10**15)
