"""What a person types in `rejoinder chat` and `rejoinder talk`: words, taps, commands such as `/photo`."""

import difflib
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Literal, TypedDict

from rejoinder.channels.whatsapp.limits import check_file
from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Audio, ContactCard, Document, FormReply, Image, Location, Sticker, Video
from rejoinder.model.letters import phone_digits
from rejoinder.model.updates import InboundContent
from rejoinder.testing.transcript import time_in

A_PHONE = """\
  words                      are said; \\n in them begins a new line
  /book 5                    is said, too, as all commands that are not below; //help says /help
  [Title]                    taps a button or a row
  /photo FILE [CAPTION]      sends a picture; so do /video and /document, and without a caption
                             /audio, /voice and /sticker
  /location LAT LONG [NAME]  sends a place, such as /location 52.5 13.4
  /contact NAME NUMBER       sends a contact's card
  /form {"name": "Ada"}      sends the answers of a form, as JSON"""
"""What a contact's phone can do."""

MORE = """\
  /wait 25 hours             lets that time pass, or minutes, or days; `... 25 hours` does the same
  /human WORDS               lets a person of the business answer by hand; the bot is silent
  /release                   lets the bot speak again
  /data                      shows chat.data"""
"""What else can be done in a terminal where nothing is real."""


class Mistyped(Exception):
    """A line that cannot be understood. The text is one line and says what to type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The contact says something."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The contact taps a button or a row."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The contact sends something else than words."""

    content: InboundContent

    told: str
    """What it is, for the person who typed it."""

    file: Path | None = None
    """The file, if it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Time passes."""

    time: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A person of the business answers."""

    words: str


Bare = Literal["release", "data", "help"]
"""A command that is one word."""

Line = Words | Choice | Sending | Passing | ByHand | Bare


def read(line: str) -> Line:
    """Return what a line is. Raises Mistyped."""
    if line.startswith("//"):
        return _said(line[1:])
    if line.startswith("..."):
        return _wait(line.removeprefix("..."))
    if line.startswith("[") and line.endswith("]"):
        return Choice(title=line[1:-1])
    if not line.startswith("/"):
        return _said(line)
    name, _, rest = line[1:].partition(" ")
    if name in COMMANDS:
        return COMMANDS[name](rest.strip())
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    if near:
        raise Mistyped(f"there is no command /{name}: is it /{near[0]}? To say these words, type /{line}")
    return _said(line)  # a command of the bot


def _said(line: str) -> Words:
    return Words(words=line.replace("\\n", "\n"))


def _wait(rest: str) -> Line:
    time = time_in(f"... {rest.strip()}")
    if time is None:
        raise Mistyped("this is not a time; write `... 25 hours`, or minutes, or days")
    return Passing(time=time)


def _by_hand(rest: str) -> Line:
    if not rest:
        raise Mistyped("say what the person answers: /human I shall look after this myself")
    return ByHand(words=rest)


def _bare(word: Bare, rest: str) -> Line:
    if rest:
        raise Mistyped(f"/{word} takes nothing after it")
    return word


_PLACE = re.compile(r"(-?\d+(?:\.\d+)?)\s*[, ]\s*(-?\d+(?:\.\d+)?)(?:\s+(.+))?")
_CARD = re.compile(r"(.+?)\s+(\+?[\d(][\d\s().-]{3,})")


def _location(rest: str) -> Line:
    match = _PLACE.fullmatch(rest)
    latitude, longitude = (float(match[1]), float(match[2])) if match else (91.0, 0.0)
    if not match or abs(latitude) > 90 or abs(longitude) > 180:
        raise Mistyped("a place is a latitude (-90 to 90) and a longitude (-180 to 180): /location 52.5 13.4")
    name = match[3] or ""
    place = Location(latitude=latitude, longitude=longitude, name=name)
    return Sending(content=place, told=" ".join(filter(None, (f"location {latitude}, {longitude}", name))))


def _contact(rest: str) -> Line:
    match = _CARD.fullmatch(rest)
    if not match:
        raise Mistyped("a contact has a name and a number: /contact Ada Lovelace +1 555 000 1111")
    name, number = match[1], phone_digits(match[2])
    return Sending(content=ContactCard(name=name, phones=(number,)), told=f"contact {name}, {number}")


def _form(rest: str) -> Line:
    content = FormReply(name="flow", response=rest)
    if not content.answers:
        raise Mistyped('the answers of a form are an object of JSON: /form {"name": "Ada", "people": 4}')
    return Sending(content=content, told=f"form, {len(content.answers)} answers")


class _OfFile(TypedDict):
    media_id: str
    mime_type: str
    sha256: str
    caption: str


_TYPES = {
    "3gp": "video/3gpp",
    "aac": "audio/aac",
    "amr": "audio/amr",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "webp": "image/webp",
}
"""The types of files by the ends of their names. Python's own table has not all of them, or has others."""

