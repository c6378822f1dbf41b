"""Prints the stages of the start, one line each, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from rejoinder.workbench import terminal


@dataclass(slots=True, kw_only=True)
class Stages:
    """Prints each stage with its time when it ends. On a terminal it moves while it lasts."""

    quiet: bool = False
    """Whether to print nothing."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block. The line of a block that fails has no time."""
        if self.quiet:
            yield
            return
        started, is_watched = time.monotonic(), sys.stdout.isatty()
        if not is_watched:
            print(f"  {name:<12}", end="", flush=True)
        try:
            with _moving(name) if is_watched else nullcontext():
                yield
        except BaseException:
            print(f"  {name}" if is_watched else "", flush=True)
            raise
        print(f"{f'  {name:<12}' * is_watched}{time.monotonic() - started:5.1f} s", flush=True)

    def write_line(self, text: str) -> None:
        """Print a line between the stages."""
        if not self.quiet:
            print(f"  {text}", flush=True)


def _moving(name: str) -> Progress:
    """Return a bar that runs to and fro, since nobody knows how long the stage will last."""
    progress = Progress(
        *(TextColumn(f"  {name:<12}"), BarColumn(bar_width=20), TimeElapsedColumn()),
        console=terminal.console(),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    progress.add_task(name, total=None)
    return progress
