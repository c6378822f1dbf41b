"""A contact, by phone number or business-scoped user id: what is kept of them, and where."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from rejoinder.aws.keys import (
    account_in,
    alias_item,
    conversation_item,
    conversation_pk,
    is_marker,
    is_record,
    key_of,
)
from rejoinder.aws.stored.items import Item, item_text
from rejoinder.aws.stored.messages import read_turn
from rejoinder.channels import TABLE, channel_named, channel_of
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import conversation_key, group_of
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from workbench.cli.deployed import Deployed
from workbench.cli.letters import Letter
from workbench.stack import StackError


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact as one account knows them: the ids that lead to them, and the keys of their conversation.

    The first of `keys` is that of the conversation, `item` (empty when there is none: something else may be
    kept of them all the same); the others are of those that it took in. `foreign_keys` are of those that
    other contacts' conversations took in.
    """

    account: Account
    ids: tuple[str, ...]
    keys: tuple[str, ...]
    item: Item
    foreign_keys: frozenset[str]

    @property
    def groups(self) -> set[str]:
        """The queue groups that what concerns them may travel in."""
        return {group_of(str(self.account), id) for id in self.ids} | set(self.keys)

    def goes_by(self, contact: Contact) -> bool:
        """Whether they are `contact`, as far as they are known: as the processor would have it."""
        user_id = plain(self.item).get("user_id")
        known = Conversation(key=self.keys[0], contact_ids=self.ids, user_id=user_id)
        return any(known.is_with(contact, id) for id in contact.ids if id in self.ids)


def plain(item: Item) -> dict[str, Any]:
    """An item as plain values."""
    read = TypeDeserializer()
    return {name: read.deserialize(value) for name, value in item.items()}


WHOM = "say whom: CONTACT=15550001111, or a business-scoped user id"

NOBODY = """\
nothing is kept of that contact in table, queues and schedules (is the number given with its country code?);
the quarantine and the backups were not looked through"""


