"""The rules of registering a number: its PIN, the lock after wrong guesses, and how often it may be tried.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
and the codes 1330xx of the page about errors. Meta publishes only the ten tries in 72 hours. How many guesses
lock a number, and for how long, is our choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rejoinder.workbench.simulator import errors

TRIES: Final = 10
"""How often a number may be registered or deregistered within TRIES_SECONDS."""

TRIES_SECONDS: Final = 72 * 3600

GUESSES: Final = 5
"""How many wrong PINs in a row lock a number."""

LOCK_SECONDS: Final = 12 * 3600

QUICK_GUESSES: Final = 2
"""After how many wrong PINs in a row a guess must wait PAUSE_SECONDS after the last one."""

PAUSE_SECONDS: Final = 60

REGIONS: Final = ("AE", "AU", "BH", "BR", "CA", "CH", "DE", "GB", "ID", "IN", "JP", "KR", "SG", "ZA")
"""Where Meta can keep messages: the values of `data_localization_region`."""


@dataclass(slots=True, kw_only=True)
class Ladder:
    """What happened to a number so far. Times are in Unix seconds."""

    pin: str | None = None
    """The PIN of the two-step verification; None until there is one."""

    region: str | None = None
    """Where its messages are kept; None for the usual place."""

    tried_at: list[float] = field(default_factory=list)
    """When it was registered and deregistered in the last TRIES_SECONDS, or tried to be."""

    guesses: int = 0
    """How many wrong PINs came in a row."""

    guessed_at: float = 0.0
    """When the last wrong PIN came."""

    def begin(self, now: float) -> None:
        """Count a registration or a deregistration. Raises 133016 when there were too many."""
        self.tried_at = [at for at in self.tried_at if now < at + TRIES_SECONDS]
        if len(self.tried_at) >= TRIES:
            raise errors.coded(133016, _wait("Too many attempts", self.tried_at[0] + TRIES_SECONDS - now))
        self.tried_at.append(now)

    def guess(self, pin: str, now: float) -> None:
        """Take a right PIN, or the first one. Raises 133008, 133009, or 133005 for a wrong one."""
        if self.guesses >= GUESSES:
            if (left := self.guessed_at + LOCK_SECONDS - now) > 0:
                raise errors.coded(133008, _wait("Too many guesses", left))
            self.guesses = 0
        if self.guesses >= QUICK_GUESSES and (left := self.guessed_at + PAUSE_SECONDS - now) > 0:
            raise errors.coded(133009, _wait("Guessed too fast", left))
        if self.pin not in (None, pin):
            self.guesses, self.guessed_at = self.guesses + 1, now
            raise errors.coded(133005, "The PIN is not the one of the two-step verification.")
        self.pin, self.guesses = pin, 0

    def settle(self, region: str | None, *, registered: bool) -> None:
        """Choose where messages are kept. That is possible only while the number is not registered."""
        if region is None:
            return
        if region not in REGIONS:
            raise errors.not_one_of("data_localization_region", REGIONS, region)
        if registered and region != self.region:
            raise errors.coded(
                100, "data_localization_region: deregister the number before the region changes"
            )
        self.region = region


def _wait(why: str, seconds: float) -> str:
    return f"{why}. Please try again in {int(seconds) + 1} seconds."
