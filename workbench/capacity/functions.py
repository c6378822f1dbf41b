"""Functions in Lambda, and what calls them."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Generic, Protocol, TypeVar

from rejoinder.workbench.capacity.clock import Clock
from rejoinder.workbench.capacity.limits import Bucket, Room

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
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

    def invoke(
        self,
        done: Callable[[], None],
        extra: Callable[[], float] = lambda: 0.0,
        again: Callable[[], None] | None = None,
    ) -> bool:
        """Run for as long as drawn and `extra` seconds more; false if Lambda refuses.

        `again` is called when it may not refuse any more.
        """
        if not self._room.take():
            if again:
                self._room.wait(again)
            return False
        if self._idle:
            self._idle -= 1
            seconds = self._times.warm()
        elif self._starts.take():
            seconds = self._times.cold()
        else:
            self._room.leave()
            if again:
                self._clock.after(PAUSE_SECONDS, again)
            return False
        self.busy += 1
        self._clock.after(seconds + extra(), self._end, done)
        return True

    def _end(self, done: Callable[[], None]) -> None:
        self.busy -= 1
        self._idle += 1
        self._room.leave()
        done()


class Queue(Protocol[T_co]):
    """What an event source takes messages from."""

    arrived: Callable[[], None]
    """Called when something can be taken."""

    def take(self) -> tuple[Hashable, T_co] | None:
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
        self._waits = False
        queue.arrived = self.pump

    def pump(self) -> None:
        """Carry what can be carried."""
        while not self._waits and (self._held or not self._queue.is_empty()) and self._own.take():
            taken = self._held or self._queue.take()
            assert taken is not None
            done, extra = partial(self._end, taken), partial(self._extra, taken[1])
            is_refused = not self._function.invoke(done, extra, self._again)
            self._held, self._waits = (taken, True) if is_refused else (None, False)
            if is_refused:
                self._own.leave()

    def _again(self) -> None:
        self._waits = False
        self.pump()

    def _end(self, taken: tuple[Hashable, T]) -> None:
        self._own.leave()
        self._done(*taken)
        self.pump()
