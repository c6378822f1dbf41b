"""Conversations that end: nothing changes for a contact who comes back but that they are new.

The oracle knows the ids and the times of messages, and nothing of keys, aliases and items.
"""

import math
import random
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast
from unittest.mock import patch

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder import Bot, Chat
from rejoinder.aws import aliases, conversations
from rejoinder.aws.links import LinkTable
from rejoinder.errors import VersionConflict
from rejoinder.model.consent import Purpose
from rejoinder.model.conversation import ALIAS_SECONDS, Conversation
from rejoinder.model.ids import conversation_key
from rejoinder.model.links import Linked
from rejoinder.model.marker import Marker
from rejoinder.model.own import ConsentTold, LinkTold, Reminder
from rejoinder.model.people import Contact
from rejoinder.testing.memory import MemoryLinks
from rejoinder.workbench.cli import forget, retention
from rejoinder.workbench.cli.linked import LinkedTable
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.deployment.person import Person
from tests.moto.tables import Tables
from tests.moto.test_operations import process
from tests.moto.watched import at_once, place
from tests.unit.worlds import ACCOUNT, World, inbound, said

__all__ = ["at_once", "place"]

DAY = 86400.0
KEPT = 60 * DAY
GAPS = (1.0, DAY, 25 * DAY, 40 * DAY, KEPT - DAY, KEPT + DAY, KEPT + 35 * DAY, KEPT + 70 * DAY)
"""How long people are silent."""

SEEDS = (1, 3)
"""The histories. Together they show each mutation."""

SHOWN = (
    Contact(id="US.1", user_id="US.1", phone="15550001"),
    Contact(id="US.1", user_id="US.1", phone="15550002"),
    Contact(id="US.1", user_id="US.1"),
    Contact(id="15550001", phone="15550001"),
    Contact(id="15550002", phone="15550002"),
)
"""All ways in which one person may show themselves."""


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
    made.append(World(bot, store=Tables(client, table, lambda: made[0].now), retention_seconds=KEPT))
    return made[0]


@dataclass
class Known:
    """What is known of a person, as the oracle has it."""

    ids: set[str]
    told: set[str] = field(default_factory=set)
    until: float = 0.0
    stays: bool = False


def history(world: World, client: DynamoDBClient, table: str, seed: int) -> str:
    """Play a history with one person. Return where the bot knew something else than the oracle, if it did."""
    choices, known = random.Random(seed), list[Known]()  # noqa: S311 - the same histories each time
    for number in range(12):
        world.now += choices.choice(GAPS)
        if choices.random() < 0.5:
            sweep(client, table, world.now, choices)
        contact, stops = choices.choice(SHOWN), choices.random() < 0.1
        word = "STOP" if stops else f"{number:02}"
        world.process(inbound(word, id=f"wamid.{seed}.{number}", contact=contact, at=world.now))
        for one in known:
            if one.until < world.now:
                one.told = set()
        known = [one for one in known if one.until >= world.now or one.stays]
        theirs = [one for one in known if one.ids & {*contact.ids}]
        now = Known({*contact.ids}, set() if stops else {word}, world.now + KEPT, stops)
        for one in theirs:
            now.ids |= one.ids
            now.told |= one.told
            now.stays |= one.stays
        known = [*(one for one in known if one not in theirs), now]
        answers = [words for turn in world.outbox.turns for words in said(turn)]
        world.outbox.turns.clear()
        if not stops and answers != [" ".join(sorted(now.told))]:
            return f"{seed}.{number}: {answers} and not {sorted(now.told)}"
    return ""


def sweep(client: DynamoDBClient, table: str, now: float, choices: random.Random) -> None:
    """Delete some of the items that have expired, as DynamoDB does within days."""
    for item in client.scan(TableName=table)["Items"]:
        if "expires_at" in item and float(item["expires_at"]["N"]) < now and choices.random() < 0.7:
            client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def cleared(client: DynamoDBClient, table: str) -> None:
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def first_wrong(client: DynamoDBClient, table: str, seeds: Iterable[int]) -> str:
    """Return what the first of some histories shows to be wrong; empty when all are right."""
    for seed in seeds:
        cleared(client, table)
        try:
            wrong = history(world_on(client, table, remembering()), client, table, seed)
        except VersionConflict as conflict:
            return str(conflict)
        if wrong:
            return wrong
    return ""


