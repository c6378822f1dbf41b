"""Conversations that end: nothing changes for a contact who comes back but that they are new.

The oracle knows the ids and the times of messages, and nothing of keys, aliases and items.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder import Bot, Chat
from rejoinder.aws import aliases, conversations
from rejoinder.aws.conversations import ConversationTable
from rejoinder.errors import VersionConflict
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import conversation_key
from rejoinder.model.people import Contact
from rejoinder.testing.memory import MemoryStore
from tests.unit.worlds import ACCOUNT, World, inbound

DAY = 86400.0
KEPT = 60 * DAY
GAPS = (1.0, DAY, 25 * DAY, 40 * DAY, KEPT - DAY, KEPT + DAY, KEPT + 35 * DAY, KEPT + 70 * DAY)
"""How long people are silent."""

SHOWN = (
    Contact(id="US.1", user_id="US.1", phone="15550001"),
    Contact(id="US.1", user_id="US.1", phone="15550002"),
    Contact(id="US.1", user_id="US.1"),
    Contact(id="15550001", phone="15550001"),
    Contact(id="15550002", phone="15550002"),
)
"""All ways in which one person may show themselves."""


class Tables(MemoryStore):
    """The conversations on DynamoDB, and what else there is in memory."""

    def __init__(self, client: DynamoDBClient, table: str, world: Callable[[], World]) -> None:
        super().__init__()
        kept = ConversationTable(client, table, lambda: world().now)
        for name in ("load", "commit", "quoted", "record_try", "window_closes_at", "consent"):
            setattr(self, name, getattr(kept, name))


def remembering() -> Bot:
    """Return a bot that knows what it was told."""
    bot = Bot()

    @bot.otherwise
    def tell(chat: Chat) -> None:
        chat.data[chat.message.text] = True
        chat.say(" ".join(sorted(chat.data)))

    return bot


def world_on(client: DynamoDBClient, table: str, bot: Bot) -> World:
    made: list[World] = []
    made.append(World(bot, store=Tables(client, table, lambda: made[0]), retention_seconds=KEPT))
    return made[0]


@dataclass
class Known:
    """What is known of a person, as the oracle has it."""

    ids: set[str]
    told: set[str] = field(default_factory=set)
    until: float = 0.0


def history(world: World, client: DynamoDBClient, table: str, seed: int) -> list[str]:
    """Play a history with one person. Return where the bot knew something else than the oracle."""
    choices, known, wrong = random.Random(seed), list[Known](), []
    for number in range(12):
        world.now += choices.choice(GAPS)
        if choices.random() < 0.5:
            sweep(client, table, world.now, choices)
        contact, word = choices.choice(SHOWN), f"{number:02}"
        world.process(inbound(word, id=f"wamid.{seed}.{number}", contact=contact, at=world.now))
        known = [one for one in known if one.until >= world.now]
        theirs = [one for one in known if one.ids & {*contact.ids}]
        now = Known({*contact.ids}, {word}, world.now + KEPT)
        for one in theirs:
            now.ids |= one.ids
            now.told |= one.told
        known = [*(one for one in known if one not in theirs), now]
        said: Any = world.outbox.turns.pop().messages[0].content
        if said.body.split() != sorted(now.told):
            wrong.append(f"{seed}.{number}: {said.body} and not {sorted(now.told)}")
    return wrong


def sweep(client: DynamoDBClient, table: str, now: float, choices: random.Random) -> None:
    """Delete some of the items that have expired, as DynamoDB does within days."""
    for item in client.scan(TableName=table)["Items"]:
        if "expires_at" in item and float(item["expires_at"]["N"]) < now and choices.random() < 0.7:
            client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def cleared(client: DynamoDBClient, table: str) -> None:
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def first_wrong(client: DynamoDBClient, table: str, histories: int) -> str:
    """Return what the first of some histories shows to be wrong; empty when all are right."""
    for seed in range(histories):
        cleared(client, table)
        try:
            wrong = history(world_on(client, table, remembering()), client, table, seed)
        except VersionConflict as conflict:
            return str(conflict)
        if wrong:
            return wrong[0]
    return ""


def test_who_comes_back_after_the_retention_is_new_and_nothing_else_changes(
    table: str, dynamodb: DynamoDBClient
) -> None:
    assert first_wrong(dynamodb, table, 40) == ""


def _is_not_there(_now: float) -> dict[str, str]:
    return {"ConditionExpression": "attribute_not_exists(pk)"}


def _keys(found: conversations._Found, contact_id: str) -> tuple[str, ...]:
    return *found.led_to((contact_id,)).values(), conversation_key(str(ACCOUNT), contact_id)


MUTATIONS = {
    "nothing ends": (Conversation, "as_of", lambda one, _now: one),
    "aliases are written once": (aliases, "older", lambda *_: []),
    "aliases end before their conversation": (
        Conversation,
        "aliases_end_at",
        property(lambda one: one.ends_at and one.ends_at - 2 * DAY),
    ),
    "what is over is in the way": (
        aliases,
        "not_there",
        _is_not_there,
    ),
    "an alias of what has ended is in the way": (aliases, "_leads_nowhere", _is_not_there),
    "an alias of what has ended leads": (
        conversations._Found,
        "under",
        lambda found, id: next(filter(None, map(found.conversation, _keys(found, id))), None),
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_oracle_of_retention_bites(mutation: str, table: str, dynamodb: DynamoDBClient) -> None:
    target, attribute, wrong = MUTATIONS[mutation]
    with patch.object(target, attribute, wrong):
        assert first_wrong(dynamodb, table, 40), f"{mutation} was not seen"