MAKERS: Mapping[str, tuple[str, Callable[[str, _OfFile], InboundContent]]] = {
    "photo": ("image", lambda _, file: Image(**file)),
    "image": ("image", lambda _, file: Image(**file)),
    "video": ("video", lambda _, file: Video(**file)),
    "document": ("document", lambda name, file: Document(**file, filename=name)),
    "audio": ("audio", lambda _, file: Audio(**file)),
    "voice": ("audio", lambda _, file: Audio(**file, voice=True)),
    "sticker": ("sticker", lambda _, file: Sticker(**file)),
}
"""The kind of the content that each command sends, and what makes it of the name and the facts of a file."""


def _file(command: str, rest: str) -> Line:
    if not rest:
        raise Mistyped(f"name a file: /{command} cat.jpg, and if you like a caption behind it")
    path, caption = _path_and_caption(rest)
    kind, make = MAKERS[command]
    if caption and kind in ("audio", "sticker"):
        raise Mistyped(f"/{command} takes no caption")
    guessed = guess_type(path.name, strict=False)[0] or "application/octet-stream"
    mime_type = _TYPES.get(path.suffix.lower().removeprefix("."), guessed)
    facts: _OfFile = {
        "media_id": str(secrets.randbelow(9 * 10**14) + 10**14),
        "mime_type": "audio/ogg; codecs=opus"
        if (command, mime_type) == ("voice", "audio/ogg")
        else mime_type,
        "sha256": "",
        "caption": caption,
    }
    try:
        size = path.stat().st_size
        check_file(kind, mime_type, size)
        facts["sha256"] = b64encode(sha256(path.read_bytes()).digest()).decode()  # as Meta writes it
    except LimitExceeded as error:
        cure = "" if kind == "document" else f". As a file of any type: /document {path}"
        raise Mistyped(f"{path}: {error}{cure}") from None
    except OSError as error:
        raise Mistyped(f"{path} cannot be read: {error.strerror}") from None
    told = f"{command} {path.name}, {facts['mime_type']}, {-(-size // 1024):,} KB"
    return Sending(content=make(path.name, facts), told=told, file=path)


def _path_and_caption(rest: str) -> tuple[Path, str]:
    """Return the file that the longest beginning of `rest` names, and what is behind it."""
    for named, caption in _splits(rest):
        path = Path(named)
        with suppress(OSError, RuntimeError):  # too long for a path; the home of nobody
            path = path.expanduser()
            if path.is_file():
                return path, caption
            if path.is_dir() and not caption:
                raise Mistyped(f"{path} is a folder: name a file in it")
    raise Mistyped(f"there is no file {rest} in {Path.cwd()}")


def _splits(rest: str) -> Iterator[tuple[str, str]]:
    """Yield what may be a path, and the rest. Spaces in it stand as they are, or as a shell wants them."""
    quoted = re.fullmatch(r"""(["'])(.+?)\1(?:\s+(.*))?""", rest)
    if quoted:
        yield quoted[2], quoted[3] or ""
    ends = [len(rest), *(space.start() for space in reversed([*re.finditer(r"\s", rest)]))]
    for end in ends:
        yield rest[:end], rest[end:].strip()
        yield re.sub(r"\\(.)", r"\1", rest[:end]), rest[end:].strip()


COMMANDS: Mapping[str, Callable[[str], Line]] = {
    **{name: partial(_file, name) for name in MAKERS},
    "location": _location,
    "contact": _contact,
    "form": _form,
    "wait": _wait,
    "human": _by_hand,
    "release": partial(_bare, "release"),
    "data": partial(_bare, "data"),
    "help": partial(_bare, "help"),
}
