"""The virtual clock: windows, rates and timestamps follow it; delays between statuses do not."""

from __future__ import annotations

import time


class Clock:
    """The time of day, plus what `/sim/clock` has advanced it by."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset_seconds

    def advance(self, seconds: float) -> float:
        """Move the clock forward; answers the new time."""
        self._offset_seconds += seconds
        return self.now()

    def reset(self) -> None:
        self._offset_seconds = 0.0
