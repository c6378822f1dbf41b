"""The metrics of a deployment in CloudWatch, on AWS and on the local AWS."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rejoinder.model.metrics import Metric

QUARTER_SECONDS = 900
"""The length of the parts in which numbers are asked for. In all time zones days begin with such a part."""

API = "api"
"""What stands for the API of the webhook, where a function is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """One metric of one function."""

    metric: str
    """Its name."""

    service: str
    """The function that counts it; `API` for one that AWS counts of the API of the webhook."""

    category: str = ""
    """The category that it counts; empty for a metric without categories."""

    def query(self, namespace: str, api_id: str) -> Mapping[str, Any]:
        """Return how CloudWatch calls it, in a stack with this namespace and this API."""
        dimensions = {"service": self.service} | ({"category": self.category} if self.category else {})
        if self.service == API:
            namespace, dimensions = "AWS/ApiGateway", {"ApiId": api_id}
        return {
            "Namespace": namespace,
            "MetricName": str(self.metric),
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }


Parts = Mapping[float, float]
"""A number for each part of a time, by the Unix seconds of its beginning."""

ANSWERS = Of(metric=Metric.ANSWER_SECONDS, service="sender")
"""How long contacts wait for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long contacts waited for answers, in seconds."""

    p50: float
    """Half of them waited no longer."""

    p95: float
    """95 of 100 waited no longer."""

    count: int
    """How many there were."""


class Figures:
    """Asks for the metrics of one stack."""

    def __init__(self, cloudwatch: Any, stack_name: str, api_id: str = "") -> None:
        """Ask for those of a stack, and with the id of its API also for what AWS counts of that."""
        self._cloudwatch = cloudwatch
        self._namespace = f"Rejoinder/{stack_name}"
        self._api_id = api_id

    def categories(self) -> list[str]:
        """Return the categories of messages that were billed in the last two weeks."""
        pages = self._cloudwatch.get_paginator("list_metrics").paginate(
            Namespace=self._namespace, MetricName=str(Metric.MESSAGES_BILLED)
        )
        named = (one for page in pages for metric in page["Metrics"] for one in metric["Dimensions"])
        return sorted({one["Value"] for one in named if one["Name"] == "category"})

    def sums(
        self, wanted: Iterable[Of], since: datetime, until: datetime, *, seconds: int = QUARTER_SECONDS
    ) -> dict[Of, Parts]:
        """Return what each metric counted, in parts of so many seconds."""
        asked = [(of, "Sum") for of in wanted]
        return dict(zip((of for of, _ in asked), self._ask(asked, since, until, seconds), strict=True))

    def times(self, since: datetime, until: datetime) -> Times | None:
        """Return how long contacts waited; None when nobody did.

        All of the time is one part. Where CloudWatch makes two of it, the larger part stands for both.
        """
        seconds = 60 * (int((until - since) / timedelta(minutes=1)) + 1)
        asked = [(ANSWERS, statistic) for statistic in ("p50", "p95", "SampleCount")]
        p50, p95, counts = self._ask(asked, since, until, seconds)
        if not counts:
            return None
        largest = max(counts, key=lambda at: counts[at])
        return Times(p50=p50[largest], p95=p95[largest], count=round(sum(counts.values())))

    def _ask(
        self, asked: Sequence[tuple[Of, str]], since: datetime, until: datetime, seconds: int
    ) -> list[Parts]:
        """Return the parts of each metric, by its statistic, in one request and its further pages."""
        queries = [
            {
                "Id": f"q{number}",
                "MetricStat": {
                    "Metric": of.query(self._namespace, self._api_id),
                    "Period": seconds,
                    "Stat": statistic,
                },
            }
            for number, (of, statistic) in enumerate(asked)
        ]
        found: dict[str, dict[float, float]] = {str(query["Id"]): {} for query in queries}
        pages = self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=since, EndTime=until
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                at = (one.timestamp() for one in result["Timestamps"])
                found[result["Id"]].update(zip(at, result["Values"], strict=True))
        return [*found.values()]


def total(parts: Parts, since: datetime, until: datetime) -> int:
    """Return what was counted from one time until before another."""
    return round(sum(value for at, value in parts.items() if since.timestamp() <= at < until.timestamp()))
