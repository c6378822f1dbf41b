"""Virtual time."""

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any


class Clock:
    """Does what is due, in the order of time, without waiting."""

    def __init__(self) -> None:
        self.now = 0.0
        """The present, in seconds since the begin."""

        self._due: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = count()  # what is due at the same time is done in the order in which it was planned

    def after(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        """Plan something."""
        heapq.heappush(self._due, (self.now + seconds, next(self._numbers), do, args))

    def run(self, until: float) -> None:
        """Do what is due until then."""
        while self._due and self._due[0][0] <= until:
            self.now, _, do, args = heapq.heappop(self._due)
            do(*args)
        self.now = until
