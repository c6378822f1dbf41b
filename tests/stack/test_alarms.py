"""The alarms of the deployed stack: an outage reaches whoever subscribed to them.

The local AWS makes no metrics of log lines, so the workbench puts them there. It also compares no dimensions,
so the alarms of all functions go on together for a moment. tests/unit/test_alarms.py compares them.
"""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rejoinder.workbench.cli.handset import Handset, wait_for
from rejoinder.workbench.stack import LocalStack

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PATIENCE_SECONDS = 40.0
GONE = "rejoinder-a-table-that-is-gone"


@contextmanager
def without_its_table(stack: LocalStack) -> Iterator[None]:
    """Let the processor look for a table that does not exist."""
    functions, name = stack.client("lambda"), stack.processor_function_name
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"TABLE_NAME": GONE}}
    )
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


@pytest.fixture
def mailbox(stack: LocalStack) -> Iterator[str]:
    """Return the URL of a queue that subscribed to the alarms."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    url = sqs.create_queue(QueueName=f"mailbox-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    (alarm,) = alarms(stack, "ProcessorWorkFailedAlarm")
    (topic,) = alarm["AlarmActions"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscribed = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    yield url
    sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


def alarms(stack: LocalStack, logical_id: str) -> list[dict[str, Any]]:
    """Return the alarms of template.yaml whose logical id contains `logical_id`."""
    resources = stack.client("cloudformation").describe_stack_resources(StackName=stack.stack_name)
    names = [
        resource["PhysicalResourceId"]
        for resource in resources["StackResources"]
        if logical_id in resource["LogicalResourceId"]
    ]
    found: list[dict[str, Any]] = [
        *stack.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    ]
    return found


def metric_lines(stack: LocalStack, since_ms: int, metric: str) -> list[dict[str, Any]]:
    """Return the lines of the processor's log with a metric."""
    group = f"/aws/lambda/{stack.processor_function_name}"
    page = stack.client("logs").filter_log_events(logGroupName=group, startTime=since_ms)
    lines = [json.loads(e["message"]) for e in page["events"] if e["message"].startswith("{")]
    return [line for line in lines if "_aws" in line and metric in line]


def test_a_total_outage_rings_and_reaches_whoever_subscribed(stack: LocalStack, mailbox: str) -> None:
    (alarm,) = alarms(stack, "ProcessorWorkFailedAlarm")
    stack.client("cloudwatch").set_alarm_state(
        AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="an earlier test may have turned it on"
    )
    phone, began_ms = Handset(stack.simulator_url, "16660009911", "Ada"), int(time.time() * 1000)
    with without_its_table(stack):
        phone.say("hi")
        lines = wait_for(
            lambda: metric_lines(stack, began_ms, "WorkFailed") or None, seconds=PATIENCE_SECONDS
        )
    assert lines, "the processor did not say that it failed"
    assert {line["service"] for line in lines} == {"processor"}

    def told() -> dict[str, Any] | None:
        """Return the notification about the processor."""
        messages = stack.client("sqs").receive_message(QueueUrl=mailbox, MaxNumberOfMessages=10)
        bodies = [json.loads(message["Body"]) for message in messages.get("Messages", [])]
        found = [json.loads(body["Message"]) for body in bodies]
        return next((one for one in found if one["AlarmName"] == alarm["AlarmName"]), None)

    mail = wait_for(told, seconds=PATIENCE_SECONDS)
    assert mail
    assert mail["NewStateValue"] == "ALARM"
    assert mail["AlarmDescription"].startswith("Updates could not be processed")
    assert wait_for(lambda: phone.heard() or None, seconds=PATIENCE_SECONDS), (
        "it goes on when the table is back"
    )
