"""What DynamoDB charges for a request, by the sizes of the items that it reads and writes.

See docs.aws.amazon.com, "DynamoDB item sizes and formats" and "DynamoDB read and write operations".
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
"""An item, or a key, with the types of its attributes."""

READ_BYTES, WRITE_BYTES = 4096, 1024
"""How many bytes one unit reads or writes."""

ITEM_BYTES = 100
"""What DynamoDB adds to each item when it bills the storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What a request uses up."""

    read: float = 0.0
    """Read units."""

    write: float = 0.0
    """Write units."""


def size_of(item: Item) -> int:
    """Return the size of an item in bytes; 0 for one that is not there."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    match value:
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": str(number)}:
            return math.ceil(len(number.strip("-0.")) / 2) + 1
        case {"B": bytes(content)}:
            return len(content)
        case {"M": members}:
            return 3 + sum(1 + len(name.encode()) + _value_size(member) for name, member in members.items())
        case {"L": members}:
            return 3 + sum(1 + _value_size(member) for member in members)
    return 1


def keys_of(operation: str, request: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the key of each item that a request reads or writes."""
    match operation:
        case "BatchGetItem":
            for asked in request["RequestItems"].values():
                yield from asked["Keys"]
        case "TransactWriteItems":
            for (action,) in (one.values() for one in request["TransactItems"]):
                yield _key(action)
        case _:
            yield _key(request)


def _key(action: Mapping[str, Any]) -> Item:
    """Return the key in a request about one item: as it is, or in the whole item."""
    found: Item = action.get("Key") or {name: action["Item"][name] for name in ("pk", "sk")}
    return found


def units_of(operation: str, request: Mapping[str, Any], before: list[int], after: list[int]) -> Units:
    """Return the units of a request about items that had and have these sizes, in bytes."""
    if operation in ("GetItem", "BatchGetItem"):
        asked = [request] if operation == "GetItem" else list(request["RequestItems"].values())
        factor = 1.0 if all(one.get("ConsistentRead") for one in asked) else 0.5
        return Units(read=factor * _sum(before, READ_BYTES))
    larger = list(map(max, before, after))
    return Units(write=_sum(larger, WRITE_BYTES) * (2 if operation == "TransactWriteItems" else 1))


def _sum(sizes: list[int], unit: int) -> int:
    return sum(max(1, math.ceil(size / unit)) for size in sizes)


Look = Callable[[Item], Item]
"""Returns the item with a key as it is now."""


@dataclass(slots=True, kw_only=True)
class Capacity:
    """Adds up what requests use."""

    look: Look
    """Looks at an item, without being counted."""

    read: float = 0.0
    """The read units."""

    write: float = 0.0
    """The write units."""

    stored: int = 0
    """How many bytes the table has grown by."""

    def before(self, operation: str, request: Mapping[str, Any]) -> list[int]:
        """Return the sizes of the items before a request."""
        return [size_of(self.look(key)) for key in keys_of(operation, request)]

    def count(self, operation: str, request: Mapping[str, Any], before: list[int]) -> None:
        """Count a request that has been answered."""
        after = self.before(operation, request)
        units = units_of(operation, request, before, after)
        self.read += units.read
        self.write += units.write
        billed = [[size + ITEM_BYTES if size else 0 for size in sizes] for sizes in (before, after)]
        self.stored += sum(billed[1]) - sum(billed[0])
