"""What the services need from outside, each port as small as its caller's need.

`testing.memory` holds them in memory, `aws` and `channels` for real.
"""

from __future__ import annotations  # so that the ingress need not import the model

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rejoinder.errors import SettingsError

if TYPE_CHECKING:
    from rejoinder.errors import SendError
    from rejoinder.model.backoff import Backoff
    from rejoinder.model.consent import ConsentEntry, Purpose
    from rejoinder.model.context import Quoted
    from rejoinder.model.conversation import Conversation
    from rejoinder.model.delivery import Attempt, Detail, MessageRecord, Step
    from rejoinder.model.events import AccountEvent
    from rejoinder.model.intent import Intent, Understood
    from rejoinder.model.links import LinkCode, Linked
    from rejoinder.model.marker import Marker
    from rejoinder.model.messages import TurnMessages
    from rejoinder.model.metrics import Metric
    from rejoinder.model.people import Account, Contact
    from rejoinder.model.said import OutboundContent
    from rejoinder.model.template_state import TemplateState
    from rejoinder.model.updates import Inbound, WakeUp

Clock = Callable[[], float]
"""Returns the time, in Unix seconds."""

TimeLimit = Callable[[], AbstractContextManager[None]]
"""Returns a context that raises TurnTimeLimit inside when it takes too long."""


class Meter(Protocol):
    """Counts and measures things."""

    def count(self, metric: Metric, amount: int = 1, *, category: str | None = None) -> None:
        """Add `amount` to `metric`."""

    def observe(self, metric: Metric, seconds: float) -> None:
        """Record one time, in seconds, of a metric whose percentiles count."""


# --- channels -----------------------------------------------------------------------------------------------


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


# --- ingress ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMessage:
    """One message for a queue."""

    body: str
    """The body."""

    group: str = ""
    """The group, on a FIFO queue."""

    deduplication_id: str = ""
    """The deduplication id, on a FIFO queue."""


class Queue(Protocol):
    """Takes messages and keeps them."""

    def put(self, messages: Sequence[QueueMessage]) -> None:
        """Return when all messages are kept; QueueError when any is not."""


class WebhookBodies(Protocol):
    """Writes the bodies of the queue messages that a webhook becomes."""

    def updates(self, account: str, received_at: float, updates: Sequence[str]) -> str:
        """Return a body with updates of one conversation, each given as JSON text."""

    def events(self, channel: str, received_at: float, events: Sequence[str]) -> str:
        """Return a body with statuses and account events, each given as JSON text."""


class Quarantine(Protocol):
    """Keeps webhooks that could not be queued."""

    def keep(self, body: bytes) -> None:
        """Keep `body` whole; the same body again changes nothing."""


# --- processor ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one consistent read found."""

    conversation: Conversation | None
    """The conversation; a new one where there was none. None when the update is for nobody that we know any
    more, such as whoever had a phone number before it passed to somebody else."""

    marker: Marker | None
    """The marker of the update, if there is one."""


class ConversationStore(Protocol):
    """Keeps conversations and the markers of updates."""

    def load(self, inbound: Inbound) -> Loaded:
        """Read the marker of an update and its conversation, by whichever id the contact goes.

        Raises Unreadable when this version of the code cannot read what is stored.
        """

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        """Write all or nothing.

        Raises AlreadyHandled or VersionConflict when it may not be written, TurnTooLarge when it cannot be.
        """

    def quoted(self, conversation: Conversation, network_id: str) -> Quoted | None:
        """Return our message with that id of the network; None when the conversation has none, or no more."""

    def record_try(self, inbound: Inbound, marker: Marker) -> None:
        """Keep the failed tries of an update; AlreadyHandled when its marker is finished."""


class Outbox(Protocol):
    """Takes turns on their way from the processor to the sender."""

    def put(self, turn: TurnMessages) -> None:
        """Queue the messages of one turn; the same turn again is taken once within some minutes."""


class WakeUps(Protocol):
    """Brings updates to the processor when their time has come."""

    def put(self, wake_up: WakeUp) -> None:
        """Keep `wake_up` until its time; the same one again changes nothing."""


class Links(Protocol):
    """Keeps the codes that link conversations, by their hashes."""

    def offer(self, hashed: str, code: LinkCode) -> None:
        """Keep a code until it ends."""

    def claim(self, hashed: str, conversation_key: str, at: float) -> Linked | None:
        """Let a code be used once, in a conversation, as `LinkCode.may_be_claimed` allows it.

        Returns the conversation that it was made in; None when there is no such code, or it may not be used.
        """


class ParkedUpdates(Protocol):
    """Takes updates whose bot failed for good."""

    def put(self, inbound: Inbound, cause: str, at: float) -> None:
        """Keep `inbound` for a person to look at; the same again is taken once within some minutes."""


class Understanding(Protocol):
    """Tells what words mean."""

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        """Return the one of `intents` that `text` fits best; None when it fits none. Never raises."""


# --- sender and tracker -------------------------------------------------------------------------------------


class RecordStore(Protocol):
    """Keeps message records."""

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        """Return the record; an empty one when there is none."""

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        """Write SENDING, as `MessageRecord.may_be_claimed` allows it; AttemptTaken when it does not.

        `turn`, with this message only, is kept with the newest attempt.
        """

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        """Write a step's time, and what is known with it, unless it is there already.

        Returns the record as it was before, without its turn.
        """

    def name(self, attempt: Attempt, network_id: str) -> None:
        """Keep what the network's id means: `ConversationStore.quoted` finds the message by it."""


class Updates(Protocol):
    """Takes updates of our own on their way to the processor, which alone writes a conversation."""

    def put(self, inbound: Inbound) -> None:
        """Queue `inbound` behind what its conversation waits for; the same one again is handled once."""


class AccountEvents(Protocol):
    """Tells the owner of the stack what concerns the account."""

    def publish(self, event: AccountEvent) -> None:
        """Tell all who subscribed to account events. The same one again is told again."""


class TemplateStates(Protocol):
    """Keeps what the network says of the templates of a business."""

    def read(self, owner: str, name: str, language: str) -> TemplateState | None:
        """Return the state of a template; None when nobody told it yet. `owner` is the business account."""

    def all_of(self, owner: str) -> Sequence[TemplateState]:
        """Return the states of all templates of a business account that are known."""

    def write(self, owner: str, told: TemplateState) -> TemplateState | None:
        """Keep what `told` says, each fact unless a newer one is kept, and what was known beside it.

        Returns the state as it was before; None when there was none.
        """


class TemplateLists(Protocol):
    """Asks the network for templates."""

    def owner(self, account: Account) -> str:
        """Return the network's id of the business account that `account` is a part of; empty if unknown."""

    def templates(self, account: Account) -> Iterable[TemplateState]:
        """Return what the network says of each template of the business account of `account`, without times.

        Raises a SendError.
        """


class Consents(Protocol):
    """Tells the sender what a contact agreed to."""

    def consent(self, turn: TurnMessages, purpose: Purpose) -> ConsentEntry | None:
        """Return the newest entry of the ledger, as the conversation has it now; None when there is none."""


class Windows(Protocol):
    """Tells the sender what it may know of a conversation."""

    def window_closes_at(self, turn: TurnMessages) -> float:
        """Return when the service window closes, in Unix seconds, as the conversation has it now."""
