"""What the services need from outside, each as small as its caller's need. `memory` holds them in memory,
`aws` and `channels` for real.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from rejoinder.conversation import Conversation, Marker, MessageRecord
from rejoinder.gate import Gate
from rejoinder.messages import (
    Account,
    Attempt,
    Contact,
    Detail,
    Inbound,
    Intent,
    OutboundContent,
    Step,
    TurnMessages,
    WakeUp,
)
from rejoinder.metrics import Metric

Clock = Callable[[], float]
"""Unix seconds now."""

TimeLimit = Callable[[], AbstractContextManager[None]]
"""Raises TurnTimeLimit inside the block when it takes too long."""


class Meter(Protocol):
    """Counts things."""

    def count(self, metric: Metric, amount: int = 1, *, category: str | None = None) -> None:
        """Add `amount` to `metric`."""


class Limits(Protocol):
    """What a channel takes."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded, its text naming the limit, when the network would not take `content`."""


# --- ingress --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationUpdates:
    """Updates of one conversation, in order, as the wire gave them. `group` is their queue group."""

    account: str
    group: str
    updates: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A webhook's body, taken apart: `misfits` says of each part that was not understood why."""

    conversations: tuple[ConversationUpdates, ...] = ()
    events: tuple[Mapping[str, object], ...] = ()
    misfits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMessage:
    """One message for a queue; `group` and `deduplication_id` are for FIFO queues."""

    body: str
    group: str = ""
    deduplication_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecrets:
    """What proves that a webhook comes from the network: `app_secrets` are the current and previous one."""

    app_secrets: tuple[str, ...]
    verify_token: str


class WebhookSecretStore(Protocol):
    """Where the ingress finds its secrets."""

    def read(self) -> WebhookSecrets:
        """The secrets, some minutes old at most; SettingsError when they cannot be read."""

    def read_again(self) -> WebhookSecrets:
        """As `read`, fetched anew unless that was done a short while ago."""


class Queue(Protocol):
    """Takes messages and keeps them."""

    def put(self, messages: Sequence[QueueMessage]) -> None:
        """Return when all messages are kept; QueueError when any is not."""


class Quarantine(Protocol):
    """Keeps bodies that could not be queued."""

    def keep(self, body: bytes) -> None:
        """Keep `body` whole; the same body again changes nothing."""


# --- processor ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one consistent read found; `conversation` begins anew where there was none."""

    conversation: Conversation
    marker: Marker | None


class ConversationStore(Protocol):
    """Conversations and the markers of inbound messages."""

    def load(self, inbound: Inbound) -> Loaded:
        """Read marker and conversation, by whichever id the contact goes."""

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        """Write all or nothing; AlreadyHandled or VersionConflict when it may not be written, TurnTooLarge
        when it cannot be.
        """

    def record_try(self, inbound: Inbound, marker: Marker) -> None:
        """Keep the failed tries of an update; AlreadyHandled when its marker is finished."""


class Outbox(Protocol):
    """The way from the processor to the sender."""

    def put(self, turn: TurnMessages) -> None:
        """Queue the messages of one turn; the same turn again is taken once within some minutes."""


class WakeUps(Protocol):
    """What brings an update to the processor when its time has come."""

    def put(self, wake_up: WakeUp) -> None:
        """Keep `wake_up` until its time; the same one again changes nothing."""


class ParkedUpdates(Protocol):
    """Where updates go whose bot failed for good."""

    def put(self, inbound: Inbound, cause: str, at: float) -> None:
        """Keep `inbound` for a person to look at; the same again is taken once within some minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What somebody wants: the name of an intent, its slots, and how sure that is, from 0 to 1."""

    intent: str
    slots: Mapping[str, str]
    confidence: float


class Understanding(Protocol):
    """Tells what words mean."""

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        """The one of `intents` that `text` fits best; None when it fits none. Never raises."""


# --- sender and tracker ---------------------------------------------------------------------------------


class RecordStore(Protocol):
    """Message records."""

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        """The record; an empty one when there is none."""

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        """Write SENDING; AttemptTaken when the attempt was made or when an earlier one was settled.

        `turn`, with this message only, is kept with the newest attempt. The same claim again, with the same
        `at`, is the same claim: a client may have repeated its request.
        """

    def note(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        """Write a step's time, and what is known with it, unless it is there already; the record before."""


class Gates(Protocol):
    """The gates of accounts; an account without one is open."""

    def read(self, account: Account) -> Gate | None:
        """The gate, when it is closed."""

    def close(self, account: Account, gate: Gate) -> None:
        """Close it, unless it is closed."""

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        """Replace `before` by `after`; False when somebody else did: one message probes, not all."""

    def open(self, account: Account) -> None:
        """Open it."""


class Updates(Protocol):
    """The way from us to the processor: only it writes a conversation."""

    def put(self, inbound: Inbound) -> None:
        """Queue `inbound` behind what its conversation waits for; the same one again is handled once."""


class Windows(Protocol):
    """What the sender may ask of a conversation."""

    def window_closes_at(self, turn: TurnMessages) -> float:
        """When the service window closes, as the conversation has it now."""


class Network(Protocol):
    """Sends to the channel."""

    def send(self, account: Account, contact: Contact, content: OutboundContent, callback: str) -> str:
        """The network's id of the accepted message, or a SendError."""

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the contact's message as read, with typing dots; SendError when the network does not."""
