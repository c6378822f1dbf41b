"""The writes that make aliases lead to a conversation, and keep them as long as it.

An alias ends one to two months after its conversation (`Conversation.aliases_end_at`). One whose conversation
has ended leads nowhere, and counts as if it were not there. It does so as well when that one has begun anew,
without the id of the alias: then nobody knows whether they are the same person.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from rejoinder.aws.keys import alias_item, conversation_item, key_of
from rejoinder.aws.stored.conversations import dump_alias, read_alias
from rejoinder.aws.stored.items import Item, is_over
from rejoinder.model.conversation import ALIAS_SECONDS, Conversation
from rejoinder.model.ids import conversation_key
from rejoinder.model.people import Account
from rejoinder.model.whose import new_ids


def not_there(now: float) -> Any:
    """Return the condition that an item is not there, or is over."""
    return {
        "ConditionExpression": "attribute_not_exists(pk) OR expires_at < :now",
        "ExpressionAttributeValues": {":now": {"N": str(int(now))}},
    }


def has_left(alias: Item, now: float) -> bool:
    """Whether an alias may be that of a conversation that has ended.

    One that was written just now is not: it ends later, because retention takes months.
    """
    return is_over(alias, now + 2 * ALIAS_SECONDS)


def _leads_nowhere(now: float) -> Any:
    """Return the condition that an alias is not there, or `has_left`."""
    return not_there(now + 2 * ALIAS_SECONDS)


def taken(
    table: str, account: Account, before: Conversation, after: Conversation, now: float
) -> Iterator[Any]:
    """Yield the writes for the ids that need an alias.

    An id that led nowhere must still lead nowhere. Otherwise one conversation would hide another one that
    began meanwhile.
    """
    of_table = {"TableName": table}
    for id in new_ids(before, after):
        put = of_table | {"Item": alias_item(account, id) | dump_alias(after.key, after.aliases_end_at)}
        if id in before.vacant:
            yield {"Put": put | _leads_nowhere(now)}
            key = conversation_item(conversation_key(str(account), id))
            yield {"ConditionCheck": of_table | {"Key": key} | not_there(now)}
        else:
            yield {"Put": put}
    if not before.version and before.contact_ids[0] in before.vacant:
        key = alias_item(account, before.contact_ids[0])
        yield {"ConditionCheck": of_table | {"Key": key} | _leads_nowhere(now)}


def older(account: Account, before: Conversation, after: Conversation) -> list[Item]:
    """Return the keys of the aliases that a commit writes again, if they lead to the conversation.

    That is once a month, and when something of the conversation has no end from now on. Of a conversation
    that takes in another one just now, nobody knows which of their ends its aliases have.
    """
    if not before.version or (before.aliases_end_at == after.aliases_end_at and not before.absorbed):
        return []
    written = new_ids(before, after)
    ids = [id for id in before.contact_ids if id not in written]
    return [alias_item(account, id) for id in ids if conversation_key(str(account), id) != after.key]


def kept(table: str, found: Iterable[Item], after: Conversation) -> Iterator[Any]:
    """Yield the writes that let those aliases of `found` live longer that lead to the conversation.

    An id may belong to somebody else by now. Then its alias leads there, and stays as it is.
    """
    for item in found:
        if read_alias(item) == after.key:
            yield {
                "Put": {
                    "TableName": table,
                    "Item": key_of(item) | dump_alias(after.key, after.aliases_end_at),
                    "ConditionExpression": "conversation_key = :key",
                    "ExpressionAttributeValues": {":key": {"S": after.key}},
                }
            }