def test_who_comes_back_after_the_retention_is_new_and_nothing_else_changes(
    table: str, dynamodb: DynamoDBClient
) -> None:
    assert first_wrong(dynamodb, table, SEEDS) == ""


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
    "aliases end though something stays": (
        Conversation,
        "aliases_end_at",
        property(lambda one: (one.ends_at // ALIAS_SECONDS + 2) * ALIAS_SECONDS),
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
        lambda found, one: next(filter(None, map(found.conversation, _keys(found, one))), None),
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_oracle_of_retention_bites(mutation: str, table: str, dynamodb: DynamoDBClient) -> None:
    target, attribute, wrong = MUTATIONS[mutation]
    with patch.object(target, attribute, wrong):
        assert first_wrong(dynamodb, table, SEEDS), f"{mutation} was not seen"


@dataclass
class Kept:
    """A world over DynamoDB, and its items."""

    client: DynamoDBClient
    table: str
    bot: Bot = field(default_factory=remembering)
    said: int = 0

    def __post_init__(self) -> None:
        self.world = world_on(self.client, self.table, self.bot)
        self.world.links = cast(MemoryLinks, LinkTable(self.client, self.table))

    def hears(self, words: str, contact: Contact = SHOWN[0]) -> None:
        self.said += 1
        self.world.process(inbound(words, id=f"wamid.{self.said}", contact=contact, at=self.world.now))

    def goes_on(self, days: float) -> None:
        """Let days go by, with the wake-ups that come in them."""
        until = self.world.now + days * DAY
        while wake_up := self.world.wake_ups.next(until):
            self.world.now = max(self.world.now, wake_up.at)
            self.world.process(wake_up.inbound)
        self.world.now = until

    def items(self, sort_key: str) -> list[Mapping[str, Any]]:
        items = self.client.scan(TableName=self.table)["Items"]
        return [item for item in items if item["sk"]["S"].startswith(sort_key)]

    def item(self, sort_key: str) -> Mapping[str, Any]:
        (found,) = self.items(sort_key)
        return found

    def end_of(self, sort_key: str) -> float:
        return float(self.item(sort_key)["expires_at"]["N"])


@pytest.fixture
def kept(dynamodb: DynamoDBClient, table: str) -> Kept:
    return Kept(dynamodb, table)


def test_each_turn_moves_the_end_and_an_alias_is_written_once_a_month(kept: Kept) -> None:
    ends = set[float]()
    for day in (0, 1, 1, 5, 20, 1, 50, 59):
        kept.goes_on(day)
        kept.hears("hi")
        assert kept.end_of("CONVERSATION") == math.ceil(kept.world.now + KEPT)
        assert ALIAS_SECONDS < kept.end_of("ALIAS") - kept.end_of("CONVERSATION") <= 2 * ALIAS_SECONDS
        ends.add(kept.end_of("ALIAS"))
    assert len(ends) == 4, "in 137 days"


def test_the_aliases_of_two_conversations_that_become_one_are_kept_as_long_as_both(kept: Kept) -> None:
    kept.hears("hi", SHOWN[0])
    kept.goes_on(40)
    kept.hears("hi", SHOWN[4])
    kept.hears("hi", SHOWN[1])
    ends = {float(item["expires_at"]["N"]) for item in kept.items("ALIAS")}
    assert len(ends) == 1
    assert min(ends) > kept.end_of("CONVERSATION")


def test_what_was_planned_comes_and_its_conversation_is_still_there(kept: Kept) -> None:
    @kept.bot.on("later")
    def later(chat: Chat) -> None:
        chat.data["pet"] = "cat"
        chat.later(timedelta(days=300), remind)

    @kept.bot.on()
    def remind(chat: Chat[Reminder]) -> None:
        chat.say(f"Feed the {chat.data['pet']}")

    kept.hears("later")
    kept.goes_on(50)
    kept.hears("hi")
    kept.goes_on(249.9)
    assert kept.end_of("CONVERSATION") > kept.world.now + 30 * DAY, "what comes late finds it as well"
    kept.goes_on(1)
    assert said(kept.world.outbox.turns[-1]) == ["Feed the cat"]


def test_a_refusal_stays_and_the_rest_of_its_conversation_is_erased(kept: Kept) -> None:
    ada = replace(SHOWN[0], name="Ada", username="ada")
    kept.hears("my secret", ada)
    kept.hears("STOP", ada)
    kept.goes_on(40)
    kept.hears("hi", ada)
    turn = kept.world.outbox.turns[-1]
    kept.goes_on(59)
    assert "my secret" in str(kept.item("CONVERSATION"))
    kept.goes_on(2)
    item = str(kept.item("CONVERSATION"))
    assert "my secret" not in item
    assert "ada" not in item.lower()
    assert "expires_at" not in item
    assert "expires_at" not in kept.item("ALIAS")
    kept.goes_on(1000)
    entry = kept.world.store.consent(turn, Purpose.MARKETING)
    assert entry
    assert not entry.given
    kept.hears("hi", SHOWN[3])
    assert said(kept.world.outbox.turns[-1]) == ["hi"], "by the number alone, it is the same person, and new"


def test_an_older_agreement_that_is_imported_after_the_retention_overrides_no_refusal(kept: Kept) -> None:
    agreed_at = kept.world.now - DAY
    kept.hears("STOP", SHOWN[3])
    kept.hears("hi", SHOWN[0])
    turn = kept.world.outbox.turns[-1]
    kept.goes_on(200)
    told = ConsentTold(purpose=Purpose.MARKETING, given=True, by="import")
    kept.world.process(inbound(told, id="import", contact=SHOWN[2], at=agreed_at))
    entry = kept.world.store.consent(turn, Purpose.MARKETING)
    assert entry
    assert not entry.given


def test_links_stay_and_what_is_told_in_one_conversation_after_the_retention_reaches_the_other(
    kept: Kept,
) -> None:
    @kept.bot.on("code")
    def code(chat: Chat) -> None:
        chat.say(chat.link_code())

    @kept.bot.on(re.compile("link .*"))
    def link(chat: Chat) -> None:
        chat.link(chat.message.text.removeprefix("link "))

    other = Contact(id="US.2", user_id="US.2")
    kept.hears("code")
    (made,) = said(kept.world.outbox.turns[-1])
    kept.hears(f"link {made}", other)
    kept.goes_on(100)
    kept.hears("STOP", other)
    kept.goes_on(1)
    kept.hears("hi")
    conversation = kept.world.store.load(inbound(id="other", contact=SHOWN[0])).conversation
    assert conversation
    assert conversation.opted_out


def test_an_alias_that_leads_to_somebody_else_by_now_is_left_alone(kept: Kept) -> None:
    heir = replace(SHOWN[0], id="US.9", user_id="US.9")
    kept.hears("first")
    kept.hears("mine", heir)
    kept.goes_on(40)
    kept.hears("second", SHOWN[2])
    kept.hears("who am I", SHOWN[3])
    assert said(kept.world.outbox.turns[-1]) == ["mine who am I"]


def test_an_alias_that_begins_to_lead_to_somebody_else_during_a_turn_is_left_alone(kept: Kept) -> None:
    kept.hears("first")
    kept.goes_on(40)
    of_heir = {**kept.item("ALIAS"), "conversation_key": {"S": "heir"}}

    def taken(**_: object) -> None:
        kept.client.put_item(TableName=kept.table, Item=of_heir)

    kept.client.meta.events.register("before-call.dynamodb.TransactWriteItems", taken)
    kept.hears("second", SHOWN[2])
    assert kept.item("ALIAS") == of_heir


def test_for_the_sender_what_is_over_is_not_there(kept: Kept) -> None:
    kept.hears("hi")
    turn = kept.world.outbox.turns[-1]
    assert kept.world.store.window_closes_at(turn) > 0
    kept.goes_on(61)
    assert kept.world.store.window_closes_at(turn) == 0


def test_a_conversation_from_before_gets_an_end_with_its_next_turn_and_so_do_its_aliases(kept: Kept) -> None:
    kept.world.retention_seconds = 0.0
    kept.hears("hi")
    assert not any("expires_at" in kept.item(name) for name in ("CONVERSATION", "ALIAS"))
    kept.world.retention_seconds = KEPT
    kept.hears("hi again")
    assert kept.end_of("ALIAS") > kept.end_of("CONVERSATION") > kept.world.now


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_turns_that_begin_anew_at_once_one_is_tried_again(kept: Kept, first: int) -> None:
    """Both find an alias that leads to what has ended. Else one would hide the conversation of the other."""
    for contact in (SHOWN[3], SHOWN[0], SHOWN[1]):
        kept.hears("hi", contact)
    kept.goes_on(61)
    both = [inbound("hi", id=f"{n}", contact=SHOWN[n], at=kept.world.now) for n in (1, 4)]
    found = [kept.world.store.load(message).conversation for message in both]
    for number in (first, 1 - first):
        before = found[number]
        assert before
        after = replace(before.heard(both[number], kept.world.now, DAY), ends_at=kept.world.now + KEPT)
        with nullcontext() if number == first else pytest.raises(VersionConflict):
            kept.world.store.commit(both[number], before, after, Marker(state="done"))


def test_a_conversation_that_is_deleted_during_its_turn_begins_anew(kept: Kept) -> None:
    kept.hears("old")
    message = inbound("new", id="other", contact=SHOWN[0], at=kept.world.now)
    before = kept.world.store.load(message).conversation
    assert before
    item = kept.item("CONVERSATION")
    kept.client.delete_item(TableName=kept.table, Key={"pk": item["pk"], "sk": item["sk"]})
    with pytest.raises(VersionConflict):
        kept.world.store.commit(message, before, before, Marker(state="done"))
    kept.hears("new")
    assert said(kept.world.outbox.turns[-1]) == ["new"]


def test_a_shorter_retention_moves_no_end_to_an_earlier_time(kept: Kept) -> None:
    kept.hears("hi")
    ended_at = kept.end_of("CONVERSATION")
    kept.world.retention_seconds = DAY
    kept.hears("hi again")
    assert kept.end_of("CONVERSATION") == ended_at


# --- commands -----------------------------------------------------------------------------------------------


def test_conversations_that_rest_since_before_get_an_end_by_a_command(place: Deployed) -> None:
    process(place, inbound("hi"))
    (look,) = retention.endless(place, time.time())
    process(place, look)
    assert len([*retention.endless(place, time.time())]) == 1, "this processor knows no retention"
    world = World(remembering(), now=time.time(), retention_seconds=KEPT)
    world.store = Tables(place.client("dynamodb"), place.table_name, lambda: world.now)
    world.process(replace(look, id="again"))
    assert not [*retention.endless(place, time.time())]
    people = Table(place).find("US.111")
    assert float(people[0].item["expires_at"]["N"]) == math.ceil(world.now + KEPT)
    assert not world.outbox.turns, "nobody is told"


def test_who_is_new_is_found_and_erased_while_an_alias_leads_to_what_has_ended(place: Deployed) -> None:
    world = World(remembering(), now=time.time() - KEPT - DAY, retention_seconds=KEPT)
    world.store = Tables(place.client("dynamodb"), place.table_name, lambda: world.now)
    by_number = Contact(id="15550002001", phone="15550002001")
    world.process(inbound("old", id="1", contact=by_number), inbound("old", id="2"))
    world.now = time.time()
    world.process(inbound("new", id="3", contact=Contact(id="US.111", user_id="US.111")))
    (person,) = Table(place).find("US.111")
    assert "new" in str(person.item)
    forget.erase(place, [person])
    assert "new" not in str(place.client("dynamodb").scan(TableName=place.table_name)["Items"])


def test_who_is_not_linked_any_more_gets_an_end_with_the_next_turn(kept: Kept, place: Deployed) -> None:
    """What stays for nothing but a link has no end in its aliases. So it must not look as if they had one."""
    other = Linked(account=ACCOUNT, contact_id="US.2", conversation_key="other")
    kept.hears("hi")
    told = LinkTold(linked=(other,))
    kept.world.process(replace(inbound(told, id="told", contact=SHOWN[0], at=kept.world.now)))
    assert "expires_at" not in kept.item("ALIAS")
    person = Person(account=ACCOUNT, ids=("US.2",), keys=("other",), item={}, foreign_keys=frozenset())
    LinkedTable(replace(place, table_name=kept.table)).unlink([person])
    kept.hears("hi again")
    assert kept.end_of("ALIAS") > kept.end_of("CONVERSATION") > kept.world.now
