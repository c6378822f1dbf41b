"""What the network says of templates: an item for each template in one language."""

from contextlib import suppress
from typing import TYPE_CHECKING

from rejoinder.aws.keys import template_item
from rejoinder.aws.stored.items import dump_template_state, read_template_state
from rejoinder.errors import Unreadable
from rejoinder.model.template_state import TemplateState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class TemplateTable:
    """The port `TemplateStates`. It updates rather than puts: records need the same permission."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, owner: str, name: str, language: str) -> TemplateState | None:
        """Return the state of a template; None when this version can read nothing."""
        answer = self._client.get_item(TableName=self._table, Key=template_item(owner, name, language))
        item = answer.get("Item")
        with suppress(Unreadable):
            return None if item is None else read_template_state(item)
        return None

    def write(self, owner: str, state: TemplateState) -> TemplateState | None:
        """Keep what `state` says, unless something newer is kept. Return the state as it was before."""
        attributes = dump_template_state(state)
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=template_item(owner, state.name, state.language),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
                ConditionExpression="attribute_not_exists(#at) OR #at <= :at",
                ExpressionAttributeNames={f"#{name}": name for name in attributes},
                ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
                ReturnValues="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self.read(owner, state.name, state.language)
        before = answer.get("Attributes")
        with suppress(Unreadable):
            return read_template_state(before) if before else None
        return None
