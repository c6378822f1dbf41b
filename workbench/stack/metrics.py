"""What CloudWatch does with lines of metrics, for the local AWS, which does not do it."""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.stack.alarms import Alarm, Alarms
from rejoinder.workbench.stack.handle import LocalStack
from rejoinder.workbench.stack.logs import LOCAL_LATE_MS, Tail, events

POLL_SECONDS = 2.0
"""The pause between two looks at the logs."""

END_SECONDS = 10.0
"""How long the last look may take."""

MAX_DATA = 1000
"""The most metrics of one request (docs.aws.amazon.com, "PutMetricData")."""


Key = tuple[str, str, tuple[tuple[str, str], ...], str, int]
"""A namespace, a metric, its dimensions, its unit, and a second."""


def publish(cloudwatch: Any, *lines: Mapping[str, Any]) -> None:
    """Put the metrics of log lines to CloudWatch, as AWS does with each line in the format EMF.

    `cloudwatch` is a client of boto3. A line is JSON that a function wrote, with the field `_aws`
    (docs.aws.amazon.com, "Specification: Embedded metric format"). A metric is one number, or a list of them.
    All that belongs to one metric and one second travels together, and each number still counts by itself.
    """
    values: dict[Key, Counter[float]] = {}
    for line in lines:
        for key, numbers in _numbers(line):
            values.setdefault(key, Counter()).update(numbers)
    by_namespace: dict[str, list[dict[str, Any]]] = {}
    for (namespace, name, dimensions, unit, second), counted in values.items():
        datum = {
            "MetricName": name,
            "Dimensions": [{"Name": one, "Value": value} for one, value in dimensions],
            "Timestamp": second,
            "Unit": unit,
            "Values": [*counted],
            "Counts": [*map(float, counted.values())],
        }
        by_namespace.setdefault(namespace, []).append(datum)
    for namespace, data in by_namespace.items():
        for first in range(0, len(data), MAX_DATA):
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[first : first + MAX_DATA])


def _numbers(line: Mapping[str, Any]) -> Iterator[tuple[Key, list[float]]]:
    """Yield the numbers of a line, by what they count."""
    second = int(line["_aws"]["Timestamp"]) // 1000
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = tuple((name, str(line[name])) for name in names)
            for metric in directive["Metrics"]:
                given = line[metric["Name"]]
                key = (directive["Namespace"], metric["Name"], dimensions, metric.get("Unit", "None"), second)
                yield key, given if isinstance(given, list) else [given]


class Pump:
    """Makes metrics of the lines that the functions of a stack log, and looks after its alarms.

    The local AWS compares no dimensions, and it leaves an alarm on when no more metrics come. So an alarm
    without a cause of its own is set to OK here.
    """

    def __init__(
        self,
        client: Callable[[str], Any],
        stack_name: str,
        functions: Iterable[str],
        tell: Callable[[str], object],
    ) -> None:
        """Begin with what the functions, given by their deployed names, log from now on.

        `tell` gets a line when an alarm goes on or off.
        """
        self._logs, self._cloudwatch = client("logs"), client("cloudwatch")
        self._alarms = Alarms(self._cloudwatch, stack_name)
        now_ms = int(time.time() * 1000)
        self._tails = {name: Tail(now_ms, LOCAL_LATE_MS) for name in functions}
        self._tell = tell
        self._read: list[Mapping[str, Any]] = []
        self._on: set[str] = set()

    def work(self) -> None:
        """Publish what is new, and say which alarms went on or off."""
        for function, tail in self._tails.items():
            found = tail.new(events(self._logs, function, tail.since_ms, pattern="CloudWatchMetrics"))
            self._read += filter(None, map(_metrics_in, [event["message"] for event in found]))
        if self._read:
            publish(self._cloudwatch, *self._read)
            self._read.clear()  # not before: the local AWS may have been gone
        on = {alarm.name: alarm for alarm in self._alarms.on() if self._has_a_cause(alarm)}
        for name in sorted(on.keys() - self._on):
            self._tell(f"{name} is on: {on[name].about}")
        for name in sorted(self._on - on.keys()):
            self._tell(f"{name} is off again")
        self._on = {*on}

    def _has_a_cause(self, alarm: Alarm) -> bool:
        """Whether an alarm's own metric is above its threshold. If it is not, the alarm goes off."""
        it = alarm.deployed
        if "MetricName" not in it:
            return True
        now = datetime.now(UTC)
        names = {"Namespace", "MetricName", "Dimensions"}
        statistic = it.get("ExtendedStatistic") or it["Statistic"]
        (found,) = self._cloudwatch.get_metric_data(
            MetricDataQueries=[
                {
                    "Id": "own",
                    "MetricStat": {
                        "Metric": {name: it[name] for name in names & it.keys()},
                        "Period": it["Period"],
                        "Stat": statistic,
                    },
                }
            ],
            StartTime=now - timedelta(seconds=it["Period"] * it["EvaluationPeriods"]),
            EndTime=now + timedelta(minutes=1),
        )["MetricDataResults"]
        together = sum if statistic == "Sum" else max
        is_above = bool(found["Values"]) and together(found["Values"]) > it["Threshold"]
        if not is_above:
            self._cloudwatch.set_alarm_state(
                AlarmName=it["AlarmName"], StateValue="OK", StateReason="its own metric has no such value"
            )
        return is_above


def _metrics_in(message: str) -> Mapping[str, Any] | None:
    """Return a line of metrics; None when the line is something else.

    A bot may write lines of its own. CloudWatch ignores those that are not as they must be, and so do we.
    """
    try:
        line: Mapping[str, Any] = json.loads(message)
        return line if all(all(map(math.isfinite, numbers)) for _, numbers in _numbers(line)) else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


@contextmanager
def pumped(stack: LocalStack, tell: Callable[[str], object]) -> Iterator[None]:
    """Make metrics of the logs of a stack during the block, in a thread, and once more at its end."""
    pump = Pump(stack.client, stack.stack_name, stack.functions.values(), tell)
    is_over = Event()

    def work() -> None:
        while not is_over.wait(POLL_SECONDS):
            _try(pump)
        _try(pump)

    thread = Thread(target=work, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(END_SECONDS)


def _try(pump: Pump) -> None:
    """Let the pump work. While the local AWS is away, as in its restart, nothing is lost."""
    try:
        pump.work()
    except (BotoCoreError, ClientError):
        return
