"""What a message costs: the monthly free quota, and what is free after an advertisement.

https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator.contacts import Contact

FREE_SERVICE_MESSAGES: Final = 1000
"""How many service messages per business number and month are free of charge, since 2026-10-01."""

ANSWER_SECONDS: Final = 24 * 3600
"""How soon the business must answer who came from an advertisement, in seconds."""

FREE_SECONDS: Final = 72 * 3600
"""For how long everything is free after that answer, in seconds."""

REGULAR: Final = "regular"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The pricing of a message, as a status shows it."""

    type: str
    """`regular` is billed. All others, such as `free_customer_service`, are not."""

    category: str

    conversation: str = ""
    """The id of the free conversation, if there is one."""

    expires_at: float = 0.0
    """When that conversation ends."""


class Prices:
    """What was sent this month, and who came from an advertisement."""

    def __init__(self) -> None:
        self._service: dict[tuple[str, str], int] = {}
        self._came_at: dict[tuple[str, Contact], float] = {}
        self._free: dict[tuple[str, Contact], Price] = {}

    def came_from_ad(self, number: str, contact: Contact, at: float) -> None:
        """Remember that a contact came from an advertisement. The answer to it begins the free time."""
        self._came_at[number, contact] = at

    def free_until(self, number: str, contact: Contact) -> float:
        """Return until when everything to a contact is free; 0 when it never was."""
        price = self._free.get((number, contact))
        return price.expires_at if price else 0.0

    def of(self, number: str, contact: Contact | None, category: str, now: float) -> Price:
        """Return the price of a message that arrives, and count it."""
        if contact and (free := self._entry_point(number, contact, now)):
            return free
        if category != "service":
            return Price(type=REGULAR, category=category)
        month = time.strftime("%Y-%m", time.gmtime(now))
        count = self._service.get((number, month), 0) + 1
        self._service[number, month] = count
        is_free = count <= FREE_SERVICE_MESSAGES
        return Price(type="free_customer_service" if is_free else REGULAR, category=category)

    def _entry_point(self, number: str, contact: Contact, now: float) -> Price | None:
        key = (number, contact)
        if key in self._came_at and now - self._came_at.pop(key) <= ANSWER_SECONDS:
            self._free[key] = Price(
                type="free_entry_point",
                category="referral_conversion",
                conversation=secrets.token_hex(16),
                expires_at=now + FREE_SECONDS,
            )
        free = self._free.get(key)
        return free if free and now < free.expires_at else None


TIERS: Final = {"TIER_250": 250, "TIER_2K": 2_000, "TIER_10K": 10_000, "TIER_100K": 100_000}


def tier_of(limit: int | None) -> str:
    """Return Meta's word for a limit: that of its smallest step which is not below the limit."""
    return next((name for name, most in TIERS.items() if limit and limit <= most), "TIER_UNLIMITED")


class Audience:
    """Whom the business wrote to outside windows in the last 24 hours, which has a limit.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._since: dict[Contact, float] = {}

    def reach(self, contact: Contact, now: float) -> bool:
        """Count a contact. Return False when that would be one too many."""
        self._since = {one: at for one, at in self._since.items() if now - at < 24 * 3600}
        if contact in self._since or self._limit is None:
            return True
        if len(self._since) >= self._limit:
            return False
        self._since[contact] = now
        return True
