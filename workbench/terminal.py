"""Makes everything printable, whatever a contact or a bot has written."""

import io
import os
import sys
import unicodedata
from typing import IO, TextIO, cast

from rich.console import Console
from rich.text import Text

BIDI = {*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
"""The characters that change the direction of what stands near them (Unicode's property Bidi_Control)."""

HARMFUL = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's categories of control characters, halves of surrogate pairs, and separators of lines."""

KEPT = {"\n", "\t"}

WIDE = 200
"""The width of tables where there is no terminal."""


def visible(text: str) -> str:
    r"""Return a text that cannot move the cursor, colour or reorder other lines: ESC becomes `\x1b`."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    is_harmful = unicodedata.category(character) in HARMFUL or character in BIDI
    if not is_harmful or character in KEPT:
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


class Screen(io.TextIOWrapper):
    """Standard output, or standard error, that makes every text visible before it writes it."""

    def write(self, text: str, /) -> int:
        """Write a text. What the encoding of the terminal lacks becomes an escape."""
        super().write(visible(text))
        return len(text)

    def write_as_it_is(self, text: str) -> int:
        """Write a text that may change the terminal, such as colours of our own."""
        return super().write(text)


class _Painted:
    """A stream for rich, which writes colours and moves the cursor."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.write = stream.write_as_it_is if isinstance(stream, Screen) else stream.write
        self.flush, self.isatty, self.encoding = stream.flush, stream.isatty, stream.encoding

    def fileno(self) -> int:
        return self._stream.fileno()


def console(*, stderr: bool = False) -> Console:
    """Return rich's console on standard output or standard error, with colours on a terminal only.

    What others have said goes through `plain` or `visible` first.
    """
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDE
    file = cast("IO[str]", _Painted(stream))
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def plain(text: str, style: str = "") -> Text:
    """Return a text for the console, whose own control characters are visible and do nothing."""
    return Text(visible(text), style=style)


RED, GREEN, DIM = "31", "32", "2"
"""Colours, as the terminal calls them (ECMA-48, "Select Graphic Rendition")."""


def show(text: str, colour: str, *, end: str = "\n", to: TextIO | None = None) -> None:
    """Print what others have said in a colour, at once, on standard output or another screen."""
    stream = to or sys.stdout
    is_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if text and is_wanted and isinstance(stream, Screen) and stream.isatty():
        stream.write_as_it_is(f"\x1b[{colour}m{visible(text)}\x1b[0m")
        text = ""
    print(text, end=end, file=stream, flush=True)


def protect() -> None:
    """Let nothing that is printed or typed from now on raise an error or change the terminal."""
    sys.stdout, sys.stderr = _screen(sys.stdout), _screen(sys.stderr)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    sys.argv = [argument.encode(errors="surrogateescape").decode(errors="replace") for argument in sys.argv]


def _screen(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # closed
        return stream
    encoding, line_buffering, write_through = stream.encoding, stream.line_buffering, stream.write_through
    return Screen(
        stream.detach(),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=line_buffering,
        write_through=write_through,
    )
