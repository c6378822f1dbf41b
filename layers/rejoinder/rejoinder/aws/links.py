"""Codes that link conversations, in the table."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rejoinder.aws.keys import link_item
from rejoinder.aws.stored.links import dump_code, read_code
from rejoinder.errors import StoreError
from rejoinder.model.links import LinkCode, Linked

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LinkTable:
    """The port `Links`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def offer(self, hashed: str, code: LinkCode) -> None:
        """Keep a code until it ends."""
        self._client.put_item(TableName=self._table, Item=link_item(hashed) | dump_code(code))

    def claim(self, hashed: str, conversation_key: str, at: float) -> Linked | None:
        """Let a code be used once. Its end is compared here: DynamoDB deletes expired items days late."""
        code = self._read(hashed)
        if code is None or not code.may_be_claimed(conversation_key, at):
            return None
        try:
            self._client.put_item(
                TableName=self._table,
                Item=link_item(hashed) | dump_code(replace(code, claimed_by=conversation_key)),
                ConditionExpression="attribute_exists(pk) AND "
                "(attribute_not_exists(claimed_by) OR claimed_by = :key)",
                ExpressionAttributeValues={":key": {"S": conversation_key}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return code.owner

    def _read(self, hashed: str) -> LinkCode | None:
        """Return a code, by BatchGetItem: the processor may read in no other way."""
        request: Any = {self._table: {"Keys": [link_item(hashed)], "ConsistentRead": True}}
        answer = self._client.batch_get_item(RequestItems=request)
        if answer.get("UnprocessedKeys"):
            raise StoreError("DynamoDB leaves out an item")
        found = answer["Responses"].get(self._table, [])
        return read_code(found[0]) if found else None
