"""Where Telegram sends the updates of a bot (core.telegram.org/bots/api#setwebhook)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from rejoinder.workbench.telegram.api import Asked, BotApi

UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "message_reaction",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_join_request",
)
"""The kinds of updates that a bot gets. Without a list Telegram sends no reactions."""

CONNECTIONS = 40
"""How many updates Telegram sends at once at most, unless somebody asks for another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What Telegram tells of a webhook (core.telegram.org/bots/api#webhookinfo)."""

    url: str = ""
    """The address; empty when there is none, and the updates are fetched."""

    pending: int = 0
    """How many updates wait."""

    last_error: str = ""
    """Why the last update could not be delivered."""

    last_error_at: float = 0.0
    """When that was, in Unix seconds; 0 for never."""

    connections: int = 0
    """How many updates Telegram sends at once at most; 0 when it does not say."""

    updates: tuple[str, ...] = ()
    """The kinds of updates that are sent; none for the usual ones."""

    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All that Telegram says."""

    @classmethod
    def of(cls, api: BotApi) -> Self:
        """Ask Telegram for the webhook of a bot. Raises BotApiError."""
        found = api.call("getWebhookInfo")
        return cls(
            url=found.get("url", ""),
            pending=found.get("pending_update_count", 0),
            last_error=found.get("last_error_message", ""),
            last_error_at=found.get("last_error_date", 0),
            connections=found.get("max_connections", 0),
            updates=tuple(found.get("allowed_updates") or ()),
            raw=found,
        )

    @property
    def host(self) -> str:
        """The host of the address."""
        return urlsplit(self.url).netloc

    @property
    def missing(self) -> list[str]:
        """The kinds of updates that a bot needs, and that are not sent."""
        return [kind for kind in UPDATES if kind not in self.updates]


def address(route: str, bot_id: str, username: str) -> str:
    """Return the address of a bot's webhook below the route of the stack.

    The front reads the username there: a mention of it in a group means the bot.
    """
    return f"{route}/{bot_id}?{urlencode({'username': username})}"


def set_webhook(url: str, secret_token: str, connections: int = CONNECTIONS) -> Asked:
    """Return the request that lets Telegram send the updates to `url`."""
    parameters = {
        "url": url,
        "secret_token": secret_token,
        "allowed_updates": list(UPDATES),
        "max_connections": connections,
    }
    return Asked(method="setWebhook", parameters=parameters, secrets=("secret_token",))


def delete_webhook(*, drop: bool = False) -> Asked:
    """Return the request that takes the webhook away. `drop` forgets the updates that wait."""
    return Asked(method="deleteWebhook", parameters={"drop_pending_updates": drop} if drop else {})
