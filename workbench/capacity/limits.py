"""What is limited: so many at once, or so many a second."""

from collections import deque
from collections.abc import Callable

from rejoinder.workbench.capacity.clock import Clock


class Room:
    """Has places for so many executions at once."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self.limit = limit
        """How many places there are."""

        self.busy = 0
        """How many are taken."""

        self.peak = 0
        """How many were taken at most, ever."""

        self._clock = clock
        self._waiting: deque[Callable[[], None]] = deque()
        self._area, self._at, self._since = 0.0, 0.0, 0.0

    def take(self) -> bool:
        """Take a place; false if there is none."""
        if self.busy >= self.limit:
            return False
        self._count()
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        return True

    def leave(self) -> None:
        """Give a place back. Who has waited longest may take it first."""
        self._count()
        self.busy -= 1
        while self._waiting and self.busy < self.limit:
            self._waiting.popleft()()

    def wait(self, again: Callable[[], None]) -> None:
        """Have `again` called once, when there is a place."""
        self._waiting.append(again)

    def mark(self) -> None:
        """Begin to measure."""
        self._area, self._at, self._since = 0.0, self._clock.now, self._clock.now

    def mean(self) -> float:
        """Return how many places were taken on average, since the mark."""
        self._count()
        passed = self._clock.now - self._since
        return self._area / passed if passed else 0.0

    def used(self) -> float:
        """Return which share of the places was taken on average, since the mark."""
        return self.mean() / self.limit

    def _count(self) -> None:
        self._area += self.busy * (self._clock.now - self._at)
        self._at = self._clock.now


class Bucket:
    """Gives out so many a second, and has some in store."""

    def __init__(self, clock: Clock, rate: float, burst: float) -> None:
        self.refused = 0
        """How many asked in vain, since the mark."""

        self._clock, self._rate, self._burst = clock, rate, burst
        self._level, self._at = burst, 0.0
        self._taken, self._since = 0.0, 0.0

    def take(self) -> bool:
        """Take one; false if there is none."""
        self._fill()
        if self._level < 1:
            self.refused += 1
            return False
        self._level -= 1
        self._taken += 1
        return True

    def owe(self, count: float) -> float:
        """Take some, and return for how many seconds to wait for them."""
        self._fill()
        self._level -= count
        wait = max(0.0, -self._level / self._rate)
        self._taken += count
        return wait

    def mark(self) -> None:
        """Begin to measure."""
        self.refused, self._taken, self._since = 0, self._owed(), self._clock.now

    def used(self) -> float:
        """Return which share of the rate was given out, since the mark."""
        passed = self._clock.now - self._since
        return (self._taken - self._owed()) / (self._rate * passed) if passed else 0.0

    def _owed(self) -> float:
        self._fill()
        return max(0.0, -self._level)

    def _fill(self) -> None:
        passed = self._clock.now - self._at
        self._level, self._at = min(self._burst, self._level + passed * self._rate), self._clock.now
