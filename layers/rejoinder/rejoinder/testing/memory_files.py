"""The ports for files in memory, for tests and `Phone`. They follow the rules of the real ones."""

import hashlib
import secrets
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from rejoinder.bot.files import SaidFiles
from rejoinder.errors import BotError, MediaGone
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account
from rejoinder.model.spoken import FileContent
from rejoinder.model.updates import InboundContent
from rejoinder.ports import Clock
from rejoinder.services.keep import Keeper
from rejoinder.services.upload import Uploader
from rejoinder.testing.memory import MemoryLinks, MemoryNetwork


@dataclass
class MemoryFiles:
    """The port `Files`."""

    kept: dict[str, tuple[File, bytes]] = field(default_factory=dict)
    """The files with their bytes, by their keys."""

    def find(self, key: str) -> File | None:
        return self.kept[key][0] if key in self.kept else None

    def has(self, key: str) -> bool:
        return key in self.kept

    def keep(self, file: File, content: Fetched | BinaryIO) -> File:
        found = b"".join(iter(lambda: content.read(1024 * 1024), b""))
        digest = hashlib.sha256(found).hexdigest()
        if file.size not in (0, len(found)) or file.sha256 not in ("", digest):
            raise ValueError(file.key)
        file = replace(file, size=len(found), sha256=digest)
        self.kept[file.key] = (file, found)
        return file

    def open(self, key: str) -> BinaryIO:
        if key not in self.kept:
            raise MediaGone("the file is not kept any more")
        return BytesIO(self.kept[key][1])

    def url(self, file: File, seconds: float) -> str:
        return f"https://files.example/{file.key}?seconds={seconds:.0f}"


@dataclass
class MemoryMedia:
    """The port `MediaNetwork`: the files that contacts sent, and those that were given to the network."""

    of_contacts: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Types and bytes of the files of contacts, by their media ids."""

    given: dict[str, bytes] = field(default_factory=dict)
    """The bytes of our files, by their media ids."""

    is_empty: bool = False
    """Whether it gives out no files."""

    def as_sent(self, given: InboundContent, folder: Path | None, files: MemoryFiles) -> InboundContent:
        """Return what a contact sends as the network tells of it, and keep the bytes if it is a file.

        A file is given as a bot of `folder` gives one, whose files are in `files`.
        """
        if not isinstance(given, FileContent) or given.file is None:
            return given
        said = SaidFiles(folder, "")
        found = said.found(given)
        assert isinstance(found, FileContent)
        if not isinstance(found.file, File):
            raise BotError(f"a contact sends a file that is here, not {found.file!r}")
        with said.to_keep[0].open() if said.to_keep else files.open(found.file.key) as opened:
            content = opened.read()
        media_id = given.media_id or str(secrets.randbelow(9 * 10**14) + 10**14)
        mime_type = given.mime_type or found.file.mime_type
        self.of_contacts[media_id] = (mime_type, content)
        sha256 = b64encode(hashlib.sha256(content).digest()).decode()  # as Meta writes it
        return replace(found, file=None, media_id=media_id, mime_type=mime_type, sha256=sha256)

    @contextmanager
    def fetch(self, _account: Account, media_id: str) -> Iterator[Fetched]:
        if self.is_empty or media_id not in self.of_contacts:
            raise MediaGone("the network does not keep this file any more: ask the contact to send it again")
        mime_type, content = self.of_contacts[media_id]
        yield _Given(mime_type, content)

    def upload(self, _account: Account, _file: File, opened: BinaryIO) -> Uploaded:
        media_id = f"media-{len(self.given) + 1}"
        self.given[media_id] = opened.read()
        return Uploaded(media_id=media_id, ends_at=float("inf"))


class _Given:
    """A file that is given out."""

    def __init__(self, mime_type: str, content: bytes) -> None:
        self.mime_type = mime_type
        self.size = len(content)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.read = BytesIO(content).read


@dataclass
class MemoryUploads:
    """The port `Uploads`."""

    known: dict[tuple[str, str], Uploaded] = field(default_factory=dict)
    """What is known, by account and SHA-256."""

    def find(self, account: Account, sha256: str) -> Uploaded | None:
        return self.known.get((str(account), sha256))

    def keep(self, account: Account, sha256: str, uploaded: Uploaded) -> None:
        self.known[str(account), sha256] = uploaded

    def forget(self, account: Account, sha256: str) -> None:
        self.known.pop((str(account), sha256), None)


def memory_keeper(
    files: MemoryFiles | None = None,
    media: MemoryMedia | None = None,
    network: MemoryNetwork | None = None,
    clock: Clock = time.time,
    links: MemoryLinks | None = None,
) -> Keeper:
    """Return what a handler may reach, in memory."""
    of_contacts, to_contacts = media or MemoryMedia(), network or MemoryNetwork()
    return Keeper(
        files=files or MemoryFiles(),
        media_of=lambda _account: of_contacts,
        network_of=lambda _account: to_contacts,
        links=links or MemoryLinks(),
        clock=clock,
    )


def memory_uploader(
    files: MemoryFiles | None = None, media: MemoryMedia | None = None, clock: Clock = time.time
) -> Uploader:
    """Return what gives the network the files of a message, in memory."""
    return Uploader(
        files=files or MemoryFiles(), media=media or MemoryMedia(), uploads=MemoryUploads(), clock=clock
    )
