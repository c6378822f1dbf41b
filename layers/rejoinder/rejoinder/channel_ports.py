"""What a channel gives: to the ingress what faces its network, to the services its rules and its client.

Each port is as small as its caller's need. `channels` has them for real, but `aws` keeps the secrets.
"""

from __future__ import annotations  # so that the ingress need not import the model

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rejoinder.errors import SettingsError

if TYPE_CHECKING:
    from rejoinder.errors import SendError
    from rejoinder.model.backoff import Backoff
    from rejoinder.model.people import Account, Contact
    from rejoinder.model.said import OutboundContent
    from rejoinder.model.updates import Inbound


class Limits(Protocol):
    """What a channel takes."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded, its text naming the limit, when the network would not take `content`."""

    def split(self, content: OutboundContent) -> tuple[OutboundContent, ...]:
        """Return a content in parts, a message each, in order; most contents are their only part.

        A text that is too long has several, and so has an album where the network has none.
        """

    @property
    def has_templates(self) -> bool:
        """Whether the network knows templates. Where it does not, the bot says their words."""

    @property
    def has_forms(self) -> bool:
        """Whether the network knows forms. Where it does not, a form is asked in words and answered so."""


class ChannelRules(Protocol):
    """What the services know about a channel; the rest of it is behind their other ports."""

    @property
    def limits(self) -> Limits:
        """What the channel takes."""

    @property
    def window_seconds(self) -> float:
        """How long the service window is open after a contact's message, in seconds. It may be infinite."""

    @property
    def free_entry_seconds(self) -> float:
        """How long messages cost nothing from our first answer on to somebody who came from an advertisement,
        in seconds; 0 where the network knows no such thing.
        """

    @property
    def has_statuses(self) -> bool:
        """Whether the network tells what becomes of a message that it accepted.

        Where it does not, an accepted message is all that is ever known, and a send whose outcome is unknown
        follows its policy at once.
        """

    @property
    def takes_uploads(self) -> bool:
        """Whether files are given to the network before the message. Else they go along with it."""

    @property
    def album_seconds(self) -> float:
        """How long to wait for more files of an album, which come one by one, in seconds; 0 where the network
        has no albums.
        """

    def completed(self, inbound: Inbound) -> Inbound:
        """Return an update with what only the message of ours that it quotes tells, such as the long id of
        the button that was tapped.
        """

    @property
    def window_closed_code(self) -> int:
        """The network's error code for a message outside the service window."""

    @property
    def pacing(self) -> Mapping[type[SendError], Backoff]:
        """How long to wait after a refusal, where that differs from `backoff.REFUSED`."""


RulesOf: TypeAlias = "Callable[[Account], ChannelRules]"
"""Returns the rules of the channel that an account belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request of a network."""

    body: bytes = b""
    """The body, as the bytes that came."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers; their names are in lower case."""

    query: Mapping[str, str] = field(default_factory=dict)
    """The parameters of the query string."""

    path: str = ""
    """The path that the network asked for, such as `/webhook`, without the base path of a custom domain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationUpdates:
    """Updates of one conversation, in order, as the wire gave them."""

    account: str
    """The account that they came to, as `channel:id`."""

    group: str
    """The queue group of the conversation."""

    updates: tuple[Mapping[str, object], ...]
    """The updates, each with its `correlation_id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A webhook, taken apart."""

    conversations: tuple[ConversationUpdates, ...] = ()
    """What goes to conversations."""

    events: tuple[Mapping[str, object], ...] = ()
    """Statuses and account events."""

    misfits: tuple[str, ...] = ()
    """Why parts of it were not understood, one text each."""

    answer: str = ""
    """What the network is told with the 200, as JSON; empty for nothing."""


Secrets = Mapping[str, str]
"""The values of a channel's secret, by their names."""


def needed(secrets: Secrets, name: str) -> str:
    """Return one value of a secret; SettingsError when it is missing or empty."""
    try:
        value = secrets[name]
    except KeyError:
        value = ""
    if not value:
        raise SettingsError(f"the secret holds no {name}")
    return value


class Front(Protocol):
    """The side of a channel that faces its network: all that the ingress needs of it."""

    @property
    def channel(self) -> str:
        """The name of the channel."""

    def challenge(self, request: Request, secrets: Secrets) -> str | None:
        """Return what answers the network's question whether a webhook is ours; None when it is not.

        Raises SettingsError when a secret is missing.
        """

    def proof(self, request: Request) -> str | None:
        """Return what `request` shows as proof that it comes from the network; None when it shows nothing."""

    def is_genuine(self, request: Request, proof: str, secrets: Secrets) -> bool:
        """Whether `proof` proves, by `secrets`, that the network sent `request`. It takes constant time.

        Raises SettingsError when a secret is missing.
        """

    def split(self, request: Request) -> Split:
        """Take a webhook apart. Raises ValueError when its body is no webhook of this network at all."""


class SecretStore(Protocol):
    """Where a channel's secret is kept."""

    def read(self) -> Secrets:
        """Return the secret, some minutes old at most; SettingsError when it cannot be read."""

    def read_again(self) -> Secrets:
        """Return the secret, fetched anew unless that was done a short while ago; SettingsError as above."""


SecretsOf: TypeAlias = "Callable[[Account], SecretStore]"
"""Returns where the secret of an account is kept."""


class Network(Protocol):
    """Sends to the network."""

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Send a message once. Returns the network's id of the accepted message, or raises a SendError.

        Where the channel takes uploads, each `File` in it has its media id. `quote` is the network's id of
        the message that it answers.
        """

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the contact's message as read; SendError when the network does not."""

    def show_typing(self, account: Account, message_id: str) -> None:
        """Mark the message as read, and show that an answer is being written; SendError as above."""
