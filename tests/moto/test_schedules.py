"""Wake-ups on EventBridge Scheduler."""

import re
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from mypy_boto3_scheduler import EventBridgeSchedulerClient

from rejoinder.aws.schedules import SOON_SECONDS, Schedules
from rejoinder.aws.stored.bodies import read_updates
from rejoinder.channels import parse
from rejoinder.model.own import Reminder
from rejoinder.model.updates import Inbound, WakeUp
from tests.unit.worlds import NOON, inbound

QUEUE, DLQ = "arn:aws:sqs:us-east-1:1:inbound.fifo", "arn:aws:sqs:us-east-1:1:events-dlq"
ROLE = "arn:aws:iam::1:role/scheduler"


@pytest.fixture
def group(scheduler: EventBridgeSchedulerClient, unique: str) -> str:
    scheduler.create_schedule_group(Name=unique)
    return unique


@pytest.fixture
def schedules(scheduler: EventBridgeSchedulerClient, group: str) -> Schedules:
    return Schedules(
        lambda: scheduler,
        group=group,
        queue_arn=QUEUE,
        dead_letter_arn=DLQ,
        role_arn=ROLE,
        clock=lambda: NOON,
    )


def reminder(**given: object) -> Inbound:
    return inbound(Reminder(handler="remind", given=given), id="later-1")


def test_a_wake_up_is_one_schedule_that_puts_its_update_on_the_queue_and_deletes_itself(
    scheduler: EventBridgeSchedulerClient, group: str, schedules: Schedules
) -> None:
    update = reminder(day="Monday")
    schedules.put(WakeUp(at=NOON + 3600, inbound=update))
    made = scheduler.get_schedule(GroupName=group, Name=update.hashed_id)
    assert made["ScheduleExpression"] == "at(2027-01-15T09:00:00)"
    assert made["ScheduleExpressionTimezone"] == "UTC"
    assert made["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert made["ActionAfterCompletion"] == "DELETE"
    target = made["Target"]
    assert (target["Arn"], target["RoleArn"], target["DeadLetterConfig"]["Arn"]) == (QUEUE, ROLE, DLQ)
    assert target["SqsParameters"]["MessageGroupId"] == update.group
    assert read_updates(target["Input"], parse) == [update]


def test_a_wake_up_that_is_there_already_stays_as_it_is(
    scheduler: EventBridgeSchedulerClient, group: str, schedules: Schedules
) -> None:
    schedules.put(WakeUp(at=NOON + 3600, inbound=reminder()))
    schedules.put(WakeUp(at=NOON + 7200, inbound=reminder()))
    made = scheduler.get_schedule(GroupName=group, Name=reminder().hashed_id)
    assert made["ScheduleExpression"] == "at(2027-01-15T09:00:00)"


@pytest.mark.parametrize(
    ("after", "scheduled"),
    [(-86400.0, SOON_SECONDS), (0.0, SOON_SECONDS), (1.0, SOON_SECONDS), (60.0, 60.0), (60.2, 61.0)],
)
def test_a_wake_up_is_never_scheduled_in_the_past_and_never_early(
    scheduler: EventBridgeSchedulerClient, group: str, schedules: Schedules, after: float, scheduled: float
) -> None:
    schedules.put(WakeUp(at=NOON + after, inbound=reminder()))
    made = scheduler.get_schedule(GroupName=group, Name=reminder().hashed_id)["ScheduleExpression"]
    assert (
        datetime.strptime(made, "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC).timestamp() == NOON + scheduled
    )


@pytest.mark.parametrize("words", ["half \ud83d", "<aws.scheduler.execution-id>", "\u2028 \uffff <b>"])
def test_what_a_reminder_is_given_comes_back_as_it_was(
    scheduler: EventBridgeSchedulerClient, group: str, schedules: Schedules, words: str
) -> None:
    schedules.put(WakeUp(at=NOON, inbound=reminder(words=words, **{words: [1, None]})))
    kept = scheduler.get_schedule(GroupName=group, Name=reminder().hashed_id)["Target"]["Input"]
    assert not re.search("[\ud800-\udfff\ufffe\uffff]", kept), "SQS would refuse it"
    assert "<aws.scheduler." not in kept, "Scheduler would fill it in"
    assert read_updates(kept, parse) == [reminder(words=words, **{words: [1, None]})]


def test_a_schedule_that_cannot_be_made_is_an_error(
    scheduler: EventBridgeSchedulerClient, group: str
) -> None:
    client: Any = boto3.client("scheduler")
    answer = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
    client.meta.events.register("before-call", lambda **_: (_Refusal(403), answer))
    ours = Schedules(
        lambda: client, group=group, queue_arn=QUEUE, dead_letter_arn=DLQ, role_arn=ROLE, clock=lambda: NOON
    )
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        ours.put(WakeUp(at=NOON, inbound=reminder()))


class _Refusal:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
