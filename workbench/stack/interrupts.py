"""
Ctrl-C, SIGTERM and a closed terminal all stop us once, in good order.

The first one raises KeyboardInterrupt in the main thread, at a moment when that loses nothing; later ones are
ignored, so that nothing cuts the clearing up short.
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
    """Take over the signals; only in the main thread of a command."""
    for number in SIGNALS:
        signal.signal(number, _interrupts.arrive)


@contextmanager
def held() -> Iterator[None]:
    """Put an interrupt off until the block is done: a child that was started must not be lost."""
    _interrupts.held += 1
    try:
        yield
    finally:
        _interrupts.held -= 1
    if _interrupts.came and not _interrupts.held:
        raise KeyboardInterrupt
