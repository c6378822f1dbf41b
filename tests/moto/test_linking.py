"""Links in the table: codes, what linked conversations tell, and what commands make of it."""

import json
import time
from contextlib import nullcontext
from dataclasses import replace

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder import Bot, Chat
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.keys import is_link
from rejoinder.aws.links import LinkTable
from rejoinder.aws.outbox import SqsOutbox, SqsParkedUpdates, SqsUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.schedules import SoonOrLater
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.channels import channel_of
from rejoinder.model.links import CODE_SECONDS, LinkCode, Linked, hash_of
from rejoinder.model.own import LinkTold
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from rejoinder.services.keep import Keeper
from rejoinder.services.process import Processor
from rejoinder.testing.memory import MemoryMeter, MemoryNetwork
from rejoinder.testing.memory_files import MemoryFiles, MemoryMedia
from rejoinder.workbench.cli import export, forget, ledgers
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.people import Table
from tests.moto.test_operations import arrived, items, said, schedules
from tests.moto.watched import at_once, place
from tests.unit.worlds import ACCOUNT, NOON, inbound

__all__ = ["at_once", "place"]  # fixtures

HERE = Contact(id="US.111", user_id="US.111")
THERE = Contact(id="US.7", user_id="US.7")
OTHER = Account(channel="whatsapp", id="100000000000002")
OWNER = Linked(account=ACCOUNT, contact_id="US.111", conversation_key="here")

bot = Bot()


@bot.on("code")
def code(chat: Chat) -> None:
    chat.say(chat.link_code())


@bot.otherwise
def link(chat: Chat) -> None:
    chat.say(f"{chat.link(chat.message.text)}")


def processor(place: Deployed) -> Processor:
    client, sqs = place.client("dynamodb"), place.client("sqs")
    inbound_queue = SqsQueue(sqs, place.inbound_queue_url)
    media, network = MemoryMedia(), MemoryNetwork()
    return Processor(
        bot_of=lambda _account: bot,
        rules_of=channel_of,
        understanding=FuzzyUnderstanding(),
        store=ConversationTable(client, place.table_name),
        outbox=SqsOutbox(SqsQueue(sqs, place.outbound_queue_url)),
        wake_ups=SoonOrLater(SqsUpdates(inbound_queue), schedules(place)),
        parked=SqsParkedUpdates(SqsQueue(sqs, place.inbound_dlq_url)),
        outside=Keeper(
            files=MemoryFiles(),
            media_of=lambda _account: media,
            network_of=lambda _account: network,
            links=LinkTable(client, place.table_name),
            clock=time.time,
        ),
        meter=MemoryMeter(),
        clock=time.time,
        time_limit=nullcontext,
        has_time=lambda: True,
        retention_seconds=0.0,
    )


def hears(place: Deployed, words: str, account: Account, contact: Contact, *, id: str) -> None:  # noqa: A002
    """Process what a contact says, and what the linked conversations tell then, as the queue brings it."""
    update = replace(inbound(words, id=id, contact=contact, at=time.time()), account=account)
    processor(place).process([update], received_before=False)
    while updates := arrived(place):
        assert all(isinstance(one.content, LinkTold) for one in updates)
        processor(place).process(updates[:1], received_before=False)
        for late in updates[1:]:
            processor(place).process([late], received_before=False)


def linked(place: Deployed) -> None:
    """Let one person link two accounts, and say STOP to the second one."""
    hears(place, "code", ACCOUNT, HERE, id="a")
    (made,) = said(place)
    hears(place, made.lower(), OTHER, THERE, id="b")
    assert said(place) == ["True"]
    hears(place, "stop", OTHER, THERE, id="c")


# --- codes --------------------------------------------------------------------------------------------------


def test_a_code_in_the_table_is_used_once_until_it_ends(dynamodb: DynamoDBClient, table: str) -> None:
    links = LinkTable(dynamodb, table)
    links.offer("hash", LinkCode(owner=OWNER, ends_at=NOON + CODE_SECONDS))
    assert links.claim("other", "there", NOON) is None
    assert links.claim("hash", "here", NOON) is None, "where it was made"
    assert links.claim("hash", "there", NOON + CODE_SECONDS) is None, "too late"
    assert links.claim("hash", "there", NOON) == OWNER
    assert links.claim("hash", "elsewhere", NOON) is None
    assert links.claim("hash", "there", NOON + CODE_SECONDS) == OWNER, "the turn is tried once more"


