"""Files that a bot says: each is given to the network once, and its media id is used until shortly before it
ends.
"""

from dataclasses import dataclass, replace
from typing import Any

from rejoinder.errors import MediaGone, OutcomeUnknown, Refused, Rejected, SendError, describe
from rejoinder.file_ports import Files, MediaNetwork, Uploaded, Uploads
from rejoinder.model.files import File
from rejoinder.model.people import Account
from rejoinder.model.said import OutboundContent, SaidFile, files_in, with_files
from rejoinder.ports import Clock

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

    def ready(self, account: Account, content: OutboundContent) -> tuple[OutboundContent, bool]:
        """Return `content` with a media id for each of its files, and whether one was used before.

        Raises Rejected for a file that is not kept any more or that the network does not take, and Refused
        when it may take it later. An upload whose outcome is unknown has sent nothing, so it is Refused too.
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
                known = self._uploaded(account, media.file)
            return replace(media, media_id=known.media_id)

        try:
            return with_files(content, with_id), is_used_before
        except SendError:
            raise
        except Exception as error:  # of the bucket or the table
            raise Refused(0, describe(error)) from error

    def forget(self, account: Account, content: OutboundContent) -> bool:
        """Forget the media ids of the files of `content`; return whether there are any."""
        files = [media.file for media in files_in(content) if isinstance(media.file, File)]
        for file in files:
            self.uploads.forget(account, file.sha256)
        return bool(files)

    def _uploaded(self, account: Account, file: File) -> Uploaded:
        try:
            with self.files.open(file.key) as opened:
                uploaded = self.media.upload(account, file, opened)
        except MediaGone as error:
            raise Rejected(0, str(error)) from error
        except OutcomeUnknown as error:
            raise Refused(error.code, error.details) from error
        self.uploads.keep(account, file.sha256, uploaded)
        return uploaded
