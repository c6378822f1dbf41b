"""Prints the stages of the start, one line each, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Stages:
    """Prints the name of each stage when it begins, and its time when it ends."""

    quiet: bool = False
    """Whether to print nothing."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block. The line of a block that fails ends without a time."""
        started = time.monotonic()
        self._write(f"  {name:<12}")
        try:
            yield
        except BaseException:
            self._write("\n")
            raise
        self._write(f"{time.monotonic() - started:5.1f} s\n")

    def write_line(self, text: str) -> None:
        """Print a line between the stages."""
        self._write(f"  {text}\n")

    def _write(self, text: str) -> None:
        if not self.quiet:
            sys.stdout.write(text)
            sys.stdout.flush()
