"""The media bucket, and what the networks call our files, on AWS in memory."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from rejoinder.aws import clients, media
from rejoinder.aws.keys import upload_item
from rejoinder.aws.media import MAX_NAME_BYTES, PIECE_BYTES, S3Files
from rejoinder.aws.uploads import UploadTable
from rejoinder.errors import AwsError, MediaGone, OutcomeUnknown
from rejoinder.file_ports import Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account
from tests.moto.conftest import REGION

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
KEY = "contacts/abc/sent/def"
LARGE = bytes(PIECE_BYTES + 1)


class Answers:
    """What S3 answers to some operations instead of doing them."""

    def __init__(self, client: S3Client) -> None:
        self._events = client.meta.events
        self._given: list[tuple[str, Any]] = []

    def give(self, operation: str, status: int, code: str) -> None:
        error = {"Code": code, "Message": "with words of a contact"}

        def answer(**_: object) -> Any:
            http = AWSResponse("", status, HTTPHeaders(), None)
            return http, {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}

        name = f"before-call.s3.{operation}"
        self._given.append((name, answer))
        self._events.register(name, answer)

    def forget(self) -> None:
        for name, answer in self._given:
            self._events.unregister(name, answer)


@pytest.fixture
def s3() -> S3Client:
    return boto3.client("s3", REGION, config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def answers(s3: S3Client) -> Iterator[Answers]:
    made = Answers(s3)
    yield made
    made.forget()


@pytest.fixture
def bucket(s3: S3Client, unique: str) -> str:
    s3.create_bucket(Bucket=unique)
    return unique


@pytest.fixture
def files(s3: S3Client, bucket: str) -> S3Files:
    return S3Files(lambda: s3, bucket)


def of(content: bytes, **changed: Any) -> File:
    """Return what is told of a file before it is kept."""
    digest = hashlib.sha256(content).hexdigest()
    file = File(key=KEY, name="x.pdf", mime_type="application/pdf", size=len(content), sha256=digest)
    return replace(file, **changed)


def left(s3: S3Client, bucket: str) -> tuple[int, int]:
    """Return how many objects and how many unfinished uploads there are."""
    objects = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return len(objects), len(s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []))


class Dripping(BytesIO):
    """Bytes that come from a network: a few at a time, and no more than asked for."""

    largest = 0

    def read(self, amount: int | None = -1, /) -> bytes:
        assert amount is not None
        assert amount > 0
        self.largest = max(self.largest, amount)
        return super().read(min(amount, 700_001))


SIZES = [0, 1, PIECE_BYTES, 20 * 1024 * 1024]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_any_length_is_kept_in_pieces_and_found_as_it_was(
    s3: S3Client, bucket: str, files: S3Files, size: int
) -> None:
    content = bytes(size)
    dripping = Dripping(content)
    kept = files.keep(of(content), dripping)
    assert kept == of(content) == files.find(KEY)
    with files.open(KEY) as opened:
        assert hashlib.sha256(opened.read()).hexdigest() == kept.sha256
    assert dripping.largest <= PIECE_BYTES
    assert left(s3, bucket) == (1, 0)


@pytest.mark.parametrize("size", [3, PIECE_BYTES + 3])
def test_what_is_not_told_of_a_file_is_found_out_while_it_is_kept(files: S3Files, size: int) -> None:
    content = b"x" * size
    kept = files.keep(of(content, size=0, sha256=""), Dripping(content))
    assert kept == of(content) == files.find(KEY)


@pytest.mark.parametrize(
    ("size", "wrong"),
    [(3, {"size": 2}), (3, {"size": 4}), (3, {"sha256": "0" * 64}), (PIECE_BYTES + 3, {"sha256": "0" * 64})],
)
def test_a_file_that_is_another_one_leaves_nothing(
    s3: S3Client, bucket: str, files: S3Files, size: int, wrong: dict[str, Any]
) -> None:
    content = b"x" * size
    with pytest.raises(ValueError, match="told of"):
        files.keep(of(content, **wrong), Dripping(content))
    assert left(s3, bucket) == (0, 0)


@pytest.mark.parametrize("after", [0, PIECE_BYTES])
@pytest.mark.parametrize("error", [OutcomeUnknown(0, "it broke off"), KeyboardInterrupt()])
def test_a_file_that_breaks_off_leaves_nothing(
    s3: S3Client, bucket: str, files: S3Files, after: int, error: BaseException
) -> None:
    class Breaking(BytesIO):
        def read(self, amount: int | None = -1, /) -> bytes:
            if self.tell() == after:
                raise error
            return super().read(amount)

    with pytest.raises(type(error)):
        files.keep(of(b"", size=0, sha256=""), Breaking(bytes(after)))
    assert left(s3, bucket) == (0, 0)


def test_a_large_file_whose_sha256_could_not_be_noted_is_not_found(
    s3: S3Client, files: S3Files, answers: Answers
) -> None:
    answers.give("CopyObject", 403, "AccessDenied")
    content = b"x" * (PIECE_BYTES + 3)
    with pytest.raises(AwsError):
        files.keep(of(content, sha256=""), BytesIO(content))
    assert files.find(KEY) is None, "two such files would be taken for one and the same"


def test_a_file_that_is_written_again_is_the_newer_one(files: S3Files) -> None:
    files.keep(of(b"one"), BytesIO(b"one"))
    files.keep(of(b"two"), BytesIO(b"two"))
    assert files.find(KEY) == of(b"two")


@pytest.mark.parametrize(
    "name",
    ["एक्स-रे रिपोर्ट.pdf", "🩻 x.pdf", 'a "b" \\ c.pdf', "a\nb.pdf", "%41.pdf", "", "../a.pdf"],
)
def test_a_name_comes_back_as_it_was(files: S3Files, name: str) -> None:
    files.keep(of(b"x", name=name), BytesIO(b"x"))
    assert files.find(KEY) == of(b"x", name=name)


def test_a_name_that_is_too_long_for_s3_keeps_its_end(files: S3Files) -> None:
    kept = files.keep(of(b"x", name="एक्स-रे " * 60 + ".pdf"), BytesIO(b"x"))
    assert kept.name.endswith("एक्स-रे .pdf")
    assert MAX_NAME_BYTES * 0.8 < len(kept.name.encode()) * 3 < MAX_NAME_BYTES * 1.2
    assert files.find(KEY) == kept


@pytest.mark.parametrize("mime_type", ["", "audio/ogg; codecs=opus"])
def test_a_type_comes_back_as_it_was_and_none_is_bytes(files: S3Files, mime_type: str) -> None:
    files.keep(of(b"x", mime_type=mime_type), BytesIO(b"x"))
    found = files.find(KEY)
    assert found
    assert found.mime_type == (mime_type or "application/octet-stream")


# --- what is not there --------------------------------------------------------------------------------------


def test_a_file_that_nobody_kept_is_not_found_and_cannot_be_read(files: S3Files) -> None:
    assert files.find(KEY) is None
    assert not files.has(KEY)
    with pytest.raises(MediaGone, match="MediaRetentionDays"):
        files.open(KEY)


def test_a_file_is_there_while_it_is_fresh_and_written_again_when_it_is_old(
    files: S3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.keep(of(b"x"), BytesIO(b"x"))
    assert files.has(KEY)
    monkeypatch.setattr(media, "FRESH", timedelta(seconds=-5))
    assert not files.has(KEY)


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (503, "SlowDown")])
@pytest.mark.parametrize(
    ("operation", "do"),
    [
        ("HeadObject", lambda files: files.find(KEY)),
        ("HeadObject", lambda files: files.has(KEY)),
        ("GetObject", lambda files: files.open(KEY)),
        ("PutObject", lambda files: files.keep(of(b"x"), BytesIO(b"x"))),
        ("UploadPart", lambda files: files.keep(of(LARGE), BytesIO(LARGE))),
        ("CompleteMultipartUpload", lambda files: files.keep(of(LARGE), BytesIO(LARGE))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_error_of_s3_is_no_missing_file(
    files: S3Files, answers: Answers, operation: str, do: Any, status: int, code: str
) -> None:
    answers.give(operation, status, code)
    with pytest.raises(AwsError) as caught:
        do(files)
    assert "words of a contact" not in str(caught.value)


def test_an_unfinished_upload_that_cannot_be_dropped_does_not_hide_why(
    files: S3Files, answers: Answers
) -> None:
    answers.give("AbortMultipartUpload", 503, "SlowDown")
    with pytest.raises(ValueError, match="told of"):
        files.keep(of(LARGE, sha256="0" * 64), BytesIO(LARGE))


# --- addresses ----------------------------------------------------------------------------------------------


@pytest.fixture
def in_region(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that returns the client of a function in a region."""

    def client(region: str, **environment: str) -> S3Client:
        for name, value in {"AWS_DEFAULT_REGION": region, **environment}.items():
            monkeypatch.setenv(name, value)
        clients.client.cache_clear()
        clients.session.cache_clear()
        made: S3Client = clients.client("s3")
        return made

    yield client
    clients.client.cache_clear()
    clients.session.cache_clear()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "bucket.s3.amazonaws.com"),
        ("eu-central-1", "bucket.s3.eu-central-1.amazonaws.com"),
    ],
)
def test_an_address_leads_to_the_host_of_the_region_and_is_signed_for_it(
    in_region: Any, region: str, host: str
) -> None:
    client = in_region(region)
    files = S3Files(lambda: client, "bucket")
    parts = urlsplit(files.url(of(b"x", name='एक्स "1".pdf'), 3600))
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert (parts.scheme, parts.hostname, parts.path) == ("https", host, f"/{KEY}")
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert f"/{region}/s3/aws4_request" in query["X-Amz-Credential"]
    assert query["X-Amz-Expires"] == "3600"
    assert query["response-content-disposition"] == (
        "attachment; filename*=UTF-8''%E0%A4%8F%E0%A4%95%E0%A5%8D%E0%A4%B8%20%221%22.pdf"
    )
    assert "X-Amz-Expires=1&" in files.url(of(b"x"), 0.2), "0 would be refused"


