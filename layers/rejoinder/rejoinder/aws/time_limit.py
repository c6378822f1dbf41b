"""The time limit of a turn. It stops a slow bot while there is still time to record that."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rejoinder.errors import TurnTimeLimit

TURN_SECONDS = 20.0
"""The longest time for one turn, in seconds."""

FUNCTION_SECONDS = 30.0
"""How long one invocation of the processor may last, in seconds, as template.yaml says."""


@contextmanager
def turn_time_limit() -> Iterator[None]:
    """Raise TurnTimeLimit in the block after TURN_SECONDS.

    An alarm signal interrupts Python code, and most kinds of waiting, in the main thread, where Lambda runs
    handlers. When a bot cannot be interrupted, Lambda kills its process. The try is then counted when the
    update comes again.
    """

    def stop(_signal: int, _frame: object) -> None:
        raise TurnTimeLimit

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, TURN_SECONDS, 1)  # again each second, in case the bot catches it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
