"""The gates of accounts: an item where one is closed, none where it is open."""

from typing import TYPE_CHECKING

from rejoinder.aws.items import Item, key_of, number
from rejoinder.gate import Gate
from rejoinder.messages import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_SET = "SET why = :why, probe_at = :probe_at, probes = :probes"


def _gate_item(account: Account) -> Item:
    return key_of(f"GATE#{account}", "GATE")


class GateTable:
    """The port `Gates`. Updates rather than puts: records need the same permission."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, account: Account) -> Gate | None:
        """The gate, when it is closed."""
        answer = self._client.get_item(TableName=self._table, Key=_gate_item(account), ConsistentRead=True)
        item = answer.get("Item")
        if item is None:
            return None
        return Gate(
            why=int(number(item, "why")),
            probe_at=number(item, "probe_at"),
            probes=int(number(item, "probes")),
        )

    def close(self, account: Account, gate: Gate) -> None:
        """Close it; what is closed stays as it is, or who closes it once more would put off its probe."""
        self._write(account, gate, "attribute_not_exists(pk)", {})

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        """Replace `before` by `after`; False when somebody else did, or opened it."""
        same = "probe_at = :probe_at_before AND probes = :probes_before"
        values = {f"{name}_before": value for name, value in _values(before).items() if name != ":why"}
        return self._write(account, after, same, values)

    def open(self, account: Account) -> None:
        """Open it."""
        self._client.delete_item(TableName=self._table, Key=_gate_item(account))

    def _write(
        self, account: Account, gate: Gate, condition: str, values: dict[str, "AttributeValueTypeDef"]
    ) -> bool:
        """Whether the condition held."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_gate_item(account),
                UpdateExpression=_SET,
                ConditionExpression=condition,
                ExpressionAttributeValues=_values(gate) | values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _values(gate: Gate) -> dict[str, "AttributeValueTypeDef"]:
    return {
        ":why": {"N": str(gate.why)},
        ":probe_at": {"N": repr(gate.probe_at)},
        ":probes": {"N": str(gate.probes)},
    }
