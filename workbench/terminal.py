"""Makes everything printable, whatever a contact or a bot has written."""

import io
import sys
import unicodedata
from typing import IO, TextIO, cast

from rich.console import Console

BIDI = {*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
"""The characters that change the direction of what stands near them (Unicode's property Bidi_Control)."""

HARMFUL = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's categories of control characters, halves of surrogate pairs, and separators of lines."""

KEPT = {"\n", "\t"}


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


def console() -> Console:
    """Return rich's console on standard output. What others have said goes through `visible` first."""
    return Console(file=cast("IO[str]", _Painted(sys.stdout)), highlight=False)


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
