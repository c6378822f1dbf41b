"""Who is on the simulated Telegram: people and bots.

The shape on the wire is https://core.telegram.org/bots/api#user (Bot API 10.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rejoinder.workbench.simulator.jsontext import JsonObject


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a Telegram account."""

    id: int
    first_name: str = "Visitor"
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    phone_number: str = ""

    deactivated: bool = False
    """Whether the account was deleted."""

    def shown(self) -> JsonObject:
        """Return the `User` of the wire."""
        return {"id": self.id, "is_bot": False, **self.names(), "language_code": self.language_code}

    def names(self) -> JsonObject:
        """Return what `User` and `Chat` both have."""
        optional = {"last_name": self.last_name, "username": self.username}
        return {"first_name": self.first_name, **{key: value for key, value in optional.items() if value}}


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where the updates of a bot are sent."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""


@dataclass(slots=True, kw_only=True)
class Bot:
    """A bot."""

    token: str
    id: int
    username: str
    first_name: str

    webhook: Webhook | None = None
    """None: its updates are fetched."""

    allowed_updates: tuple[str, ...] = ()
    """The kinds of updates that it wants; none: the usual ones."""

    can_read_all_group_messages: bool = False
    """Whether its privacy mode is off."""

    commands: dict[tuple[str, str], list[JsonObject]] = field(default_factory=dict)
    """The commands, by scope (as JSON) and language."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    """Its name, `description` and `short_description`, by what and language."""

    menu_buttons: dict[int, JsonObject] = field(default_factory=dict)
    """The menu buttons, by chat; 0: of all other private chats."""

    last_message_id: int = 0
    """The number of the newest message in its private chats, which it counts together."""

    def shown(self) -> JsonObject:
        """Return the `User` of the wire."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}
