"""What the items of the one table have in common."""

from typing import Any

Item = dict[str, Any]
"""An item in DynamoDB's own notation, such as {"version": {"N": "3"}}."""


def key_of(pk: str, sk: str) -> Item:
    """The key of an item."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def conversation_pk(key: str) -> str:
    """The partition of a conversation and of the records of its messages."""
    return f"CONVERSATION#{key}"


def number(item: Item, attribute: str) -> float:
    """A number of `item`; 0 when it has none."""
    return float(item.get(attribute, {"N": "0"})["N"])


def text(item: Item, attribute: str) -> str:
    """Words of `item`; empty when it has none."""
    return str(item.get(attribute, {"S": ""})["S"])
