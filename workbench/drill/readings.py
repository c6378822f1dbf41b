"""What AWS would measure of the local stack, and the local AWS does not. It is put to CloudWatch here.

The stack itself puts the functions' own metrics. The rest is computed from what the run shows: the log of the
local AWS has the failed invocations, the network has the answers to its webhooks, and the queues have their
messages.
"""

import re
import time
from collections import Counter
from pathlib import Path

import httpx

from rejoinder.workbench.drill.alarms import Measure
from rejoinder.workbench.stack import LocalStack

FAILED = re.compile(r"ESM: Lambda (\S+) failed processing SQS batch")
"""The line of MiniStack's log about an invocation that failed."""

ONE_BUCKET = 10**9
"""A period so long that all values between two times are in one, in seconds."""

SERVER_ERROR = 500

OF_SQS = {
    "ApproximateNumberOfMessages": "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
}
"""The attributes of a queue, and the metrics that they become."""


class Readings:
    """Measures a stack from one look to the next."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._cloudwatch = stack.client("cloudwatch")
        self._sqs = stack.client("sqs")
        self._log = Path(stack.folder) / "aws" / "ministack.log"
        self._read_bytes = self._log.stat().st_size
        self._received = 0

    def put(
        self, namespace: str, name: str, value: float, at: float | None = None, **dimensions: str
    ) -> None:
        """Put one value, as AWS would."""
        datum = {"MetricName": name, "Value": value, "Timestamp": time.time() if at is None else at}
        named = [{"Name": name, "Value": one} for name, one in dimensions.items()]
        self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum | {"Dimensions": named}])

    def put_ours(self, service: str, name: str, value: float, at: float | None = None) -> None:
        """Put a value as a function's line of metrics would."""
        self.put(f"Rejoinder/{self._stack.stack_name}", name, value, at, service=service)

    def look(self) -> None:
        """Measure what happened since the last look."""
        for function, count in Counter(FAILED.findall(self._new_log())).items():
            self.put("AWS/Lambda", "Errors", count, FunctionName=function)
        answers = self._answers()
        if failed := sum((one or 0) >= SERVER_ERROR for one in answers):
            self.put("AWS/ApiGateway", "5xx", failed, ApiId=self._stack.api_id)
        for url in (self._stack.inbound_dlq_url, self._stack.outbound_dlq_url, self._stack.events_dlq_url):
            self._count(url)

    def read(self, measure: Measure, start: float, end: float) -> float | None:
        """Return the statistic of a measure between two times; None when there is nothing."""
        is_percentile = measure.statistic.startswith("p")
        told = self._cloudwatch.get_metric_statistics(
            Namespace=measure.namespace,
            MetricName=measure.name,
            Dimensions=[{"Name": name, "Value": value} for name, value in measure.dimensions.items()],
            StartTime=start,
            EndTime=end,
            Period=ONE_BUCKET,
            **{"ExtendedStatistics" if is_percentile else "Statistics": [measure.statistic]},
        )["Datapoints"]
        if not told:
            return None
        found = told[-1]["ExtendedStatistics"] if is_percentile else told[-1]
        return float(found[measure.statistic])

    def _new_log(self) -> str:
        with self._log.open("rb") as file:
            file.seek(self._read_bytes)
            new = file.read()
        self._read_bytes += len(new)
        return new.decode(errors="replace")

    def _answers(self) -> list[int | None]:
        """Return the new answers that the network got to its webhooks."""
        told = httpx.get(f"{self._stack.simulator_url}/sim/received", timeout=60, trust_env=False).json()
        new, self._received = told[self._received :], len(told)
        return [one["status"] for one in new]

    def _count(self, url: str) -> None:
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(OF_SQS))["Attributes"]
        for attribute, metric in OF_SQS.items():
            self.put("AWS/SQS", metric, int(told[attribute]), QueueName=url.rpartition("/")[2])
