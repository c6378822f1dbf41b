"""What the networks call the files that were given to them: an item for each account and file."""

from contextlib import suppress
from typing import TYPE_CHECKING

from rejoinder.aws.keys import upload_item
from rejoinder.aws.stored.items import dump_upload, read_upload
from rejoinder.aws.writing import writing
from rejoinder.errors import Unreadable
from rejoinder.file_ports import Uploaded
from rejoinder.model.people import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class UploadTable:
    """The port `Uploads`. It updates rather than puts: records need the same permission."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def find(self, account: Account, sha256: str) -> Uploaded | None:
        """Return what is kept of a file; None when this version can read nothing."""
        answer = self._client.get_item(TableName=self._table, Key=upload_item(account, sha256))
        item = answer.get("Item")
        with suppress(Unreadable):
            return None if item is None else read_upload(item)
        return None

    def keep(self, account: Account, sha256: str, uploaded: Uploaded) -> None:
        """Keep it until it ends."""
        key = upload_item(account, sha256)
        self._client.update_item(TableName=self._table, Key=key, **writing(dump_upload(uploaded)))

    def forget(self, account: Account, sha256: str) -> None:
        """Forget it."""
        self._client.delete_item(TableName=self._table, Key=upload_item(account, sha256))
