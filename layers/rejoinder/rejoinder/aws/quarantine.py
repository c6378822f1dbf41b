"""The quarantine: webhooks that could not be queued, kept whole in S3."""

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Quarantine:
    """The port `Quarantine` on a bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, body: bytes) -> None:
        """Keep `body`. Its name is made from today's date and its content."""
        name = f"{datetime.now(UTC):%Y/%m/%d}/{hashlib.sha256(body).hexdigest()}"
        self._client.put_object(
            Bucket=self._bucket, Key=name, Body=body, ContentType="application/octet-stream"
        )
