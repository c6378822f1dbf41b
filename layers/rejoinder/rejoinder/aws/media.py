"""The media bucket: the files of contacts, and those that the bot says. They pass through in pieces."""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote, unquote

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.errors import AwsError, MediaGone, describe
from rejoinder.file_ports import Fetched
from rejoinder.model.files import File

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PIECE_BYTES = 8 * 1024 * 1024
"""How much of a file is held at one time, in bytes. S3 takes pieces of 5 MB at least."""

FRESH = timedelta(days=7)
"""How long ago a file may have been written that is not written again. It stays for three weeks then: the
shortest retention that template.yaml allows is 30 days."""

MAX_NAME_BYTES = 1500
"""The most bytes of a name as it is written in the metadata of an object. S3 takes 2 KB of metadata, and a
letter of Hindi is nine of those bytes (docs.aws.amazon.com/AmazonS3, "Working with object metadata")."""

GONE = "the stack does not keep this file any more: the parameter MediaRetentionDays says how long it does"


@contextmanager
def _calling() -> Iterator[None]:
    """Turn botocore's errors into AwsError, whose text quotes nothing."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise AwsError(describe(error)) from error


class S3Files:
    """The port `Files` on a bucket. The client is made when it is needed: few turns have a file."""

    def __init__(self, client: Callable[[], "S3Client"], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def find(self, key: str) -> File | None:
        """Return the file that is kept under `key`; None when there is none."""
        head = self._head(key)
        if head is None or not head["Metadata"].get("sha256"):  # it was written, but its name was not
            return None  # it comes once more
        return file_of(key, head)

    def has(self, key: str) -> bool:
        """Whether a file is kept under `key` and stays for two weeks at least, as long as messages wait."""
        head = self._head(key)
        return head is not None and bool(head["LastModified"] > datetime.now(UTC) - FRESH)

    @_calling()
    def keep(self, file: File, content: Fetched | BinaryIO) -> File:
        """Keep `content`, and return the file with the length and the SHA-256 that it has.

        A name that is too long for S3 is cut. ValueError when length or SHA-256 are told in `file` and
        differ: then nothing is kept.
        """
        file = replace(file, name=_cut(file.name))
        counted = _Counted(content)
        first = counted.piece()
        if len(first) < PIECE_BYTES:
            kept = _checked(file, counted)
            self._client().put_object(Body=first, **self._named(kept))
            return kept
        return self._keep_in_parts(file, counted, first)

    def _keep_in_parts(self, file: File, counted: "_Counted", piece: bytes) -> File:
        client, named = self._client(), self._named(file)
        place: Any = {"Bucket": self._bucket, "Key": file.key}
        place["UploadId"] = client.create_multipart_upload(**named)["UploadId"]
        try:
            parts: list[Any] = []
            while piece:
                number = len(parts) + 1
                answer = client.upload_part(Body=piece, PartNumber=number, **place)
                parts.append({"PartNumber": number, "ETag": answer["ETag"]})
                piece = counted.piece()
            kept = _checked(file, counted)
            client.complete_multipart_upload(MultipartUpload={"Parts": parts}, **place)
        except BaseException:
            with suppress(BotoCoreError, ClientError):  # the bucket drops it after a day
                client.abort_multipart_upload(**place)
            raise
        if not file.sha256:  # only now it is known, and the metadata of an object cannot be changed
            source = {"Bucket": self._bucket, "Key": file.key}
            client.copy_object(CopySource=source, MetadataDirective="REPLACE", **self._named(kept))  # type: ignore[arg-type]
        return kept

    @_calling()
    def open(self, key: str, /) -> BinaryIO:
        """Return the bytes of a file; MediaGone when it is not kept any more."""
        try:
            body = self._client().get_object(Bucket=self._bucket, Key=key)["Body"]
        except ClientError as error:
            if _is_missing(error):
                raise MediaGone(GONE) from error
            raise
        return cast("BinaryIO", body)

    def url(self, file: File, seconds: float, /) -> str:
        """Return an address from which anybody can fetch the file for so many seconds."""
        name = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return self._client().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": file.key,
                "ResponseContentDisposition": name,
            },
            ExpiresIn=math.ceil(seconds),
        )

    @_calling()
    def _head(self, key: str) -> Any:
        try:
            return self._client().head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if _is_missing(error):
                return None
            raise

    def _named(self, file: File) -> Any:
        """Return how an object is named. A header takes ASCII only."""
        told = {"name": quote(file.name), "sha256": file.sha256}
        return {
            "Bucket": self._bucket,
            "Key": file.key,
            "ContentType": file.mime_type or "application/octet-stream",
            "Metadata": told,
        }


def file_of(key: str, head: Mapping[str, Any]) -> File:
    """Return the file under `key`, of which S3 tells `head`."""
    told = head["Metadata"]
    return File(
        key=key,
        name=unquote(told.get("name", "")),
        mime_type=head["ContentType"],
        size=head["ContentLength"],
        sha256=told.get("sha256", ""),
    )


class _Counted:
    """What is read, in pieces, with its length and its SHA-256."""

    def __init__(self, content: Fetched | BinaryIO) -> None:
        self._content = content
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def piece(self) -> bytes:
        """Return the next piece. Only the last one may be shorter than PIECE_BYTES, or empty."""
        piece = bytearray()
        while len(piece) < PIECE_BYTES and (part := self._content.read(PIECE_BYTES - len(piece))):
            piece += part
        self._digest.update(piece)
        self.size += len(piece)
        return bytes(piece)


def _checked(file: File, counted: _Counted) -> File:
    """Return `file` as it was read; ValueError when it is told to be another."""
    if file.size not in (0, counted.size) or file.sha256 not in ("", counted.sha256):
        raise ValueError("the file is not the one that was told of")
    return replace(file, size=counted.size, sha256=counted.sha256)


def _cut(name: str) -> str:
    """Return the end of a name that is too long, which tells the type."""
    while len(quote(name)) > MAX_NAME_BYTES:
        name = name[max(1, len(name) // 10) :]
    return name


def _is_missing(error: ClientError) -> bool:
    """Whether an object does not exist. A 403 is an error of ours: the roles may list the bucket, so S3 tells
    them what does not exist.
    """
    return bool(error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND)
