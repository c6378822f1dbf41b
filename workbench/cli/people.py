"""A contact, by phone number or business-scoped user id: what is kept of them, and where."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from rejoinder.aws.items import Item, conversation_pk, key_of
from rejoinder.conversation import conversation_key
from rejoinder.messages import Account, group_of
from workbench.cli.deployed import Deployed
from workbench.cli.letters import Letter
from workbench.stack import StackError

_ACCOUNT = re.compile(r"(?:IN|ALIAS|GATE)#(\w+:[A-Za-z0-9_-]+)")


def _alias_key(account: Account, contact_id: str) -> Item:
    return key_of(f"ALIAS#{account}#{contact_id}", "ALIAS")


def _conversation_item_key(key: str) -> Item:
    return key_of(conversation_pk(key), "CONVERSATION")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact as one account knows them: all their ids, and the keys of their conversation.

    The first of `keys` is that of the conversation, `item` (empty when there is none: something else may be
    kept of them all the same); the others are of those that it took in.
    """

    account: Account
    ids: tuple[str, ...]
    keys: tuple[str, ...]
    item: Item

    @property
    def groups(self) -> set[str]:
        """The queue groups that what concerns them may travel in."""
        return {group_of(str(self.account), id) for id in self.ids} | set(self.keys)

    def is_in(self, letter: Letter) -> bool:
        """Whether a dead letter is of this contact. Statuses are not looked through: many people's are in
        one.
        """
        update = letter.update
        if update and update.account == self.account and set(update.contact.ids) & set(self.ids):
            return True
        return letter.group in self.groups


def plain(item: Item) -> dict[str, Any]:
    """An item as plain values."""
    read = TypeDeserializer()
    return {name: read.deserialize(value) for name, value in item.items()}


NOBODY = "nothing is kept of that contact (is the number given with its country code?)"


class Table:
    """The table of a deployment, as those read it who look for a contact."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("dynamodb")
        self._name = deployed.table_name

    def find(self, contact: str) -> list[Person]:
        """The contact under every account that the table names; StackError when `contact` is none.

        As the processor finds them: a number that somebody else has by now leads to that person alone.
        """
        contact_id = _normal(contact)
        if not contact_id:
            raise StackError("say whom: CONTACT=15550001111, or a business-scoped user id")
        return [self._under(account, contact_id) for account in self._accounts()]

    def handed_over(self) -> int:
        """How many conversations the bot is silent in."""
        return sum(1 for item in self._scan("handoff") if plain(item).get("handoff"))

    def aliases(self, person: Person) -> list[Item]:
        """The aliases that lead to them."""
        found = [self.get(_alias_key(person.account, id)) for id in person.ids]
        return [item for item in found if item and item["conversation_key"]["S"] in person.keys]

    def records(self, person: Person) -> list[Item]:
        """The records of what was sent to them."""
        return [item for key in person.keys for item in self._query(key) if item["sk"]["S"] != "CONVERSATION"]

    def markers(self, people: Iterable[Person]) -> list[Item]:
        """The markers of what came from them."""
        keys = {f":key{n}": {"S": key} for n, key in enumerate(k for one in people for k in one.keys)}
        return list(
            self._scan(
                FilterExpression=f"sk = :marker AND conversation_key IN ({', '.join(keys)})",
                ExpressionAttributeValues={":marker": {"S": "MARKER"}, **keys},
            )
        )

    def get(self, key: Item) -> Item | None:
        """One item."""
        found: Item | None = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True).get(
            "Item"
        )
        return found

    def delete(self, item: Item) -> None:
        """Delete one item."""
        self._client.delete_item(TableName=self._name, Key=_key_of(item))

    def replace(self, items: Iterable[Item], new: Item) -> None:
        """Delete `items` and put `new`, both or neither."""
        deletes = [{"Delete": {"TableName": self._name, "Key": _key_of(item)}} for item in items]
        self._client.transact_write_items(
            TransactItems=[*deletes, {"Put": {"TableName": self._name, "Item": new}}]
        )

    def _accounts(self) -> Iterator[Account]:
        """The accounts that keys or conversations name."""
        found = set()
        for item in self._scan("pk", "account"):
            named = _ACCOUNT.match(item["pk"]["S"])
            found.add(named[1] if named else item.get("account", {}).get("S", ""))
        for name in sorted(found - {""}):
            channel, _, id = name.partition(":")
            yield Account(channel=channel, id=id)

    def _under(self, account: Account, contact_id: str) -> Person:
        key = self._leads_to(account, contact_id) or conversation_key(account, contact_id)
        item = self.get(_conversation_item_key(key)) or {}
        ids = tuple(str(id) for id in plain(item).get("contact_ids", [contact_id]))
        taken_in = (conversation_key(account, id) for id in ids if self._leads_to(account, id) == key)
        gone = [other for other in taken_in if other != key and not self.get(_conversation_item_key(other))]
        return Person(account=account, ids=ids, keys=(key, *gone), item=item)

    def _leads_to(self, account: Account, contact_id: str) -> str | None:
        alias = self.get(_alias_key(account, contact_id))
        return str(alias["conversation_key"]["S"]) if alias else None

    def _scan(self, *attributes: str, **filtered: Any) -> Iterator[Item]:
        """All items, or those that are `filtered`; of each only `attributes`, if any are named."""
        if attributes:
            names = {f"#{name}": name for name in attributes}
            filtered = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name, ConsistentRead=True, **filtered
        )
        return (item for page in pages for item in page["Items"])

    def _query(self, key: str) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": _conversation_item_key(key)["pk"]},
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


def _key_of(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


def _normal(contact: str) -> str:
    """A number may be written as people do: +1 555 000-1111."""
    digits = re.sub(r"[+() .-]", "", contact)
    return contact.strip() if digits and not digits.isdecimal() else digits
