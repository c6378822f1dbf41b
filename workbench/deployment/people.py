"""Finds what is kept of a contact, by phone number or business-scoped user id."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from rejoinder.aws.keys import (
    account_in,
    alias_item,
    conversation_item,
    conversation_pk,
    is_consent,
    is_conversation,
    is_marker,
    is_network_id,
    is_record,
    key_of,
    marker_item,
    waiting_pk,
)
from rejoinder.aws.partitions import items_of
from rejoinder.aws.stored.conversations import dump_taken_over, read_taken_over
from rejoinder.aws.stored.items import Item, is_over, item_text, read_steps
from rejoinder.aws.stored.messages import read_turn
from rejoinder.channels import TABLE, channel_named, channel_of
from rejoinder.errors import Unreadable
from rejoinder.model.ids import conversation_key
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.letters import Letter
from rejoinder.workbench.deployment.person import Person, values_of
from rejoinder.workbench.stack import StackError

WHOM = (
    "name the contact: a phone number with its country code, such as 15550001111, a business-scoped user id, "
    "or a user id of Telegram"
)

WHICH = "contacts of several networks go by that: write {}"

NOBODY = """\
nothing is kept of that contact in the table, the queues, the schedules and the media bucket (did you give the
country code?);
the quarantine and the backups were not searched"""


class Table:
    """The table of a deployment, for commands that look for a contact."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("dynamodb")
        self._name = deployed.table_name

    def find(self, contact: str) -> list[Person]:
        """Return the contact under every account in the table; StackError when `contact` names nobody.

        Contacts are found as the processor finds them: a number leads only to the person who has it now. An
        id of one network may look like a number of another one: then the network's name must stand before it.
        """
        channel, _, id = contact.strip().partition(":")
        names, contact = ([channel], id) if channel in TABLE else ([*TABLE], contact)
        if not any(channel_named(name).contact_of(contact) for name in names):
            raise StackError(WHOM)
        accounts, absorbed = self._overview()
        accounts = [account for account in accounts if account.channel in names]
        if not accounts:
            raise StackError(NOBODY)
        named = [(account, channel_of(account).contact_of(contact)) for account in accounts]
        people = [self._under(account, them, absorbed) for account, them in named if them]
        found = sorted({person.account.channel for person in people if person.item})
        if len(found) > 1:
            raise StackError(WHICH.format(" or ".join(f"{name}:{contact.strip()}" for name in found)))
        return people

    def handed_over(self) -> int:
        """Return how many conversations are in a handoff."""
        found = self._scan("handoff", "expires_at")
        return sum(1 for item in found if "handoff" in item and not is_over(item, time.time()))

    def aliases(self, person: Person) -> list[Item]:
        """Return the aliases that lead to `person`."""
        found = [self.get(alias_item(person.account, id)) for id in person.ids]
        return [item for item in found if item and item["conversation_key"]["S"] in person.keys]

    def messages(self, people: Sequence[Person]) -> tuple[list[Item], list[Item], list[Item]]:
        """Return the markers of what came from `people`, the records of what was sent to them, and the items
        that lead to the records from the network's ids.

        Items under other keys are found by the contact in their turn: a message that waits in a queue is sent
        and recorded even after everything else of the contact is erased.
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
        records = [item for item in theirs if is_record(item) and not _names_nobody(item)]
        return markers, records, [item for item in theirs if is_network_id(item)]

    def waiting(self, people: Iterable[Person]) -> list[Item]:
        """Return the turns for `people` that wait for a closed gate."""
        partitions = [waiting_pk(key) for person in people for key in person.keys]
        return [item for pk in partitions for item in items_of(self._client, self._name, pk)]

    def accounts(self) -> list[Account]:
        """Return the accounts that contacts write to: not the business accounts, which only have news."""
        return [one for one in self._overview()[0] if not self._is_there(_own_side(one))]

    def ledger(self, people: Iterable[Person]) -> list[Item]:
        """Return the entries of the ledgers of consent of `people`, also of conversations that ended."""
        partitions = [conversation_pk(key) for person in people for key in person.keys]
        found = (item for pk in partitions for item in items_of(self._client, self._name, pk))
        return [item for item in found if is_consent(item)]

    def conversations_and_ledgers(self) -> Iterator[Item]:
        """Return all conversations and all entries of ledgers of consent."""
        found = self._scan(
            FilterExpression="begins_with(pk, :pk)",
            ExpressionAttributeValues={":pk": {"S": conversation_pk("")}},
        )
        return (item for item in found if is_conversation(item) or is_consent(item))

    def without_end(self) -> Iterator[Item]:
        """Return the conversations of which nothing says when they end."""
        found = self._scan(
            FilterExpression="begins_with(pk, :pk) AND attribute_not_exists(expires_at)"
            " AND attribute_not_exists(ends_at)",
            ExpressionAttributeValues={":pk": {"S": conversation_pk("")}},
        )
        return filter(is_conversation, found)

    def has(self, person: Person, letter: Letter) -> bool:
        """Whether a dead letter belongs to `person`. Statuses are not searched: a letter mixes contacts."""
        key = letter.message.conversation_key if letter.message else ""
        if letter.update and not key:  # its marker knows the conversation that it was parked in
            marker = self.get(marker_item(letter.update.account, letter.update.id))
            key = item_text(marker, "conversation_key") if marker else ""
        if key in person.keys or self.is_of_another(key, person):
            return key in person.keys
        return letter.group in person.groups or self._names(letter.message, person)

    def get(self, key: Item) -> Item | None:
        """Return one item; None when it does not exist."""
        found: Item | None = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True).get(
            "Item"
        )
        return found

    def delete(self, item: Item) -> None:
        """Delete one item."""
        self._client.delete_item(TableName=self._name, Key=key_of(item))

    def erase(self, record: Item) -> None:
        """Erase a message record.

        Of a message whose outcome is open, the times of its attempts stay until they expire. It may be queued
        still: without them its first attempt would be made again, and a double would not be counted.
        """
        if read_steps(record).is_settled or not read_steps(record).steps:
            self.delete(record)
            return
        kept = {name: value for name, value in record.items() if name in _OF_RECORDS or _STEP.fullmatch(name)}
        self._client.put_item(TableName=self._name, Item=kept)

    def replace(self, items: Iterable[Item], new: Item) -> None:
        """Delete `items` and put `new`, in one transaction."""
        deletes = [{"Delete": {"TableName": self._name, "Key": key_of(item)}} for item in items]
        self._client.transact_write_items(
            TransactItems=[*deletes, {"Put": {"TableName": self._name, "Item": new}}]
        )

    def forget_holders(self, people: Iterable[Person]) -> None:
        """Erase from other conversations that a number of theirs belonged to `people` before.

        What this version cannot read, and what changes at this very moment, is left as it is.
        """
        ids = {id for person in people for id in person.ids}
        for item in self._scan("pk", "sk", "version", "format", "taken_over"):
            try:
                taken = read_taken_over(item) if "taken_over" in item else {}
            except Unreadable:
                continue
            kept = {id: one for id, one in taken.items() if one.user_id not in ids}
            if kept != taken:
                self._replace_holders(item, dump_taken_over(kept))

    def _replace_holders(self, item: Item, new: Item) -> None:
        """Write who had the numbers of a conversation before. Its new version makes a turn read it again."""
        kept = ", taken_over = :kept" if new else " REMOVE taken_over"
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._name,
                Key=key_of(item),
                UpdateExpression=f"SET version = version + :one{kept}",
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={":one": {"N": "1"}, ":seen": item["version"]}
                | ({":kept": new["taken_over"]} if new else {}),
            )

    def _overview(self) -> tuple[list[Account], Mapping[str, str]]:
        """Return the accounts that the table names, and the absorbed conversations.

        Business accounts are none of them: nobody writes to these. The conversations are the partition of
        the one that absorbed them, by their keys.
        """
        names, owners = set[str](), {""}
        absorbed: dict[str, str] = {}
        for item in map(values_of, self._scan("pk", "account", "accounts", "contact_ids", "former_keys")):
            owners |= {item["account"] for id in item.get("contact_ids", ()) if Contact(id=id).is_business}
            named = account_in(item["pk"])
            names |= {named} if named else {item.get("account", ""), *item.get("accounts", ())}
            absorbed |= dict.fromkeys(item.get("former_keys", ()), item["pk"])
        return [Account.parse(name) for name in sorted(names - owners)], absorbed

    def _under(self, account: Account, named: Contact, absorbed: Mapping[str, str]) -> Person:
        key = self._leads_to(account, named.id)
        item = self.get(conversation_item(key)) or {}
        leads = {id: self._leads_to(account, id) for id in values_of(item).get("contact_ids", [named.id])}
        # An id that leads to another conversation belongs to somebody else by now.
        ids = tuple(id for id, other in leads.items() if other == key or not self._is_there(other))
        foreign = frozenset(other for other, pk in absorbed.items() if pk != conversation_pk(key))
        made = [conversation_key(str(account), id) for id in ids if leads[id] == key]
        gone = [other for other in made if other not in foreign and not self._is_there(other)]
        keys = tuple(dict.fromkeys((key, *gone, *values_of(item).get("former_keys", ()))))
        return Person(account=account, ids=ids, keys=keys, item=item, foreign_keys=foreign)

    def _leads_to(self, account: Account, contact_id: str) -> str:
        """Return the key of the conversation with the present holder of `contact_id`, even if it is new.

        An alias may lead to a conversation that has ended, or that began anew without that id.
        """
        own, now = conversation_key(str(account), contact_id), time.time()
        alias = self.get(alias_item(account, contact_id))
        if alias is None or is_over(alias, now):
            return own
        key = item_text(alias, "conversation_key")
        item = self.get(conversation_item(key))
        if item and not is_over(item, now):
            return key if contact_id in values_of(item)["contact_ids"] else own
        return own if self._is_there(own) else key

    def _is_there(self, key: str) -> bool:
        return self.get(conversation_item(key)) is not None

    def _concerns(self, item: Item, person: Person) -> bool:
        """Whether a marker or a record belongs to `person`."""
        by_key = item_text(item, "conversation_key") in person.keys
        by_place = item["pk"]["S"] in map(conversation_pk, person.keys)
        turn = item.get("messages") or item.get("turn")
        if by_key or by_place or turn is None:
            return by_key or by_place
        try:
            return self._names(read_turn(turn["S"]), person)
        except Unreadable:  # a newer version wrote it: what names them is rather erased than kept
            return any(json.dumps(id) in turn["S"] for id in person.ids)

    def _names(self, message: Inbound | TurnMessages | None, person: Person) -> bool:
        """Whether `message` names `person` and belongs to no conversation with somebody else."""
        if not message or message.account != person.account:
            return False
        key = message.conversation_key
        if key in person.keys:
            return True
        if not person.goes_by(message.contact) or self.is_of_another(key, person):
            return False
        return not self.is_of_another(self._leads_to(message.account, message.contact.id), person)

    def is_of_another(self, key: str, person: Person) -> bool:
        """Whether a conversation key is that of somebody else; an erased conversation is nobody's."""
        if not key or key in person.keys:
            return False
        return key in person.foreign_keys or self._is_there(key)

    def _scan(self, *attributes: str, **filtered: Any) -> Iterator[Item]:
        """Return all items, or those that match the filter; if `attributes` are named, only these of each."""
        if attributes:
            names = {f"#{name}": name for name in attributes}
            filtered = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name, ConsistentRead=True, **filtered
        )
        return (item for page in pages for item in page["Items"])


_OF_RECORDS = ("pk", "sk", "format", "expires_at")
_STEP = re.compile(r"a\d+_[a-z]+_at")


def _own_side(account: Account) -> str:
    """Return the key of the conversation in which a business account has news for the bot."""
    return conversation_key(str(account), Contact.of_business(account.id).id)


def _names_nobody(record: Item) -> bool:
    """Whether all that is left of a message record are the times of its attempts."""
    return "turn" not in record and not read_steps(record).is_settled
