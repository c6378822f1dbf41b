"""Turns that wait for a gate, in the table and in memory: both keep the promises of the ports."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from rejoinder.aws.at_gate import PAGE, WaitingTable
from rejoinder.aws.keys import waiting_item
from rejoinder.aws.stored.messages import dump_turn
from rejoinder.errors import Unreadable
from rejoinder.model.contents import Text
from rejoinder.model.delivery import RECORD_SECONDS
from rejoinder.model.gate import Waiter
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.testing.memory_gates import MemoryWaiting
from tests.unit.worlds import ACCOUNT, ADA, NOON

Kept = MemoryWaiting | WaitingTable


@pytest.fixture(params=["memory", "dynamodb"])
def waiting(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        return MemoryWaiting()
    return WaitingTable(boto3.client("dynamodb"), request.getfixturevalue("table"))


def turn(said: str, key: str = "key") -> TurnMessages:
    """Return a turn that says one text."""
    return TurnMessages(
        account=ACCOUNT,
        contact=ADA,
        conversation_key=key,
        correlation_id=said,
        read_id="",
        window_closes_at=NOON,
        messages=(Outbound(id=f"{said}-1", content=Text(body=said)),),
    )


def test_turns_wait_in_the_order_of_their_places_each_once(waiting: Kept) -> None:
    assert not waiting.are_there("key")
    assert waiting.first("key") is None
    for said, place in (("second", "00010"), ("first", "00009"), ("second", "00010")):
        waiting.keep(turn(said), place)
    waiting.keep(turn("of another", "other"), "00001")
    assert waiting.are_there("key")
    for said, place in (("first", "00009"), ("second", "00010")):
        assert waiting.first("key") == (place, turn(said))
        waiting.drop("key", place)
        waiting.drop("key", place)
    assert not waiting.are_there("key")
    assert waiting.are_there("other")


def test_each_account_has_a_list_with_each_conversation_once(waiting: Kept) -> None:
    keys = [f"k{number:03}" for number in range(PAGE + 1)]
    for key in reversed(keys):
        waiting.write(ACCOUNT, Waiter(conversation_key=key))
    waiting.write(ACCOUNT, Waiter(conversation_key="k000", let_at=NOON + 0.25))
    waiting.write(replace(ACCOUNT, id="2"), Waiter(conversation_key="k000"))
    found = [*waiting.read(ACCOUNT)]
    assert [waiter.conversation_key for waiter in found] == keys
    assert [waiter.let_at for waiter in found[:2]] == [NOON + 0.25, 0.0]
    for key in keys:
        waiting.strike(ACCOUNT, key)
    assert [*waiting.read(ACCOUNT)] == []
    assert len([*waiting.read(replace(ACCOUNT, id="2"))]) == 1


def test_what_waits_lives_less_long_than_the_records_of_its_messages(table: str) -> None:
    client = boto3.client("dynamodb")
    waiting = WaitingTable(client, table, lambda: NOON)
    waiting.keep(turn("said"), "1")
    waiting.write(ACCOUNT, Waiter(conversation_key="key"))
    lives = [float(item["expires_at"]["N"]) - NOON for item in client.scan(TableName=table)["Items"]]
    assert lives == [30 * 86400.0] * 2
    assert max(lives) < RECORD_SECONDS


def test_what_waits_is_read_as_it_is_now_and_no_more_of_it_than_is_needed(table: str) -> None:
    client = boto3.client("dynamodb")
    asked: list[dict[str, Any]] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params)
    )
    waiting = WaitingTable(client, table)
    waiting.are_there("key")
    waiting.first("key")
    assert [*waiting.read(ACCOUNT)] == []
    assert [(query["ConsistentRead"], query["Limit"]) for query in asked] == [
        (True, 1),
        (True, 1),
        (True, PAGE),
    ]


def test_what_waited_for_too_long_is_gone_although_dynamodb_deletes_it_late(table: str) -> None:
    """The records of its messages may be deleted before it: then what of it went out would go out again."""
    now = [NOON]
    waiting = WaitingTable(boto3.client("dynamodb"), table, lambda: now[0])
    waiting.keep(turn("said"), "1")
    waiting.write(ACCOUNT, Waiter(conversation_key="key"))
    now[0] += 30 * 86400 + 1
    assert waiting.first("key") is None
    assert not waiting.are_there("key")
    assert [*waiting.read(ACCOUNT)] == []


def test_a_turn_that_cannot_be_read_is_told_as_it_is_stored(table: str) -> None:
    client = boto3.client("dynamodb")
    waiting = WaitingTable(client, table)
    for place in ("1", "2"):
        waiting.keep(turn(place), place)
    client.update_item(
        TableName=table,
        Key=waiting_item("key", "1"),
        UpdateExpression="SET #format = :newer",
        ExpressionAttributeNames={"#format": "format"},
        ExpressionAttributeValues={":newer": {"N": "99"}},
    )
    with pytest.raises(Unreadable):
        waiting.first("key")
    assert waiting.first_as_stored("key") == ("1", dump_turn(turn("1")))
