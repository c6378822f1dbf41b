"""Message records: what became of each attempt at sending a message."""

import re
import time
from typing import TYPE_CHECKING

from rejoinder.aws.items import Item, conversation_pk, key_of
from rejoinder.aws.wire import dump_turn, read_turn
from rejoinder.conversation import RECORD_SECONDS, MessageRecord
from rejoinder.errors import AttemptTaken
from rejoinder.messages import Attempt, Detail, Step, TurnMessages

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_STEP = re.compile(r"a(\d{1,4})_(\w+)_at")
_BEGUN = (Step.SENDING, Step.REFUSED, Step.UNKNOWN)
_SETTLED = (Step.DELIVERED, Step.READ, Step.PLAYED, Step.FAILED)
_TAKEN = (Step.ACCEPTED, Step.SENT)


def _record_item(key: str, outbound_id: str) -> Item:
    return key_of(conversation_pk(key), f"OUT#{outbound_id}")


class RecordTable:
    """The port `RecordStore`: each step of each attempt is an attribute of its own, such as `a1_sent_at`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        """The record; an empty one when there is none."""
        key = _record_item(conversation_key, outbound_id)
        return _record(
            self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        )

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        """Write SENDING and `turn`, unless the attempt was made or the one before it was settled."""
        sets = [
            f"a{attempt.number}_sending_at = :at",
            "expires_at = :expires_at",
            "turn = :turn",
        ]
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_record_item(attempt.conversation_key, attempt.outbound_id),
                UpdateExpression=f"SET {', '.join(sets)}",
                ConditionExpression=_may_be_made(attempt.number),
                ExpressionAttributeValues=_times(at) | {":turn": {"S": dump_turn(turn)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise AttemptTaken(str(attempt)) from error

    def note(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        """Write a step's time, and what is known with it, by one upsert; the record as it was before."""
        step_name = f"a{attempt.number}_{step.value}_at"
        known = {f"a{attempt.number}_{name}": value for name, value in _details(detail).items()}
        upserts = [f"{name} = if_not_exists({name}, :{name})" for name in known]
        sets = [f"{step_name} = if_not_exists({step_name}, :at)", "expires_at = :expires_at", *upserts]
        answer = self._client.update_item(
            TableName=self._table,
            Key=_record_item(attempt.conversation_key, attempt.outbound_id),
            UpdateExpression=f"SET {', '.join(sets)}",
            ExpressionAttributeValues=_times(at) | {f":{name}": value for name, value in known.items()},
            ReturnValues="ALL_OLD",
        )
        return _record(answer.get("Attributes", {}))


def _may_be_made(number: int) -> str:
    """The condition on an attempt: nothing of it is there, and the one before it was made and went wrong."""

    def reached(number: int, *steps: Step) -> str:
        return "(" + " OR ".join(f"attribute_exists(a{number}_{step}_at)" for step in steps) + ")"

    others = [step for step in Step if step is not Step.SENDING]
    # The client repeats a request whose answer was lost: that is the same claim, by the same time.
    first = f"(attribute_not_exists(a{number}_sending_at) OR a{number}_sending_at = :at)"
    conditions = [first, f"NOT {reached(number, *others)}"]
    if before := number - 1:
        # What the network accepted and refused later is tried again.
        refused_late = f"({reached(before, Step.REFUSED)} OR NOT {reached(before, *_TAKEN)})"
        conditions += [reached(before, *_BEGUN), f"NOT {reached(before, *_SETTLED)}", refused_late]
    return " AND ".join(conditions)


def _details(detail: Detail) -> dict[str, "AttributeValueTypeDef"]:
    """What is known, by attribute; long words are cut, since an item has 400 KB."""
    words = {
        "network_id": detail.network_id,
        "error": detail.error,
        "billed_category": detail.billed_category,
    }
    known: dict[str, AttributeValueTypeDef] = {n: {"S": value[:300]} for n, value in words.items() if value}
    if detail.error_code is not None:
        known["error_code"] = {"N": str(detail.error_code)}
    return known


def _times(at: float) -> dict[str, "AttributeValueTypeDef"]:
    return {":at": {"N": str(at)}, ":expires_at": {"N": str(int(time.time() + RECORD_SECONDS))}}


def _record(item: Item) -> MessageRecord:
    steps: dict[int, dict[Step, float]] = {}
    for name, value in item.items():
        if (match := _STEP.fullmatch(name)) and match[2] in set(Step):
            steps.setdefault(int(match[1]), {})[Step(match[2])] = float(value["N"])
    return MessageRecord(steps=steps, turn=read_turn(item["turn"]["S"]) if "turn" in item else None)
