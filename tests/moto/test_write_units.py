"""What a turn writes to the table, in the write units that DynamoDB charges for.

Moto counts no units, so they are counted here from the sizes of the items, before and after each write.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder import Bot, Chat, Text
from rejoinder.model.delivery import Detail, Status, Step
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import Inbound
from rejoinder.testing.memory import MemoryNetwork
from tests.moto.tables import Tables
from tests.unit.worlds import NOON, World

Item = Mapping[str, Any]

KB = 1024
USER_ID = f"US.{'1349120865530274191' * 2}"
ADA = Contact(id=USER_ID, name="Augusta Ada King-Noel", phone="4915112345678", user_id=USER_ID)
TEXT = "We open at nine on Saturdays and close at six. Shall I keep a table for you now?"
BUTTONS = {"Opening hours": "hours", "Book a table": "book", "Talk to a person": "person"}


def size_of(item: Item) -> int:
    """Return the bytes of an item (docs.aws.amazon.com, "DynamoDB item sizes and formats")."""
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def _size_of(value: Mapping[str, Any]) -> int:
    ((kind, it),) = value.items()
    match kind:
        case "S":
            return len(it.encode("utf-8", "surrogatepass"))
        case "N":  # one byte for two digits that count, and one more
            return 1 + math.ceil(len(Decimal(it).normalize().as_tuple().digits) / 2)
        case "L":
            return 3 + sum(1 + _size_of(part) for part in it)
        case _:
            assert kind == "BOOL"
            return 1


@dataclass
class Scales:
    """Weighs what a client writes into a table."""

    client: DynamoDBClient
    table: str
    units: Counter[str] = field(default_factory=Counter)
    """The write units, by the first word of the sort key."""
    largest: dict[str, int] = field(default_factory=dict)
    """The size of the largest item, by the same."""
    _before: list[tuple[Item, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._other = boto3.client("dynamodb")
        self.client.meta.events.register("before-parameter-build.dynamodb", self._weigh_before)
        self.client.meta.events.register("after-call.dynamodb", self._weigh_after)

    def _weigh_before(self, params: Mapping[str, Any], **_: object) -> None:
        self._before = [(key, factor, self._size(key)) for key, factor in _written(params)]

    def _weigh_after(self, **_: object) -> None:
        for key, factor, before in self._before:
            size, name = max(before, self._size(key)), key["sk"]["S"].partition("#")[0]
            self.units[name] += factor * max(1, math.ceil(size / KB))
            self.largest[name] = max(size, self.largest.get(name, 0))
        self._before = []

    def _size(self, key: Item) -> int:
        answer = self._other.get_item(TableName=self.table, Key=dict(key), ConsistentRead=True)
        return size_of(answer.get("Item", {}))


def _written(params: Mapping[str, Any]) -> Iterator[tuple[Item, int]]:
    """Yield the keys that a request writes, each with the units that it takes for a started kilobyte."""
    for one in params.get("TransactItems", []):
        for write in one.values():
            yield _key(write), 2
    if "UpdateExpression" in params or "Item" in params:
        yield _key(params), 1


def _key(write: Mapping[str, Any]) -> Item:
    named = write["Key"] if "Key" in write else write["Item"]
    return {"pk": named["pk"], "sk": named["sk"]}


class Meta(MemoryNetwork):
    """A network with ids as long as Meta's."""

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        self.callback = callback
        return network_id(super().send(account, contact, content, callback, quote=quote))


def network_id(number: object) -> str:
    """Return an id of 66 letters, as Meta gives it to a contact with a phone number of 13 digits."""
    return f"wamid.{f'HBgNNDkxNTExMjM0NTY3OBUCABIYFDNB{number}':A<60}"


def weighed(dynamodb: DynamoDBClient, table: str, say: Callable[[Chat], None]) -> Scales:
    """Return what the second turn of a contact writes: a message, an answer and its three statuses."""
    bot = Bot()
    bot.otherwise(say)
    network = Meta()
    world = World(
        bot,
        store=Tables(dynamodb, table),
        network=network,
        now=NOON + 0.123456,
        retention_seconds=365 * 86400.0,
    )
    scales = Scales(dynamodb, table)
    for number in (1, 2):
        scales.units.clear()
        world.now += 1000
        account = Account(channel="whatsapp", id="106540352242922")
        content = Text(body="When do you open on Saturdays, please? :)")
        id_of_it = network_id(f"in{number}")
        world.process(Inbound(id=id_of_it, account=account, contact=ADA, at=int(world.now), content=content))
        world.deliver()
        for step in (Step.SENT, Step.DELIVERED, Step.READ):
            world.now += 1
            billed = "" if step is Step.READ else "service"
            detail = Detail(network_id=network_id(f"memory-{number}"), billed_category=billed)
            status = Status(step=step, at=int(world.now), callback=network.callback, detail=detail)
            world.tracker().track(status)
    return scales


@pytest.mark.parametrize(
    "say",
    [lambda chat: chat.say(TEXT), lambda chat: chat.say("Hello! What can I do for you?", buttons=BUTTONS)],
    ids=["text", "buttons"],
)
def test_an_ordinary_turn_is_charged_ten_write_units_because_no_item_has_more_than_a_kilobyte(
    table: str, dynamodb: DynamoDBClient, say: Callable[[Chat], None]
) -> None:
    scales = weighed(dynamodb, table, say)
    assert scales.units == {"MARKER": 2, "CONVERSATION": 2, "OUT": 5, "NETWORK": 1}
    assert max(scales.largest.values()) < 0.9 * KB, scales.largest
