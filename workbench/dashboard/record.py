"""A record of a run on the local stack: lines of which a picture of the dashboard is drawn.

It holds what the functions wrote, and lines of the same form for what AWS itself would count: how long the
queues are. Their names stand in it as in the dashboard, in braces.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from rejoinder.workbench.stack import LocalStack
from rejoinder.workbench.stack.logs import Tail, events
from rejoinder.workbench.watching.alarms import Alarms

LOOK_SECONDS = 5.0
"""The pause between two looks, in seconds."""

LATE_MS = 60_000
"""How late a line may come, in milliseconds: at the end of its invocation."""

DEPTH = "ApproximateNumberOfMessagesVisible"
"""The metric of how long a queue is."""


class Recorder:
    """Writes a record into a file, from now on."""

    def __init__(self, stack: LocalStack, file: Path) -> None:
        self._stack = stack
        self._file = file
        self._looked_at = float("-inf")
        now_ms = int(time.time() * 1000)
        self._tails = {name: Tail(now_ms, LATE_MS) for name in stack.functions.values()}
        self._alarms = Alarms(stack.client("cloudwatch"), stack.stack_name)
        file.write_text("")

    def look(self, *, at_once: bool = False) -> None:
        """Write what is new, unless the last look was a moment ago."""
        if not at_once and time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        logs = self._stack.client("logs")
        lines = [
            event["message"]
            for function, tail in self._tails.items()
            for event in tail.new(events(logs, function, tail.since_ms))
            if event["message"].startswith("{")
        ]
        alarms = {alarm.name: "ALARM" for alarm in self._alarms.on()}
        lines += [*self._lengths(), json.dumps({"alarms": alarms})]
        with self._file.open("a") as file:
            file.writelines(f"{line.strip()}\n" for line in lines)

    def _lengths(self) -> list[str]:
        sqs, stack = self._stack.client("sqs"), self._stack
        urls = {
            "InboundQueue": stack.inbound_queue_url,
            "OutboundQueue": stack.outbound_queue_url,
            "EventsQueue": stack.events_queue_url,
            "InboundDlq": stack.inbound_dlq_url,
            "OutboundDlq": stack.outbound_dlq_url,
            "EventsDlq": stack.events_dlq_url,
        }
        asked = ["ApproximateNumberOfMessages"]
        lengths = {
            name: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
            for name, url in urls.items()
        }
        return [
            json.dumps(line_of_queue(name, int(length[asked[0]]), time.time()))
            for name, length in lengths.items()
        ]


def line_of_queue(queue: str, length: int, at: float) -> Mapping[str, object]:
    """Return the length of a queue, by its name in template.yaml, as a line of metrics."""
    directive = {"Namespace": "AWS/SQS", "Dimensions": [["QueueName"]], "Metrics": [{"Name": DEPTH}]}
    about = {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": about, "QueueName": f"${{{queue}.QueueName}}", DEPTH: length}
