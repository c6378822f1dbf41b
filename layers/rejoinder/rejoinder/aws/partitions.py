"""Reads the items of a partition of the table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rejoinder.aws.stored.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def items_of(
    client: "DynamoDBClient", table: str, pk: str, *, begins: str = "", page: int = 1000
) -> Iterator[Item]:
    """Yield the items of the partition `pk` in the order of their sort keys, at most `page` a request.

    With `begins` these are only those of which the sort key begins so.
    """
    condition, values = "pk = :pk", {":pk": {"S": pk}}
    if begins:
        condition, values = f"{condition} AND begins_with(sk, :begins)", values | {":begins": {"S": begins}}
    following: dict[str, Any] = {}
    while True:
        found = client.query(
            TableName=table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            Limit=page,
            **following,
        )
        yield from found["Items"]
        if "LastEvaluatedKey" not in found:
            return
        following = {"ExclusiveStartKey": found["LastEvaluatedKey"]}
