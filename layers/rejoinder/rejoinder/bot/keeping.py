"""Files that contacts send: which ones a bot keeps by itself, and what there is without a stack."""

from typing import Any, BinaryIO

from rejoinder.errors import BotError
from rejoinder.model.contents import Media
from rejoinder.model.files import File, Shelf
from rejoinder.model.ids import digest
from rejoinder.model.links import Linked
from rejoinder.model.own import Keep
from rejoinder.model.people import Account
from rejoinder.model.spoken import FileContent
from rejoinder.model.updates import Inbound, WakeUp


def keeps_of(kinds: object) -> tuple[type[Media], ...]:
    """Return the kinds of files that a bot keeps; BotError for what is none."""
    given = kinds if isinstance(kinds, tuple) else (kinds,)
    for kind in given:
        if not (isinstance(kind, type) and issubclass(kind, Media)):
            raise BotError(f"keeps are kinds of files, such as Image, or Media for every kind, not {kind!r}")
    return given


def keeping(
    message: Inbound, conversation_key: str, kinds: tuple[type[Media], ...], now: float
) -> list[WakeUp]:
    """Return an update of our own for each file of `message` that is to be saved."""
    contents = message.parts or (message.content,)
    files = [one for one in contents if isinstance(one, FileContent) and isinstance(one, kinds)]
    return [
        WakeUp(
            at=now,
            inbound=Inbound(
                id=f"keep-{digest(conversation_key, file.media_id)}",
                account=message.account,
                contact=message.contact,
                at=now,
                content=Keep(media=file),
                conversation_key=conversation_key,
            ),
        )
        for file in files
        if file.media_id
    ]


class Nowhere:
    """The ports `Outside` and `Shelf` where there is no stack."""

    @property
    def files(self) -> Shelf:
        """Where files would be."""
        return self

    def open(self, _key: str) -> BinaryIO:
        """Raise BotError."""
        raise BotError("there are no files here")

    def url(self, _file: File, _seconds: float) -> str:
        """Raise BotError."""
        raise BotError("there are no files here")

    def save(self, _message: Inbound[Any], _conversation_key: str, _media: Media) -> File:
        """Raise BotError."""
        raise BotError("files cannot be saved here")

    def show_typing(self, _account: Account, _message_id: str) -> None:
        """Do nothing."""

    def link_code(self, _owner: Linked) -> str:
        """Raise BotError."""
        raise BotError("no conversations are kept here that could be linked")

    def claim(self, _code: str, _conversation_key: str) -> Linked | None:
        """Return None."""
        return None


NOWHERE = Nowhere()
"""Where a bot runs without a stack."""
