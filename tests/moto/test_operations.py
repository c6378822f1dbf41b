"""Operations on a deployment: put back what was set aside, and export, forget and release contacts."""

import contextlib
import json
import re
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mypy_boto3_scheduler import EventBridgeSchedulerClient

from rejoinder import Bot, Chat
from rejoinder.aws.at_gate import WaitingTable
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.keys import conversation_item, key_of, marker_item
from rejoinder.aws.outbox import SqsOutbox, SqsParkedUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.records import RecordTable
from rejoinder.aws.schedules import Schedules
from rejoinder.aws.stored.at_gate import dump_errand
from rejoinder.aws.stored.bodies import dump_update, read_updates
from rejoinder.aws.stored.messages import dump_turn, read_turn
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.channels import channel_of, parse
from rejoinder.errors import BotFailed, Unreadable
from rejoinder.model.contents import Text
from rejoinder.model.delivery import Attempt, Claim, Detail, Step
from rejoinder.model.gate import Waiter, WatchGate
from rejoinder.model.ids import conversation_key, digest
from rejoinder.model.marker import Marker
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.own import Preference, Release, Reminder
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.ports import QueueMessage
from rejoinder.services.keep import Keeper
from rejoinder.services.process import Processor
from rejoinder.services.waiting import hold_of
from rejoinder.testing.memory import MemoryMeter
from rejoinder.testing.memory_files import memory_keeper
from rejoinder.workbench.cli import export, forget, redrive, release
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.stack import StackError
from tests.moto.test_queues import taken
from tests.moto.test_stores import conversation_in, turn_messages
from tests.moto.watched import at_once, place
from tests.unit.worlds import ACCOUNT, ADA, NOON, inbound

__all__ = ["at_once", "place"]

EVENTS = '{"format":1,"channel":"whatsapp","received_at":1,"events":[{}]}'
BOB = Contact(id="15550002002", name="Bob", phone="15550002002")
bot = Bot()
broken = {"is": False}
paid: list[str] = []


@bot.on("count")
def count(chat: Chat) -> None:
    if broken["is"]:
        raise ValueError(chat.message.text)
    chat.data["count"] = int(str(chat.data.get("count", 0))) + 1
    chat.say(f"{chat.data['count']} for {chat.contact.name}")


@bot.on("pay")
def pay(chat: Chat) -> None:
    chat.step(paid.append, "once")
    if broken["is"]:
        raise ValueError
    chat.say(f"paid {len(paid)}")


@bot.on("remind me")
def plan(chat: Chat) -> None:
    chat.later(timedelta(hours=1), remind)


@bot.on()
def remind(chat: Chat) -> None:
    if broken["is"]:
        raise ValueError
    chat.say("Now!")


@bot.otherwise
def otherwise(chat: Chat) -> None:
    chat.say("What?")


def schedules(place: Deployed) -> Schedules:
    return Schedules(
        lambda: place.client("scheduler"),
        group=place.stack_name,
        queue_arn="arn:aws:sqs:us-east-1:1:inbound.fifo",
        dead_letter_arn="arn:aws:sqs:us-east-1:1:events-dlq",
        role_arn="arn:aws:iam::1:role/scheduler",
        clock=time.time,
    )


def process(place: Deployed, *updates: Inbound, bot: Bot = bot, outside: Keeper | None = None) -> None:
    """Process `updates` as the processor function does, with up to three tries for each."""
    sqs = place.client("sqs")
    processor = Processor(
        bot_of=lambda _account: bot,
        rules_of=channel_of,
        understanding=FuzzyUnderstanding(),
        store=ConversationTable(place.client("dynamodb"), place.table_name),
        outbox=SqsOutbox(SqsQueue(sqs, place.outbound_queue_url)),
        wake_ups=schedules(place),
        parked=SqsParkedUpdates(SqsQueue(sqs, place.inbound_dlq_url)),
        meter=MemoryMeter(),
        clock=time.time,
        time_limit=nullcontext,
        outside=outside or memory_keeper(),
        has_time=lambda: True,
        retention_seconds=0.0,
    )
    for update in updates:
        for _ in range(3):
            with contextlib.suppress(BotFailed):
                processor.process([update], received_before=False)
                break


def park(place: Deployed, update: Inbound) -> None:
    broken["is"] = True
    process(place, update)
    broken["is"] = False


def arrived(place: Deployed) -> list[Inbound]:
    """Return the updates on inbound.fifo, and empty the queue."""
    return [
        update
        for body in taken(place.client("sqs"), place.inbound_queue_url)
        for update in read_updates(body, parse)
    ]


