"""Message records: what became of each attempt at sending a message."""

import time
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from rejoinder.aws.keys import network_id_item, record_item
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.items import Item, format_attribute, read_record, read_steps, step_attribute
from rejoinder.aws.stored.messages import dump_turn
from rejoinder.errors import AttemptTaken, Unreadable
from rejoinder.model.delivery import (
    MAY_BE_CLAIMED,
    MAY_BE_FOLLOWED,
    RECORD_SECONDS,
    Attempt,
    Detail,
    MessageRecord,
    Step,
)
from rejoinder.model.messages import TurnMessages
from rejoinder.model.rules import All, Any, Has, Not, Rule

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_WORDS = 300
"""The most characters of a network's words that are kept: an item has 400 KB, and may hold many attempts."""


class RecordTable:
    """The port `RecordStore`: each step of each attempt is an attribute of its own, such as `a1_sent_at`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        """Return the record; an empty one when there is none."""
        key = record_item(conversation_key, outbound_id)
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return read_record(answer.get("Item", {}))

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        """Write SENDING and `turn`, if the attempt may be made; AttemptTaken when it may not."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=record_item(attempt.conversation_key, attempt.outbound_id),
                UpdateExpression=_claiming(attempt.number),
                ConditionExpression=_may_be_claimed(attempt.number),
                ExpressionAttributeNames=_FORMAT_NAME,
                ExpressionAttributeValues={
                    **_always(),
                    ":at": {"N": str(at)},
                    ":turn": {"S": dump_turn(turn)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise AttemptTaken(str(attempt)) from error

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        """Write a step's time, and what is known with it, by one upsert. Return the record of before.

        Raises Unreadable when a later version has written the record.
        """
        known = {step_attribute(attempt.number, step): {"N": str(at)}}
        known |= {f"a{attempt.number}_{name}": value for name, value in _details(detail).items()}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=record_item(attempt.conversation_key, attempt.outbound_id),
                UpdateExpression=_upserting(*known),
                ConditionExpression=_IS_READABLE,
                ExpressionAttributeNames=_FORMAT_NAME,
                ExpressionAttributeValues=_always() | {f":{name}": value for name, value in known.items()},
                ReturnValues="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise Unreadable("record: its format is none that this version knows") from error
        return read_steps(answer.get("Attributes", {}))

    def name(self, attempt: Attempt, network_id: str) -> None:
        """Write that `network_id` means the message of `attempt`."""
        self._client.update_item(
            TableName=self._table,
            Key=network_id_item(attempt.conversation_key, network_id),
            UpdateExpression="SET outbound_id = :id, expires_at = :expires_at, #format = :format",
            ExpressionAttributeNames=_FORMAT_NAME,
            ExpressionAttributeValues={
                ":id": {"S": attempt.outbound_id},
                ":expires_at": _expires_at(),
                ":format": format_attribute("network_id"),
            },
        )


@lru_cache
def _claiming(number: int) -> str:
    """Return the update that claims an attempt."""
    return f"SET {step_attribute(number, Step.SENDING)} = :at, turn = :turn, {_ALWAYS}"


@lru_cache
def _upserting(*names: str) -> str:
    """Return the update that writes those of some attributes that are not there yet."""
    upserts = [f"{name} = if_not_exists({name}, :{name})" for name in names]
    return f"SET {', '.join(upserts)}, {_ALWAYS}"


@lru_cache
def _may_be_claimed(number: int) -> str:
    """Return `MessageRecord.may_be_claimed` as a condition of DynamoDB, for a record that can be read."""
    sending = step_attribute(number, Step.SENDING)
    # The client repeats a request whose answer was lost: that is the same claim, by the same time.
    conditions = [
        _IS_READABLE,
        f"(attribute_not_exists({sending}) OR {sending} = :at)",
        condition_of(MAY_BE_CLAIMED, number),
    ]
    if number > 1:
        conditions.append(condition_of(MAY_BE_FOLLOWED, number - 1))
    return " AND ".join(conditions)


def condition_of(rule: Rule, attempt: int) -> str:
    """Return a rule over the steps of an attempt as a condition of DynamoDB."""
    match rule:
        case Has(steps=steps):
            exist = [f"attribute_exists({step_attribute(attempt, Step(step))})" for step in steps]
            return f"({' OR '.join(exist)})"
        case Not(rule=other):
            return f"(NOT {condition_of(other, attempt)})"
        case All(rules=rules):
            return f"({' AND '.join(condition_of(one, attempt) for one in rules)})"
        case Any(rules=rules):
            return f"({' OR '.join(condition_of(one, attempt) for one in rules)})"
        case _:
            assert_never(rule)


def _details(detail: Detail) -> Item:
    """Return what is known, by attribute; long words are cut."""
    words = {
        "network_id": detail.network_id,
        "error": detail.error,
        "billed_category": detail.billed_category,
    }
    known: Item = {name: {"S": value[:MAX_WORDS]} for name, value in words.items() if value}
    if detail.error_code is not None:
        known["error_code"] = {"N": str(detail.error_code)}
    return known


_ALWAYS = "expires_at = :expires_at, #format = :format"
_FORMAT_NAME = {"#format": "format"}  # a reserved word of DynamoDB
_IS_READABLE = "(attribute_not_exists(pk) OR #format IN (:format, :format_before))"


def _expires_at() -> Item:
    return {"N": str(int(time.time() + RECORD_SECONDS))}


def _always() -> Item:
    return {
        ":expires_at": _expires_at(),
        ":format": format_attribute("record"),
        ":format_before": {"N": str(FORMATS["record"] - 1)},
    }
