"""What the services need from outside, each port as small as its caller's need.

`testing.memory` holds them in memory, `aws` and `channels` for real. Those of channels, of files and of gates
are in modules of their own.
"""

from __future__ import annotations  # so that the ingress need not import the model

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
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
    from rejoinder.model.people import Account
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
