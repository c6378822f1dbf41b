"""What the services need from outside while an account may not send, as small as each caller's need."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from rejoinder.model.gate import Errand, Gate, Waiter
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account


class OpeningGates(Protocol):
    """Keeps the gates of accounts; an account without one is open."""

    def read(self, account: Account) -> Gate | None:
        """Return the gate; None when it is open and nobody waits for it."""

    def open(self, account: Account, at: float) -> None:
        """Note that it is open at this time. If no doorkeeper was called, nobody waits, and it is removed."""


class Gates(OpeningGates, Protocol):
    """Keeps the gates, for who sends."""

    def close(self, account: Account, gate: Gate) -> None:
        """Close it, unless it is closed. The doorkeeper of one that had opened goes on."""

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        """Note the probe of `after` if the gate is still `before`: one message probes, not all."""


class WatchedGates(OpeningGates, Protocol):
    """Keeps the gates, for their doorkeepers."""

    def watch(self, account: Account, at: float) -> bool:
        """Note that the doorkeeper was called; False when there is no gate any more."""

    def remove(self, account: Account, gate: Gate) -> bool:
        """Remove an open gate; False when it is not as it was read: it may have closed again."""


class WaitingTurns(Protocol):
    """Keeps the turns that wait apart for a gate, in the order of each conversation."""

    def keep(self, turn: TurnMessages, place: str) -> None:
        """Keep `turn`; the same one at the same place is kept once. Places are compared as texts."""

    def are_there(self, conversation_key: str) -> bool:
        """Whether turns of this conversation wait."""

    def first(self, conversation_key: str) -> tuple[str, TurnMessages] | None:
        """Return the first turn of the conversation, and its place; Unreadable when it cannot be read."""

    def drop(self, conversation_key: str, place: str) -> None:
        """Forget the turn at this place."""

    def first_as_stored(self, conversation_key: str) -> tuple[str, str]:
        """Return the place of the first turn of the conversation, and the turn as it is stored."""


class WaitingList(Protocol):
    """Keeps which conversations wait for the gate of an account."""

    def write(self, account: Account, waiter: Waiter) -> None:
        """Write a conversation down, in place of what was written of it."""

    def read(self, account: Account) -> Iterable[Waiter]:
        """Return them, always in the same order."""

    def strike(self, account: Account, conversation_key: str) -> None:
        """Strike a conversation off the list."""


class Errands(Protocol):
    """Takes errands on their way to the sender."""

    def put(self, errands: Sequence[Errand], at: float) -> None:
        """Queue each behind what its conversation, or its gate, waits for.

        Equal errands with the same time `at`, in Unix seconds, may be taken once.
        """