def test_an_address_on_the_local_aws_needs_no_name_of_its_own(in_region: Any) -> None:
    files = S3Files(lambda: in_region("us-east-1", AWS_ENDPOINT_URL="http://localhost:4566"), "bucket")
    assert files.url(of(b"x"), 60).startswith(f"http://localhost:4566/bucket/{KEY}?")


def test_a_turn_without_files_makes_no_client() -> None:
    def made() -> S3Client:
        raise AssertionError

    S3Files(made, "bucket")


# --- what the networks call them ----------------------------------------------------------------------------


def test_what_a_network_calls_a_file_is_kept_for_its_account_until_it_ends(
    dynamodb: DynamoDBClient, table: str
) -> None:
    uploads = UploadTable(dynamodb, table)
    other = Account(channel="whatsapp", id="100000000000002")
    assert uploads.find(ACCOUNT, "a1") is None
    ends_at = time.time() + 30.5 * 24 * 3600
    uploads.keep(ACCOUNT, "a1", Uploaded(media_id="900", ends_at=ends_at))
    assert uploads.find(ACCOUNT, "a1") == Uploaded(media_id="900", ends_at=ends_at)
    assert uploads.find(ACCOUNT, "a2") is uploads.find(other, "a1") is None
    item = dynamodb.get_item(TableName=table, Key=upload_item(ACCOUNT, "a1"))["Item"]
    assert item["expires_at"] == {"N": str(int(ends_at))}