def test_of_two_who_use_a_code_at_once_one_is_right(
    dynamodb: DynamoDBClient, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = LinkTable(dynamodb, table), LinkTable(dynamodb, table)
    first.offer("hash", LinkCode(owner=OWNER, ends_at=NOON + CODE_SECONDS))
    read = second._read("hash")
    assert first.claim("hash", "there", NOON) == OWNER
    monkeypatch.setattr(second, "_read", lambda _hashed: read)
    assert second.claim("hash", "elsewhere", NOON) is None


def test_the_table_does_not_have_the_code_itself(place: Deployed) -> None:
    hears(place, "code", ACCOUNT, HERE, id="a")
    (made,) = said(place)
    (item,) = (one for one in items(place) if is_link(one))
    assert made not in json.dumps(item)
    assert item["pk"]["S"] == f"LINK#{hash_of(made)}"
    ends_in = float(item["expires_at"]["N"]) - time.time()
    assert CODE_SECONDS - 60 < ends_in <= CODE_SECONDS


# --- what is told -------------------------------------------------------------------------------------------


def test_linked_conversations_tell_each_other_by_the_queue_and_not_by_the_scheduler(place: Deployed) -> None:
    linked(place)
    store = ConversationTable(place.client("dynamodb"), place.table_name)
    here = store.load(inbound(id="x", contact=HERE)).conversation
    there = store.load(replace(inbound(id="x", contact=THERE), account=OTHER)).conversation
    assert here is not None
    assert there is not None
    assert [one.conversation_key for one in here.linked] == [there.key]
    assert [one.conversation_key for one in there.linked] == [here.key]
    assert here.opted_out
    assert place.client("scheduler").list_schedules(GroupName=place.stack_name)["Schedules"] == []


def test_the_ledgers_say_where_it_was_told_and_what_is_linked(place: Deployed) -> None:
    linked(place)
    (here,) = ledgers.of_contact(place, "US.111")
    assert (here.account, here.told_to, here.linked) == (str(ACCOUNT), str(OTHER), str(OTHER))
    both = ledgers.of_all(place)
    assert [(one.contact, one.told_to, one.linked) for one in both] == [
        ("US.111", str(OTHER), str(OTHER)),
        ("US.7", "", str(ACCOUNT)),
    ]
    text = ledgers.as_text(both).splitlines()
    assert text[0].endswith(f"as {ACCOUNT}, told to {OTHER}")
    assert text[2:] == [f"{ACCOUNT} is linked to {OTHER}", f"{OTHER} is linked to {ACCOUNT}"]


def test_an_export_has_the_links_and_the_codes(place: Deployed) -> None:
    linked(place)
    (kept,) = export.kept(place, "US.111")
    (other,) = kept["conversation"]["linked"]
    assert other["contact_id"] == "US.7"
    assert len(kept["codes_that_link"]) == 1


# --- what is forgotten --------------------------------------------------------------------------------------


def test_an_erasure_takes_the_link_from_the_other_side_and_leaves_nothing_that_names_them(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    linked(place)
    people = Table(place).find("US.111")
    assert "US.111" in json.dumps([one for one in items(place) if "US.7" in json.dumps(one)])
    forget.erase(place, people)
    assert "US.111" not in json.dumps(items(place))
    assert not any(is_link(one) for one in items(place))
    (other,) = export.kept(place, "US.7")
    assert "linked" not in other["conversation"]
    hears(place, "start", OTHER, THERE, id="d")
    assert "US.111" not in json.dumps(items(place)), "nobody tells them any more"


def test_who_erases_a_contact_is_told_of_the_linked_ones(
    place: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    linked(place)
    monkeypatch.setattr(forget, "deployed", lambda _where: nullcontext(place))
    where: object = None
    assert forget.main(where, "US.111", yes=True) == 0  # type: ignore[arg-type]
    assert f"They were linked to {OTHER}, who knows them as US.7." in capsys.readouterr().out


def test_an_erasure_leaves_other_links_and_plans_as_they_are(place: Deployed) -> None:
    linked(place)
    third = Contact(id="US.8", user_id="US.8")
    hears(place, "code", OTHER, THERE, id="d")
    made = said(place)[-1]
    hears(place, made, OTHER, third, id="e")
    assert said(place)[-1] == "True"
    forget.erase(place, Table(place).find("US.111"))
    left = {
        one["contact_id"]
        for contact in ("US.7", "US.8")
        for one in export.kept(place, contact)[0]["conversation"]["linked"]
    }
    assert left == {"US.7", "US.8"}


def test_what_is_told_on_the_way_to_somebody_erased_is_left_aside(place: Deployed) -> None:
    linked(place)
    update = replace(inbound("start", id="z", contact=THERE, at=time.time()), account=OTHER)
    processor(place).process([update], received_before=False)
    late: list[Inbound] = arrived(place)
    forget.erase(place, Table(place).find("US.111"))
    processor(place).process(late, received_before=False)
    assert not any(
        one["pk"]["S"].startswith("CONVERSATION#") and "US.111" in json.dumps(one) for one in items(place)
    )
