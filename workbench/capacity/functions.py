"""Functions in Lambda, and what calls them."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Generic, Protocol, TypeVar

from rejoinder.workbench.capacity.clock import Clock
from rejoinder.workbench.capacity.limits import Bucket, Room

T = TypeVar("T")
PAUSE_SECONDS = 0.1
"""After this time Lambda tries again to start an environment for a queue. Assumed."""


class Times(Protocol):
    """Draws how long a function works, in seconds."""

    def warm(self) -> float:
        """Return the time of an invocation."""

    def cold(self) -> float:
        """Return the time of a start and its first invocation."""


class Function:
    """Runs in environments, which it starts when none is idle. None ends, because a run is short."""

    def __init__(self, clock: Clock, room: Room, times: Times, starts: Bucket) -> None:
        self.busy = 0
        """How many invocations run."""

        self._clock, self._room, self._times, self._starts = clock, room, times, starts
        self._idle = 0

    def invoke(self, done: Callable[[], None], extra: Callable[[], float] = lambda: 0.0) -> bool:
        """Run for as long as drawn and `extra` seconds more; false if Lambda refuses."""
        if not self._room.take():
            return False
        if self._idle:
            self._idle -= 1
            seconds = self._times.warm()
        elif self._starts.take():
            seconds = self._times.cold()
        else:
            self._room.leave()
            return False
        self.busy += 1
        self._clock.after(seconds + extra(), self._end, done)
        return True

    def _end(self, done: Callable[[], None]) -> None:
        self.busy -= 1
        self._idle += 1
        self._room.leave()
        done()


class Queue(Protocol[T]):
    """What an event source takes messages from."""

    arrived: Callable[[], None]
    """Called when something can be taken."""

    def take(self) -> tuple[Hashable, T] | None:
        """Return a message and its group; None if nothing can be taken."""

    def is_empty(self) -> bool:
        """Return whether nothing can be taken."""


class Source(Generic[T]):
    """Carries messages from a queue to a function, so many at once at most."""

    def __init__(
        self,
        clock: Clock,
        queue: Queue[T],
        function: Function,
        own: Room,
        *,
        extra: Callable[[T], float],
        done: Callable[[Hashable, T], None],
    ) -> None:
        self._clock, self._queue, self._function, self._own = clock, queue, function, own
        self._extra, self._done = extra, done
        self._held: tuple[Hashable, T] | None = None  # was taken, and Lambda refused it
        self._pauses = False
        queue.arrived = self.pump

    def pump(self) -> None:
        """Carry what can be carried."""
        while not self._pauses and (self._held or not self._queue.is_empty()) and self._own.take():
            taken = self._held or self._queue.take()
            assert taken is not None
            self._held = None
            if not self._function.invoke(partial(self._end, taken), partial(self._extra, taken[1])):
                self._own.leave()
                self._held, self._pauses = taken, True
                self._clock.after(PAUSE_SECONDS, self._again)

    def held(self) -> int:
        """Return how many messages wait outside of the queue."""
        return 1 if self._held else 0

    def _again(self) -> None:
        self._pauses = False
        self.pump()

    def _end(self, taken: tuple[Hashable, T]) -> None:
        self._own.leave()
        self._done(*taken)
        self._again()
