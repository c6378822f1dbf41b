"""What a simulator is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from workbench import development
from workbench.simulator.templates import DEFAULT_TEMPLATES, Template

_NUMBERS: Final = MappingProxyType(
    {
        development.PHONE_NUMBER_ID: development.DISPLAY_PHONE_NUMBER,
        development.SECOND_PHONE_NUMBER_ID: "15550100002",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Who the business is, where its webhook is, and how fast the network works.

    All durations are real seconds; `*_seconds` of a status count from the acceptance of the message.
    """

    app_secret: str = development.APP_SECRET
    verify_token: str = development.VERIFY_TOKEN
    access_tokens: tuple[str, ...] = (development.ACCESS_TOKEN,)
    phone_numbers: Mapping[str, str] = field(default_factory=lambda: _NUMBERS)
    waba_id: str = development.WABA_ID
    webhook_url: str | None = None
    templates: tuple[Template, ...] = DEFAULT_TEMPLATES
    sent_seconds: float = 0.02
    delivered_seconds: float = 0.06
    read_seconds: float = 0.12
    webhook_timeout_seconds: float = 20.0
    # Meta retries at once and then less and less often for 7 days; here the days are minutes.
    retry_first_seconds: float = 0.5
    retry_longest_seconds: float = 30.0
    retry_attempts: int = 20
    pair_burst: int = 45
    pair_seconds: float = 6.0
    messages_per_second: int = 80
