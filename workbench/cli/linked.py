"""Links between conversations in the table of a deployment, for commands that look for a contact."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress

from rejoinder.aws.keys import is_conversation, is_link, is_marker, key_of, link_item
from rejoinder.aws.stored.conversations import dump_linked, read_linked
from rejoinder.aws.stored.items import Item, item_text
from rejoinder.aws.stored.updates import dump_wake_ups, read_wake_ups
from rejoinder.errors import Unreadable
from rejoinder.model.links import Linked
from rejoinder.model.own import LinkTold
from rejoinder.model.updates import WakeUp
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.deployment.person import Person

MAX_TRIES = 5
"""How often a conversation is written that changes at that very moment."""


def linked_to(people: Iterable[Person]) -> Sequence[Linked]:
    """Return the conversations that are linked to those of `people`, and are not among them."""
    them = [person for person in people if person.item]
    known = {key for person in them for key in person.keys}
    linked = {one.conversation_key: one for person in them for one in read_linked(person.item)}
    return [one for key, one in linked.items() if key not in known]


class LinkedTable(Table):
    """The table of a deployment, for what links conversations."""

    def codes(self, people: Iterable[Person]) -> list[Item]:
        """Return the codes that were made, or used, in the conversations of `people`."""
        keys = _keys_of(people)
        found = self._scan(
            FilterExpression="begins_with(pk, :pk)",
            ExpressionAttributeValues={":pk": {"S": link_item("")["pk"]["S"]}},
        )
        return [item for item in found if _keys_of_code(item) & keys]

    def unlink(self, people: Iterable[Person]) -> None:
        """Erase the links to `people` from other conversations, and what was to be told to them.

        Their codes are deleted. What this version cannot read, and what goes on changing, is left as it is.
        """
        them = list(people)
        keys = _keys_of(them)
        for item in self.codes(them):
            self.delete(item)
        for item in self._scan("pk", "sk", "version", "format", "linked", "wake_ups"):
            with suppress(Unreadable):
                self._unlink(item, keys)

    def _unlink(self, item: Item, keys: Set[str]) -> None:
        if is_conversation(item):
            self._unlink_conversation(item, keys)
        elif is_marker(item) and "wake_ups" in item:
            planned = read_wake_ups(item_text(item, "wake_ups"))
            kept = [one for one in planned if not _names(one, keys)]
            if len(kept) < len(planned):
                self._set(item, {"wake_ups": {"S": dump_wake_ups(kept)}} if kept else {}, "wake_ups")

    def _unlink_conversation(self, item: Item, keys: Set[str]) -> None:
        """Erase links from a conversation. Its new version makes a turn read it again."""
        for _ in range(MAX_TRIES):
            linked = read_linked(item) if item else ()
            kept = [one for one in linked if one.conversation_key not in keys]
            if len(kept) == len(linked):
                return
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                # Its next turn says anew when it ends: what is linked to nothing may have an end.
                self._set(item, dump_linked(kept), "linked", "ends_at", version=item["version"])
            item = self.get(key_of(item)) or {}

    def _set(
        self, item: Item, new: Item, name: str, *others: str, version: Mapping[str, str] | None = None
    ) -> None:
        """Write an attribute of an item, or remove it, and remove `others`.

        With a `version`, the item must still have it.
        """
        removed = ", ".join([*([] if new else [name]), *others])
        change = (f" SET {name} = :new" if new else "") + (f" REMOVE {removed}" if removed else "")
        values = {":new": new[name]} if new else {}
        conditions = {}
        if version:
            change = f"ADD version :one{change}"
            values |= {":one": {"N": "1"}, ":seen": version}
            conditions = {"ConditionExpression": "version = :seen"}
        self._client.update_item(
            TableName=self._name,
            Key=key_of(item),
            UpdateExpression=change,
            **({"ExpressionAttributeValues": values} if values else {}),
            **conditions,
        )


def _keys_of(people: Iterable[Person]) -> Set[str]:
    return {key for person in people for key in person.keys}


def _keys_of_code(item: Item) -> Set[str]:
    """Return the keys of the conversations in which a code was made and used."""
    owner = json.loads(item_text(item, "owner"))["conversation_key"] if is_link(item) else ""
    return {owner, item_text(item, "claimed_by")}


def _names(wake_up: WakeUp, keys: Set[str]) -> bool:
    """Whether a wake-up is for one of the conversations `keys`, or tells that one of them is linked."""
    told = wake_up.inbound
    linked = told.content.linked if isinstance(told.content, LinkTold) else ()
    return not keys.isdisjoint({told.conversation_key, *(one.conversation_key for one in linked)})
