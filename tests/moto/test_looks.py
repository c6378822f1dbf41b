"""What one look of `rejoinder watch` sees of a deployment in memory: how far back, and how much."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from rejoinder.aws.gates import GateTable
from rejoinder.model.gate import Gate
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.watching.state import BOT_ERRORS, IN, Observer, failed_in
from tests.moto.watched import Log, at_once, count, log, place
from tests.unit.worlds import ACCOUNT

NOW = datetime(2026, 11, 26, 12, 7, 20, tzinfo=UTC)

COUNTS = {0: 1, 1: 10, 2: 100, 4: 1000, 10: 10_000, 12: 100_000, 24: 1_000_000}
"""How much was counted so many minutes ago. Each sum says by its digits of what it is made."""

__all__ = ["at_once", "log", "place"]
"""The fixtures of `watched`."""


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    """Let the clock stand still, in the middle of a minute."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


def test_a_look_counts_ten_minutes_and_three_and_the_last_one_that_is_over(place: Deployed) -> None:
    for minutes, value in COUNTS.items():
        at = NOW - timedelta(minutes=minutes)
        count(place, "processor", at, TurnsDone=value, BotErrors=2 * value)
        count(place, "sender", at, MessagesFailed=3 * value)
        count(place, "tracker", at, MessagesFailed=4 * value)
    state = Observer(place=place).look(NOW)
    for figures, wanted in ((state.counts, 11_111), (state.lately, 111), (state.last_minute, 10)):
        found = figures[IN], figures[BOT_ERRORS], failed_in(figures)
        assert found == (wanted, 2 * wanted, 7 * wanted)
    assert state.failed == 7 * 11_111


@pytest.mark.parametrize(("minutes", "accounts"), [(24, [str(ACCOUNT)]), (26, [])])
def test_a_gate_that_was_counted_in_the_last_25_minutes_is_looked_for(
    place: Deployed, minutes: int, accounts: list[str]
) -> None:
    count(place, "sender", NOW - timedelta(minutes=minutes), GateClosed=1)
    GateTable(place.client("dynamodb"), place.table_name).close(ACCOUNT, Gate.closed(190, time.time()))
    assert [*Observer(place=place).look(NOW).gates] == accounts


def test_while_no_closed_gate_is_known_each_look_searches_the_table(place: Deployed) -> None:
    """A gate is counted before it is written, or another one is open again."""
    count(place, "sender", NOW, GateClosed=1)
    observer = Observer(place=place)
    assert not observer.look(NOW).gates
    GateTable(place.client("dynamodb"), place.table_name).close(ACCOUNT, Gate.closed(190, time.time()))
    assert [*observer.look(NOW + timedelta(seconds=2)).gates] == [str(ACCOUNT)]


def test_a_cause_is_told_for_ten_minutes(place: Deployed, log: Log) -> None:
    log("processor", "the bot failed", level="ERROR", cause="KeyError at bot.py:7", ago=300)
    log("sender", "refused", level="WARNING", code=190)
    observer = Observer(place=place)
    old, new = ("the bot failed: KeyError at bot.py:7", 1), ("refused with code 190", 1)
    assert [*observer.look(NOW).causes] == [old, new]
    assert [*observer.look(NOW + timedelta(minutes=4)).causes] == [old, new]
    assert [*observer.look(NOW + timedelta(minutes=6)).causes] == [new]


def test_a_look_sees_what_waits_what_is_delayed_what_is_at_work_and_what_was_set_aside(
    place: Deployed,
) -> None:
    sqs = place.client("sqs")
    for url, delays in ((place.events_queue_url, (0, 60, 60)), (place.events_dlq_url, (0,))):
        for seconds in delays:
            sqs.send_message(QueueUrl=url, MessageBody="a status", DelaySeconds=seconds)
    for url in (place.outbound_queue_url, place.inbound_dlq_url):
        for id in ("1", "2"):
            sqs.send_message(QueueUrl=url, MessageBody="b", MessageGroupId=id, MessageDeduplicationId=id)
    sqs.receive_message(QueueUrl=place.outbound_queue_url, MaxNumberOfMessages=1)
    state = Observer(place=place).look(NOW)
    seen = {queue.name: (queue.waiting, queue.at_work) for queue in state.queues}
    assert [*seen] == ["inbound", "outbound", "events", "inbound-dlq", "outbound-dlq", "events-dlq"]
    assert seen["events"] == (3, 0)
    assert seen["outbound"] == (1, 1)
    assert state.letters == 3


def test_the_newest_age_of_a_queue_is_the_one_that_counts(place: Deployed) -> None:
    def put(queue: str, url: str, ages: dict[int, float]) -> None:
        for minutes, age in ages.items():
            named = [{"Name": "QueueName", "Value": url.rpartition("/")[2]}]
            at = NOW - timedelta(minutes=minutes)
            what = {"MetricName": "ApproximateAgeOfOldestMessage", "Dimensions": named}
            place.client("cloudwatch").put_metric_data(
                Namespace="AWS/SQS", MetricData=[what | {"Timestamp": at, "Value": age}]
            )

    put("inbound", place.inbound_queue_url, {3: 400.0, 1: 30.0})
    put("outbound", place.outbound_queue_url, {3: 60.0, 1: 180.0})
    put("events", place.events_queue_url, {20: 900.0})
    state = Observer(place=place).look(NOW)
    ages = {queue.name: queue.oldest_seconds for queue in state.queues}
    assert (ages["inbound"], ages["outbound"], ages["events"]) == (30.0, 180.0, None)
