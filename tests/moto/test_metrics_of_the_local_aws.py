"""What the local AWS does not do: metrics of log lines, and alarms that compare dimensions and end."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import time_machine
from botocore.exceptions import ConnectionClosedError
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from rejoinder.workbench.stack.metrics import MAX_DATA, Pump
from tests.moto.stacks import REGION

Put = Callable[..., None]


@pytest.fixture
def cloudwatch() -> Any:
    """Return a client. moto compares no namespaces, so the metrics of other tests are forgotten."""
    cloudwatch_backends[DEFAULT_ACCOUNT_ID][REGION].metric_data.clear()
    return boto3.client("cloudwatch", REGION)


def line(unique: str, service: str, *, ago: float = 0, **values: object) -> str:
    """Return a line of metrics, as the functions write it, of so many seconds ago."""
    metrics = [{"Name": name, "Unit": "Count"} for name in values]
    directive = {"Namespace": f"Rejoinder/{unique}", "Dimensions": [["service"]], "Metrics": metrics}
    about = {"Timestamp": int((time.time() - ago) * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": about, "service": service, **values})


@pytest.fixture
def put(unique: str) -> Put:
    """Create the logs of two functions, and return what writes lines into them."""
    logs: Any = boto3.client("logs", REGION)
    for name in ("sender", "processor"):
        logs.create_log_group(logGroupName=f"/aws/lambda/{unique}-{name}")
        logs.create_log_stream(logGroupName=f"/aws/lambda/{unique}-{name}", logStreamName="one")

    def write(function: str, *lines: str) -> None:
        events = [{"timestamp": int(time.time() * 1000), "message": one} for one in lines]
        group = f"/aws/lambda/{unique}-{function}"
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)

    return write


@pytest.fixture
def told() -> list[str]:
    """Return what is told of alarms."""
    return []


@pytest.fixture
def pump(unique: str, put: Put, told: list[str], cloudwatch: Any) -> Pump:
    """Create a stack with two alarms on the same metric of different functions, and what pumps for it."""
    for name in ("sender", "processor"):
        cloudwatch.put_metric_alarm(
            AlarmName=alarm_name(unique, name),
            AlarmDescription=f"The {name} failed",
            Namespace=f"Rejoinder/{unique}",
            MetricName="WorkFailed",
            Dimensions=[{"Name": "service", "Value": name}],
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
    functions = [f"{unique}-{name}" for name in ("sender", "processor")]
    clients = {"cloudwatch": cloudwatch, "logs": boto3.client("logs", REGION)}
    return Pump(clients.__getitem__, unique, functions, told.append)


def kept(cloudwatch: Any, unique: str, name: str, service: str) -> tuple[float, float]:
    """Return the sum of a metric, and of how many numbers it is."""
    found = cloudwatch.get_metric_statistics(
        Namespace=f"Rejoinder/{unique}",
        MetricName=name,
        Dimensions=[{"Name": "service", "Value": service}],
        StartTime=datetime.now(UTC) - timedelta(minutes=5),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    return sum(one["Sum"] for one in found), sum(one["SampleCount"] for one in found)


def alarm_name(unique: str, service: str) -> str:
    """Return the name of an alarm, as CloudFormation makes it."""
    return f"{unique}-{service.title()}Alarm-1A2B3C"


def ring(cloudwatch: Any, unique: str, *services: str) -> None:
    """Turn alarms on, as the local AWS does."""
    for service in services:
        cloudwatch.set_alarm_state(
            AlarmName=alarm_name(unique, service), StateValue="ALARM", StateReason="it compares no dimensions"
        )


def state(cloudwatch: Any, unique: str, service: str) -> str:
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[alarm_name(unique, service)])["MetricAlarms"]
    return str(alarm["StateValue"])


def test_each_line_of_metrics_is_published_once(pump: Pump, put: Put, unique: str, cloudwatch: Any) -> None:
    put("sender", line(unique, "sender", MessagesAccepted=2), '{"message": "accepted"}', "START RequestId")
    pump.work()
    put("sender", line(unique, "sender", MessagesAccepted=1, AnswerSeconds=[0.5, 0.5, 2]))
    put("processor", line(unique, "processor", MessagesAccepted=7))
    pump.work()
    pump.work()
    assert kept(cloudwatch, unique, "MessagesAccepted", "sender") == (3, 2)
    assert kept(cloudwatch, unique, "AnswerSeconds", "sender") == (3, 3)
    assert kept(cloudwatch, unique, "MessagesAccepted", "processor") == (7, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        json.dumps({"CloudWatchMetrics": "words"}),
        json.dumps({"_aws": {"CloudWatchMetrics": []}}),
        json.dumps(["CloudWatchMetrics", "_aws"]),
        "missing",
        "words",
        "NaN",
    ],
)
def test_a_line_of_the_bot_that_is_no_metric_stops_nothing(
    wrong: str, pump: Pump, put: Put, unique: str, cloudwatch: Any
) -> None:
    values = {"words": "many", "NaN": float("nan")}
    if not wrong.startswith(("{", "[")):
        wrong = line(unique, "sender", Orders=values.get(wrong)).replace(', "Orders": null', "")
    put("sender", wrong, line(unique, "sender", Orders=2))
    pump.work()
    assert kept(cloudwatch, unique, "Orders", "sender") == (2, 1)


def test_lines_that_could_not_be_published_are_published_later(
    pump: Pump, put: Put, unique: str, cloudwatch: Any
) -> None:
    def away(**_: object) -> None:
        raise ConnectionClosedError(endpoint_url="http://127.0.0.1")

    put("sender", line(unique, "sender", MessagesAccepted=2))
    cloudwatch.meta.events.register("before-call.cloudwatch.PutMetricData", away)
    with pytest.raises(ConnectionClosedError):
        pump.work()
    cloudwatch.meta.events.unregister("before-call.cloudwatch.PutMetricData", away)
    pump.work()
    assert kept(cloudwatch, unique, "MessagesAccepted", "sender") == (2, 1)


def test_only_the_alarm_with_a_cause_of_its_own_is_told_and_stays(
    pump: Pump, put: Put, unique: str, cloudwatch: Any, told: list[str]
) -> None:
    put("sender", line(unique, "sender", WorkFailed=1))
    ring(cloudwatch, unique, "sender", "processor")
    pump.work()
    pump.work()
    assert told == ["SenderAlarm is on: The sender failed"]
    assert state(cloudwatch, unique, "processor") == "OK"
    assert state(cloudwatch, unique, "sender") == "ALARM"


def test_an_alarm_ends_when_its_cause_is_over(
    pump: Pump, put: Put, unique: str, cloudwatch: Any, told: list[str]
) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        put("sender", line(unique, "sender", WorkFailed=1, ago=285))
        ring(cloudwatch, unique, "sender")
        pump.work()
    assert told == ["SenderAlarm is on: The sender failed"]
    with time_machine.travel(now + timedelta(seconds=30), tick=False):
        pump.work()
    assert told[1:] == ["SenderAlarm is off again"]
    assert state(cloudwatch, unique, "sender") == "OK"


@pytest.mark.parametrize(
    ("statistic", "counted", "is_on"),
    [
        ("Sum", [3], False),
        ("Sum", [4], True),
        ("Sum", [2, 2], True),
        ("Maximum", [2, 2], False),
        ("Maximum", [1, 4], True),
    ],
)
def test_an_alarm_has_a_cause_when_its_own_metric_is_above_its_threshold(
    pump: Pump,
    put: Put,
    unique: str,
    cloudwatch: Any,
    told: list[str],
    *,
    statistic: str,
    counted: list[int],
    is_on: bool,
) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName=alarm_name(unique, "sender"),
        AlarmDescription="The sender failed",
        Namespace=f"Rejoinder/{unique}",
        MetricName="WorkFailed",
        Dimensions=[{"Name": "service", "Value": "sender"}],
        Statistic=statistic,
        Period=60,
        EvaluationPeriods=2,
        Threshold=3,
        ComparisonOperator="GreaterThanThreshold",
    )
    with time_machine.travel(datetime.now(UTC), tick=False):
        put(
            "sender",
            *(line(unique, "sender", WorkFailed=value, ago=60 * ago) for ago, value in enumerate(counted)),
        )
        ring(cloudwatch, unique, "sender")
        pump.work()
    assert told == (["SenderAlarm is on: The sender failed"] if is_on else [])
    assert state(cloudwatch, unique, "sender") == ("ALARM" if is_on else "OK")


def test_more_than_one_request_takes_is_published_in_several(
    pump: Pump, put: Put, unique: str, cloudwatch: Any
) -> None:
    taken: list[int] = []

    def count(params: dict[str, Any], **_: object) -> None:
        taken.append(len(params["MetricData"]))

    cloudwatch.meta.events.register("provide-client-params.cloudwatch.PutMetricData", count)
    names = [f"Orders{number}" for number in range(MAX_DATA + 1)]
    put("sender", line(unique, "sender", **dict.fromkeys(names, 1)))
    pump.work()
    assert taken == [MAX_DATA, 1]
    assert kept(cloudwatch, unique, names[0], "sender") == (1, 1)
    assert kept(cloudwatch, unique, names[-1], "sender") == (1, 1)
