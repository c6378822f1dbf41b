"""The files of contacts in the media bucket: listed, downloaded and deleted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from botocore.exceptions import ClientError

from rejoinder.aws.media import file_of
from rejoinder.model.files import File
from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.cli.person import Person
from rejoinder.workbench.stack import StackError

AT_ONCE = 1000
"""How many objects S3 deletes in one request (docs.aws.amazon.com/AmazonS3/latest/API, "DeleteObjects")."""

NAME_LETTERS = 60
"""How much of the name that a contact gave a file is kept. A file system takes 255 bytes, and a letter may
have four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that is kept of a contact."""

    file: File
    """The file."""

    at: datetime
    """When it was written."""


class FilesOfContacts:
    """The files of contacts in the media bucket of a deployment; none where it has no such bucket yet."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("s3")
        self._bucket = deployed.media_bucket_name

    def of(self, people: Iterable[Person]) -> Iterator[Kept]:
        """Yield the files of `people`, those of the conversations that theirs absorbed among them."""
        for key, at in self._listed(people):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] != "404":  # it has expired meanwhile
                    raise
            else:
                yield Kept(file=file_of(key, head), at=at)

    def delete(self, people: Iterable[Person]) -> int:
        """Delete the files of `people`, and return how many there were."""
        keys = [key for key, _ in self._listed(people)]
        for first in range(0, len(keys), AT_ONCE):
            objects = [{"Key": key} for key in keys[first : first + AT_ONCE]]
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
            )
            for error in answer.get("Errors", ()):
                raise StackError(f"a file was not deleted ({error.get('Code')}): repeat the command")
        return len(keys)

    def download(self, file: File, folder: Path) -> Path:
        """Write a file into `folder`, and return its path. Its name begins with a part of its key."""
        folder.mkdir(parents=True, exist_ok=True)
        # A contact chose the name: it must lead nowhere else.
        name = re.sub(r"[^\w. -]", "_", file.name)[-NAME_LETTERS:]
        path = folder / f"{file.key.rpartition('/')[2][:12]}-{name}"
        self._client.download_file(self._bucket, file.key, str(path))
        return path

    def _listed(self, people: Iterable[Person]) -> Iterator[tuple[str, datetime]]:
        """Yield the key of each file of `people`, and when it was written."""
        if not self._bucket:
            return
        pages = self._client.get_paginator("list_objects_v2")
        for prefix in dict.fromkeys(f"contacts/{key}/" for person in people for key in person.keys):
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from ((one["Key"], one["LastModified"]) for one in page.get("Contents", ()))