def test_a_newer_id_takes_the_place_of_the_one_before(dynamodb: DynamoDBClient, table: str) -> None:
    uploads = UploadTable(dynamodb, table)
    uploads.keep(ACCOUNT, "a1", Uploaded(media_id="900", ends_at=1.0))
    uploads.keep(ACCOUNT, "a1", Uploaded(media_id="901", ends_at=2.0))
    assert uploads.find(ACCOUNT, "a1") == Uploaded(media_id="901", ends_at=2.0)


def test_what_is_forgotten_is_not_found_and_may_be_forgotten_twice(
    dynamodb: DynamoDBClient, table: str
) -> None:
    uploads = UploadTable(dynamodb, table)
    uploads.keep(ACCOUNT, "a1", Uploaded(media_id="900", ends_at=1.0))
    uploads.forget(ACCOUNT, "a1")
    uploads.forget(ACCOUNT, "a1")
    assert uploads.find(ACCOUNT, "a1") is None


def test_what_a_newer_version_wrote_is_not_found_so_the_file_is_given_once_more(
    dynamodb: DynamoDBClient, table: str
) -> None:
    newer = {**upload_item(ACCOUNT, "a1"), "format": {"N": "99"}, "ids": {"S": "900"}}
    dynamodb.put_item(TableName=table, Item=newer)
    assert UploadTable(dynamodb, table).find(ACCOUNT, "a1") is None
