"""What the tests of files share: a network with moods, files that break, and bytes of every type."""

import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from rejoinder import Image
from rejoinder.errors import AwsError
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account
from rejoinder.testing.memory_files import MemoryFiles, MemoryMedia, MemoryUploads

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)
PDF = b"%PDF-1.7\n" + bytes(64)
XRAY = Image(media_id="7", mime_type="image/png", caption="my hand")


@dataclass
class MoodyMedia(MemoryMedia):
    """A network that answers the next requests with `moods`, and then as it should."""

    moods: list[BaseException] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def fetch(self, account: Account, media_id: str) -> Iterator[Fetched]:
        self.asked.append(f"fetch {media_id}")
        if self.moods:
            raise self.moods.pop(0)
        with super().fetch(account, media_id) as fetched:
            yield fetched

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        self.asked.append(f"upload {file.name} for {account.id[-1]}")
        if self.moods:
            raise self.moods.pop(0)
        return super().upload(account, file, opened)


@dataclass
class MoodyFiles(MemoryFiles):
    """A bucket that fails so many times, and then works."""

    failing: int = 0

    def _work(self) -> None:
        if self.failing:
            self.failing -= 1
            raise AwsError("SlowDown")

    def find(self, key: str) -> File | None:
        self._work()
        return super().find(key)

    def has(self, key: str) -> bool:
        self._work()
        return super().has(key)

    def open(self, key: str) -> BinaryIO:
        self._work()
        return super().open(key)


@dataclass
class BrokenUploads(MemoryUploads):
    """A table that cannot do one thing."""

    cannot: str = ""

    def find(self, account: Account, sha256: str) -> Uploaded | None:
        if self.cannot == "find":
            raise ConnectionError
        return super().find(account, sha256)

    def keep(self, account: Account, sha256: str, uploaded: Uploaded) -> None:
        if self.cannot == "keep":
            raise ConnectionError
        super().keep(account, sha256, uploaded)

    def forget(self, account: Account, sha256: str) -> None:
        if self.cannot == "forget":
            raise ConnectionError
        super().forget(account, sha256)


def ogg(codec: bytes) -> bytes:
    """Return the first page of an Ogg file."""
    return b"OggS\x00\x02" + bytes(20) + b"\x01" + bytes([len(codec)]) + codec + bytes(16)


def mp4(brand: bytes) -> bytes:
    """Return the first box of an MPEG-4 file."""
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", brand, 512, brand, b"isom") + bytes(64)


def webp(*, moves: bool | None = None) -> bytes:
    """Return the head of a WebP file; of the extended kind if it is told whether it moves."""
    if moves is None:
        return b"RIFF" + struct.pack("<I", 64) + b"WEBPVP8 " + bytes(64)
    return b"RIFF" + struct.pack("<I", 64) + b"WEBPVP8X" + struct.pack("<IB", 10, 2 * moves) + bytes(64)


def office(part: str) -> bytes:
    """Return a document of an office program, whose main part has that name."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", part):
            archive.writestr(name, "<x/>")
    return whole.getvalue()
