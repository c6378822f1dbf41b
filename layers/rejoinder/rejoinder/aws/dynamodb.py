"""Conversations in the one table, with the markers and aliases that lead to them."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from rejoinder.aws.items import Item, conversation_pk, key_of, number, text
from rejoinder.aws.wire import (
    dump_contact,
    dump_inbounds,
    dump_journal,
    dump_turn,
    dump_wake_ups,
    read_contact,
    read_inbounds,
    read_journal,
    read_turn,
    read_wake_ups,
)
from rejoinder.conversation import (
    MARKER_SECONDS,
    Conversation,
    Marker,
    conversation_key,
    conversation_of,
    new_ids,
    without_lost_ids,
)
from rejoinder.errors import AlreadyHandled, StoreError, TurnTooLarge, VersionConflict
from rejoinder.messages import Account, Inbound, TurnMessages
from rejoinder.ports import Loaded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MOST_LOOKS = 3
"""Reads of a conversation that is merged with another one while we look."""

TOO_LARGE = "DynamoDB refuses what is to be kept: an item has 400 KB"

_MAY_BE_WRITTEN = "attribute_not_exists(pk) OR #state = :trying OR expires_at < :now"


def _conversation_item(key: str) -> Item:
    return key_of(conversation_pk(key), "CONVERSATION")


def _marker_item(inbound: Inbound) -> Item:
    return key_of(f"IN#{inbound.account}#{inbound.id}", "MARKER")


def _alias_item(account: Account, contact_id: str) -> Item:
    return key_of(f"ALIAS#{account}#{contact_id}", "ALIAS")


class ConversationTable:
    """The ports `ConversationStore` and `Windows`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def load(self, inbound: Inbound) -> Loaded:
        """Marker, conversations and aliases by one consistent BatchGetItem; by one more when aliases lead to
        conversations that the contact's present ids do not name.
        """
        account = inbound.account
        found, led_to = self._look(inbound)

        def under(contact_id: str) -> Conversation | None:
            for key in (led_to.get(contact_id), conversation_key(account, contact_id)):
                if key and (item := found.get(_name(_conversation_item(key)))):
                    return _conversation(key, item)
            return None

        conversation = conversation_of(account, inbound.contact, under)
        if conversation.absorbed:
            aliases = self._read([_alias_item(account, id) for id in conversation.contact_ids])
            led = ((id, aliases.get(_name(_alias_item(account, id)))) for id in conversation.contact_ids)
            keys = {id: text(alias, "conversation_key") for id, alias in led if alias}
            conversation = without_lost_ids(conversation, keys)
        return Loaded(
            conversation=replace(
                conversation, vacant=tuple(id for id in conversation.vacant if id not in led_to)
            ),
            marker=_marker(found.get(_name(_marker_item(inbound)))),
        )

    def _look(self, inbound: Inbound) -> tuple[dict[str, Item], dict[str, str]]:
        """The items that an update concerns, by name, and the keys that its contact's aliases lead to.

        A conversation that an alias leads to and that is not there was taken in by another one just now: with
        it the alias has changed, so all is read anew. A new conversation would hide the one that it is in.
        """
        keys = [conversation_key(inbound.account, id) for id in inbound.contact.ids]
        aliases = {id: _alias_item(inbound.account, id) for id in inbound.contact.ids}
        wanted = [_marker_item(inbound), *map(_conversation_item, keys), *aliases.values()]
        found, led_to = {}, {}
        for _ in range(MOST_LOOKS):
            found = self._read(wanted)
            led_to = {
                id: text(found[_name(alias)], "conversation_key")
                for id, alias in aliases.items()
                if _name(alias) in found
            }
            further = [
                item for item in map(_conversation_item, set(led_to.values())) if _name(item) not in found
            ]
            found |= self._read(further)
            if all(_name(item) in found for item in further):
                break
        return found, led_to

    def _read(self, wanted: list[Item]) -> dict[str, Item]:
        """The items of `wanted` that exist, by name; what DynamoDB leaves out is asked for again."""
        found: dict[str, Item] = {}
        if not wanted:
            return found
        request: Any = {self._table: {"Keys": wanted, "ConsistentRead": True}}
        for pause in (0.05, 0.2, 0.8, 0):
            answer = self._client.batch_get_item(RequestItems=request)
            found |= {_name(item): item for item in answer["Responses"].get(self._table, [])}
            request = answer.get("UnprocessedKeys")
            if not request:
                return found
            time.sleep(pause)
        raise StoreError("DynamoDB keeps leaving out items")

    def window_closes_at(self, turn: TurnMessages) -> float:
        """When the service window closes, as the contact's conversation has it now; the one that `turn` was
        in may have been taken in by another.
        """
        found = [self._get(_conversation_item(turn.conversation_key))]
        if not any(found):
            aliases = [self._get(_alias_item(turn.account, id)) for id in turn.contact.ids]
            keys = {text(alias, "conversation_key") for alias in aliases if alias}
            into = [self._get(_conversation_item(key)) for key in keys]
            found = [item for item in into if turn.conversation_key in _former_keys(item)]
        return max((number(item, "window_closes_at") for item in found), default=0.0)

    def _get(self, key: Item) -> Item:
        """One item, empty when there is none. The sender may ask for no more than one at a time."""
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item", {})

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        """Marker, conversation, the end of those that it takes in, and new aliases: all, or nothing and
        AlreadyHandled, VersionConflict, or TurnTooLarge.

        A transaction holds 100 items; an update names five ids at most, and nobody changes them that often.
        """
        writes: list[TransactWriteItemTypeDef] = [
            {"Put": self._marker_put(inbound, marker, time.time())},
            {"Put": self._conversation_put(inbound.account, before, after)},
            *self._deletes(before.absorbed),
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
            if "ValidationError" in reasons:
                raise TurnTooLarge(TOO_LARGE) from error
            raise
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationException":
                raise TurnTooLarge(TOO_LARGE) from error
            raise

    def record_try(self, inbound: Inbound, marker: Marker) -> None:
        """Keep the failed tries of an update."""
        try:
            self._client.put_item(**self._marker_put(inbound, marker, time.time()))
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise AlreadyHandled(inbound.hashed_id) from error

    def unpark(self, inbound: Inbound) -> bool:
        """Let a parked update be handled again, but for the steps that are done; False when that was done
        since.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_marker_item(inbound),
                UpdateExpression="SET #state = :trying, tries = :none REMOVE messages",
                ConditionExpression="#state = :parked",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":trying": {"S": "trying"},
                    ":parked": {"S": "parked"},
                    ":none": {"N": "0"},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            marker = self.load(inbound).marker
            return marker is None or marker.state != "done"
        return True

    def _marker_put(self, inbound: Inbound, marker: Marker, now: float) -> Any:
        item = _marker_item(inbound) | {
            "state": {"S": marker.state},
            "tries": {"N": str(marker.tries)},
            "created_at": {"N": str(now)},
            "expires_at": {"N": str(int(now + MARKER_SECONDS))},
        }
        if marker.conversation_key:
            item["conversation_key"] = {"S": marker.conversation_key}
        if marker.parked_at:
            item["parked_at"] = {"N": repr(marker.parked_at)}
        if marker.cause:
            item["cause"] = {"S": marker.cause}
        if marker.steps:
            item["steps"] = {"S": json.dumps(dict(marker.steps))}
        if marker.messages:
            item["messages"] = {"S": dump_turn(marker.messages)}
        if marker.wake_ups:
            item["wake_ups"] = {"S": dump_wake_ups(marker.wake_ups)}
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": _MAY_BE_WRITTEN,
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":trying": {"S": "trying"}, ":now": {"N": str(int(now))}},
        }

    def _conversation_put(self, account: Account, before: Conversation, after: Conversation) -> Any:
        ours = {"account": {"S": str(account)}, "version": {"N": str(before.version + 1)}}
        item = _attributes(after) | ours
        return {"TableName": self._table, "Item": _conversation_item(after.key) | item} | _unchanged(before)

    def _deletes(self, absorbed: Iterable[Conversation]) -> Iterator[Any]:
        for conversation in absorbed:
            key = _conversation_item(conversation.key)
            yield {"Delete": {"TableName": self._table, "Key": key} | _unchanged(conversation)}

    def _alias_puts(self, account: Account, before: Conversation, after: Conversation) -> Iterator[Any]:
        """Aliases for the ids that need one. Where an id led nowhere, it must lead nowhere still: else one
        conversation would hide another one that was begun meanwhile.
        """
        vacant: Any = {"TableName": self._table, "ConditionExpression": "attribute_not_exists(pk)"}
        for id in new_ids(before, after):
            item = _alias_item(account, id) | {"conversation_key": {"S": after.key}}
            if id in before.vacant:
                yield {"Put": vacant | {"Item": item}}
                yield {"ConditionCheck": vacant | {"Key": _conversation_item(conversation_key(account, id))}}
            else:
                yield {"Put": {"TableName": self._table, "Item": item}}
        if not before.version and before.contact_ids[0] in before.vacant:
            yield {"ConditionCheck": vacant | {"Key": _alias_item(account, before.contact_ids[0])}}


def _unchanged(conversation: Conversation) -> Any:
    """The condition that `conversation` is as it was read. One that is gone was taken in by another."""
    if not conversation.version:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(conversation.version)}},
    }


def _attributes(conversation: Conversation) -> Item:
    """All but key and version; what is empty takes no room."""
    item: Item = {
        "data": {"S": json.dumps(conversation.data)},
        "contact_ids": {"L": [{"S": id} for id in conversation.contact_ids]},
        "window_closes_at": {"N": repr(conversation.window_closes_at)},
    }
    if conversation.contact:
        item["contact"] = {"S": dump_contact(conversation.contact)}
    if conversation.journal:
        item["journal"] = {"S": dump_journal(conversation.journal)}
    if conversation.missed:
        item["missed"] = {"S": dump_inbounds(conversation.missed)}
    if conversation.former_keys:
        item["former_keys"] = {"L": [{"S": key} for key in conversation.former_keys]}
    times = {
        "contact_at": conversation.contact_at,
        "begun_at": conversation.begun_at,
        "wished_at": conversation.wished_at,
    }
    item |= {name: {"N": repr(at)} for name, at in times.items() if at}
    words = {"user_id": conversation.user_id, "language": conversation.language}
    item |= {name: {"S": value} for name, value in words.items() if value}
    flags = {"handoff": conversation.handoff, "opted_out": conversation.opted_out}
    return item | {name: {"BOOL": True} for name, value in flags.items() if value}


def _conversation(key: str, item: Item) -> Conversation:
    return Conversation(
        key=key,
        contact_ids=tuple(id["S"] for id in item["contact_ids"]["L"]),
        contact=read_contact(item["contact"]["S"]) if "contact" in item else None,
        contact_at=number(item, "contact_at"),
        user_id=text(item, "user_id") or None,
        version=int(number(item, "version")),
        data=json.loads(item["data"]["S"]),
        journal=read_journal(item["journal"]["S"]) if "journal" in item else None,
        language=text(item, "language"),
        handoff="handoff" in item,
        missed=read_inbounds(item["missed"]["S"]) if "missed" in item else (),
        opted_out="opted_out" in item,
        wished_at=number(item, "wished_at"),
        former_keys=_former_keys(item),
        window_closes_at=number(item, "window_closes_at"),
        begun_at=number(item, "begun_at"),
    )


def _former_keys(item: Item) -> tuple[str, ...]:
    return tuple(key["S"] for key in item.get("former_keys", {"L": []})["L"])


def _marker(item: Item | None) -> Marker | None:
    """The marker in `item`. DynamoDB deletes expired items days late, so times are compared here too."""
    if item is None or number(item, "expires_at") < time.time():
        return None
    state: Literal["trying", "done", "parked"] = item["state"]["S"]
    return Marker(
        state=state,
        conversation_key=text(item, "conversation_key"),
        tries=int(number(item, "tries")),
        parked_at=number(item, "parked_at"),
        cause=text(item, "cause"),
        steps=json.loads(item["steps"]["S"]) if "steps" in item else {},
        messages=read_turn(item["messages"]["S"]) if "messages" in item else None,
        wake_ups=read_wake_ups(item["wake_ups"]["S"]) if "wake_ups" in item else (),
    )


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"
