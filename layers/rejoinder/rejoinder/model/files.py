"""Files: what a bot holds of a file that is kept in the stack's media bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from mimetypes import guess_extension
from os import PathLike
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO, Protocol

from rejoinder.errors import BotError

MAX_URL = timedelta(days=7)
"""The longest life of a presigned URL (docs.aws.amazon.com/AmazonS3, "presigned URLs")."""

MAX_NAME_BYTES = 200
"""The longest name of a copy, in bytes. Linux takes 255, and a letter of Hindi is three of them."""


def plain_type(mime_type: str) -> str:
    """Return a type without its parameters: `audio/ogg` for `audio/ogg; codecs=opus`."""
    return mime_type.partition(";")[0].strip().lower()


def name_by_type(kind: str, mime_type: str) -> str:
    """Return a name for a file that has none, such as `image.jpg`. Its end tells a phone what can open it."""
    return kind + (guess_extension(plain_type(mime_type)) or "")


class Shelf(Protocol):
    """Where files can be had by their keys."""

    def open(self, key: str, /) -> BinaryIO:
        """Return the bytes of a file, to be read from its start; MediaGone when it is not kept any more."""

    def url(self, file: "File", seconds: float, /) -> str:
        """Return an address from which anybody can fetch the file for so many seconds."""


_reached: list[Shelf] = []
"""The shelf of the turn that runs now. A process runs one turn at a time."""

_left: list[Shelf] = []
"""The shelf from which files are read while no turn runs. Only a test has one."""


@contextmanager
def within_reach(shelf: Shelf) -> Iterator[None]:
    """Let files be read from `shelf` meanwhile."""
    _reached.append(shelf)
    try:
        yield
    finally:
        _reached.pop()


def leave_within_reach(shelf: Shelf) -> None:
    """Let files be read from `shelf` also while no handler runs, as in a test. It ends with the next call."""
    _left[:] = [shelf]


def _shelf() -> Shelf:
    if not (_reached or _left):
        raise BotError("a file can be read while a handler runs, and at no other time")
    return (_reached or _left)[-1]


def _file_name(name: str) -> str:
    """Return a name that every file system takes, made of the end of `name`, which tells the type."""
    last = name.replace("\0", "").rpartition("/")[2]
    short = last.encode(errors="replace")[-MAX_NAME_BYTES:].decode(errors="ignore")
    return "file" if short in ("", ".", "..") else short


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that is kept in the stack's media bucket. `chat.save` returns one."""

    key: str
    """Its key in the bucket."""

    name: str
    """Its name, such as `report.pdf`."""

    mime_type: str
    """Its type, such as `application/pdf`."""

    size: int
    """Its length in bytes."""

    sha256: str
    """The SHA-256 of its bytes, in 64 hexadecimal digits."""

    def url(self, *, expires: timedelta = timedelta(hours=1)) -> str:
        """Return an address from which whoever has it can fetch the file.

        It ends after `expires`, and on AWS at the latest with the credentials of the function, which live
        for some hours. BotError for a time that is not positive or over 7 days.
        """
        if not timedelta(0) < expires <= MAX_URL:
            raise BotError(f"an address of a file lives up to {MAX_URL.days} days, not {expires}")
        return _shelf().url(self, expires.total_seconds())

    def open(self) -> BinaryIO:
        """Return the bytes as a file to read from, which need not fit into memory. Close it, or use `with`.

        MediaGone when the file is not kept any more.
        """
        return _shelf().open(self.key)

    def read(self) -> bytes:
        """Return all bytes. MediaGone when the file is not kept any more."""
        with self.open() as opened:
            return opened.read()

    @property
    def path(self) -> Path:
        """A copy in a new temporary folder, for programs that want a path. The caller deletes it.

        MediaGone when the file is not kept any more.
        """
        path = Path(mkdtemp(prefix="rejoinder-")) / _file_name(self.name)
        with self.open() as opened, path.open("wb") as copy:
            while part := opened.read(1024 * 1024):
                copy.write(part)
        return path


Source = str | bytes | PathLike[str] | File
"""What a bot gives as a file: a name in the folder of the bot or an https address, bytes, a path, or a File
that `chat.save` returned."""
