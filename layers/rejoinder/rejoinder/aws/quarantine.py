"""The quarantine: webhooks that could not be queued, kept whole in S3."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Quarantine:
    """The port `Quarantine` on a bucket. The client is made when it is needed, which is rarely."""

    def __init__(self, client: Callable[[], "S3Client"], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, body: bytes) -> None:
        """Keep `body`. Its name is made from today's date and its content."""
        name = f"{datetime.now(UTC):%Y/%m/%d}/{hashlib.sha256(body).hexdigest()}"
        self._client().put_object(
            Bucket=self._bucket, Key=name, Body=body, ContentType="application/octet-stream"
        )
