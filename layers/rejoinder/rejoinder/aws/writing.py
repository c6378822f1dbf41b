"""Writes attributes of an item by an update: the roles that write records may update, and not put."""

from typing import Any

from rejoinder.aws.stored.items import Item


def writing(attributes: Item) -> dict[str, Any]:
    """Return what `update_item` is given to write `attributes`, whatever of the item is there already."""
    return {
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
        "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
        "ExpressionAttributeValues": {f":{name}": value for name, value in attributes.items()},
    }
