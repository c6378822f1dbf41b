"""The files on the network: those that the business uploads, and those that contacts send. It does no I/O.

Lifetimes, types and sizes:
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from rejoinder.workbench.simulator.clock import Clock

UPLOAD_SECONDS: Final = 30 * 24 * 3600
"""How long the id of an uploaded file lives, in seconds."""

CONTACT_SECONDS: Final = 7 * 24 * 3600
"""How long the id of a contact's file lives, in seconds."""

URL_SECONDS: Final = 300
"""How long an address of a file lives, in seconds."""

CEILING_BYTES: Final = 512 * 1024 * 1024
"""How many bytes the shelf holds. The oldest files go first."""

PATH: Final = "/whatsapp_business/attachments/"
"""The path of a file's address, as on Meta's second host."""

HOSTS: Final = ("127.0.0.1", "localhost")
"""The two names of the simulator. Files are on the one by which the caller did not ask, as Meta's are on
another host than Graph. Every machine knows both names."""

KILOBYTE, MEGABYTE = 1024, 1024 * 1024

TYPES: Final = (
    "audio/aac",
    "audio/mp4",
    "audio/mpeg",
    "audio/amr",
    "audio/ogg",
    "audio/opus",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/3gpp",
)
"""The types that may be uploaded, in the order in which Meta's refusal lists them:
https://github.com/MissaelAnda/laravel-whatsapp/issues/4."""

KINDS: Final = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp"),
    "audio": tuple(name for name in TYPES if name.startswith("audio/")),
    "sticker": ("image/webp",),
    "document": (),
}
"""The types that each kind of message takes. A document may be of any type."""

LIMITS: Final = {
    "image": 5 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "audio": 16 * MEGABYTE,
    "sticker": 500 * KILOBYTE,
    "document": 100 * MEGABYTE,
}
"""The most bytes of each kind of message. A sticker that does not move may have 100 KB only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A file on the network."""

    id: str

    data: bytes = field(repr=False)
    """The bytes."""

    mime_type: str

    filename: str
    """The name that it was uploaded with. It may be empty."""

    phone_number_id: str | None
    """The number that it was uploaded on; None for a contact's file."""

    sha256: bytes = field(repr=False)
    """The hash of the bytes."""

    expires_at: float
    """When the id stops to work, in Unix seconds."""

    @property
    def base64_hash(self) -> str:
        """The hash as a webhook shows it."""
        return base64.b64encode(self.sha256).decode("ascii")


@dataclass(slots=True, kw_only=True)
class Session:
    """An upload in pieces."""

    length: int
    """How many bytes it has in the end."""

    mime_type: str

    data: bytearray = field(default_factory=bytearray, repr=False)
    """The bytes so far."""


class MediaShelf:
    """All files on the network, by id."""

    def __init__(self, clock: Clock, ceiling: int = CEILING_BYTES) -> None:
        self.port = 80
        """The port of the simulator, which is in the addresses of files."""
        self._clock = clock
        self._ceiling = ceiling
        self._key = secrets.token_bytes(16)
        self._media: dict[str, Medium] = {}

    def add(
        self,
        data: bytes,
        mime_type: str,
        filename: str = "",
        *,
        phone_number_id: str | None = None,
        media_id: str | None = None,
    ) -> str:
        """Keep a file, and return its id. It is a contact's file unless a business number uploads it."""
        seconds = CONTACT_SECONDS if phone_number_id is None else UPLOAD_SECONDS
        medium = Medium(
            id=media_id or str(secrets.randbelow(9 * 10**14) + 10**14),
            data=data,
            mime_type=mime_type,
            filename=filename,
            phone_number_id=phone_number_id,
            sha256=hashlib.sha256(data).digest(),
            expires_at=self._clock.now() + seconds,
        )
        self._media.pop(medium.id, None)
        self._media[medium.id] = medium
        self._make_room()
        return medium.id

    def get(self, media_id: str) -> Medium | None:
        """Return a file; None when nobody knows the id, or when it has expired."""
        medium = self._media.get(media_id)
        return medium if medium and self._clock.now() < medium.expires_at else None

    def clear(self) -> None:
        """Forget all files."""
        self._media.clear()

    def remove(self, media_id: str) -> None:
        self._media.pop(media_id, None)

    def url(self, media_id: str, asked_at: str = HOSTS[0]) -> str:
        """Return a new address of a file, on the host by whose name nobody asked."""
        host = HOSTS[0] if asked_at == HOSTS[1] else HOSTS[1]
        ends_at = str(int(self._clock.now()) + URL_SECONDS)
        query = {"mid": media_id, "ext": ends_at, "hash": self._seal(media_id, ends_at)}
        return f"http://{host}:{self.port}{PATH}?{urlencode(query)}"

    def page(self, media_id: str) -> str:
        """Return an address of a file that needs no token, as those of pictures for everybody."""
        return f"http://{HOSTS[0]}:{self.port}/sim/files/{media_id}"

    def behind(self, media_id: str, ends_at: str, seal: str) -> Medium | None:
        """Return the file behind the three parts of an address; None when it has expired or is not ours."""
        if not hmac.compare_digest(self._seal(media_id, ends_at).encode(), seal.encode()):
            return None
        return self.get(media_id) if self._clock.now() < int(ends_at) else None

    def _seal(self, media_id: str, ends_at: str) -> str:
        return hmac.new(self._key, f"{media_id}|{ends_at}".encode(), "sha256").hexdigest()

    def _make_room(self) -> None:
        held = sum(len(medium.data) for medium in self._media.values())
        for media_id in list(self._media)[:-1]:
            if held <= self._ceiling:
                return
            held -= len(self._media.pop(media_id).data)


def bare_type(mime_type: str) -> str:
    """Return a type without its parameters, such as `audio/ogg`."""
    return mime_type.partition(";")[0].strip().lower()


def kind_of(mime_type: str) -> str:
    """Return the kind of message that a type is for. What is no image, video or audio is a document."""
    bare = bare_type(mime_type)
    return next((kind for kind, types in KINDS.items() if bare in types), "document")


def why_not(kind: str, mime_type: str, size: int) -> str | None:
    """Return why a file cannot be sent as a kind of message; None when it can. The wording is ours."""
    bare, types = bare_type(mime_type), KINDS[kind]
    if types and bare not in types:
        return f"Unsupported {kind} mime type {bare}. Please use one of: {', '.join(types)}."
    if size > LIMITS[kind]:
        return f"The {kind} has {size} bytes. Max size: {LIMITS[kind]} bytes."
    return None
