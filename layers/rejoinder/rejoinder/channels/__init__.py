"""The networks: the table of channels, and what a channel is.

A channel is a folder in here. Its module `front` has an object `FRONT`: what the ingress needs of it, by the
standard library only. Its module `channel` has an object `CHANNEL` for everything else. Nothing outside of a
channel's folder knows its network.
"""

from __future__ import annotations  # so that the ingress need not import the model

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from rejoinder.channel_ports import ChannelRules, Network
from rejoinder.errors import SettingsError, Unreadable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from rejoinder.channel_ports import Front, SecretsOf
    from rejoinder.file_ports import Fetched, FileStores, Uploaded
    from rejoinder.model.delivery import Status
    from rejoinder.model.events import AccountEvent
    from rejoinder.model.files import File
    from rejoinder.model.people import Account, Contact
    from rejoinder.model.said import OutboundContent
    from rejoinder.model.template_state import TemplateState
    from rejoinder.model.updates import Inbound

Json = Mapping[str, object]


class Connection(Network, Protocol):
    """The way to a network, with its files."""

    # As in `MediaNetwork`, which the ingress need not import.

    def owner(self, account: Account, /) -> str:
        """Return the network's id of the business account that `account` is a part of; empty if unknown."""

    def templates(self, account: Account, /) -> Iterable[TemplateState]:
        """Return what the network says of each template of the business account of `account`, without times.

        Raises a SendError.
        """

    def fetch(self, account: Account, media_id: str, /) -> AbstractContextManager[Fetched]:
        """Open a file that a contact sent. Raises MediaGone when there is none, or a SendError."""

    def upload(self, account: Account, file: File, opened: BinaryIO, /) -> Uploaded:
        """Give the network a file that is to be sent. Raises a SendError; Rejected when it is not taken."""


class Channel(ChannelRules, Protocol):
    """All that differs between networks."""

    @property
    def name(self) -> str:
        """The name of the channel, such as `whatsapp`."""

    @property
    def undeliverable_code(self) -> int:
        """The network's error code for a message that cannot reach its contact."""

    @property
    def send_seconds(self) -> float:
        """The most that sending one message may take, in seconds, with all that belongs to it."""

    def parse(self, account: Account, update: Json, *, received_at: float) -> Inbound:
        """Return one update of a conversation, as the front split it off. Never raises."""

    def parse_event(self, event: Json, *, received_at: float) -> Status | Inbound | AccountEvent:
        """Return one status, payment or account event, as the front split it off. Never raises."""

    def contact_of(self, text: str) -> Contact | None:
        """Return the contact whom a person names by a phone number or an id; None when `text` names none."""

    @property
    def upload_seconds(self) -> float:
        """The most that the files of one message may take on their way to the network, in seconds."""

    def connect(
        self, secrets_of: SecretsOf, settings: Mapping[str, str], stores: FileStores | None = None
    ) -> Connection:
        """Return the way to the network. `settings` are environment variables.

        `stores` has the files that go along with messages; None where no messages are sent. Raises
        SettingsError when a setting is missing or wrong.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table of channels."""

    package: str
    """The package of the channel."""

    route: str
    """The first part of the path under which the network finds the ingress."""


TABLE: dict[str, Row] = {
    "whatsapp": Row(package="rejoinder.channels.whatsapp", route="webhook"),
    "telegram": Row(package="rejoinder.channels.telegram", route="telegram"),
}
"""The channels, by their names."""

FIRST = next(iter(TABLE))
"""The channel that was there first: where settings name none, they mean it."""

UNKNOWN = "account: its channel is none that this version knows"


def channel_named(name: str) -> Channel:
    """Return the channel of that name; Unreadable when there is none: a newer version may know it."""
    if name not in TABLE:
        raise Unreadable(UNKNOWN)
    return _channel_in(TABLE[name].package)


@cache
def _channel_in(package: str) -> Channel:
    channel: Channel = import_module(f"{package}.channel").CHANNEL
    return channel


def channel_of(account: Account) -> Channel:
    """Return the channel that `account` belongs to; Unreadable when there is none."""
    return channel_named(account.channel)


def channels_in(names: str) -> tuple[str, ...]:
    """Return the names of channels in the setting CHANNELS, which has commas between them.

    Raises SettingsError for a name that this version does not know.
    """
    found = tuple(dict.fromkeys(name for name in names.split(",") if name))
    for name in found:
        if name not in TABLE:
            raise SettingsError(f"environment variables: CHANNELS: there is no channel {name}")
    return found


def import_room(room: str, names: Iterable[str]) -> None:
    """Import that module of each of these channels that has it, such as `inbound`.

    A channel imports its modules when they are needed. A function that needs one imports it while it starts,
    not while its first message waits.
    """
    for row in (TABLE[name] for name in names):
        if find_spec(f"{row.package}.{room}"):
            import_module(f"{row.package}.{room}")


def front_named(name: str) -> Front:
    """Return the front of the channel of that name, without the rest of the channel."""
    front: Front = import_module(f"{TABLE[name].package}.front").FRONT
    return front


def channel_at(path: str) -> str | None:
    """Return the name of the channel whose network asks for `path`; None when there is none."""
    first = path.strip("/").partition("/")[0]
    return next((name for name, row in TABLE.items() if row.route == first), None)


def parse(account: Account, update: Json, *, received_at: float) -> Inbound:
    """Return one update of a conversation, read by its channel. No contact can write markup: its signs are
    left out.
    """
    from rejoinder.model.markup import plain, with_words  # noqa: PLC0415 - the ingress needs none of it

    inbound = channel_of(account).parse(account, update, received_at=received_at)
    return with_words(inbound, plain) if r"\ufdd" in repr(update) else inbound  # `repr` writes a sign so


def connect_all(
    names: Iterable[str],
    secrets_of: SecretsOf,
    settings: Mapping[str, str],
    stores: FileStores | None = None,
) -> Networks:
    """Return the ways to the networks of these names. `settings` are environment variables.

    Raises SettingsError when one of them is missing or wrong.
    """
    return Networks({name: channel_named(name).connect(secrets_of, settings, stores) for name in names})


class Networks:
    """The ports `Network` and `MediaNetwork` for every account: each has its own channel's connection."""

    def __init__(self, connections: Mapping[str, Connection]) -> None:
        self._connections = connections

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Send a message once, by the network of its account."""
        return self.of(account).send(account, contact, content, callback, quote=quote)

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark a contact's message as read, by the network of its account."""
        self.of(account).mark_read(account, message_id)

    def show_typing(self, account: Account, message_id: str) -> None:
        """Show that an answer is being written, by the network of its account."""
        self.of(account).show_typing(account, message_id)

    def owner(self, account: Account) -> str:
        """Return the network's id of the business account that `account` is a part of; empty if unknown."""
        return self.of(account).owner(account)

    def templates(self, account: Account) -> Iterable[TemplateState]:
        """Return what the network of an account says of each template of its business account."""
        return self.of(account).templates(account)

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Open a file that a contact sent, by the network of its account."""
        return self.of(account).fetch(account, media_id)

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        """Give the network of an account a file that is to be sent."""
        return self.of(account).upload(account, file, opened)

    def of(self, account: Account) -> Connection:
        """Return the connection of an account; Unreadable when there is none."""
        if account.channel not in self._connections:
            raise Unreadable(UNKNOWN)
        return self._connections[account.channel]
