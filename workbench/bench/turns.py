"""What a turn of the bot costs the processor: its services, with a table and queues that need no time.

A turn begins with the body of the queue message, and ends with the items and the body that it writes. All
kinds of turns are timed in one run, one after another, because only ratios can be compared between machines.
"""

import json
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from rejoinder import Bot, Chat
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.stored.bodies import read_updates
from rejoinder.aws.stored.messages import dump_turn
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.aws.time_limit import turn_time_limit
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.channels import channel_of, parse
from rejoinder.model.ids import correlation_id
from rejoinder.model.messages import TurnMessages
from rejoinder.ports import Meter
from rejoinder.services.process import Processor
from rejoinder.testing.memory import MemoryMeter, MemoryParked, MemoryWakeUps
from rejoinder.testing.memory_files import memory_keeper

ASKS = 100
"""How many questions the long talk asks."""

ACCOUNT, PHONE = "whatsapp:100000000000001", "15550002001"

Item = dict[str, Any]


@dataclass
class Table:
    """The calls of a DynamoDB client that a turn makes. It holds the items, and refuses nothing."""

    items: dict[str, Item] = field(default_factory=dict)
    """The items, by their keys."""

    written: list[Item] = field(default_factory=list)
    """What was written last."""

    exceptions: Any = field(default_factory=lambda: SimpleNamespace(TransactionCanceledException=KeyError))

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> Item:  # noqa: N803 - the name that boto3 has
        found = [self.items.get(_key(key)) for key in RequestItems["table"]["Keys"]]
        return {"Responses": {"table": [item for item in found if item]}}

    def transact_write_items(self, *, TransactItems: list[Item]) -> None:  # noqa: N803 - as above
        self.written = [write["Put"]["Item"] for write in TransactItems if "Put" in write]
        self.items |= {_key(item): item for item in self.written}


def _key(item: Item) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"


class Outbox:
    """The port `Outbox`: it writes the body of a queue message, and forgets it."""

    def put(self, turn: TurnMessages) -> None:
        dump_turn(turn)


class Conversation:
    """A contact who says one thing after another to a bot."""

    def __init__(self, bot: Bot, meter: Meter | None = None) -> None:
        self.table = Table()
        self._said = 0
        self._processor = Processor(
            bot_of=lambda _account: bot,
            rules_of=channel_of,
            understanding=FuzzyUnderstanding(),
            store=ConversationTable(cast(Any, self.table), "table"),
            outbox=Outbox(),
            wake_ups=MemoryWakeUps(),
            parked=MemoryParked(),
            outside=memory_keeper(),
            meter=meter or MemoryMeter(),
            clock=time.time,
            time_limit=turn_time_limit,
            has_time=lambda: True,
            retention_seconds=0.0,
        )

    def after(self, turns: int) -> "Conversation":
        """Return this conversation after so many more turns."""
        for _ in range(turns):
            self.process(self.body())
        return self

    def body(self) -> str:
        """Return the body with the contact's next message, as the ingress writes it."""
        self._said += 1
        now, id = int(time.time()), f"wamid.HBgLMTU1NTAwMDIwMDEVAgASGBQzQTdCN0{self._said:06}"
        text = {"body": f"This is message {self._said}"}
        message = {"from": PHONE, "id": id, "timestamp": str(now), "type": "text", "text": text}
        contact = {"profile": {"name": "Ada Lovelace"}, "wa_id": PHONE}
        update = {"correlation_id": correlation_id(ACCOUNT, id), "message": message, "contact": contact}
        return JsonBodies().updates(ACCOUNT, float(now), [json.dumps(update)])

    def process(self, body: str) -> None:
        """Process a queue message."""
        self._processor.process(read_updates(body, parse), received_before=False)

    def seconds(self) -> float:
        """Return the CPU time of the next turn, in seconds, and leave the conversation as it was before."""
        body, before = self.body(), dict(self.table.items)
        started = time.thread_time()
        self.process(body)
        took = time.thread_time() - started
        self.table.items = before
        return took

    def written_bytes(self, turns: int) -> int:
        """Return what so many more turns write, in bytes, nearly as DynamoDB counts them."""
        return sum(_size(self.after(1).table.written) for _ in range(turns))


def _size(value: Any) -> int:
    """Return the length of items, or of a part of them: names and values count, types do not."""
    match value:
        case list():
            return sum(map(_size, value))
        case dict():
            return sum(len(name) * (len(name) > 4) + _size(part) for name, part in value.items())
        case _:
            return len(str(value).encode())


def answering() -> Bot:
    """Return a bot that answers each message with one text."""
    bot = Bot()

    @bot.otherwise
    def answer(chat: Chat) -> None:
        chat.say(f"You said: {chat.message.text}")

    return bot


def asking() -> Bot:
    """Return a bot that asks one question after another, each for words."""
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        for number in range(ASKS):
            chat.ask(f"Question {number}?")

    return bot


def keeping(data: dict[str, Any]) -> Bot:
    """Return a bot that keeps `data`, then counts the messages in one key of it."""
    bot = Bot()

    @bot.start
    def keep(chat: Chat) -> None:
        chat.data.update(data)
        chat.say("Kept.")

    @bot.otherwise
    def count(chat: Chat) -> None:
        chat.data["messages"] = chat.data.get("messages", 0) + 1
        chat.say(f"You said {chat.message.text}")

    return bot


def ignoring(data: dict[str, Any]) -> Bot:
    """Return a bot that keeps `data`, then never looks at it."""
    bot = answering()

    @bot.start
    def keep(chat: Chat) -> None:
        chat.data.update(data)
        chat.say("Kept.")

    return bot


NOTES = {f"note {number}": "forty letters stand in each of these notes " for number in range(800)}
ORDERS = {"orders": [{"dish": "a soup of the day", "price": 12.5, "paid": True} for _ in range(820)]}
"""Two times 50 kB of `chat.data`: many keys with a text each, and one key with many objects."""


def turns() -> dict[str, Conversation]:
    """Return conversations, each before the turn that is to be timed."""
    return {
        "one text, one answer": Conversation(answering()).after(1),
        f"a talk of {ASKS} questions: turn 10": Conversation(asking()).after(9),
        f"a talk of {ASKS} questions: turn {ASKS}": Conversation(asking()).after(ASKS - 1),
        "one key of chat.data, nothing beside it": Conversation(keeping({})).after(1),
        "one key of chat.data, 50 kB of notes beside it": Conversation(keeping(NOTES)).after(1),
        "one key of chat.data, 50 kB of objects beside it": Conversation(keeping(ORDERS)).after(1),
        "chat.data of 50 kB of notes, not looked at": Conversation(ignoring(NOTES)).after(1),
        "chat.data of 50 kB of objects, not looked at": Conversation(ignoring(ORDERS)).after(1),
    }


def bytes_of_the_talk() -> int:
    """Return what all turns of the long talk write to the table, in bytes."""
    return Conversation(asking()).written_bytes(ASKS + 1)
