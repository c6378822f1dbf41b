"""
Handles Ctrl-C, SIGTERM and a closed terminal, which all stop us in the same way.

The first signal raises KeyboardInterrupt in the main thread, at a moment when no child process is lost. Later
signals are ignored, so that nothing interrupts the cleaning up.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Interrupts:
    def __init__(self) -> None:
        self.held = 0
        self.came = False

    def arrive(self, _number: int, _frame: FrameType | None) -> None:
        if self.came:
            return
        self.came = True
        if not self.held:
            raise KeyboardInterrupt


_interrupts = _Interrupts()


def install() -> None:
    """Install the signal handlers. Only the main thread of a command may do this."""
    for number in SIGNALS:
        signal.signal(number, _interrupts.arrive)


@contextmanager
def held() -> Iterator[None]:
    """Delay an interrupt until the block is done, so that a child that was just started is not lost."""
    _interrupts.held += 1
    try:
        yield
    finally:
        _interrupts.held -= 1
    if _interrupts.came and not _interrupts.held:
        raise KeyboardInterrupt
