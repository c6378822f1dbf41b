"""Files in the simulation: the bucket, what we know of the network's files, and the network's own."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from rejoinder.errors import (
    AwsError,
    MediaGone,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
)
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account
from rejoinder.testing.memory_files import MemoryFiles, MemoryUploads

if TYPE_CHECKING:
    from tests.simulation.world import World

DAY = 24 * 3600.0


class Files(MemoryFiles):
    """The port `Files`. Its calls may fail."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world

    def find(self, key: str) -> File | None:
        return self.world.call("files.find", lambda: super(Files, self).find(key), error=AwsError)

    def has(self, key: str) -> bool:
        return self.world.call("files.has", lambda: super(Files, self).has(key), error=AwsError)

    def keep(self, file: File, content: Fetched | BinaryIO) -> File:
        return self.world.call("files.keep", lambda: super(Files, self).keep(file, content), error=AwsError)

    def open(self, key: str) -> BinaryIO:
        return self.world.call("files.open", lambda: super(Files, self).open(key), error=AwsError)


class Uploads(MemoryUploads):
    """The port `Uploads`. Its calls may fail."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world

    def find(self, account: Account, sha256: str) -> Uploaded | None:
        return self.world.call("uploads.find", lambda: super(Uploads, self).find(account, sha256))

    def keep(self, account: Account, sha256: str, uploaded: Uploaded) -> None:
        self.world.call("uploads.keep", lambda: super(Uploads, self).keep(account, sha256, uploaded))

    def forget(self, account: Account, sha256: str) -> None:
        self.world.call("uploads.forget", lambda: super(Uploads, self).forget(account, sha256))


@dataclass
class NetworkFiles:
    """What the network has: the files of contacts, which it loses at last, and ours, which it may forget."""

    world: "World"
    sent: dict[str, bytes] = field(default_factory=dict)
    """The files of contacts, by their media ids."""
    lost: set[str] = field(default_factory=set)
    """Those that it did not give out, or gave out damaged."""
    given: dict[str, bytes] = field(default_factory=dict)
    """Our files, by their media ids."""
    shown: set[str] = field(default_factory=set)
    """Those of them that were asked for in a message before."""
    forgotten: set[str] = field(default_factory=set)
    """Those of them that it does not know any more."""

    def of_contact(self, label: str) -> dict[str, object]:
        """Add a file of a contact; return how a webhook tells of it."""
        media_id, content = f"m{len(self.sent) + 1}", label.encode() * 3
        self.sent[media_id] = content
        return {"id": media_id, "mime_type": "image/png", "sha256": hashlib.sha256(content).hexdigest()}

    def has_all(self, media_ids: list[str]) -> bool:
        """Whether it knows these files of ours. From time to time it forgets one that it has shown."""
        if self.shown & {*media_ids} and not self.world.is_calm and self.world.choices.one_in(3):
            self.forgotten.add(media_ids[0])
        self.shown |= {*media_ids}
        return not self.forgotten & {*media_ids} and all(one in self.given for one in media_ids)

    @contextmanager
    def fetch(self, media_id: str) -> Iterator[Fetched]:
        """Give out a file of a contact, as the port `MediaNetwork` does."""
        self.world.call("network.fetch", lambda: self._refuse(media_id), error=None)
        content = self.sent[media_id]
        breaks_off = not self.world.is_calm and self.world.choices.one_in(8)
        given = content[::-1] if media_id in self.lost else content
        yield _Given(given, breaks_off=breaks_off, told=content)

    def _refuse(self, media_id: str) -> None:
        world = self.world
        self._refuse_all()
        mood = 0 if world.is_calm else world.choices.draw(world.moodiness)
        if mood in (4, 5):
            self.lost.add(media_id)
            world.tell_story("network", f"has lost or damaged {media_id}")
        if mood == 4:
            raise MediaGone("lost")
        errors: dict[int, SendError] = {1: RateLimited(4, "slower"), 2: Refused(0, "no connection")}
        if mood in (1, 2, 3):
            raise errors.get(mood) or OutcomeUnknown(0, "no answer")

    def upload(self, file: File, opened: BinaryIO) -> Uploaded:
        """Take a file of ours, as the port `MediaNetwork` does."""
        return self.world.call("network.upload", lambda: self._upload(file, opened.read()), error=None)

    def _upload(self, file: File, content: bytes) -> Uploaded:
        world = self.world
        self._refuse_all()
        mood = 0 if world.is_calm else world.choices.draw(world.moodiness)
        errors: dict[int, SendError] = {
            1: RateLimited(4, "slower"),
            2: Refused(0, "no connection"),
            3: Rejected(100, "not such a file"),
        }
        if mood in errors:
            raise errors[mood]
        media_id = f"up{len(self.given) + 1}"
        self.given[media_id] = content
        world.tell_story("network", f"calls the file {file.name} {media_id}")
        if mood == 4:
            raise OutcomeUnknown(0, "no answer")
        return Uploaded(media_id=media_id, ends_at=world.now + (30 * DAY if mood != 5 else 60.0))

    def _refuse_all(self) -> None:
        meta = self.world.meta
        if not meta.token_is_good:
            raise TokenInvalid(190, "expired")
        if self.world.now < meta.down_until:
            raise OutcomeUnknown(0, "no answer")


class _Given:
    """A file that the network gives out. It may break off in the middle."""

    def __init__(self, content: bytes, *, breaks_off: bool, told: bytes) -> None:
        self.mime_type = "image/png"
        self.size = 0
        self.sha256 = hashlib.sha256(told).hexdigest()
        self._content = BytesIO(content)
        self._breaks_off = breaks_off

    def read(self, _amount: int, /) -> bytes:
        """Return a few bytes."""
        if self._breaks_off and self._content.tell():
            raise OutcomeUnknown(0, "it broke off")
        return self._content.read(7)
