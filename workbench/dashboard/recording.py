"""A record of a run on the local stack: lines of which a picture of the dashboard is drawn.

It holds what the functions wrote, and lines of the same form for what AWS itself would count: how long the
queues are. Their names stand in it as in the dashboard, in braces.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from rejoinder.workbench.deployment.queues import count, dlq_urls, queue_urls
from rejoinder.workbench.stack import LocalStack
from rejoinder.workbench.stack.alarms import Alarms
from rejoinder.workbench.stack.logs import LOCAL_LATE_MS, Tail, events

LOOK_SECONDS = 5.0
"""The pause between two looks, in seconds."""

DEPTH = "ApproximateNumberOfMessagesVisible"
"""The metric of how long a queue is."""


class Recorder:
    """Writes a record into a file, from now on."""

    def __init__(
        self,
        client: Callable[[str], Any],
        stack_name: str,
        functions: Iterable[str],
        queues: Mapping[str, str],
        file: Path,
    ) -> None:
        """Record functions, given by their deployed names, and queues, given by their names in template.yaml
        with their addresses.
        """
        self._logs, self._sqs = client("logs"), client("sqs")
        self._alarms = Alarms(client("cloudwatch"), stack_name)
        now_ms = int(time.time() * 1000)
        self._tails = {name: Tail(now_ms, LOCAL_LATE_MS) for name in functions}
        self._queues = queues
        self._file = file
        self._looked_at = float("-inf")
        file.write_text("")

    @classmethod
    def of(cls, stack: LocalStack, file: Path) -> Self:
        """Return what records a local stack."""
        queues = {f"{name.title()}Queue": url for name, url in queue_urls(stack).items()}
        queues |= {f"{name.title()}Dlq": url for name, url in dlq_urls(stack).items()}
        return cls(stack.client, stack.stack_name, stack.functions.values(), queues, file)

    def look(self, *, at_once: bool = False) -> None:
        """Write what is new, unless the last look was a moment ago."""
        if not at_once and time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        lines = [
            event["message"].strip()
            for function, tail in self._tails.items()
            for event in tail.new(events(self._logs, function, tail.since_ms))
            if event["message"].startswith("{")
        ]
        lines += [json.dumps(line_of_queue(name, self._length(name), time.time())) for name in self._queues]
        lines.append(json.dumps({"alarms": {alarm.name: "ALARM" for alarm in self._alarms.on()}}))
        with self._file.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def _length(self, name: str) -> int:
        return count(self._sqs, self._queues[name]).visible


def line_of_queue(queue: str, length: int, at: float) -> Mapping[str, object]:
    """Return the length of a queue, by its name in template.yaml, as a line of metrics."""
    directive = {"Namespace": "AWS/SQS", "Dimensions": [["QueueName"]], "Metrics": [{"Name": DEPTH}]}
    about = {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": about, "QueueName": f"${{{queue}.QueueName}}", DEPTH: length}
