"""Account events: what the network tells of the business's own side: its account, its numbers, its settings.

The tracker publishes each of them. What has no class of its own is an `AccountEvent`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rejoinder.model.contents import MessageError


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """Something that concerns the account, such as a template's approval."""

    field: str
    """The network's word for it."""

    channel: str = ""
    """The name of the network, such as `whatsapp`; empty where the event is about no template."""

    account: str = ""
    """The account that it concerns, as `channel:id`; empty when it concerns all numbers of the business."""

    owner: str = ""
    """The network's id of the business account that it concerns."""

    number: str = ""
    """The phone number that it concerns; empty when it names none."""

    at: float = 0.0
    """When it happened, in Unix seconds, as far as we trust that."""

    raw: Mapping[str, object] = dataclasses.field(default_factory=dict, compare=False, repr=False)
    """All that the network told, as it sent it."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The network told of {self.field.replace('_', ' ')}"

    @property
    def holds_chats(self) -> bool:
        """Whether `raw` holds what people said to each other, or who got a message.

        It may: what has no name here may be anything about a message.
        """
        return self.field == "unknown"

    def told(self) -> dict[str, Any]:
        """Return its own values, without those that every account event has and those that are empty."""
        names = [one.name for one in fields(self)[len(fields(AccountEvent)) :]]
        return {name: value for name in names if (value := getattr(self, name)) not in ("", None, (), 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAlert(AccountEvent):
    """The network warns, or says that a warning is over."""

    type: str = ""
    """What it is about, in the network's word."""

    severity: str = ""
    """How bad it is, such as `CRITICAL`, `WARNING` or `INFORMATIONAL`."""

    status: str = ""
    """Whether it holds, such as `ACTIVE`."""

    description: str = ""
    """A sentence about it."""

    entity_type: str = ""
    """What kind of thing it is about, such as `BUSINESS`."""

    entity_id: str = ""
    """The network's id of that."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"Alert of the account: {self.type} is {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReview(AccountEvent):
    """The network has looked at the account."""

    decision: str = ""
    """What it decided, such as `APPROVED` or `REJECTED`."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The review of the account: {self.decision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """Something that the account may not do for a while."""

    type: str = ""
    """What, in the network's word."""

    ends_at: float = 0.0
    """When that is over, in Unix seconds; 0 when the network told no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUpdate(AccountEvent):
    """The account was restricted, deleted, shared with a partner, or moved to another price."""

    event: str = ""
    """What happened, in the network's word, such as `ACCOUNT_VIOLATION`."""

    violation: str = ""
    """What rule was broken, in the network's word."""

    restrictions: tuple[Restriction, ...] = ()
    """What the account may not do."""

    ban_state: str = ""
    """How far it is disabled, in the network's word."""

    ban_date: str = ""
    """When it was disabled, in the network's words."""

    country: str = ""
    """The country of the business."""

    account_id: str = ""
    """The network's id of the account that is shared."""

    portfolio_id: str = ""
    """The network's id of the portfolio that owns it."""

    ad_account_id: str = ""
    """The network's id of the account for advertisements."""

    partner_app_id: str = ""
    """The network's id of a partner's app."""

    solution_id: str = ""
    """The network's id of the solution that it belongs to."""

    price_category: str = ""
    """The category whose price changed."""

    price_tier: str = ""
    """The tier that its price is in now."""

    price_region: str = ""
    """The country where that price holds."""

    price_month: str = ""
    """The month in which it holds."""

    price_at: float = 0.0
    """When that changed, in Unix seconds."""

    international_at: float = 0.0
    """When the price for authentication abroad begins, in Unix seconds."""

    details: Mapping[str, object] = dataclasses.field(default_factory=dict)
    """What else it tells, by the network's names."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The account: {self.event.replace('_', ' ').lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings(AccountEvent):
    """The settings of a number were changed."""

    type: str = ""
    """What kind of settings, in the network's word."""

    settings: Mapping[str, object] = dataclasses.field(default_factory=dict)
    """The settings, by the network's names."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "The settings of a number were changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability(AccountEvent):
    """The account may do more, or less."""

    conversations: str = ""
    """With how many contacts it may begin a conversation in a day: a number, or a tier."""

    numbers: str = ""
    """How many phone numbers it may have."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "The limits of the account have changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberName(AccountEvent):
    """The name that contacts see was reviewed."""

    decision: str = ""
    """What was decided, such as `APPROVED`."""

    name: str = ""
    """The name."""

    reason: str = ""
    """Why it was rejected."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The name {self.name}: {self.decision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberQuality(AccountEvent):
    """The quality or the limit of a number changed."""

    event: str = ""
    """What happened, in the network's word, such as `FLAGGED` or `UPGRADE`."""

    limit: str = ""
    """The limit now, such as `TIER_1K`."""

    previous_limit: str = ""
    """The limit before."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The quality of the number {self.number}: {self.event}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Security(AccountEvent):
    """The PIN of a number was changed, or somebody wants to change it."""

    event: str = ""
    """What happened, in the network's word: `PIN_CHANGED`, `PIN_RESET_REQUEST` or `PIN_RESET_SUCCESS`."""

    requester: str = ""
    """The network's id of the person who did it."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"Security of the number {self.number}: {self.event}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Username(AccountEvent):
    """The username of the business changed."""

    username: str = ""
    """The username; empty when it was deleted."""

    status: str = ""
    """What became of it: `approved`, `reserved` or `deleted`."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The username {self.username} is {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSolution(AccountEvent):
    """A solution that is shared with a partner changed."""

    event: str = ""
    """What happened, in the network's word."""

    solution_id: str = ""
    """The network's id of it."""

    status: str = ""
    """Its status now."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The partner solution {self.solution_id} is {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentConfiguration(AccountEvent):
    """The way to a payment provider changed."""

    name: str = ""
    """The name of the configuration."""

    provider: str = ""
    """The provider, such as `razorpay`."""

    merchant_id: str = ""
    """The provider's id of the business."""

    status: str = ""
    """Its status now."""

    created_at: float = 0.0
    """When it was made, in Unix seconds."""

    updated_at: float = 0.0
    """When it was changed, in Unix seconds."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The payment configuration {self.name}: {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountErrors(AccountEvent):
    """The network could not do something, and it was about no one message."""

    errors: tuple[MessageError, ...] = ()
    """What went wrong."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        codes = ", ".join(str(error.code) for error in self.errors)
        return f"The network told of errors: {codes}"


HEALTH = AccountAlert | AccountUpdate | Capability | NumberQuality
"""What tells how much the network trusts an account or a number: what it may do, and whether it may."""
