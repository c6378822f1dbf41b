"""What the services need from outside for files, each port as small as its caller's need."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from rejoinder.model.contents import Media
from rejoinder.model.files import File, Shelf
from rejoinder.model.links import Linked
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A file that the network has, and that many messages may show."""

    media_id: str
    """The network's id of it."""

    ends_at: float
    """When the network forgets it, in Unix seconds."""


class Fetched(Protocol):
    """A file while the network gives it out."""

    @property
    def mime_type(self) -> str:
        """The type, as the network tells it."""

    @property
    def size(self) -> int:
        """The length in bytes; 0 when the network tells none."""

    @property
    def sha256(self) -> str:
        """The SHA-256 in hexadecimal digits; empty when the network tells none."""

    def read(self, amount: int, /) -> bytes:
        """Return the next bytes, at most `amount`; none at the end. Raises SendError when no more come."""


class MediaNetwork(Protocol):
    """Takes files to the network, and gives out those of contacts."""

    def fetch(self, account: Account, media_id: str, /) -> AbstractContextManager[Fetched]:
        """Open a file that a contact sent. Raises MediaGone when there is none, or a SendError."""

    def upload(self, account: Account, file: File, opened: BinaryIO, /) -> Uploaded:
        """Give the network a file that is to be sent. Raises a SendError; Rejected when it is not taken."""


class Files(Protocol):
    """Keeps the files of the stack, by their keys."""

    def find(self, key: str) -> File | None:
        """Return the file that is kept under `key`; None when there is none."""

    def has(self, key: str) -> bool:
        """Whether a file is kept under `key` and stays for two weeks at least, as long as messages wait."""

    def keep(self, file: File, content: Fetched | BinaryIO) -> File:
        """Keep `content`, read piece by piece, and return the file with the length and SHA-256 that it has.

        Nothing is kept when they are told in `file` (not 0, not empty) and differ: ValueError.
        """

    def open(self, key: str) -> BinaryIO:
        """Return the bytes of a file, to be read from its start; MediaGone when it is not kept any more."""

    def url(self, file: File, seconds: float) -> str:
        """Return an address from which anybody can fetch the file for so many seconds."""


class Uploads(Protocol):
    """Keeps what the network calls the files that were given to it."""

    def find(self, account: Account, sha256: str) -> Uploaded | None:
        """Return what is kept of a file of that account; None when there is nothing, or it has ended."""

    def keep(self, account: Account, sha256: str, uploaded: Uploaded) -> None:
        """Keep it until it ends."""

    def forget(self, account: Account, sha256: str) -> None:
        """Forget it: the network does not take it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStores:
    """What a network needs that takes files along with its messages."""

    files: Files
    """Keeps the files."""

    uploads: Uploads
    """Knows what the network calls the files that it has."""


class Outside(Protocol):
    """What a handler may reach while it runs."""

    @property
    def files(self) -> Shelf:
        """Where files can be read."""

    def save(self, message: Inbound[Any], conversation_key: str, media: Media, /) -> File:
        """Save a file that the contact of `message` sent, and return it; the same again if it is saved.

        Raises MediaGone when it cannot be had. Raises TurnPostponed when it cannot be had now.
        """

    def show_typing(self, account: Account, message_id: str, /) -> None:
        """Show the contact that an answer is being written. It never raises."""

    def link_code(self, owner: Linked, /) -> str:
        """Make a code that links another conversation to `owner`, and return it."""

    def claim(self, code: str, conversation_key: str, /) -> Linked | None:
        """Use up a code in a conversation. Return the one that it was made in; None when it was wrong.

        In the same conversation it is right again: a turn may be tried once more.
        """
