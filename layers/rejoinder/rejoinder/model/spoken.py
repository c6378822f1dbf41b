"""What contacts say: the contents that hold other contents, and the unions of them all."""

from dataclasses import dataclass
from typing import Literal

from rejoinder.model.answers import CallPermission, PaymentMethod, ProductInquiry
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
    Media,
    Order,
    Reaction,
    Sticker,
    System,
    Tap,
    Text,
    Unsupported,
    Video,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The contact changed a message that they sent before."""

    message_id: str
    """The network's id of that message."""

    content: "SaidContent | None" = None
    """What the message holds now; None when the network does not tell. A file may have no media id here: then
    only its caption was changed."""

    kind: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The contact deleted a message that they sent before."""

    message_id: str
    """The network's id of that message."""

    kind: Literal["deleted"] = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Several messages of one moment, where `Bot(gather=…)` asks for them together, and not all are words."""

    contents: "tuple[SaidContent, ...]"
    """What they hold, in order."""

    kind: Literal["several"] = "several"


FileContent = Image | Video | Audio | Document | Sticker
"""The kinds of `Media`."""

WordedContent = Text | Tap | FileContent | Several
"""What may hold words (see `text_of`)."""

AnswerContent = FormReply | CallPermission | PaymentMethod | ProductInquiry
"""What the network's own buttons bring."""

SpokenContent = WordedContent | Location | ContactCard | Order | AnswerContent | Unsupported
"""What may be said to the other side (see `is_speech`)."""

SaidContent = SpokenContent | Reaction | System | Edited | Deleted
"""What the network brings from a contact."""


def text_of(content: object) -> str:
    """Return the words of a content: what was typed, the title of what was tapped, a caption; else empty."""
    match content:
        case Text(body=words) | Tap(title=words) | Media(caption=words):
            return words
        case Several(contents=contents):
            return "\n".join(words for part in contents if (words := text_of(part)))
        case _:
            return ""


def is_speech(content: SaidContent | Media) -> bool:
    """Whether `content` wants an answer: a reaction, a notice, an edit or what a phone does by itself does
    not.
    """
    match content:
        case Reaction() | System() | Edited() | Deleted():
            return False
        case Unsupported(type="group") | Unsupported(spoken=False) | CallPermission(source="automatic"):
            return False
        case _:
            return True
