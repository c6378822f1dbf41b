"""The gates of accounts: an item where one is closed, or where turns still wait for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rejoinder.aws.keys import gate_item
from rejoinder.aws.stored.at_gate import dump_gate, read_gate
from rejoinder.aws.stored.items import Item
from rejoinder.aws.writing import writing
from rejoinder.model.gate import Gate
from rejoinder.model.people import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class GateTable:
    """The ports `Gates` and `WatchedGates`. It updates rather than puts: records need the same permission."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, account: Account) -> Gate | None:
        """Return the gate; None when it is open and nobody waits for it."""
        answer = self._client.get_item(TableName=self._table, Key=gate_item(account), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else read_gate(item)

    def close(self, account: Account, gate: Gate) -> None:
        """Close it. A closed one stays as it is, or who closes it once more would put off its probe."""
        request = writing(dump_gate(gate))
        request["UpdateExpression"] += " REMOVE opened_at"
        is_open = "attribute_not_exists(pk) OR attribute_exists(opened_at)"
        self._changed(self._client.update_item, account, is_open, request)

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        """Note the probe of `after` if the gate is still `before`: one message probes, not all."""
        same = "probe_at = :probe_at_before AND probes = :probes_before AND attribute_not_exists(opened_at)"
        were, are = dump_gate(before), dump_gate(after)
        values = {
            ":probe_at": are["probe_at"],
            ":probes": are["probes"],
            ":probe_at_before": were["probe_at"],
            ":probes_before": were["probes"],
        }
        return self._update(account, "SET probe_at = :probe_at, probes = :probes", same, values)

    def open(self, account: Account, at: float) -> None:
        """Note that it is open at this time. If no doorkeeper was called, nobody waits, and it is removed."""
        for _ in range(2):  # the doorkeeper may be called between the two
            if self._update(
                account, "SET opened_at = :at", "attribute_exists(watched_at)", {":at": _time(at)}
            ):
                return
            if self._delete(account, "attribute_not_exists(watched_at)", {}):
                return

    def watch(self, account: Account, at: float) -> bool:
        """Note that the doorkeeper was called; False when there is no gate any more."""
        return self._update(account, "SET watched_at = :at", "attribute_exists(pk)", {":at": _time(at)})

    def remove(self, account: Account, gate: Gate) -> bool:
        """Remove an open gate; False when it is not as it was read: it may have closed again."""
        return self._delete(account, "opened_at = :seen", {":seen": _time(gate.opened_at)})

    def _update(self, account: Account, change: str, condition: str, values: Item) -> bool:
        """Update the gate; return whether the condition held."""
        request = {"UpdateExpression": change, "ExpressionAttributeValues": values}
        return self._changed(self._client.update_item, account, condition, request)

    def _delete(self, account: Account, condition: str, values: Item) -> bool:
        """Delete the gate; return whether the condition held."""
        request: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        return self._changed(self._client.delete_item, account, condition, request)

    def _changed(
        self, change: Callable[..., object], account: Account, condition: str, request: dict[str, Any]
    ) -> bool:
        try:
            change(TableName=self._table, Key=gate_item(account), ConditionExpression=condition, **request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _time(at: float) -> Item:
    return {"N": repr(at)}