def said(place: Deployed) -> list[str]:
    """Return the texts on outbound.fifo, and empty the queue."""
    turns = [read_turn(body) for body in taken(place.client("sqs"), place.outbound_queue_url)]
    contents = [message.content for turn in turns for message in turn.messages]
    return [content.body for content in contents if isinstance(content, Text)]


def put(place: Deployed, url: str, body: str, group: str = "") -> None:
    SqsQueue(place.client("sqs"), url).put(
        [QueueMessage(body=body, group=group, deduplication_id=digest(body))]
    )


def listed(place: Deployed, capsys: pytest.CaptureFixture[str]) -> str:
    redrive.show(place)
    return capsys.readouterr().out


def ids(shown: str) -> list[str]:
    return re.findall(r"^([a-z2-7]{8})  ", shown, re.MULTILINE)


def items(place: Deployed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = place.client("dynamodb").scan(TableName=place.table_name)["Items"]
    return found


# --- redrive --------------------------------------------------------------------------------------------


def test_what_was_set_aside_is_listed_without_words_or_numbers(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(place, capsys) == "nothing was set aside\n"
    park(place, inbound("count"))
    ids_of_two = ("a" * 26, "b" * 26)
    updates = json.dumps([{"correlation_id": id} for id in ids_of_two])
    queued = f'{{"format":1,"account":"a","received_at":1,"updates":{updates}}}'
    put(place, place.inbound_dlq_url, queued, "g1")
    put(place, place.inbound_dlq_url, "15550002001 says: no JSON", "g2")
    put(place, place.outbound_dlq_url, dump_turn(turn_messages("key")), "key")
    put(place, place.outbound_dlq_url, dump_errand(WatchGate(account=ACCOUNT)), "gate")
    put(place, place.events_dlq_url, EVENTS)
    put(place, place.events_dlq_url, dump_update(inbound(Reminder(handler="h", given={}))))
    shown = listed(place, capsys)
    for words in ("parked: text", "ValueError at test_operations.py:", "updates: 2", "unreadable"):
        assert words in shown
    for words in ("messages to send: 4", "statuses and events: 1", "wake-up: reminder", "not delivered"):
        assert words in shown
    assert "errand: turns that wait for a gate" in shown
    assert len(ids(shown)) == 7
    for id in (inbound("count").hashed_id, " ".join(ids_of_two), turn_messages("key").correlation_id):
        assert id in shown, "by which it is found in the logs"
    assert "1555" not in shown
    assert "Ada" not in shown
    assert "count" not in shown
    assert ids(listed(place, capsys)) == ids(shown), "what was listed is given back, under the same ids"


def test_a_parked_update_that_goes_back_meets_todays_conversation(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    update = inbound("count", id="wamid.bad")
    park(place, update)
    process(place, inbound("count", id="wamid.good"))
    said(place)
    (id,) = ids(listed(place, capsys))
    redrive.put_back(place, {id})
    assert "to inbound" in capsys.readouterr().out
    assert arrived(place) == [update]
    process(place, update)
    assert said(place) == ["2 for Ada"]
    assert listed(place, capsys) == "nothing was set aside\n"


def test_a_step_that_was_done_before_its_update_was_parked_is_not_done_again(place: Deployed) -> None:
    park(place, inbound("pay"))
    said(place)
    redrive.put_back(place, {"all"})
    process(place, *arrived(place))
    assert said(place) == ["paid 1"]


@pytest.mark.parametrize("crash_at", ["send_message_batch", "delete_message"])
def test_a_redrive_that_was_cut_short_is_begun_again_and_answers_once(
    place: Deployed, capsys: pytest.CaptureFixture[str], crash_at: str
) -> None:
    """The update may be tried again, and may have been queued already. The dead letter is still there."""
    update = inbound("count")
    park(place, update)
    said(place)
    real = place.client

    class Crashes:
        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            if name == crash_at:
                raise KeyboardInterrupt
            return getattr(self._client, name)

    with pytest.raises(KeyboardInterrupt):
        redrive.put_back(replace(place, client=lambda service: Crashes(real(service))), {"all"})
    redrive.put_back(place, {"all"})
    came = arrived(place)
    assert came == [update] * (2 if crash_at == "delete_message" else 1)
    process(place, *came)
    assert set(said(place)) == {"1 for Ada"}
    assert items_of_data(place) == [{"count": 1}]


def items_of_data(place: Deployed) -> list[object]:
    return [json.loads(item["data"]["S"]) for item in items(place) if "data" in item]


def test_a_parked_update_that_was_handled_since_is_dropped(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    update = inbound("count")
    park(place, update)
    (body,) = taken(place.client("sqs"), place.inbound_dlq_url)
    put(place, place.inbound_dlq_url, body, "once")
    put(place, place.inbound_dlq_url, f"{body} ", "twice")
    (first, second) = ids(listed(place, capsys))
    redrive.put_back(place, {first})
    process(place, *arrived(place))
    redrive.put_back(place, {second})
    assert "was handled since; dropped" in capsys.readouterr().out
    assert arrived(place) == []


def test_dead_messages_go_back_to_where_they_were_to_go(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    wake_up = inbound(Reminder(handler="h", given={}))
    raw = '{"format":1,"account":"whatsapp:1","received_at":1,"updates":[]}'
    turn = dump_turn(turn_messages("key"))
    put(place, place.inbound_dlq_url, raw, "g1")
    put(place, place.outbound_dlq_url, turn, "key")
    put(place, place.events_dlq_url, EVENTS)
    put(place, place.events_dlq_url, dump_update(wake_up))
    redrive.put_back(place, {"all"})
    assert capsys.readouterr().out.endswith("4 put back\n")
    sqs = place.client("sqs")
    inbounds = list(taken(sqs, place.inbound_queue_url))
    assert sorted(inbounds) == sorted([raw, dump_update(wake_up)])
    assert list(taken(sqs, place.outbound_queue_url)) == [turn]
    assert list(taken(sqs, place.events_queue_url)) == [EVENTS]
    assert listed(place, capsys) == "nothing was set aside\n"


def test_all_of_a_conversations_dead_messages_go_back_in_order(place: Deployed) -> None:
    turns = [dump_turn(replace(turn_messages("key"), correlation_id=f"c{n:02}")) for n in range(23)]
    for turn in turns:
        SqsQueue(place.client("sqs"), place.outbound_dlq_url).put(
            [QueueMessage(body=turn, group="key", deduplication_id=read_turn(turn).correlation_id)]
        )
    redrive.put_back(place, {"all"})
    assert list(taken(place.client("sqs"), place.outbound_queue_url)) == turns


def test_an_id_that_is_not_there_is_said_and_the_others_go_back(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    park(place, inbound("count"))
    (id,) = ids(listed(place, capsys))
    with pytest.raises(StackError, match="not there: zzzzzzzz"):
        redrive.put_back(place, {id, "zzzzzzzz"})
    assert arrived(place) == [inbound("count")]


def rewrite(place: Deployed, key: dict[str, Any], **changed: dict[str, str]) -> None:
    """Change attributes of an item, as another version of the code might."""
    dynamodb = place.client("dynamodb")
    item = dynamodb.get_item(TableName=place.table_name, Key=key)["Item"]
    dynamodb.put_item(TableName=place.table_name, Item=item | changed)


NEWER = {"format": {"N": "99"}}


@pytest.mark.parametrize("named", [False, True], ids=["all", "by id"])
def test_a_letter_whose_marker_cannot_be_read_stays_and_those_behind_it_go_back(
    place: Deployed, capsys: pytest.CaptureFixture[str], *, named: bool
) -> None:
    first, second = inbound("count", id="wamid.a"), inbound("count", id="wamid.b", contact=BOB)
    park(place, first)
    park(place, second)
    (stays, goes) = ids(listed(place, capsys))
    rewrite(place, marker_item(ACCOUNT, first.id), state={"S": "done"}, **NEWER)
    before = items(place)
    redrive.put_back(place, {stays, goes} if named else {"all"})
    told = capsys.readouterr().out
    assert f"{stays}  parked: text: stays here; this version cannot read it (marker" in told
    assert f"{goes}  parked: text: to inbound" in told
    assert told.endswith("1 put back\n")
    assert arrived(place) == [second]
    assert ids(listed(place, capsys)) == [stays]
    theirs = [item for item in before if key_of(item) == marker_item(ACCOUNT, first.id)]
    assert [item for item in items(place) if item in theirs] == theirs


def test_what_is_parked_goes_back_by_its_marker_alone(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    """The conversation is one that a newer version wrote: the processor waits until it can be read."""
    update = inbound("count", id="wamid.bad")
    park(place, update)
    (body,) = taken(place.client("sqs"), place.inbound_dlq_url)
    for number in range(3):
        put(place, place.inbound_dlq_url, body + " " * number, f"g{number}")
    conversations = ConversationTable(place.client("dynamodb"), place.table_name)
    key = conversation_item(conversation_in(conversations, update).key)
    (first, second, _third) = ids(listed(place, capsys))
    rewrite(place, key, **NEWER)
    with pytest.raises(Unreadable):
        conversations.load(update)
    for letter in (first, second):  # the second time its marker says that it is tried again
        redrive.put_back(place, {letter})
        assert "to inbound" in capsys.readouterr().out
    assert arrived(place)[0] == update
    rewrite(place, marker_item(ACCOUNT, update.id), state={"S": "done"})
    redrive.put_back(place, {"all"})
    assert "was handled since; dropped" in capsys.readouterr().out


def test_what_fails_again_at_once_is_put_back_once(
    place: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    update = inbound("count")
    park(place, update)
    send, sent = redrive._send, []

    def send_and_process(to: Deployed, origin: Any, body: str, group: str) -> None:
        send(to, origin, body, group)
        sent.append(body)
        assert len(sent) < 3, "it goes on for ever"
        for one in arrived(to):
            park(to, one)

    monkeypatch.setattr(redrive, "_send", send_and_process)
    redrive.put_back(place, {"all"})
    assert capsys.readouterr().out.endswith("1 put back\n")
    assert len(sent) == 1
    assert len(ids(listed(place, capsys))) == 1, "it is there again"


# --- people ---------------------------------------------------------------------------------------------


def talk(place: Deployed, contact: Contact) -> None:
    """Make two turns, a record, a wake-up, a parked update, and a turn that waits for the sender."""
    for n in range(2):
        process(place, inbound("count", id=f"wamid.{contact.id}-{n}", contact=contact))
    records = RecordTable(place.client("dynamodb"), place.table_name)
    key = conversation_key(str(ACCOUNT), contact.id)
    attempt = Attempt(conversation_key=key, outbound_id="x-1", number=1)
    records.claim(attempt, time.time(), replace(turn_messages(key), contact=contact))
    records.write_step(attempt, Step.ACCEPTED, time.time(), Detail())
    records.name(attempt, f"wamid.to-{contact.id}")
    later = inbound(Reminder(handler="h", given={}), id=f"later-{contact.id}", contact=contact)
    schedules(place).put(WakeUp(at=time.time() + 3600, inbound=later))
    park(place, inbound("count", id=f"wamid.{contact.id}-bad", contact=contact))
    dead = replace(turn_messages(key), contact=contact, correlation_id=contact.id)
    put(place, place.outbound_dlq_url, dump_turn(dead), key)
    at_gate = WaitingTable(place.client("dynamodb"), place.table_name)
    at_gate.keep(replace(dead, correlation_id=f"waits-{contact.id}"), "1")
    at_gate.write(ACCOUNT, Waiter(conversation_key=key))


@pytest.mark.parametrize("contact", ["US.111", "15550002001", "+1 555 000-2001"])
def test_an_export_holds_all_that_is_kept_of_a_contact_and_nothing_of_others(
    place: Deployed, contact: str
) -> None:
    talk(place, ADA)
    talk(place, BOB)
    (found,) = export.kept(place, contact)
    assert found["account"] == "whatsapp:100000000000001"
    assert found["conversation"]["data"] == {"count": 2}
    assert [len(found[part]) for part in ("messages_from_them", "messages_to_them")] == [3, 1]
    assert [len(found[part]) for part in ("aliases", "wake_ups", "set_aside")] == [1, 1, 2]
    assert [item["turn"]["correlation_id"] for item in found["turns_that_wait"]] == ["waits-US.111"]
    assert [item["sk"] for item in found["ids_of_messages_to_them"]] == ["NETWORK#wamid.to-US.111"]
    whole = json.dumps(found, default=float)
    assert "1 for Ada" in whole
    assert "Bob" not in whole
    assert BOB.id not in whole


def test_what_waits_for_a_contact_is_exported_and_forgotten(
    place: Deployed, scheduler: EventBridgeSchedulerClient
) -> None:
    process(place, inbound("count"))
    (turn,) = map(read_turn, taken(place.client("sqs"), place.outbound_queue_url))
    (message,) = turn.messages
    waiting = replace(message, content=Text(body="secret news"), waits_until=time.time() + 86400)
    process(place, hold_of(replace(turn, messages=(waiting,)), time.time()))
    (found,) = export.kept(place, "US.111")
    (waits,) = found["conversation"]["waiting"]
    assert waits["messages"][0]["content"] == {"kind": "text", "body": "secret news"}
    assert [wake_up["update"]["inbound"]["content"]["kind"] for wake_up in found["wake_ups"]] == ["hold_over"]
    forget.erase(place, Table(place).find("US.111"))
    assert "secret news" not in json.dumps(items(place))
    assert scheduler.list_schedules(GroupName=place.stack_name)["Schedules"] == []


@pytest.mark.parametrize("contact", ["US.111", "15550002001"])
def test_forgetting_leaves_nothing_of_a_contact_and_everything_of_others(
    place: Deployed, scheduler: EventBridgeSchedulerClient, contact: str, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(place, BOB)
    others = items(place)
    talk(place, ADA)
    erased = forget.erase(place, Table(place).find(contact))
    assert list(erased.values()) == [1, 1, 3, 1, 1, 0, 1, 2, 0]
    left = items(place)
    (note,) = [item for item in left if item["pk"]["S"].startswith("ERASURE#")]
    assert all(item in left for item in others)
    assert len(left) == len(others) + 1
    assert note["messages_from_them"] == {"N": "3"}
    assert note["accounts"] == {"SS": ["whatsapp:100000000000001"]}
    key = conversation_key(str(ACCOUNT), ADA.id)
    assert not [word for word in (*ADA.ids, "Ada", key) if word in json.dumps(left)]
    (schedule,) = scheduler.list_schedules(GroupName=place.stack_name)["Schedules"]
    assert schedule["Name"] == inbound(id=f"later-{BOB.id}").hashed_id
    assert len(ids(listed(place, capsys))) == 2
    with pytest.raises(StackError, match="nothing is kept"):
        forget.erase(place, Table(place).find(contact))
    process(place, inbound("count", id="wamid.new"))
    assert {"count": 1} in items_of_data(place)


def test_forgetting_that_was_cut_short_is_begun_again(
    place: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(place, ADA)
    with monkeypatch.context() as patch:
        patch.setattr(Table, "replace", lambda *_: pytest.exit("killed"))
        with pytest.raises(BaseException, match="killed"):
            forget.erase(place, Table(place).find("15550002001"))
    assert forget.erase(place, Table(place).find("15550002001"))["conversations"] == 1
    assert [item["pk"]["S"].partition("#")[0] for item in items(place)] == ["ERASURE"]


def test_a_number_that_somebody_else_has_by_now_leads_to_that_person_alone(place: Deployed) -> None:
    former = Contact(id="US.1", phone="15550003", user_id="US.1")
    present = Contact(id="US.2", phone="15550003", user_id="US.2")
    for contact in (former, present):
        process(place, inbound("count", id=f"wamid.{contact.id}", contact=contact))
    forget.erase(place, Table(place).find("15550003"))
    (found,) = export.kept(place, "US.1")
    assert found["contact_ids"] == ("US.1", "15550003")


def test_what_was_said_before_two_conversations_became_one_is_found(place: Deployed) -> None:
    nameless, by_user = Contact(id="15550004", phone="15550004"), Contact(id="US.4", user_id="US.4")
    both = Contact(id="US.4", phone="15550004", user_id="US.4")
    for n, contact in enumerate((nameless, by_user, both)):
        process(place, inbound("count", id=f"wamid.4-{n}", contact=contact))
    (found,) = export.kept(place, "US.4")
    assert len(found["messages_from_them"]) == 3
    forget.erase(place, Table(place).find("US.4"))
    assert [item["pk"]["S"].partition("#")[0] for item in items(place)] == ["ERASURE"]


def waits(place: Deployed, contact: Contact, id: str) -> None:  # noqa: A002 - as in `inbound`
    """Make a wake-up, and an update that is parked."""
    later = inbound(Reminder(handler="h", given={}), id=f"later-{id}", contact=contact)
    schedules(place).put(WakeUp(at=time.time() + 3600, inbound=later))
    park(place, inbound("count", id=f"bad-{id}", contact=contact))


def waiting(found: dict[str, Any]) -> list[str]:
    """Return the ids of the updates in an export."""
    updates = [one["update"] for one in found["wake_ups"]] + [one["message"] for one in found["set_aside"]]
    return sorted(update["inbound"]["id"] for update in updates)


def test_of_two_holders_of_a_number_each_has_only_what_is_theirs(place: Deployed) -> None:
    former = Contact(id="US.1", phone="15550003", user_id="US.1")
    present = Contact(id="US.2", phone="15550003", user_id="US.2")
    for contact in (former, present):
        process(place, inbound("count", id=f"wamid.{contact.id}", contact=contact))
        waits(place, contact, contact.id)
    waits(place, Contact(id="15550003", phone="15550003"), "by-number")
    (found,) = export.kept(place, "US.1")
    assert found["contact_ids"] == ("US.1",)
    assert waiting(found) == ["bad-US.1", "later-US.1"]
    (found,) = export.kept(place, "15550003")
    assert found["contact_ids"] == ("US.2", "15550003")
    assert waiting(found) == ["bad-US.2", "bad-by-number", "later-US.2", "later-by-number"]
    erased = forget.erase(place, Table(place).find("US.1"))
    assert (erased["set aside"], erased["wake-ups"]) == (1, 1)
    assert len(waiting(export.kept(place, "US.2")[0])) == 4


def test_to_forget_a_number_again_takes_nothing_from_its_former_holder(place: Deployed) -> None:
    """Nobody has the number then. An update of its former holder stays theirs."""
    former = Contact(id="US.1", phone="15550003", user_id="US.1")
    present = Contact(id="US.2", phone="15550003", user_id="US.2")
    talk(place, former)
    before = export.kept(place, "US.1")
    talk(place, present)
    forget.erase(place, Table(place).find("15550003"))
    with pytest.raises(StackError, match="nothing is kept"):
        forget.erase(place, Table(place).find("15550003"))
    after = export.kept(place, "US.1")
    parts = ("conversation", "messages_from_them", "messages_to_them", "wake_ups", "set_aside")
    assert [after[0][part] for part in parts] == [before[0][part] for part in parts]


def test_what_was_sent_to_a_number_before_somebody_else_had_it_is_not_shown_to_them(place: Deployed) -> None:
    """The former holder's key is made from the number, because their first turns name nothing else."""
    by_number = Contact(id="15550003", phone="15550003")
    talk(place, by_number)
    process(place, inbound("count", id="wamid.b", contact=replace(by_number, id="US.1", user_id="US.1")))
    present = Contact(id="US.2", phone="15550003", user_id="US.2")
    process(place, inbound("count", id="wamid.c", contact=present))
    (found,) = export.kept(place, "15550003")
    assert [len(found[part]) for part in ("messages_from_them", "messages_to_them")] == [1, 0]
    assert found["set_aside"] == []
    (found,) = export.kept(place, "US.1")
    assert [len(found[part]) for part in ("messages_from_them", "messages_to_them")] == [4, 1]
    parked = [one["message"]["inbound"]["id"] for one in found["set_aside"] if "inbound" in one["message"]]
    assert parked == ["wamid.15550003-bad"]


BY_NUMBER = Contact(id="15550003", name="Ann", phone="15550003")
ANN = replace(BY_NUMBER, id="US.1", user_id="US.1")
BEN = Contact(id="US.2", name="Ben", phone="15550003", user_id="US.2")


def number_passed_on(place: Deployed) -> None:
    """Ann, known by her number alone, plans a reminder. Another one is parked, and a third one is set aside.
    Then she shows a user id. Then Ben has her number.
    """
    process(place, inbound("remind me", id="wamid.a", contact=BY_NUMBER))
    reminder = inbound(Reminder(handler="remind", given={}), id="later-parked", contact=BY_NUMBER)
    reminder = replace(reminder, conversation_key=conversation_key(str(ACCOUNT), BY_NUMBER.id))
    park(place, reminder)
    put(place, place.inbound_dlq_url, dump_update(replace(reminder, id="later-dead")), reminder.group)
    process(place, inbound("count", id="wamid.b", contact=ANN, at=NOON + 60))
    process(place, inbound("count", id="wamid.c", contact=BEN, at=NOON + 120))


def taken_over_by(place: Deployed, contact: Contact) -> dict[str, str]:
    """Return the user ids of those whose numbers a contact has taken over, by number."""
    store = ConversationTable(place.client("dynamodb"), place.table_name)
    taken_over = conversation_in(store, inbound(id="looks", contact=contact)).taken_over
    return {number: one.user_id for number, one in taken_over.items()}


@pytest.mark.parametrize("contact", ["US.2", "15550003"])
def test_the_new_holder_of_a_number_is_shown_nothing_of_who_had_it_before(
    place: Deployed, contact: str
) -> None:
    number_passed_on(place)
    assert taken_over_by(place, BEN) == {"15550003": "US.1"}
    (found,) = export.kept(place, contact)
    assert found["contact_ids"] == ("US.2", "15550003")
    assert found["conversation"]["data"] == {"count": 1}
    assert waiting(found) == []
    whole = json.dumps(found, default=float)
    for words in ("taken_over", "US.1", "Ann", "wamid.a", "later-"):
        assert words not in whole
    (found,) = export.kept(place, "US.1")
    assert [len(found[part]) for part in ("wake_ups", "set_aside")] == [1, 2]


def test_to_forget_who_had_a_number_before_takes_their_user_id_from_its_new_holder(
    place: Deployed, scheduler: EventBridgeSchedulerClient, capsys: pytest.CaptureFixture[str]
) -> None:
    number_passed_on(place)
    waits(place, BEN, "of-ben")
    bens = export.kept(place, "US.2")
    erased = forget.erase(place, Table(place).find("US.1"))
    assert (erased["conversations"], erased["wake-ups"], erased["set aside"]) == (1, 1, 2)
    assert [one["Name"] for one in scheduler.list_schedules(GroupName=place.stack_name)["Schedules"]] == [
        inbound(id="later-of-ben").hashed_id
    ]
    assert len(ids(listed(place, capsys))) == 1
    assert taken_over_by(place, BEN) == {}
    left = json.dumps(items(place))
    assert not [words for words in ("US.1", "Ann", "taken_over") if words in left]
    (now,), (before,) = export.kept(place, "US.2"), bens
    assert now["conversation"].pop("version") == before["conversation"].pop("version") + 1
    assert now == before
    said(place)
    process(place, inbound("count", id="wamid.d", contact=BEN, at=NOON + 180))
    assert said(place) == ["2 for Ben"]
    with pytest.raises(StackError, match="nothing is kept"):
        forget.erase(place, Table(place).find("US.1"))


def test_to_forget_a_contact_takes_nobody_elses_user_id_from_the_holder_of_their_number(
    place: Deployed,
) -> None:
    number_passed_on(place)
    other = Contact(id="US.3", phone="15550005", user_id="US.3")
    process(place, inbound("count", id="wamid.d", contact=other, at=NOON + 120))
    moved = replace(BEN, phone=other.phone)
    process(place, inbound("count", id="wamid.e", contact=moved, at=NOON + 180))
    assert taken_over_by(place, moved) == {"15550003": "US.1", "15550005": "US.3"}
    forget.erase(place, Table(place).find("US.1"))
    assert taken_over_by(place, moved) == {"15550005": "US.3"}


@pytest.mark.parametrize("contact", ["US.111", "15550002001"])
def test_what_the_queues_brought_after_an_erasure_is_found_by_the_next(
    place: Deployed, contact: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The items lie under a key made from the user id. The number no longer leads to that key."""
    process(place, inbound("count"))
    (body,) = taken(place.client("sqs"), place.outbound_queue_url)
    turn = read_turn(body)
    forget.erase(place, Table(place).find(contact))
    key, dynamodb = turn.conversation_key, place.client("dynamodb")
    attempt = Attempt(conversation_key=key, outbound_id=turn.messages[0].id, number=1)
    records = RecordTable(dynamodb, place.table_name)
    records.claim(attempt, time.time(), turn)
    records.write_step(attempt, Step.ACCEPTED, time.time(), Detail())
    marker = Marker(state="trying", conversation_key=key, messages=turn)
    ConversationTable(dynamodb, place.table_name).record_try(inbound(id="wamid.late"), marker)
    put(place, place.outbound_dlq_url, body, key)
    (found,) = export.kept(place, contact)
    assert [len(found[part]) for part in ("messages_from_them", "messages_to_them", "set_aside")] == [1, 1, 1]
    forget.erase(place, Table(place).find(contact))
    assert {item["pk"]["S"].partition("#")[0] for item in items(place)} == {"ERASURE"}
    assert listed(place, capsys) == "nothing was set aside\n"


def test_an_export_says_when_a_queue_does_not_show_all_and_leaves_all_there(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    process(place, inbound("count"))
    dead = [inbound("count", id=f"wamid.dead-{n:02}") for n in range(12)]
    for update in dead:
        put(place, place.inbound_dlq_url, dump_update(update), update.group)
    (found,) = export.kept(place, "US.111")
    assert len(found["set_aside"]) == 10
    assert capsys.readouterr().err.startswith("About 2 dead letters could not be read")
    redrive.put_back(place, {"all"})
    assert arrived(place) == dead
    (found,) = export.kept(place, "US.111")
    assert (found["set_aside"], capsys.readouterr().err) == ([], "")


def test_what_two_conversations_held_that_became_one_stays_theirs_when_the_number_goes_to_another(
    place: Deployed,
) -> None:
    by_user, nameless = Contact(id="US.4", user_id="US.4"), Contact(id="15550004", phone="15550004")
    both, other = (Contact(id=id, phone="15550004", user_id=id) for id in ("US.4", "US.5"))
    for n, contact in enumerate((by_user, nameless, both, other)):
        process(place, inbound("count", id=f"wamid.4-{n}", contact=contact))
    numbers = {
        id: [marker["pk"][-1] for marker in found["messages_from_them"]]
        for id in ("US.4", "US.5")
        for found in export.kept(place, id)
    }
    assert {id: sorted(found) for id, found in numbers.items()} == {"US.4": ["0", "1", "2"], "US.5": ["3"]}
    forget.erase(place, Table(place).find("US.4"))
    assert [item["pk"]["S"][-1] for item in items(place) if item["pk"]["S"].startswith("IN#")] == ["3"]


def test_a_message_that_comes_once_more_after_an_erasure_begins_anew(place: Deployed) -> None:
    process(place, inbound("count"))
    forget.erase(place, Table(place).find("US.111"))
    said(place)
    process(place, inbound("count"))
    assert said(place) == ["1 for Ada"]


def test_of_a_message_whose_outcome_is_open_the_times_stay_so_that_a_double_is_counted(
    place: Deployed,
) -> None:
    talk(place, ADA)
    records = RecordTable(place.client("dynamodb"), place.table_name)
    key = conversation_key(str(ACCOUNT), ADA.id)
    turn = TurnMessages(
        account=ACCOUNT,
        contact=ADA,
        conversation_key=key,
        correlation_id="c",
        read_id="",
        window_closes_at=NOON,
        messages=(Outbound(id="open-1", content=Text(body="secret")),),
    )
    attempt = Attempt(conversation_key=key, outbound_id="open-1", number=1)
    records.claim(attempt, NOON, turn)
    records.write_step(attempt, Step.UNKNOWN, NOON + 1, Detail(error="15550002001", error_code=1))
    forget.erase(place, Table(place).find("US.111"))
    left = records.read(key, "open-1")
    assert left.turn is None
    assert left.decide(Policy.AT_LEAST_ONCE, NOON + 90_000) == Claim(number=2)
    assert not [word for word in (*ADA.ids, "Ada", "secret") if word in json.dumps(items(place))]
    with pytest.raises(StackError, match="nothing is kept"):
        forget.erase(place, Table(place).find("US.111"))


def test_the_marker_of_a_turn_that_said_nothing_is_found(place: Deployed) -> None:
    process(place, inbound("count"), inbound(Preference(value="stop"), id="wamid.silent"))
    (found,) = export.kept(place, "US.111")
    assert len(found["messages_from_them"]) == 2


def test_nobody_is_erased_without_a_yes(place: Deployed) -> None:
    asked = []

    def answer(question: str) -> str:
        asked.append(question)
        return ["", "n", "yes please", "y", "Yes"][len(asked) - 1]

    assert [forget._agreed(place, answer) for _ in range(5)] == [False, False, False, True, True]


@pytest.mark.parametrize("contact", ["", " ", "+"])
def test_nobody_named_says_how_to_name_somebody(place: Deployed, contact: str) -> None:
    with pytest.raises(StackError, match="name the contact: a phone number"):
        Table(place).find(contact)


def test_a_stranger_is_not_found(place: Deployed) -> None:
    with pytest.raises(StackError, match="nothing is kept"):
        Table(place).find("15559999999")
    talk(place, BOB)
    with pytest.raises(StackError, match="nothing is kept"):
        export.kept(place, "15559999999")
    with pytest.raises(StackError, match="nothing is kept"):
        forget.erase(place, Table(place).find("15559999999"))


def test_a_release_goes_to_the_processor_and_lets_the_bot_speak(
    place: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ConversationTable(place.client("dynamodb"), place.table_name)
    process(place, inbound("count"))
    with pytest.raises(StackError, match="no conversation with that contact is handed over"):
        release.release(place, "15550002001")
    update = inbound("hush", id="wamid.2")
    before = conversation_in(store, update)
    marker = store.load(inbound("count")).marker
    assert marker
    store.commit(update, before, replace(before, handoff=True), marker)
    assert Table(place).handed_over() == 1
    release.release(place, "15550002001")
    assert capsys.readouterr().out == "the bot may speak to them again as whatsapp:100000000000001\n"
    (update,) = arrived(place)
    assert (update.content, update.account, update.contact.ids) == (Release(), ACCOUNT, ADA.ids)
    assert update.contact.phone == ADA.phone
    process(place, update)
    assert Table(place).handed_over() == 0


def test_a_number_that_is_also_an_id_of_another_network_must_say_which(place: Deployed) -> None:
    """They are different people."""
    telegram = Account(channel="telegram", id="7000000001")
    there = Contact(id=BOB.id, name="Eve", user_id=BOB.id)
    process(place, inbound("count", id="wamid.b", contact=BOB))
    process(place, replace(inbound("count", id="1.2", contact=there), account=telegram))
    for act in (export.kept, release.release):
        with pytest.raises(StackError, match=f"write telegram:{BOB.id} or whatsapp:{BOB.id}"):
            act(place, BOB.id)
    forget.erase(place, Table(place).find(f"telegram:{BOB.id}"))
    (found,) = export.kept(place, BOB.id)
    assert found["account"] == str(ACCOUNT)
