"""`rejoinder trace` on a deployment in memory."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from rejoinder.aws.at_gate import WaitingTable
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.keys import is_conversation, is_marker, is_record, key_of
from rejoinder.aws.records import RecordTable
from rejoinder.aws.stored.messages import read_turn
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Detail, Step
from rejoinder.model.ids import correlation_id
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account
from rejoinder.services.waiting import hold_of
from rejoinder.workbench import terminal
from rejoinder.workbench.cli import command, trace
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.letters import dead_letters
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.watching.life import Finder
from rejoinder.workbench.watching.timeline import life
from tests.moto.test_operations import broken, process
from tests.moto.watched import Log, at_once, log, place
from tests.unit.worlds import ACCOUNT, ADA, inbound

WAMID = "wamid.HBgLMTU1NTAwMDIwMDEVAgASGBQzQTk2N0VFMThDNzdGRDJCNTY2NgA="
OURS = "wamid.HBgLMTU1NTAwMDIwMDEVAgARGBQzQTk2N0VFMThDNzdGRDJCNTY2NwA="

__all__ = ["at_once", "log", "place"]
"""The fixtures of `watched`."""

Out = pytest.CaptureFixture[str]


@pytest.fixture
def said(place: Deployed, sqs: Any) -> TurnMessages:
    """Let the bot answer a message, and return the turn that is queued for the sender."""
    process(place, inbound("hello", id=WAMID, at=time.time() - 2))
    (message,) = sqs.receive_message(QueueUrl=place.outbound_queue_url)["Messages"]
    return read_turn(message["Body"])


def send(place: Deployed, turn: TurnMessages, *steps: Step, code: int | None = None) -> Attempt:
    """Write what the sender and the tracker write of the first message of a turn."""
    records = RecordTable(place.client("dynamodb"), place.table_name)
    attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=turn.messages[0].id, number=1)
    records.claim(attempt, time.time(), turn)
    for step in steps:
        records.write_step(attempt, step, time.time(), Detail(network_id=OURS, error_code=code))
    records.name(attempt, OURS)
    return attempt


READ = (Step.ACCEPTED, Step.SENT, Step.DELIVERED, Step.READ)


def test_any_id_leads_to_the_life_of_a_message(
    place: Deployed, capsys: Out, log: Log, said: TurnMessages
) -> None:
    attempt = send(place, said, *READ)
    log("ingress", "queued", correlation_id=said.correlation_id, ago=50)
    log("processor", "turn done", correlation_id=said.correlation_id, content="text", messages=1, ago=40)
    log("sender", "accepted", **attempt.log_fields())
    log("ingress", "queued", correlation_id="a" * 26)
    for message in (WAMID, OURS, said.correlation_id, said.correlation_id[:8], attempt.outbound_id):
        trace.show(place, message, as_json=False)
        printed = capsys.readouterr().out
        lines = [line.rstrip() for line in printed.splitlines()]
        happened = [line.rsplit("  ", 1)[-1] for line in lines if re.match(r"\d\d:", line)]
        assert [one for one in happened if one != "the contact wrote"] == [
            "queued",
            "turn done, content text, messages 1",
            "attempt 1: the network is asked",
            "attempt 1: accepted",
            "attempt 1: sent",
            "attempt 1: delivered",
            "attempt 1: read",
        ]
        assert printed.endswith("\nnothing is missing\n")
        for personal in (WAMID, OURS, "hello", ADA.name, ADA.phone, ADA.id):
            assert str(personal) not in printed


def test_a_status_stands_after_what_it_follows_though_the_clock_of_the_network_is_behind(
    place: Deployed, said: TurnMessages
) -> None:
    attempt = send(place, said)
    records = RecordTable(place.client("dynamodb"), place.table_name)
    now = int(time.time())
    for step, at in ((Step.ACCEPTED, now + 1.5), (Step.SENT, now - 9), (Step.READ, now - 8)):
        records.write_step(attempt, step, at, Detail(network_id=OURS))
    kept = Finder(place).find(WAMID)
    assert kept
    happened = [one.what for one in life(place, kept).happenings if one.outbound_id]
    wanted = ["the network is asked", "accepted", "sent", "read"]
    assert happened == [f"attempt 1: {one}" for one in wanted]


def test_a_trace_fits_a_terminal_and_tells_its_day_and_time_zone(
    place: Deployed, capsys: Out, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "WIDE", 80)
    one = correlation_id(str(ACCOUNT), "wamid.2")
    cause = "LookupError at a_module_with_a_long_name.py:123"
    with time_machine.travel(datetime(2026, 11, 27, 0, 1, tzinfo=ZoneInfo("Asia/Kolkata")), tick=False):
        log("ingress", "queued", correlation_id=one, ago=69.5)
        log("processor", "the bot failed", correlation_id=one, content="text", cause=cause, ago=2.5)
        trace.show(place, one, as_json=False)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert all(len(line) <= 80 for line in lines)
    assert lines[2:10] == [
        "times         2026-11-26 IST, and seconds since the webhook",
        "",
        "time          seconds  where      answer  what",
        "23:59:50.500     +0.0  ingress            queued",
        "2026-11-27",
        "00:00:57.500    +67.0  processor          the bot failed, content text, cause",
        "                                          LookupError at",
        "                                          a_module_with_a_long_name.py:123",
    ]


def test_a_trace_as_json_counts_from_the_webhook(
    place: Deployed, capsys: Out, log: Log, said: TurnMessages
) -> None:
    log("ingress", "queued", correlation_id=said.correlation_id, ago=1)
    trace.show(place, WAMID, as_json=True)
    found = json.loads(capsys.readouterr().out)
    seconds = {one["what"]: one["seconds_since_webhook"] for one in found["happenings"]}
    assert seconds["queued"] == 0
    assert seconds["the contact wrote"] < 0
    assert found["answers"] == {said.messages[0].id: {"state": None, "attempts": 0}}
    begun = "the sender has not begun: it waits in outbound, or behind another message of its conversation"
    assert found["open"] == [f"answer 1: {begun}"]


def missing(place: Deployed, message: str = WAMID) -> list[str]:
    """Return what a trace says is missing."""
    kept = Finder(place).find(message)
    assert kept
    return [*life(place, kept).open]


def test_a_trace_says_what_is_missing_and_what_that_means(place: Deployed, said: TurnMessages) -> None:
    attempt = send(place, said)
    records = RecordTable(place.client("dynamodb"), place.table_name)
    for step, told in {
        Step.SENDING: "no answer of the network is recorded yet: the sender is at it, or looks again",
        Step.UNKNOWN: "a status, or the next attempt after a pause, will tell",
        Step.ACCEPTED: "no status yet; `rejoinder logs --function tracker` shows whether any come",
        Step.SENT: "not delivered yet: the phone is off or has no network",
        Step.DELIVERED: "not read yet, or the contact does not let it be known",
    }.items():
        if step is not Step.SENDING:
            records.write_step(attempt, step, time.time(), Detail())
        assert missing(place) == [f"answer 1: {told}"]


def test_on_a_network_without_statuses_none_is_missing(place: Deployed, sqs: Any) -> None:
    account = Account(channel="telegram", id="7000000001")
    process(place, replace(inbound("hello", id="7100000001.12"), account=account))
    (message,) = sqs.receive_message(QueueUrl=place.outbound_queue_url)["Messages"]
    send(place, read_turn(message["Body"]), Step.ACCEPTED)
    told = ["answer 1: no status will come: this network tells none"]
    assert missing(place, "7100000001.12") == told
    assert Finder(place).find("7100000001.1") is None, "that is the beginning of another id"


def test_a_trace_names_the_code_of_a_failure(place: Deployed, said: TurnMessages) -> None:
    send(place, said, Step.FAILED, code=131026)
    kept = Finder(place).find(WAMID)
    assert kept
    assert life(place, kept).happenings[-1].what == "attempt 1: failed for good (code 131026)"
    assert missing(place) == []


def test_a_trace_finds_what_waits_for_a_gate_and_for_the_contact(place: Deployed, said: TurnMessages) -> None:
    client = place.client("dynamodb")
    WaitingTable(client, place.table_name).keep(said, "1")
    assert missing(place) == ["answer 1: it waits apart until the gate of its account opens"]
    WaitingTable(client, place.table_name).drop(said.conversation_key, "1")
    held = replace(said, messages=(replace(said.messages[0], waits_until=time.time() + 3600),))
    process(place, hold_of(held, time.time()))
    assert missing(place) == ["answer 1: it waits until the contact writes again"]


def test_the_id_of_a_dead_letter_leads_to_its_message_and_the_word_of_apology_is_explained(
    place: Deployed, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(broken, "is", True)
    process(place, inbound("count", id=WAMID, at=time.time()))
    with dead_letters(place) as letters:
        (letter,) = letters.receive()
    trace.show(place, letter.id, as_json=False)
    printed = capsys.readouterr().out
    assert f"`rejoinder redrive {letter.id}` puts it back" in printed
    assert trace.APOLOGY in printed


def test_a_trace_finds_a_parked_update_and_its_dead_letter(
    place: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(broken, "is", True)
    process(place, inbound("count", id=WAMID, at=time.time()))
    letter, answer = missing(place)
    assert re.fullmatch(
        r"it lies among the dead letters of inbound \(ValueError at .*\): `rejoinder redrive \w+`.*",
        letter,
    )
    assert answer.startswith("answer 0: the sender has not begun")


def give_up(place: Deployed, *wamids: str, format_number: int = 1) -> list[str]:
    """Put what the ingress queued of some messages among the dead letters, and return our ids of them."""
    ids = [correlation_id(str(ACCOUNT), wamid) for wamid in wamids]
    updates: list[dict[str, object]] = [{"correlation_id": id, "message": {}, "contact": None} for id in ids]
    body = {"format": format_number, "account": str(ACCOUNT), "received_at": time.time(), "updates": updates}
    place.client("sqs").send_message(
        QueueUrl=place.inbound_dlq_url,
        MessageBody=json.dumps(body),
        MessageGroupId="group",
        MessageDeduplicationId=ids[0],
    )
    return ids


@pytest.mark.parametrize("format_number", [1, 99], ids=["of this version", "of a newer version"])
def test_a_message_that_the_processor_never_finished_is_found_among_the_dead_letters(
    place: Deployed, capsys: Out, log: Log, format_number: int
) -> None:
    (lies,) = give_up(place, "wamid.2", format_number=format_number)
    log("ingress", "queued", correlation_id=lies, ago=4000)
    with dead_letters(place) as letters:
        (letter,) = letters.receive()
    for named in (lies, letter.id, lies[:8]):
        trace.show(place, named, as_json=False)
        printed = capsys.readouterr().out
        assert printed.startswith(f"message       {lies}\n")
        assert f"`rejoinder redrive {letter.id}` puts it back" in printed
        assert "it waits in inbound" not in printed


def test_a_dead_letter_is_found_when_the_logs_are_past(place: Deployed, capsys: Out) -> None:
    (lies,) = give_up(place, "wamid.2")
    trace.show(place, lies, as_json=False)
    assert "it lies among the dead letters of inbound (the processor never finished it)" in (
        capsys.readouterr().out
    )


def test_a_dead_letter_with_several_messages_asks_which(place: Deployed) -> None:
    lie = give_up(place, "wamid.2", "wamid.3")
    with dead_letters(place) as letters:
        (letter,) = letters.receive()
    with pytest.raises(StackError, match=f"name one, {' or '.join(sorted(lie))}"):
        trace.show(place, letter.id, as_json=False)


def test_of_an_update_that_the_bot_has_not_handled_the_logs_tell(
    place: Deployed, capsys: Out, log: Log, said: TurnMessages
) -> None:
    waiting = correlation_id(str(ACCOUNT), "wamid.2")
    log("ingress", "queued", correlation_id=waiting)
    for message in ("wamid.2", waiting):
        trace.show(place, message, as_json=False)
        printed = capsys.readouterr().out
        assert printed.startswith(f"message       {waiting}\n")
        assert "the bot has not handled it: it waits in inbound" in printed


def told(place: Deployed, capsys: Out, *named: str) -> list[str]:
    """Return the traces that some ids lead to, each once."""
    traces = []
    for one in named:
        trace.show(place, one, as_json=False)
        traces.append(capsys.readouterr().out)
    return [*dict.fromkeys(traces)]


def test_our_id_of_a_message_tells_as_much_as_the_networks_while_the_bot_fails(
    place: Deployed, capsys: Out
) -> None:
    one = inbound("count", id=WAMID, at=time.time())
    table = ConversationTable(place.client("dynamodb"), place.table_name)
    table.record_try(one, Marker(state="trying", tries=1, cause="ValueError at bot.py:25"))
    (trace_of_it,) = told(place, capsys, WAMID, one.hashed_id, one.hashed_id[:8])
    assert "the bot failed 1 time (ValueError at bot.py:25); the update comes again" in trace_of_it


def test_our_id_of_a_message_on_which_the_bot_said_nothing_leads_to_it(place: Deployed, capsys: Out) -> None:
    one = inbound("hello", id=WAMID, at=time.time())
    conversation = Conversation.begin(one.account, one.contact)
    table = ConversationTable(place.client("dynamodb"), place.table_name)
    marker = Marker(state="done", conversation_key=conversation.key)
    table.commit(one, conversation, conversation, marker)
    (trace_of_it,) = told(place, capsys, WAMID, one.hashed_id, one.hashed_id[:8])
    assert "nothing: the bot said nothing" in trace_of_it


@pytest.mark.parametrize("which", [is_marker, is_conversation])
def test_what_another_version_wrote_is_said_in_one_line(
    place: Deployed, capsys: Out, which: Callable[[dict[str, Any]], bool]
) -> None:
    process(place, inbound("hello", id=WAMID, at=time.time()))
    client = place.client("dynamodb")
    (newer,) = filter(which, client.scan(TableName=place.table_name)["Items"])
    client.put_item(TableName=place.table_name, Item=newer | {"format": {"N": "99"}})

    def traced() -> int:
        trace.show(place, WAMID, as_json=False)
        return 0

    assert command.run(traced) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("rejoinder: another version of rejoinder wrote what this one cannot read (")


def test_an_id_that_outlived_its_message_is_an_id_that_nothing_knows(
    place: Deployed, said: TurnMessages
) -> None:
    """DynamoDB deletes what is over in any order."""
    send(place, said, *READ)
    client = place.client("dynamodb")
    for item in client.scan(TableName=place.table_name)["Items"]:
        if is_marker(item) or is_record(item):
            client.delete_item(TableName=place.table_name, Key=key_of(item))
    with pytest.raises(StackError, match="nothing is known of that message"):
        trace.show(place, OURS, as_json=False)


def test_an_id_that_nothing_knows_is_an_error_that_says_how_long_things_are_kept(place: Deployed) -> None:
    with pytest.raises(StackError, match="Its marker is kept for 30 days"):
        trace.show(place, "wamid.3", as_json=False)
