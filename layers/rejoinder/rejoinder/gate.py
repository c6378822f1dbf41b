"""The gate of an account: whether it may send at all."""

from dataclasses import dataclass, replace
from typing import Self

PROBE_SECONDS = 30.0
"""Until the first probe of a closed gate; doubles with each probe that fails."""

LONGEST_PROBE_SECONDS = 1260.0
"""What waits looks again as often, and SQS gives a message out 1,000 times at most: they must last for the 14
days that it may wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A closed gate: `why` (the network's code), and when the next message may be tried, as a probe."""

    why: int
    probe_at: float
    probes: int = 0

    @classmethod
    def closed(cls, why: int, now: float) -> Self:
        """A gate that closes now."""
        return cls(why=why, probe_at=now + PROBE_SECONDS)

    def probed(self, now: float) -> Self:
        """This gate while a probe is under way, and after it has failed."""
        probes = self.probes + 1
        pause = min(PROBE_SECONDS * 2.0 ** min(probes, 10), LONGEST_PROBE_SECONDS)
        return replace(self, probe_at=now + pause, probes=probes)
