"""What a handler may reach. Above all files of contacts: from the network into the bucket of the stack, once.

The network gives a file out for some days. Whoever asks again for a file that is kept gets the same `File`.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rejoinder.bot.files import FileToKeep
from rejoinder.channel_ports import Network
from rejoinder.errors import (
    AwsError,
    BotError,
    MediaGone,
    RejoinderError,
    SendError,
    TurnPostponed,
    TurnTimeLimit,
    describe,
)
from rejoinder.file_ports import Files, MediaNetwork
from rejoinder.model.contents import Document, Media
from rejoinder.model.files import File, name_by_type
from rejoinder.model.ids import digest
from rejoinder.model.links import CODE_LENGTH, CODE_SECONDS, LETTERS, LinkCode, Linked, hash_of
from rejoinder.model.own import Keep
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound
from rejoinder.ports import Clock, Links

log = logging.getLogger("rejoinder")

PATIENCE_SECONDS = 600.0
"""How long a turn waits for a network that cannot give a file out now, in seconds since the contact wrote.
After that, the bot is told."""

PAUSE_SECONDS = 20.0
"""The shortest pause before the next try, in seconds."""

MAX_PAUSE_SECONDS = 3600.0
"""The longest pause, in seconds. A file that the bot keeps is waited for as long as messages live."""

NOT_NOW = "the file could not be had for 10 minutes: try chat.save once more later, by chat.later"
DIFFERS = "what the network gave out is not the file that the contact sent: ask them to send it once more"
CHANGED = (
    "the file {!r} was changed or deleted before the turn ended, which is when it is kept: leave it alone "
    "until then, or say its bytes"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The port `Outside`: it saves the files of contacts, shows that an answer is being written, and makes
    codes that link conversations.
    """

    files: Files
    """Keeps the files."""

    media_of: Callable[[Account], MediaNetwork]
    """Returns the way to the files of an account's network."""

    network_of: Callable[[Account], Network]
    """Returns the way to an account's network."""

    links: Links
    """Keeps the codes that link conversations."""

    clock: Clock
    """Tells the time."""

    def save(self, message: Inbound[Any], conversation_key: str, media: Media) -> File:
        """Save a file that the contact of `message` sent, and return it; the same again if it is saved.

        Raises MediaGone when it cannot be had, and TurnPostponed when it cannot be had now.
        """
        key = f"contacts/{conversation_key}/sent/{digest(str(message.account), media.media_id)}"
        try:
            return self.files.find(key) or self._fetched(message.account, key, media)
        except (AwsError, SendError, TurnTimeLimit) as error:  # a slow network is no fault of the bot
            log.warning("a file cannot be had now", extra={"cause": describe(error)})
            waited = self.clock() - message.at
            if isinstance(message.content, Keep):  # nobody waits for it: until the network has it no more
                pause = min(max(PAUSE_SECONDS, waited / 4), MAX_PAUSE_SECONDS)
                raise TurnPostponed(type(error).__name__, pause) from error
            if waited < PATIENCE_SECONDS:
                raise TurnPostponed(type(error).__name__, PAUSE_SECONDS) from error
            raise MediaGone(NOT_NOW) from error

    def keep_all(self, files: Iterable[FileToKeep]) -> None:
        """Keep what a turn says. A file that is there already is not written again.

        Raises BotError for a file that is not any more what it was when the bot said it.
        """
        for one in files:
            if self.files.has(one.file.key):
                continue
            try:
                with one.open() as opened:
                    self.files.keep(one.file, opened)
            except (OSError, ValueError) as error:
                raise BotError(CHANGED.format(one.file.name)) from error

    def show_typing(self, account: Account, message_id: str) -> None:
        """Show the contact that an answer is being written. When that fails, nothing else changes."""
        try:
            self.network_of(account).show_typing(account, message_id)
        except RejoinderError as error:
            log.info("typing not shown", extra={"cause": describe(error)})

    def link_code(self, owner: Linked) -> str:
        """Make a code that links another conversation to `owner`, and return it."""
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        self.links.offer(hash_of(code), LinkCode(owner=owner, ends_at=self.clock() + CODE_SECONDS))
        return code

    def claim(self, code: str, conversation_key: str) -> Linked | None:
        """Use up a code in a conversation. Return the one that it was made in; None when it was wrong."""
        if len(code) != CODE_LENGTH or not set(LETTERS).issuperset(code):
            return None
        return self.links.claim(hash_of(code), conversation_key, self.clock())

    def _fetched(self, account: Account, key: str, media: Media) -> File:
        with self.media_of(account).fetch(account, media.media_id) as fetched:
            mime_type = fetched.mime_type or media.mime_type
            told = File(
                key=key,
                name=_name_of(media, mime_type),
                mime_type=mime_type,
                size=fetched.size,
                sha256=fetched.sha256 or media.sha256_hex,
            )
            try:
                return self.files.keep(told, fetched)
            except ValueError as error:
                raise MediaGone(DIFFERS) from error


def _name_of(media: Media, mime_type: str) -> str:
    """Return the name that the contact gave the file, without folders, or one that tells what it is."""
    told = media.filename.replace("\\", "/").rpartition("/")[2] if isinstance(media, Document) else ""
    if told not in ("", ".", ".."):
        return told
    return name_by_type(str(getattr(media, "kind", "file")), mime_type)
