"""The gates of accounts: an item where one is closed, none where it is open."""

from typing import TYPE_CHECKING

from rejoinder.aws.keys import gate_item
from rejoinder.aws.stored.items import Item, dump_gate, read_gate
from rejoinder.model.gate import Gate
from rejoinder.model.people import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class GateTable:
    """The port `Gates`. It updates rather than puts: records need the same permission."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, account: Account) -> Gate | None:
        """Return the gate, when it is closed."""
        answer = self._client.get_item(TableName=self._table, Key=gate_item(account), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else read_gate(item)

    def close(self, account: Account, gate: Gate) -> None:
        """Close it. A closed one stays as it is, or who closes it once more would put off its probe."""
        self._write(account, gate, "attribute_not_exists(pk)", {})

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        """Replace `before` by `after`; False when somebody else did, or opened it."""
        same = "probe_at = :probe_at_before AND probes = :probes_before"
        were = dump_gate(before)
        values = {":probe_at_before": were["probe_at"], ":probes_before": were["probes"]}
        return self._write(account, after, same, values)

    def open(self, account: Account) -> None:
        """Open it."""
        self._client.delete_item(TableName=self._table, Key=gate_item(account))

    def _write(self, account: Account, gate: Gate, condition: str, values: Item) -> bool:
        """Write the gate; return whether the condition held."""
        attributes = dump_gate(gate)
        try:
            self._client.update_item(
                TableName=self._table,
                Key=gate_item(account),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in attributes},
                ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()} | values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
