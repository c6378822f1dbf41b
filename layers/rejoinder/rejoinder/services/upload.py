"""Files that a bot says: each is given to the network once, and its media id is used until shortly before it
ends.
"""

import logging
from dataclasses import dataclass, replace
from typing import Any

from rejoinder.errors import MediaGone, OutcomeUnknown, Refused, Rejected, SendError, describe
from rejoinder.file_ports import Files, MediaNetwork, Uploaded, Uploads
from rejoinder.model.files import File
from rejoinder.model.people import Account
from rejoinder.model.said import OutboundContent, SaidFile, files_in, with_files
from rejoinder.ports import Clock

log = logging.getLogger("rejoinder")

MAX_UPLOADS = 10
"""The attempt at a message with which it fails when the network cannot take its file. It comes after about an
hour, and then what waits behind the message goes out."""

MARGIN_SECONDS = 24 * 3600.0
"""How long before its end a media id is not used any more, in seconds: the message may be fetched late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploader:
    """Turns the files of a content into media ids of the network."""

    files: Files
    """Keeps the files."""

    media: MediaNetwork
    """Takes files to the network."""

    uploads: Uploads
    """Knows what the network has."""

    clock: Clock
    """Tells the time."""

    def ready(
        self, account: Account, content: OutboundContent, *, attempt: int = 1
    ) -> tuple[OutboundContent, bool]:
        """Return `content` with a media id for each of its files, and whether one was used before.

        Raises Rejected for a file that is not kept any more or that the network does not take, and Refused
        when it may take it later. An upload whose outcome is unknown has sent nothing, so it is Refused too.
        `attempt` is the attempt at the message.
        """
        is_used_before = False

        def with_id(media: SaidFile) -> Any:
            nonlocal is_used_before
            if not isinstance(media.file, File):
                return media
            known = self.uploads.find(account, media.file.sha256)
            if known and known.ends_at - MARGIN_SECONDS > self.clock():
                is_used_before = True
            else:
                known = self._uploaded(account, media.file, attempt)
            return replace(media, media_id=known.media_id)

        try:
            return with_files(content, with_id), is_used_before
        except SendError:
            raise
        except Exception as error:  # of the bucket or the table
            raise Refused(0, describe(error)) from error

    def forget(self, account: Account, content: OutboundContent) -> None:
        """Forget the media ids of the files of `content`. When that fails, they are refused once more."""
        for media in files_in(content):
            if isinstance(media.file, File):
                try:
                    self.uploads.forget(account, media.file.sha256)
                except Exception as error:  # noqa: BLE001 - what the network said must be recorded
                    log.warning("a media id is not forgotten", extra={"cause": describe(error)})

    def _uploaded(self, account: Account, file: File, attempt: int) -> Uploaded:
        try:
            with self.files.open(file.key) as opened:
                uploaded = self.media.upload(account, file, opened)
        except MediaGone as error:
            raise Rejected(0, str(error)) from error
        except SendError as error:
            if not (isinstance(error, OutcomeUnknown) or type(error) is Refused):
                raise
            kind = Refused if attempt < MAX_UPLOADS else Rejected
            raise kind(error.code, error.details, retry_after_seconds=error.retry_after_seconds) from error
        self.uploads.keep(account, file.sha256, uploaded)
        return uploaded
