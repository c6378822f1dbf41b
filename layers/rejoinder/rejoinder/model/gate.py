"""The gate of an account: whether it may send at all, and what waits for it."""

from dataclasses import dataclass, replace
from typing import Self

from rejoinder.model.backoff import PROBE
from rejoinder.model.people import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate that is closed, or that has opened while turns still wait for it. Any other account has none."""

    why: int
    """The network's error code that closed it."""

    closed_at: float
    """When it closed, in Unix seconds."""

    probe_at: float
    """When the next message may be tried as a probe, in Unix seconds."""

    probes: int = 0
    """How many probes there were."""

    watched_at: float = 0.0
    """When its doorkeeper was last called, in Unix seconds; 0 while no turn waits apart."""

    opened_at: float = 0.0
    """When it opened, in Unix seconds; 0 while it is closed."""

    @classmethod
    def closed(cls, why: int, now: float) -> Self:
        """Return a gate that closes now."""
        return cls(why=why, closed_at=now, probe_at=now + PROBE.seconds(0))

    @property
    def is_closed(self) -> bool:
        """Whether nothing but a probe may pass."""
        return not self.opened_at

    def probed(self, now: float) -> Self:
        """Return this gate while a probe is under way, and after that probe has failed."""
        probes = self.probes + 1
        return replace(self, probe_at=now + PROBE.seconds(probes), probes=probes)

    def closed_again(self, by: Self) -> Self:
        """Return this gate, which had opened, closed as `by` says. Its doorkeeper goes on."""
        return replace(by, watched_at=self.watched_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A conversation with turns that wait for a gate."""

    conversation_key: str
    """Its key."""

    let_at: float = 0.0
    """When the sender was sent to deliver them, in Unix seconds; 0 when they still wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchGate:
    """The doorkeeper's errand: to look after a gate until nobody waits for it any more."""

    account: Account
    """The account of the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetThrough:
    """The errand to deliver the turns of one conversation that wait for a gate."""

    account: Account
    """The account of the gate."""

    conversation_key: str
    """The key of the conversation."""


Errand = WatchGate | LetThrough
"""What the sender finds on its queue beside turns."""
