"""Files that a bot says: found, read once for their type, length and SHA-256, and named in the bucket."""

import hashlib
import mimetypes
from dataclasses import dataclass, replace
from io import SEEK_END, BufferedReader, BytesIO
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

from rejoinder.errors import BotError
from rejoinder.model.contents import Document, Sticker
from rejoinder.model.files import File, name_by_type
from rejoinder.model.said import OutboundContent, SaidFile, with_files

OPUS = "audio/ogg; codecs=opus"
"""The type of a voice message."""

_OGG, _ZIP, _3GP, _WEBP_MOVES = "audio/ogg", "application/zip", b"ftyp3g", 0x02
_BEGINNING = 8192
"""As many bytes as tell the type of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToKeep:
    """A file that a turn says, and that is not in the bucket yet."""

    file: File
    """What it will be there."""

    source: bytes | Path
    """Where its bytes are."""

    def open(self) -> BinaryIO:
        """Return the bytes, to be read from their start."""
        return _opened(self.source)


class SaidFiles:
    """Finds the files that one bot says."""

    def __init__(self, folder: Path | None, conversation_key: str) -> None:
        self._folder = folder
        self._of_contact = f"contacts/{conversation_key}/said"
        self.to_keep: list[FileToKeep] = []
        """What is to be in the bucket before the messages go out."""

    def found(self, content: OutboundContent) -> OutboundContent:
        """Return `content` with a `File`, or an https address, for each of its files.

        Raises BotError for a file that is not there. The text says where it was looked for.
        """
        return with_files(content, self._found)

    def _found(self, media: SaidFile) -> SaidFile:
        match media.file:
            case File():
                return _named(media, media.file)
            case None if media.media_id:
                return media
            case None:
                raise BotError(f'{type(media).__name__} needs a file: {type(media).__name__}("files/…")')
            case str() as address if "://" in address:
                return media
            case str() as name:
                return self._kept(media, self._in_folder(name), name, "bot")
            case bytes() as content:
                return self._kept(media, content, "", self._of_contact)
            case PathLike() as path:
                return self._kept(media, Path(fspath(path)), fspath(path), self._of_contact)
            case other:
                raise BotError(f"a file is a name, a path, bytes, a File or an https address, not {other!r}")

    def _in_folder(self, name: str) -> Path:
        """Return the path of a file of the bot. Words of a contact must not lead out of its folder."""
        if self._folder is None:
            raise BotError(f"this bot has no folder to find {name!r} in: give a Path")
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise BotError(f"{name!r} is not in the folder of the bot: give a Path for a file elsewhere")
        return path

    def _kept(self, media: SaidFile, source: bytes | Path, name: str, where: str) -> SaidFile:
        if isinstance(source, Path) and not source.is_file():
            raise BotError(f"there is no file {source}")
        with _opened(source) as opened:
            beginning = opened.read(_BEGINNING)
            opened.seek(0)
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            size = opened.seek(0, SEEK_END)
        name = getattr(media, "filename", "") or Path(name).name.encode(errors="replace").decode()
        mime_type = type_of(beginning, name)
        name = name or name_by_type(media.kind, mime_type)
        file = File(key=f"{where}/{digest}", name=name, mime_type=mime_type, size=size, sha256=digest)
        self.to_keep.append(FileToKeep(file=file, source=source))
        if isinstance(media, Sticker):
            media = replace(media, animated=_moves(beginning))
        return _named(media, file)


def _named(media: SaidFile, file: File) -> SaidFile:
    media = replace(media, file=file)
    return replace(media, filename=media.filename or file.name) if isinstance(media, Document) else media


def _opened(source: bytes | Path) -> BytesIO | BufferedReader:
    return BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def type_of(beginning: bytes, name: str = "") -> str:
    """Return the type of a file: what its first bytes tell, else what its name tells.

    The name comes first for a text, and for what is packed as most documents of office programs are.
    """
    import filetype  # noqa: PLC0415 - it takes 20 ms to import, and few turns say a file

    told: str | None = filetype.guess_mime(beginning) if beginning else None
    named = mimetypes.guess_type(name)[0] or ""
    if named.startswith("text/") and b"\0" not in beginning:
        return named  # words may begin like any file: those of a list of cars begin like a bitmap
    if told == _OGG and b"OpusHead" in beginning[:512]:
        return OPUS
    if beginning[4:10] == _3GP:
        return "video/3gpp"
    if told == _ZIP and named:
        return named
    return told or named or "application/octet-stream"


def _moves(webp: bytes) -> bool:
    """Whether a sticker moves: a flag in the header of the format WebP tells it."""
    return webp[12:16] == b"VP8X" and bool(webp[20:21] and webp[20] & _WEBP_MOVES)
