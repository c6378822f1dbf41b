"""Writes with colours on a terminal, and without them elsewhere."""

import io
import sys
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from rejoinder.workbench.terminal import Screen, visible

WIDE = 200
"""The width where there is no terminal. Nothing is broken into two lines then."""


class _Coloured:
    """A stream that lets rich's own escape sequences through, which `Screen` would make visible."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if isinstance(self._stream, Screen):
            return io.TextIOWrapper.write(self._stream, text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def console(*, stderr: bool = False) -> Console:
    """Return rich's console on standard output or standard error. Give it foreign texts by `plain` only."""
    stream: Any = _Coloured(sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else WIDE
    return Console(file=stream, width=width, highlight=False, soft_wrap=True, markup=False, emoji=False)


def plain(text: str, style: str = "") -> Text:
    """Return a text whose own control characters are visible and do nothing."""
    return Text(visible(text), style=style)
