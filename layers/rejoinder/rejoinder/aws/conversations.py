"""Conversations in the table, with the markers of their updates and the aliases of their contacts."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rejoinder.aws import aliases
from rejoinder.aws.keys import (
    alias_item,
    consent_item,
    conversation_item,
    marker_item,
    network_id_item,
    record_item,
)
from rejoinder.aws.stored.conversations import (
    dump_consent,
    dump_conversation,
    read_alias,
    read_consents,
    read_conversation,
    read_former_keys,
    read_window,
)
from rejoinder.aws.stored.fields import reading
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.items import (
    Item,
    dump_marker,
    is_over,
    read_marker,
    read_network_id,
    read_record,
)
from rejoinder.errors import AlreadyHandled, StoreError, TurnTooLarge, Unreadable, VersionConflict
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.context import Quoted
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import conversation_key
from rejoinder.model.marker import MARKER_SECONDS, Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound
from rejoinder.model.whose import conversation_for, without_lost_ids
from rejoinder.ports import Clock, Loaded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_LOOKS = 3
"""The most times that items are read because their conversation is merged with another one meanwhile."""

TOO_LARGE = "DynamoDB refuses the item: it may have 400 KB at most"

_MAY_BE_WRITTEN = "attribute_not_exists(pk) OR #state = :trying OR expires_at < :now"
"""The condition for writing a marker: no finished one is there."""


class ConversationTable:
    """The ports `ConversationStore`, `Windows` and `Consents`."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock = time.time) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def load(self, inbound: Inbound) -> Loaded:
        """Read the marker, the conversations and the aliases by one consistent BatchGetItem.

        A second one follows when an alias leads to a conversation that the contact's present ids do not name.
        """
        account, own_key = inbound.account, inbound.conversation_key
        marker = marker_item(account, inbound.id)
        found = _Found(account, self._clock())
        self._look(found, inbound.contact.ids, [marker, *([conversation_item(own_key)] if own_key else [])])

        def under(contact_id: str) -> Conversation | None:
            if not found.knows(contact_id):
                self._look(found, (contact_id,), [])
            return found.under(contact_id)

        conversation = conversation_for(inbound, under=under, of_key=found.conversation)
        if conversation and conversation.absorbed:
            found.items |= self._read([alias_item(account, id) for id in conversation.contact_ids])
            conversation = without_lost_ids(conversation, found.led_to(conversation.contact_ids))
        if conversation and conversation.vacant:
            conversation = found.with_vacant(conversation)
        return Loaded(conversation=conversation, marker=self._marker(found.items.get(_name(marker))))

    def _look(self, found: "_Found", contact_ids: Iterable[str], others: list[Item]) -> None:
        """Add to `found` the items of some ids of a contact, and `others`.

        An alias may lead to a conversation that another one absorbed just now. The alias has changed as well,
        so all items are read again. Without that, a new conversation would hide the one with the absorbed
        data.
        """
        ids = tuple(contact_ids)
        wanted = {_name(item): item for item in (*others, *found.wanted(ids))}
        for _ in range(MAX_LOOKS):
            found.items = {name: item for name, item in found.items.items() if name not in wanted}
            found.items |= self._read([*wanted.values()])
            led_to = map(conversation_item, set(found.led_to(ids).values()))
            further = [item for item in led_to if _name(item) not in found.items]
            found.items |= self._read(further)
            if all(_name(item) in found.items for item in further):
                return

    def _read(self, wanted: list[Item]) -> dict[str, Item]:
        """Return the items of `wanted` that exist, by name. Items that DynamoDB leaves out are read again."""
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
        """Return when the service window closes, in Unix seconds, as the conversation has it now."""
        return max((read_window(item) for item in self._of_turn(turn)), default=0.0)

    def _of_turn(self, turn: TurnMessages) -> list[Item]:
        """Return the conversation of `turn` as it is now. Another conversation may have absorbed it."""
        found = self._living(conversation_item(turn.conversation_key))
        if found:
            return [found]
        found_aliases = [self._living(alias_item(turn.account, id)) for id in turn.contact.ids]
        keys = {read_alias(alias) for alias in found_aliases if alias}
        into = [self._living(conversation_item(key)) for key in keys]
        return [item for item in into if item and turn.conversation_key in read_former_keys(item)]

    def consent(self, turn: TurnMessages, purpose: Purpose) -> ConsentEntry | None:
        """Return the newest entry of the ledger about `purpose`, as the contact's conversation has it now."""
        found = [read_consents(item).get(purpose) for item in self._of_turn(turn)]
        return max((one for one in found if one), key=lambda one: one.at, default=None)

    def _get(self, key: Item) -> Item:
        """Return one item, empty when there is none. The sender has no permission to read several at once."""
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item", {})

    def _living(self, key: Item) -> Item:
        """Return one item, empty when there is none or its time is over."""
        item = self._get(key)
        return {} if is_over(item, self._clock()) else item

    def quoted(self, conversation: Conversation, network_id: str) -> Quoted | None:
        """Return our message with that id of the network, by two requests; None when we do not know it.

        A record that this version cannot read is a message that we do not know: no update waits for it.
        """
        keys = {
            key: network_id_item(key, network_id) for key in (conversation.key, *conversation.former_keys)
        }
        named = self._read([*keys.values()])
        try:
            wanted = [
                record_item(key, read_network_id(named[_name(item)]))
                for key, item in keys.items()
                if _name(item) in named
            ]
            now = self._clock()
            records = [read_record(one) for one in self._read(wanted).values() if not is_over(one, now)]
        except Unreadable:
            return None
        messages = [message for record in records if record.turn for message in record.turn.messages]
        return next((Quoted(outbound_id=one.id, content=one.content) for one in messages), None)

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        """Write the marker, the conversation, new aliases and new entries about consent, and delete absorbed
        conversations: all or nothing.

        Raises AlreadyHandled, VersionConflict or TurnTooLarge. A transaction may have 100 items. This one
        has fewer: an update names five ids, nobody changes ids that often, a turn tells little of consent.
        """
        writes: list[TransactWriteItemTypeDef] = [
            {"Put": self._marker_put(inbound, marker, self._clock())},
            {"Put": self._conversation_put(inbound.account, before, after)},
            *self._deletes(before.absorbed),
            *self._alias_puts(inbound.account, before, after),
            *self._ledger_puts(inbound, after),
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
        """Write the failed tries of an update. Raises AlreadyHandled when its marker is finished."""
        try:
            self._client.put_item(**self._marker_put(inbound, marker, self._clock()))
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise AlreadyHandled(inbound.hashed_id) from error

    def unpark(self, inbound: Inbound) -> bool:
        """Let a parked update be processed again, without the steps that are done.

        Returns False when it was processed since.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=marker_item(inbound.account, inbound.id),
                UpdateExpression="SET #state = :trying, tries = :none REMOVE messages, talk",
                ConditionExpression="#state = :parked AND #format IN (:format, :format_before)",
                ExpressionAttributeNames={"#state": "state", "#format": "format"},
                ExpressionAttributeValues={
                    ":trying": {"S": "trying"},
                    ":parked": {"S": "parked"},
                    ":none": {"N": "0"},
                    ":format": {"N": str(FORMATS["marker"])},
                    ":format_before": {"N": str(FORMATS["marker"] - 1)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            marker = self._marker(self._get(marker_item(inbound.account, inbound.id)))
            return marker is None or marker.state != "done"
        return True

    def _marker_put(self, inbound: Inbound, marker: Marker, now: float) -> Any:
        times = {
            "created_at": {"N": str(now)},
            "expires_at": {"N": str(int(now + MARKER_SECONDS))},
        }
        return {
            "TableName": self._table,
            "Item": marker_item(inbound.account, inbound.id) | dump_marker(marker) | times,
            "ConditionExpression": _MAY_BE_WRITTEN,
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":trying": {"S": "trying"}, ":now": {"N": str(int(now))}},
        }

    def _conversation_put(self, account: Account, before: Conversation, after: Conversation) -> Any:
        ours = {"account": {"S": str(account)}, "version": {"N": str(before.version + 1)}}
        item = conversation_item(after.key) | dump_conversation(after) | ours
        return {"TableName": self._table, "Item": item} | self._unchanged(before)

    def _deletes(self, absorbed: Iterable[Conversation]) -> Iterator[Any]:
        for conversation in absorbed:
            key = conversation_item(conversation.key)
            yield {"Delete": {"TableName": self._table, "Key": key} | self._unchanged(conversation)}

    def _ledger_puts(self, inbound: Inbound, after: Conversation) -> Iterator[Any]:
        """Yield the new entries of the ledger of consent. Each has a key of its own, and none expires."""
        for number, entry in enumerate(after.ledger):
            at = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds")
            key = consent_item(after.key, entry.purpose, at, f"{inbound.hashed_id}-{number}")
            item = key | dump_consent(entry) | {"account": {"S": str(inbound.account)}}
            yield {"Put": {"TableName": self._table, "Item": item}}

    def _marker(self, item: Item | None) -> Marker | None:
        """Return the marker in `item`; None when it is over: DynamoDB deletes expired items days late."""
        if not item:
            return None
        with reading("marker"):
            is_done_with = is_over(item, self._clock())
        return None if is_done_with else read_marker(item)

    def _alias_puts(self, account: Account, before: Conversation, after: Conversation) -> Iterator[Any]:
        yield from aliases.taken(self._table, account, before, after, self._clock())
        if old := aliases.older(account, before, after):
            yield from aliases.kept(self._table, self._read(old).values(), after)

    def _unchanged(self, conversation: Conversation) -> Any:
        """Return the condition that a conversation is as it was read. If it is gone, it ended meanwhile."""
        if not conversation.version:
            return aliases.not_there(self._clock())
        return {
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(conversation.version)}},
        }


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"


class _Found:
    """Items that were read, and the conversations that they hold for the ids of a contact."""

    def __init__(self, account: Account, now: float) -> None:
        self.items: dict[str, Item] = {}
        self._now = now
        self._read: dict[str, tuple[Item, Conversation | None]] = {}
        self._account = account
        self._asked: set[str] = set()

    def wanted(self, contact_ids: tuple[str, ...]) -> Iterator[Item]:
        """Yield the keys of the items of some ids of a contact."""
        self._asked.update(contact_ids)
        yield from (conversation_item(conversation_key(str(self._account), id)) for id in contact_ids)
        yield from (alias_item(self._account, id) for id in contact_ids)

    def knows(self, contact_id: str) -> bool:
        """Whether the items of that id were asked for."""
        return contact_id in self._asked

    def led_to(self, contact_ids: Iterable[str]) -> dict[str, str]:
        """Return the keys of the conversations that aliases lead to, by the ids that have an alias."""
        found = {id: alias for id, alias in self._aliases(contact_ids) if not is_over(alias, self._now)}
        return {id: read_alias(alias) for id, alias in found.items()}

    def with_vacant(self, conversation: Conversation) -> Conversation:
        """Return a conversation with its vacant ids: those whose aliases lead to nobody."""
        held = {
            id for id, alias in self._aliases(conversation.vacant) if not aliases.has_left(alias, self._now)
        }
        return replace(conversation, vacant=tuple(id for id in conversation.vacant if id not in held))

    def _aliases(self, contact_ids: Iterable[str]) -> Iterator[tuple[str, Item]]:
        for id in contact_ids:
            if alias := self.items.get(_name(alias_item(self._account, id))):
                yield id, alias

    def conversation(self, key: str) -> Conversation | None:
        """Return the conversation with that key, if it was found and has not ended."""
        item = self.items.get(_name(conversation_item(key)))
        if item is None:
            return None
        if key not in self._read or self._read[key][0] is not item:  # several ids may lead to it
            self._read[key] = (item, read_conversation(key, item).as_of(self._now))
        return self._read[key][1]

    def under(self, contact_id: str) -> Conversation | None:
        """Return the conversation of an id of a contact, if it was found."""
        led_to = map(self.conversation, self.led_to((contact_id,)).values())
        theirs = (found for found in led_to if found and contact_id in found.contact_ids)
        return next(theirs, None) or self.conversation(conversation_key(str(self._account), contact_id))
