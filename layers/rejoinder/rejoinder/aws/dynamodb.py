"""The one table: conversations, markers, aliases and message records."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from rejoinder.aws.wire import (
    dump_journal,
    dump_turn,
    dump_wake_ups,
    read_journal,
    read_turn,
    read_wake_ups,
)
from rejoinder.conversation import (
    MARKER_SECONDS,
    RECORD_SECONDS,
    Conversation,
    Marker,
    MessageRecord,
    conversation_key,
    conversation_of,
)
from rejoinder.errors import AlreadyHandled, AttemptTaken, StoreError, VersionConflict
from rejoinder.messages import Account, Attempt, Detail, Inbound, Step, TurnMessages
from rejoinder.ports import Loaded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

Item = dict[str, Any]
"""An item in DynamoDB's own notation, such as {"version": {"N": "3"}}."""

_MAY_BE_WRITTEN = "attribute_not_exists(pk) OR #state = :trying OR expires_at < :now"
_SETTLED = ("accepted", "sent", "delivered", "read", "played", "failed")
_STEP = re.compile(r"a(\d{1,4})_(\w+)_at")


def _conversation_pk(key: str) -> str:
    return f"CONVERSATION#{key}"


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _conversation_item(key: str) -> Item:
    return _key(_conversation_pk(key), "CONVERSATION")


def _marker_item(inbound: Inbound) -> Item:
    return _key(f"IN#{inbound.account}#{inbound.id}", "MARKER")


def _alias_item(account: Account, contact_id: str) -> Item:
    return _key(f"ALIAS#{account}#{contact_id}", "ALIAS")


def _record_item(key: str, outbound_id: str) -> Item:
    return _key(_conversation_pk(key), f"OUT#{outbound_id}")


