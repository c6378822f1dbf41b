"""The files that WhatsApp takes.

Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media.
"""

from collections.abc import Mapping

from rejoinder.channels.whatsapp.lengths import check_halves, check_length, check_title
from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Audio, Document, Header, Image, Sticker, Video
from rejoinder.model.files import File, plain_type
from rejoinder.model.said import SaidFile

MEGABYTE = 1024 * 1024

MAX_CAPTION = 1024
"""The longest caption of a file, in characters."""

MAX_FILENAME = 240
"""The longest name of a document, in characters."""

MAX_HEADER = 60
"""The longest line above the words, in characters."""

FILES: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "image": (5 * MEGABYTE, ("image/jpeg", "image/png")),
    "video": (16 * MEGABYTE, ("video/mp4", "video/3gpp")),
    "audio": (16 * MEGABYTE, ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")),
    "document": (100 * MEGABYTE, ()),
    "sticker": (500 * 1024, ("image/webp",)),
}
"""The most bytes of a file and its types, by the kind of its content; no types are all types."""

UPLOADED = frozenset(
    {
        *("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/opus"),
        *("image/jpeg", "image/png", "image/webp", "text/plain", "video/3gpp", "video/mp4"),
        *(
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
        ),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)
"""The types of the files that Meta takes from us, as it lists them when it refuses another one
(github.com/fbsamples/whatsapp-api-examples/issues/10). What lies at an address may have others.
"""

MAX_STILL_STICKER = 100 * 1024
"""The most bytes of a sticker that does not move. Its type does not tell whether it moves."""

VOICE = "audio/ogg; codecs=opus"
"""The one type of a voice message."""

_CONVERT = "ffmpeg -i IN -ac 1 -c:a libopus voice.ogg"


def check_file(kind: str, mime_type: str, size: int) -> None:
    """Raise LimitExceeded when WhatsApp does not take a file of this type and size as a content of `kind`.

    The type may have parameters, as in `audio/ogg; codecs=opus`.
    """
    most, types = FILES[kind]
    if types and plain_type(mime_type) not in types:
        raise LimitExceeded(f"WhatsApp takes {' or '.join(types)} as {kind}, not {mime_type}")
    _check_size(kind, size, most)


def _check_size(what: str, size: int, most: int) -> None:
    if size > most:
        raise LimitExceeded(f"WhatsApp takes {most // 1024:,} KB as {what}, not {-(-size // 1024):,} KB")


def check_media(content: SaidFile) -> None:
    """Raise LimitExceeded when WhatsApp does not take a file with its words."""
    _check_source(content)
    check_length("a caption", content.caption, MAX_CAPTION, optional=True)
    match content:
        case Audio() | Sticker() if content.caption:
            raise LimitExceeded(
                f"WhatsApp shows no caption under {_called(content)}: say the words before it"
            )
        case Document():
            check_length("the name of a document", content.filename, MAX_FILENAME, optional=True)
        case _:
            pass


def _check_source(content: SaidFile) -> None:
    match content.file:
        case File() as file:
            check_file(content.kind, file.mime_type, file.size)
            _check_further(content, file)
        case str() as address if not address.startswith("https://"):
            raise LimitExceeded(f"the file of {_called(content)} is no https address: {address[:80]!r}")
        case str() as address if len(address.split()) != 1:
            raise LimitExceeded(
                f"the address of {_called(content)} has spaces: write %20, not {address[:80]!r}"
            )
        case str():
            check_halves("the address of a file", content.file)
        case None if content.media_id:
            return
        case _:
            raise LimitExceeded(f'{_called(content)} has no file: write {type(content).__name__}("files/…")')


def _check_further(content: SaidFile, file: File) -> None:
    if not file.size:
        raise LimitExceeded(f"the file of {_called(content)} is empty")
    match content:
        case Document() if plain_type(file.mime_type) not in UPLOADED:
            raise LimitExceeded(
                "WhatsApp takes texts, PDF, the documents of Word, Excel and PowerPoint, pictures, sound and "
                f"films as files, not {file.mime_type}. The name of a text tells its type: filename='….txt'. "
                "WhatsApp fetches others itself from an https address, such as that of a saved file: "
                "Document(file.url(), filename=file.name)"
            )
        case Audio(voice=True) if file.mime_type.replace(" ", "").lower() != VOICE.replace(" ", ""):
            raise LimitExceeded(
                f"WhatsApp takes {VOICE} with one channel as a voice message, not {file.mime_type}. "
                f"This makes one: {_CONVERT}. Without voice=True it goes out as a sound file"
            )
        case Audio() if plain_type(file.mime_type) == "audio/ogg" and "opus" not in file.mime_type.lower():
            raise LimitExceeded(f"WhatsApp takes OGG with Opus only. This makes one: {_CONVERT}")
        case Sticker(animated=False):
            _check_size("sticker that does not move", file.size, MAX_STILL_STICKER)
        case _:
            pass


def _called(content: SaidFile) -> str:
    return f"{'an' if content.kind[0] in 'aeiou' else 'a'} {content.kind}"


def check_header(header: Header, *kinds: type[Image | Video | Document]) -> None:
    """Raise LimitExceeded when WhatsApp does not take what stands above the words. All kinds, for none."""
    match header:
        case Image() | Video() | Document():
            if kinds and not isinstance(header, kinds):
                names = " or ".join(kind.__name__ for kind in kinds)
                raise LimitExceeded(f"the header of this message is {names}, not {type(header).__name__}")
            if header.caption:
                raise LimitExceeded("WhatsApp shows no caption of a header: write the words into the body")
            check_media(header)
        case _:
            _check_line(header)


def _check_line(header: object) -> None:
    if not isinstance(header, str):
        raise LimitExceeded(f"a header is a line, or an Image, a Video or a Document, not {header!r}")
    check_title("a header", header, MAX_HEADER, optional=True)
