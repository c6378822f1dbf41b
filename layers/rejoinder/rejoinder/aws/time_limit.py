"""Stopping a bot that takes too long, while there is still time to write down that it did."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rejoinder.errors import TurnTimeLimit

TURN_SECONDS = 20.0
"""How long one turn may take; the processor itself has 30 s."""


@contextmanager
def turn_time_limit() -> Iterator[None]:
    """Raise TurnTimeLimit in the block after TURN_SECONDS.

    By an alarm signal, which interrupts Python and most waiting in the main thread, where Lambda runs
    handlers. A bot that cannot be interrupted is killed by Lambda with its process; the try is then counted
    when the update comes again.
    """

    def stop(_signal: int, _frame: object) -> None:
        raise TurnTimeLimit

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, TURN_SECONDS, 1)  # and again each second, if a bot swallows it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
