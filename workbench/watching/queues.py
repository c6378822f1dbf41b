"""How much waits in the queues of a deployment, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.queues import count, dlq_urls, queue_urls

AGE_MINUTES = 10
"""How far back the age of the oldest message is looked for, in minutes. SQS tells it each minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue."""

    name: str
    """Its short name, such as `inbound` or `inbound-dlq`."""

    waiting: int
    """About how many messages it has that nobody works on."""

    at_work: int
    """About how many are being worked on, or wait for another try."""

    oldest_seconds: float | None
    """The age of its oldest message, as CloudWatch knew it last; None when it does not know."""

    @property
    def is_for_letters(self) -> bool:
        """Whether it holds what was set aside."""
        return self.name.endswith("-dlq")

    @property
    def depth(self) -> int:
        """About how many messages it has."""
        return self.waiting + self.at_work


def queues(place: Deployed, now: datetime) -> list[Queue]:
    """Return the queues of a deployment, those of dead letters last."""
    urls = queue_urls(place)
    ages = _ages(place, urls, now)
    letters = {f"{name}-dlq": url for name, url in dlq_urls(place).items()}
    return [_queue(place, name, url, ages.get(name)) for name, url in (urls | letters).items()]


def _queue(place: Deployed, name: str, url: str, age: float | None) -> Queue:
    found = count(place.client("sqs"), url)
    waiting = found.visible + found.delayed
    return Queue(name=name, waiting=waiting, at_work=found.at_work, oldest_seconds=age)


def _ages(place: Deployed, urls: Mapping[str, str], now: datetime) -> dict[str, float]:
    """Return the newest age of each queue's oldest message that CloudWatch has."""
    asked: list[Mapping[str, Any]] = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SQS",
                    "MetricName": "ApproximateAgeOfOldestMessage",
                    "Dimensions": [{"Name": "QueueName", "Value": urls[name].rpartition("/")[2]}],
                },
                "Period": 60,
                "Stat": "Maximum",
            },
        }
        for name in urls
    ]
    told = place.client("cloudwatch").get_metric_data(
        MetricDataQueries=asked,
        StartTime=now - timedelta(minutes=AGE_MINUTES),
        EndTime=now,
        ScanBy="TimestampDescending",
    )["MetricDataResults"]
    ages = {one["Id"]: dict(zip(one["Timestamps"], one["Values"], strict=True)) for one in told}
    return {name: float(found[max(found)]) for name, found in ages.items() if found}