class ConversationTable:
    """The ports `ConversationStore` and `Windows`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def load(self, inbound: Inbound) -> Loaded:
        """Marker, conversation and alias by one consistent BatchGetItem; one GetItem more when an alias leads
        to a conversation that the contact's present ids do not name.
        """
        account, ids = inbound.account, inbound.contact.ids
        keys = [conversation_key(account, id) for id in ids]
        wanted = [
            _marker_item(inbound),
            *map(_conversation_item, keys),
            *(_alias_item(account, i) for i in ids),
        ]
        found = self._read(wanted)

        def under(contact_id: str) -> Conversation | None:
            alias = _text(found, _alias_item(account, contact_id), "conversation_key")
            key = alias or conversation_key(account, contact_id)
            item = found.get(_name(_conversation_item(key))) or (
                self._get(_conversation_item(key)) if alias else None
            )
            return _conversation(key, item) if item else None

        return Loaded(
            conversation=conversation_of(inbound.contact, under)
            or Conversation.begin(account, inbound.contact),
            marker=_marker(found.get(_name(_marker_item(inbound)))),
        )

    def _read(self, wanted: list[Item]) -> dict[str, Item]:
        """The items of `wanted` that exist, by name; what DynamoDB leaves out is asked for again."""
        found: dict[str, Item] = {}
        request: Any = {self._table: {"Keys": wanted, "ConsistentRead": True}}
        for pause in (0.05, 0.2, 0.8, 0):
            answer = self._client.batch_get_item(RequestItems=request)
            found |= {_name(item): item for item in answer["Responses"].get(self._table, [])}
            request = answer.get("UnprocessedKeys")
            if not request:
                return found
            time.sleep(pause)
        raise StoreError("DynamoDB keeps leaving out items")

    def _get(self, key: Item) -> Item | None:
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def window_closes_at(self, conversation_key: str) -> float:
        """When the service window closes, as the conversation has it now."""
        item = self._get(_conversation_item(conversation_key))
        return _number(item, "window_closes_at") if item else 0.0

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        """Marker, conversation and new aliases: all, or nothing and AlreadyHandled or VersionConflict."""
        now = time.time()
        writes: list[TransactWriteItemTypeDef] = [
            {"Put": self._marker_put(inbound, marker, now)},
            {"Put": self._conversation_put(before, after)},
            *self._alias_puts(inbound.account, before, after),
        ]
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
            if reasons and reasons[0] == "ConditionalCheckFailed":
                raise AlreadyHandled(inbound.hashed_id) from error
            if {"ConditionalCheckFailed", "TransactionConflict"} & set(reasons):
                raise VersionConflict(before.key) from error
            raise

    def record_try(self, inbound: Inbound, marker: Marker) -> None:
        """Keep the failed tries of an update."""
        try:
            self._client.put_item(**self._marker_put(inbound, marker, time.time()))
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise AlreadyHandled(inbound.hashed_id) from error

    def _marker_put(self, inbound: Inbound, marker: Marker, now: float) -> Any:
        item = _marker_item(inbound) | {
            "state": {"S": marker.state},
            "tries": {"N": str(marker.tries)},
            "created_at": {"N": str(now)},
            "expires_at": {"N": str(int(now + MARKER_SECONDS))},
        }
        if marker.cause:
            item["cause"] = {"S": marker.cause}
        if marker.steps:
            item["steps"] = {"S": json.dumps(dict(marker.steps))}
        if marker.messages:
            item["messages"] = {"S": dump_turn(marker.messages)}
            item["conversation_key"] = {"S": marker.messages.conversation_key}
        if marker.wake_ups:
            item["wake_ups"] = {"S": dump_wake_ups(marker.wake_ups)}
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": _MAY_BE_WRITTEN,
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":trying": {"S": "trying"}, ":now": {"N": str(int(now))}},
        }

    def _conversation_put(self, before: Conversation, after: Conversation) -> Any:
        item = _conversation_item(after.key) | {
            "version": {"N": str(before.version + 1)},
            "data": {"S": json.dumps(after.data)},
            "contact_ids": {"L": [{"S": id} for id in after.contact_ids]},
            "window_closes_at": {"N": str(after.window_closes_at)},
        }
        if after.journal:
            item["journal"] = {"S": dump_journal(after.journal)}
        if after.user_id:
            item["user_id"] = {"S": after.user_id}
        if after.language:
            item["language"] = {"S": after.language}
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk) OR version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(before.version)}},
        }

    def _alias_puts(self, account: Account, before: Conversation, after: Conversation) -> Iterator[Any]:
        """Aliases for ids that this turn brought; the newest holder of an id has it. The first id of a new
        conversation needs none: the key is made from it.
        """
        known = before.contact_ids if before.version else after.contact_ids[:1]
        for id in set(after.contact_ids) - set(known):
            yield {
                "Put": {
                    "TableName": self._table,
                    "Item": _alias_item(account, id) | {"conversation_key": {"S": after.key}},
                }
            }


class RecordTable:
    """The port `RecordStore`: each step of each attempt is an attribute of its own, such as `a1_sent_at`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        """The record; an empty one when there is none."""
        key = _record_item(conversation_key, outbound_id)
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        steps: dict[int, dict[Step, float]] = {}
        for name, value in item.items():
            if (match := _STEP.fullmatch(name)) and match[2] in set(Step):
                steps.setdefault(int(match[1]), {})[Step(match[2])] = float(value["N"])
        return MessageRecord(steps=steps, turn=read_turn(item["turn"]["S"]) if "turn" in item else None)

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        """Write SENDING and `turn`, unless the attempt was made, or failed, or one before it was settled."""
        number, before = attempt.number, attempt.number - 1
        # The client repeats a request whose answer was lost: that is the same claim, by the same time.
        conditions = [
            f"(attribute_not_exists(a{number}_sending_at) OR a{number}_sending_at = :at)",
            f"attribute_not_exists(a{number}_failed_at)",
        ]
        if before:
            conditions += [f"attribute_exists(a{before}_sending_at)"]
            conditions += [f"attribute_not_exists(a{before}_{step}_at)" for step in _SETTLED]
        sets = [
            f"a{number}_sending_at = :at",
            "expires_at = :expires_at",
            "turn = if_not_exists(turn, :turn)",
        ]
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_record_item(attempt.conversation_key, attempt.outbound_id),
                UpdateExpression=f"SET {', '.join(sets)}",
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeValues=_times(at) | {":turn": {"S": dump_turn(turn)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise AttemptTaken(str(attempt)) from error

    def note(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> bool:
        """Write a step's time, and what is known with it, by one upsert; whether the step was new."""
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
        return step_name not in answer.get("Attributes", {})


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


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"


def _text(found: Mapping[str, Item], key: Item, attribute: str) -> str | None:
    item = found.get(_name(key))
    return str(item[attribute]["S"]) if item else None


def _number(item: Item, attribute: str) -> float:
    return float(item[attribute]["N"])


def _marker(item: Item | None) -> Marker | None:
    """The marker in `item`. DynamoDB deletes expired items days late, so times are compared here too."""
    if item is None or _number(item, "expires_at") < time.time():
        return None
    state: Literal["trying", "done", "parked"] = item["state"]["S"]
    return Marker(
        state=state,
        tries=int(item["tries"]["N"]),
        cause=item.get("cause", {}).get("S", ""),
        steps=json.loads(item["steps"]["S"]) if "steps" in item else {},
        messages=read_turn(item["messages"]["S"]) if "messages" in item else None,
        wake_ups=read_wake_ups(item["wake_ups"]["S"]) if "wake_ups" in item else (),
    )


def _conversation(key: str, item: Item) -> Conversation:
    return Conversation(
        key=key,
        contact_ids=tuple(id["S"] for id in item["contact_ids"]["L"]),
        user_id=item.get("user_id", {}).get("S"),
        version=int(item["version"]["N"]),
        data=json.loads(item["data"]["S"]),
        journal=read_journal(item["journal"]["S"]) if "journal" in item else None,
        language=item.get("language", {}).get("S", ""),
        window_closes_at=_number(item, "window_closes_at"),
    )
