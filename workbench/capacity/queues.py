"""The queues: one in which the messages of a group keep their order, and one that gathers."""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from rejoinder.workbench.capacity.clock import Clock

T = TypeVar("T")


class Fifo(Generic[T]):
    """Gives out the messages of a group one by one: the next one when the one before is done."""

    def __init__(self, clock: Clock) -> None:
        self.arrived: Callable[[], None] = lambda: None
        """Called when a message can be taken."""

        self._clock = clock
        self._groups: dict[Hashable, deque[tuple[float, T]]] = {}
        self._ready: deque[Hashable] = deque()

    def __len__(self) -> int:
        """Return how many messages there are, with those that are being worked on."""
        return sum(map(len, self._groups.values()))

    def put(self, group: Hashable, message: T, seconds: float) -> None:
        """Add a message, which can be taken in so many seconds."""
        waiting = self._groups.setdefault(group, deque())
        waiting.append((self._clock.now + seconds, message))
        if len(waiting) == 1:
            self._clock.after(seconds, self._is_ready, group)

    def take(self) -> tuple[Hashable, T] | None:
        """Return the next message and its group; None if nothing can be taken."""
        if not self._ready:
            return None
        group = self._ready.popleft()
        return group, self._groups[group][0][1]

    def is_empty(self) -> bool:
        """Return whether nothing can be taken."""
        return not self._ready

    def done(self, group: Hashable) -> None:
        """Forget the message of a group that was taken."""
        waiting = self._groups[group]
        waiting.popleft()
        if waiting:
            self._clock.after(max(0.0, waiting[0][0] - self._clock.now), self._is_ready, group)
        else:
            del self._groups[group]

    def back(self, group: Hashable, seconds: float) -> None:
        """Give back the message of a group that was taken. It comes again, before the others of its group."""
        self._clock.after(seconds, self._is_ready, group)

    def _is_ready(self, group: Hashable) -> None:
        self._ready.append(group)
        self.arrived()


class Gathered(Generic[T]):
    """Gives out messages together: when there are enough, or the first has waited long enough."""

    def __init__(self, clock: Clock, most: int, window: float) -> None:
        self.arrived: Callable[[], None] = lambda: None
        """Called when messages can be taken."""

        self._clock, self._most, self._window = clock, most, window
        self._loose: list[T] = []
        self._packs: deque[list[T]] = deque()
        self._number = 0

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._loose) + sum(map(len, self._packs))

    def put(self, message: T) -> None:
        """Add a message."""
        self._loose.append(message)
        if len(self._loose) >= self._most:
            self._pack()
        elif len(self._loose) == 1:
            self._clock.after(self._window, self._too_long, self._number)

    def take(self) -> tuple[None, list[T]] | None:
        """Return the next messages; None if nothing can be taken."""
        return (None, self._packs.popleft()) if self._packs else None

    def is_empty(self) -> bool:
        """Return whether nothing can be taken."""
        return not self._packs

    def _too_long(self, number: int) -> None:
        if self._loose and number == self._number:
            self._pack()

    def _pack(self) -> None:
        self._packs.append(self._loose)
        self._loose = []
        self._number += 1
        self.arrived()
