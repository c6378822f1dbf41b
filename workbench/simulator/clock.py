"""The virtual clock. Windows, rates and timestamps follow it; the delays between statuses are real."""

from __future__ import annotations

import time


class Clock:
    """The real time, plus the seconds that `/sim/clock` has added."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0

    def now(self) -> float:
        """Return the time, in Unix seconds."""
        return time.time() + self._offset_seconds

    def advance(self, seconds: float) -> float:
        """Move the clock forward. Return the new time."""
        self._offset_seconds += seconds
        return self.now()

    def reset(self) -> None:
        self._offset_seconds = 0.0
