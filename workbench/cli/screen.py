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
    """Standard output or standard error, which lets rich's own escape sequences through.

    `Screen` would make them visible.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        stream: TextIO = getattr(sys, self._name)
        return io.TextIOWrapper.write(stream, text) if isinstance(stream, Screen) else stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(sys, self._name), name)


def console(*, stderr: bool = False) -> Console:
    """Return rich's console on standard output or standard error. Give it foreign texts by `plain` only."""
    stream: Any = _Coloured("stderr" if stderr else "stdout")
    width = None if stream.isatty() else WIDE
    return Console(file=stream, width=width, highlight=False, soft_wrap=True, markup=False, emoji=False)


def plain(text: str, style: str = "") -> Text:
    """Return a text whose own control characters are visible and do nothing."""
    return Text(visible(text), style=style)
