"""The files that Telegram takes.

Source: core.telegram.org/bots/api, "Sending files". What lies at an address is fetched by Telegram: pictures
up to 5 MB and other files up to 20 MB; as documents it takes only PDF, ZIP and GIF from there.
"""

from collections.abc import Mapping

from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Audio, Document, Header, Image, Sticker, Video
from rejoinder.model.files import File, plain_type
from rejoinder.model.said import Album, SaidFile

MEGABYTE = 1024 * 1024

MAX_BYTES = 50 * MEGABYTE
"""The most bytes of a file."""

MAX_PHOTO_BYTES = 10 * MEGABYTE
"""The most bytes of a picture."""

TYPES: Mapping[str, tuple[str, ...]] = {
    "image": ("image/",),
    "video": ("video/",),
    "audio": ("audio/",),
    "sticker": ("image/webp", "application/x-tgsticker", "video/webm"),
}
"""How the types of files begin, by the kind of their content; documents have any."""

VOICE_TYPES = ("audio/ogg", "audio/mpeg", "audio/mp4")
"""The types of a voice message: OGG with Opus, MP3, M4A."""


def check_file(content: SaidFile) -> None:
    """Raise LimitExceeded when Telegram does not take a file. How long its words are is checked elsewhere."""
    if isinstance(content, Sticker) and content.caption:
        raise LimitExceeded("Telegram shows no caption under a sticker: say the words before it")
    match content.file:
        case File() as file:
            _check_bytes(content, file)
        case str() as address if not address.startswith("https://") or len(address.split()) != 1:
            raise LimitExceeded(f"the file of {_called(content)} is no https address: {address[:80]!r}")
        case str() | None if content.file or content.media_id:
            return
        case _:
            raise LimitExceeded(f'{_called(content)} has no file: write {type(content).__name__}("files/…")')


def check_album(album: Album) -> None:
    """Raise LimitExceeded when the files of an album are too much for one request.

    Telegram names no limit for all of them; this is ours, so that they are sent in the time for one message.
    """
    size = sum(one.file.size for one in album.files if isinstance(one.file, File))
    if size > MAX_BYTES:
        raise LimitExceeded(
            f"the files of an album are {-(-size // 1024):,} KB together; {MAX_BYTES // MEGABYTE} MB at most"
        )


def check_header(header: Header) -> None:
    """Raise LimitExceeded when Telegram does not take the file above the words."""
    if not isinstance(header, Image | Video | Document):
        raise LimitExceeded(f"a header is a line, or an Image, a Video or a Document, not {header!r}")
    if header.caption:
        raise LimitExceeded("a header has no caption: write the words into the body")
    check_file(header)


def _check_bytes(content: SaidFile, file: File) -> None:
    if not file.size:
        raise LimitExceeded(f"the file of {_called(content)} is empty")
    most = MAX_PHOTO_BYTES if isinstance(content, Image) else MAX_BYTES
    if file.size > most:
        raise LimitExceeded(
            f"Telegram takes {most // MEGABYTE} MB as {content.kind}, not {-(-file.size // 1024):,} KB"
        )
    is_voice = isinstance(content, Audio) and content.voice
    types = VOICE_TYPES if is_voice else TYPES.get(content.kind, ("",))
    if not plain_type(file.mime_type).startswith(types):
        what = "voice message" if is_voice else content.kind
        raise LimitExceeded(f"Telegram takes {' or '.join(types)} as {what}, not {file.mime_type}")


def _called(content: SaidFile) -> str:
    return f"{'an' if content.kind[0] in 'aeiou' else 'a'} {content.kind}"
