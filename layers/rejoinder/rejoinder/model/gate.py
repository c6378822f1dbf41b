"""The gate of an account: whether it may send at all."""

from dataclasses import dataclass, replace
from typing import Self

from rejoinder.model.backoff import PROBE


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A closed gate."""

    why: int
    """The network's error code that closed it."""

    probe_at: float
    """When the next message may be tried as a probe, in Unix seconds."""

    probes: int = 0
    """How many probes there were."""

    @classmethod
    def closed(cls, why: int, now: float) -> Self:
        """Return a gate that closes now."""
        return cls(why=why, probe_at=now + PROBE.seconds(0))

    def probed(self, now: float) -> Self:
        """Return this gate while a probe is under way, and after that probe has failed."""
        probes = self.probes + 1
        return replace(self, probe_at=now + PROBE.seconds(probes), probes=probes)
