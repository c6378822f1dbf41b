"""The stages of coming up, one line each with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Stages:
    """Prints what is being done, then how long it took; prints nothing when quiet."""

    quiet: bool = False

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block. A block that fails or is interrupted leaves its line ended, without a time."""
        started = time.monotonic()
        self._write(f"  {name:<12}")
        try:
            yield
        except BaseException:
            self._write("\n")
            raise
        self._write(f"{time.monotonic() - started:5.1f} s\n")

    def note(self, text: str) -> None:
        """Say something between the stages."""
        self._write(f"  {text}\n")

    def _write(self, text: str) -> None:
        if not self.quiet:
            sys.stdout.write(text)
            sys.stdout.flush()
