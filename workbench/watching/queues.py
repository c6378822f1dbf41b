"""How much waits in the queues of a deployment, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rejoinder.workbench.deployment.deployed import Deployed

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
    urls = {
        "inbound": place.inbound_queue_url,
        "outbound": place.outbound_queue_url,
        "events": place.events_queue_url,
        "inbound-dlq": place.inbound_dlq_url,
        "outbound-dlq": place.outbound_dlq_url,
        "events-dlq": place.events_dlq_url,
    }
    ages = _ages(place, urls, now)
    return [_queue(place, name, url, ages.get(name)) for name, url in urls.items()]


def _queue(place: Deployed, name: str, url: str, age: float | None) -> Queue:
    names = ["", "Delayed", "NotVisible"]
    told = place.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=[f"ApproximateNumberOfMessages{one}" for one in names]
    )["Attributes"]
    waiting, delayed, held = (int(told.get(f"ApproximateNumberOfMessages{one}", 0)) for one in names)
    return Queue(name=name, waiting=waiting + delayed, at_work=held, oldest_seconds=age)


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
        for name in ("inbound", "outbound", "events")
    ]
    told = place.client("cloudwatch").get_metric_data(
        MetricDataQueries=asked,
        StartTime=now - timedelta(minutes=AGE_MINUTES),
        EndTime=now,
        ScanBy="TimestampDescending",
    )["MetricDataResults"]
    ages = {one["Id"]: dict(zip(one["Timestamps"], one["Values"], strict=True)) for one in told}
    return {name: float(found[max(found)]) for name, found in ages.items() if found}
