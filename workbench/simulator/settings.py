"""The settings of a simulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from rejoinder.workbench import development
from rejoinder.workbench.simulator.templates import DEFAULT_TEMPLATES, Template

REVIEW_SECONDS: Final = 3.0
"""How long a review takes for people to see it, in seconds."""

_NUMBERS: Final = MappingProxyType(
    {
        development.PHONE_NUMBER_ID: development.DISPLAY_PHONE_NUMBER,
        development.SECOND_PHONE_NUMBER_ID: "15550100002",
    }
)

_BOTS: Final = MappingProxyType({development.TELEGRAM_BOT_TOKEN: development.TELEGRAM_BOT_USERNAME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Who the business is, where its webhook is, and how fast the network works.

    All times are real seconds, except those of the rates, which follow the virtual clock.
    """

    app_secret: str = development.APP_SECRET
    """What webhooks are signed with."""

    verify_token: str = development.VERIFY_TOKEN
    """The verify token of the handshake."""

    access_tokens: tuple[str, ...] = (development.ACCESS_TOKEN,)
    """The access tokens that callers may use."""

    phone_numbers: Mapping[str, str] = field(default_factory=lambda: _NUMBERS)
    """The business's phone numbers, by phone number id."""

    unverified: tuple[str, ...] = ()
    """The ids of the phone numbers that nobody has verified and registered yet."""

    waba_id: str = development.WABA_ID
    """The id of the WhatsApp Business Account."""

    app_id: str = development.APP_ID
    """The id of the app to which the access tokens belong."""

    default_version: str = "v26.0"
    """The version of the Graph API that serves paths without one. At Meta the app's dashboard sets it."""

    webhook_url: str | None = None
    """Where webhooks are sent; None until a webhook is registered."""

    templates: tuple[Template, ...] = DEFAULT_TEMPLATES
    """The approved templates."""

    approves_templates: bool = True
    """Whether rules decide about a new template. Otherwise it stays PENDING until somebody decides."""

    review_seconds: float = 0.0
    """How long the rules take to decide, in seconds. Nought is at once."""

    template_limit: int = 250
    """How many templates the account may have. A verified business may have 6,000."""

    messaging_limit: int | None = 250
    """How many contacts may get messages outside their windows in 24 hours; None for any number. Meta has the
    steps 250, 2,000, 10,000 and 100,000."""

    fetches_links: bool = False
    """Whether files are fetched from everywhere. Otherwise only those on this machine are fetched, and all
    other links are accepted unseen."""

    sent_seconds: float = 0.02
    """When the status `sent` comes, in seconds after the acceptance."""

    delivered_seconds: float = 0.06
    """When the status `delivered` comes, in seconds after the acceptance."""

    read_seconds: float = 0.12
    """When the status `read` comes, in seconds after the acceptance."""

    played_seconds: float = 0.18
    """When the status `played` of a voice note comes, in seconds after the acceptance."""

    webhook_timeout_seconds: float = 20.0
    """How long the webhook may take to answer, in seconds."""

    # Meta retries at once, and then less and less often for 7 days. Here the days are minutes.
    retry_first_seconds: float = 0.5
    """The pause before the second retry, in seconds. Each pause is twice as long as the one before it."""

    retry_max_seconds: float = 30.0
    """The longest pause between two retries, in seconds."""

    retry_attempts: int = 20
    """How many attempts a webhook gets."""

    pair_burst: int = 45
    """How many messages may go to one contact at once."""

    pair_seconds: float = 6.0
    """How long it takes until one more message may go to the same contact, in seconds."""

    messages_per_second: int = 80
    """How many messages per second one business number may handle, both directions together."""

    telegram_per_second: int = 30
    """How many messages per second a Telegram bot may send. https://core.telegram.org/bots/faq has them."""

    telegram_chat_burst: int = 20
    """How many messages a Telegram bot may send at once to a chat. Telegram gives no number."""

    telegram_chat_seconds: float = 1.0
    """How long it takes until a Telegram bot may send one more message to the same chat, in seconds."""

    telegram_group_minute: int = 20
    """How many messages a Telegram bot may send to a group in a minute."""

    telegram_bots: Mapping[str, str] = field(default_factory=lambda: _BOTS)
    """The usernames of the Telegram bots, by token. A token begins with the id of its bot."""

    @classmethod
    def of(
        cls, *, app_secret: str, verify_token: str, access_token: str, phone_number_id: str, waba_id: str
    ) -> Self:
        """Return the settings of somebody else's client, with one phone number or both of the usual ones."""
        one = {phone_number_id: development.DISPLAY_PHONE_NUMBER}
        return cls(
            app_secret=app_secret,
            verify_token=verify_token,
            access_tokens=(access_token,),
            phone_numbers=_NUMBERS if phone_number_id in _NUMBERS else one,
            waba_id=waba_id,
            review_seconds=REVIEW_SECONDS,
        )
