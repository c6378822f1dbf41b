"""The table keeps the states of templates as the store in memory does: the tests are the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder.aws.keys import template_item
from rejoinder.aws.template_states import TemplateTable, is_sync
from rejoinder.errors import StoreError
from rejoinder.model.template_state import KEPT_SECONDS, TemplateState
from rejoinder.ports import TemplateStates
from rejoinder.testing.memory import MemoryTemplateStates

OWNER = "2000"
NOW = 1_800_000_000.0


def state(at: float, *, name: str = "order_update", **facts: str) -> TemplateState:
    return TemplateState(name=name, language="en_US", **facts).as_of(at)  # type: ignore[arg-type]


@pytest.fixture(params=["memory", "dynamodb"])
def states(request: pytest.FixtureRequest) -> TemplateStates:
    if request.param == "memory":
        return MemoryTemplateStates()
    return in_table(request.getfixturevalue("table"))


def in_table(table: str, now: float = NOW) -> TemplateTable:
    return TemplateTable(boto3.client("dynamodb"), table, clock=lambda: now)


def read(states: TemplateStates, name: str = "order_update") -> TemplateState | None:
    return states.read(OWNER, name, "en_US")


def test_what_is_written_is_read_and_a_template_that_nobody_told_of_is_not_there(
    states: TemplateStates,
) -> None:
    told = state(
        NOW, status="paused", category="utility", quality="red", reason="FIRST_PAUSE", template_id="7"
    )
    assert states.write(OWNER, told) is None
    assert read(states) == told
    assert read(states, "another") is None
    assert states.read("another owner", "order_update", "en_US") is None


def test_each_fact_is_kept_by_its_own_time(states: TemplateStates) -> None:
    states.write(OWNER, state(NOW, status="approved"))
    states.write(OWNER, state(NOW - 5, category="utility"))
    before = states.write(OWNER, state(NOW - 1, status="paused", category="marketing", reason="late"))
    after = read(states)
    assert before
    assert after
    assert (before.status, before.category) == ("approved", "utility")
    assert (after.status, after.category, after.reason) == ("approved", "marketing", "")
    assert (after.status_at, after.category_at) == (NOW, NOW - 1)


def test_all_templates_of_a_business_account_are_found(states: TemplateStates) -> None:
    for name in ("a", "b"):
        states.write(OWNER, state(NOW, name=name, status="approved"))
    states.write("another owner", state(NOW, name="c", status="approved"))
    assert {one.name for one in states.all_of(OWNER)} == {"a", "b"}


def test_a_state_ends_after_sixty_days_without_news(table: str) -> None:
    in_table(table).write(OWNER, state(NOW, status="paused"))
    later = in_table(table, NOW + KEPT_SECONDS + 1)
    assert read(later) is None
    assert later.all_of(OWNER) == []
    assert later.write(OWNER, state(NOW + KEPT_SECONDS, status="approved")) is None
    renewed = read(later)
    assert renewed
    assert renewed.status == "approved"


def test_what_a_newer_version_wrote_is_left_alone_and_told_to_nobody(table: str) -> None:
    states, dynamodb = in_table(table), boto3.client("dynamodb")
    key = template_item(OWNER, "order_update", "en_US")
    dynamodb.put_item(TableName=table, Item={**key, "format": {"N": "99"}, "new": {"S": "shape"}})
    assert states.write(OWNER, state(NOW, status="paused")) is None
    assert read(states) is None
    assert states.all_of(OWNER) == []
    assert dynamodb.get_item(TableName=table, Key=key)["Item"]["format"]["N"] == "99"


@contextmanager
def overtaken(client: DynamoDBClient, do: Any, *, times: int) -> Iterator[None]:
    """Do something, so many times, just before the client writes."""
    left = [times]

    def before_update(**_: Any) -> None:
        if left[0]:
            left[0] -= 1
            do(left[0])

    client.meta.events.register("before-call.dynamodb.UpdateItem", before_update)
    yield
    client.meta.events.unregister("before-call.dynamodb.UpdateItem", before_update)


@pytest.mark.parametrize("is_new", [True, False])
def test_two_who_write_at_once_lose_nothing(table: str, *, is_new: bool) -> None:
    client = boto3.client("dynamodb")
    ours, theirs = TemplateTable(client, table, clock=lambda: NOW), in_table(table)
    if not is_new:
        theirs.write(OWNER, state(NOW - 9, status="approved"))
    with overtaken(client, lambda _: theirs.write(OWNER, state(NOW, quality="red")), times=1):
        before = ours.write(OWNER, state(NOW, status="paused"))
    assert before
    assert before.quality == "red"
    after = read(theirs)
    assert after
    assert (after.status, after.quality) == ("paused", "red")


def test_who_is_always_overtaken_says_so_in_the_end(table: str) -> None:
    client = boto3.client("dynamodb")
    ours, theirs = TemplateTable(client, table, clock=lambda: NOW), in_table(table)
    others = overtaken(client, lambda n: theirs.write(OWNER, state(NOW - n, quality="red")), times=100)
    with others, pytest.raises(StoreError):
        ours.write(OWNER, state(NOW, status="paused"))


def test_an_event_of_a_queue_asks_for_no_sync() -> None:
    assert is_sync({"sync": "templates"})
    assert not is_sync({"Records": []})