class Table:
    """The table of a deployment, as those read it who look for a contact."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("dynamodb")
        self._name = deployed.table_name

    def find(self, contact: str) -> list[Person]:
        """The contact under every account that the table names; StackError when `contact` is none.

        As the processor finds them: a number that somebody else has by now leads to that person alone.
        """
        if not any(channel_named(name).contact_of(contact) for name in TABLE):
            raise StackError(WHOM)
        accounts, taken_in = self._overview()
        if not accounts:
            raise StackError(NOBODY)
        named = [(account, channel_of(account).contact_of(contact)) for account in accounts]
        return [self._under(account, them, taken_in) for account, them in named if them]

    def handed_over(self) -> int:
        """How many conversations the bot is silent in."""
        return sum(1 for item in self._scan("handoff") if plain(item).get("handoff"))

    def aliases(self, person: Person) -> list[Item]:
        """The aliases that lead to them."""
        found = [self.get(alias_item(person.account, id)) for id in person.ids]
        return [item for item in found if item and item["conversation_key"]["S"] in person.keys]

    def messages(self, people: Sequence[Person]) -> tuple[list[Item], list[Item]]:
        """The markers of what came from them, and the records of what was sent to them.

        What their keys do not lead to is found by the contact that its turn names: what waits in a queue is
        sent and recorded even when all else of them is erased.
        """
        keys = [key for person in people for key in person.keys]
        ids = {id for person in people for id in person.ids}
        of_keys = {f":key{n}": {"S": key} for n, key in enumerate(keys)}
        partitions = {f":pk{n}": {"S": conversation_pk(key)} for n, key in enumerate(keys)}
        quoted = {f":id{n}": {"S": json.dumps(id)} for n, id in enumerate(ids)}
        found = self._scan(
            FilterExpression=" OR ".join(
                [
                    f"conversation_key IN ({', '.join(of_keys)})",
                    f"pk IN ({', '.join(partitions)})",
                    *(f"contains({turn}, {id})" for turn in ("messages", "turn") for id in quoted),
                ]
            ),
            ExpressionAttributeValues=of_keys | partitions | quoted,
        )
        theirs = [item for item in found if any(self._concerns(item, person) for person in people)]
        markers = [item for item in theirs if is_marker(item)]
        return markers, [item for item in theirs if is_record(item)]

    def has(self, person: Person, letter: Letter) -> bool:
        """Whether a dead letter is of this contact. Statuses are not looked through: many people's are in
        one.
        """
        return letter.group in person.groups or self._names(letter.message, person)

    def get(self, key: Item) -> Item | None:
        """One item."""
        found: Item | None = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True).get(
            "Item"
        )
        return found

    def delete(self, item: Item) -> None:
        """Delete one item."""
        self._client.delete_item(TableName=self._name, Key=key_of(item))

    def replace(self, items: Iterable[Item], new: Item) -> None:
        """Delete `items` and put `new`, both or neither."""
        deletes = [{"Delete": {"TableName": self._name, "Key": key_of(item)}} for item in items]
        self._client.transact_write_items(
            TransactItems=[*deletes, {"Put": {"TableName": self._name, "Item": new}}]
        )

    def _overview(self) -> tuple[list[Account], Mapping[str, str]]:
        """The accounts that the table names, and the conversations that were taken in: by their keys, the
        partitions of those that they are in now.
        """
        names: set[str] = set()
        taken_in: dict[str, str] = {}
        for item in map(plain, self._scan("pk", "account", "accounts", "former_keys")):
            named = account_in(item["pk"])
            names |= {named} if named else {item.get("account", ""), *item.get("accounts", ())}
            taken_in |= dict.fromkeys(item.get("former_keys", ()), item["pk"])
        return [Account.parse(name) for name in sorted(names - {""})], taken_in

    def _under(self, account: Account, named: Contact, taken_in: Mapping[str, str]) -> Person:
        key = self._leads_to(account, named.id)
        item = self.get(conversation_item(key)) or {}
        leads = {id: self._leads_to(account, id) for id in plain(item).get("contact_ids", [named.id])}
        # An id that leads to another conversation is somebody else's by now.
        ids = tuple(id for id, other in leads.items() if other == key or not self._is_there(other))
        foreign = frozenset(other for other, pk in taken_in.items() if pk != conversation_pk(key))
        made = [conversation_key(str(account), id) for id in ids if leads[id] == key]
        gone = [other for other in made if other not in foreign and not self._is_there(other)]
        keys = tuple(dict.fromkeys((key, *gone, *plain(item).get("former_keys", ()))))
        return Person(account=account, ids=ids, keys=keys, item=item, foreign_keys=foreign)

    def _leads_to(self, account: Account, contact_id: str) -> str:
        """The key of the conversation with whoever goes by `contact_id` now, be there one or not."""
        alias = self.get(alias_item(account, contact_id))
        return item_text(alias, "conversation_key") if alias else conversation_key(str(account), contact_id)

    def _is_there(self, key: str) -> bool:
        return self.get(conversation_item(key)) is not None

    def _concerns(self, item: Item, person: Person) -> bool:
        """Whether a marker or record is of this contact."""
        by_key = item_text(item, "conversation_key") in person.keys
        by_place = item["pk"]["S"] in map(conversation_pk, person.keys)
        turn = item.get("messages") or item.get("turn")
        return by_key or by_place or (turn is not None and self._names(read_turn(turn["S"]), person))

    def _names(self, message: Inbound | TurnMessages | None, person: Person) -> bool:
        """Whether `message` names this contact, and is in no conversation with somebody else."""
        if not message or message.account != person.account or not person.goes_by(message.contact):
            return False
        keys = {self._leads_to(message.account, message.contact.id)}
        if isinstance(message, TurnMessages):
            keys.add(message.conversation_key)
        others = keys - set(person.keys)
        return not any(key in person.foreign_keys or self._is_there(key) for key in others)

    def _scan(self, *attributes: str, **filtered: Any) -> Iterator[Item]:
        """All items, or those that are `filtered`; of each only `attributes`, if any are named."""
        if attributes:
            names = {f"#{name}": name for name in attributes}
            filtered = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name, ConsistentRead=True, **filtered
        )
        return (item for page in pages for item in page["Items"])


class WakeUps:
    """The schedules of a deployment."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("scheduler")
        self._group = deployed.stack_name

    def of(self, people: Iterable[Person]) -> list[dict[str, Any]]:
        """Those that wait for the contact. Each has to be asked for: their list does not say for whom."""
        groups = {group for person in people for group in person.groups}
        pages = self._client.get_paginator("list_schedules").paginate(GroupName=self._group)
        names = [schedule["Name"] for page in pages for schedule in page["Schedules"]]
        found = [self._client.get_schedule(GroupName=self._group, Name=name) for name in names]
        return [one for one in found if one["Target"]["SqsParameters"]["MessageGroupId"] in groups]

    def delete(self, schedule: dict[str, Any]) -> None:
        """Delete one, unless its time has come meanwhile."""
        with suppress(self._client.exceptions.ResourceNotFoundException):
            self._client.delete_schedule(GroupName=self._group, Name=schedule["Name"])
