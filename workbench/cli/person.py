"""A contact as one account knows them, and the values of an item of the table."""

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from rejoinder.aws.stored.items import Item
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import group_of
from rejoinder.model.people import Account, Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact as one account knows them."""

    account: Account
    """The account."""

    ids: tuple[str, ...]
    """The ids that lead to the contact."""

    keys: tuple[str, ...]
    """The key of their conversation, then the keys of the conversations that it absorbed."""

    item: Item
    """Their conversation. It is empty when there is none; other things may still be kept of them."""

    foreign_keys: frozenset[str]
    """The keys of the conversations that other contacts' conversations absorbed."""

    @property
    def groups(self) -> set[str]:
        """The queue groups in which their updates and messages may travel."""
        return {group_of(str(self.account), id) for id in self.ids} | set(self.keys)

    def goes_by(self, contact: Contact) -> bool:
        """Whether they are `contact`, by the processor's own rule."""
        user_id = values_of(self.item).get("user_id")
        known = Conversation(key=self.keys[0], contact_ids=self.ids, user_id=user_id)
        return any(known.is_with(contact, id) for id in contact.ids if id in self.ids)


def values_of(item: Item) -> dict[str, Any]:
    """Return an item's attributes as Python values."""
    read = TypeDeserializer()
    return {name: read.deserialize(value) for name, value in item.items()}
