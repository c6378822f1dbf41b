"""A deployment in memory that is watched: its table, queues, schedules and logs."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from rejoinder.workbench.deployment import letters
from rejoinder.workbench.deployment.deployed import FUNCTIONS, Deployed
from rejoinder.workbench.stack.metrics import publish
from tests.moto.conftest import REGION


@cache
def client(service: str) -> Any:
    """Return the client of a service. To make one takes as long as a test."""
    made: Any = boto3.client
    return made(service, REGION)


Log = Callable[..., None]


@pytest.fixture
def place(sqs: Any, scheduler: Any, table: str, unique: str) -> Deployed:
    """Create a table, queues, logs and schedules, as template.yaml does."""
    cloudwatch_backends[DEFAULT_ACCOUNT_ID][REGION].metric_data.clear()  # moto compares no namespaces

    def queue(name: str) -> str:
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        return str(sqs.create_queue(QueueName=f"{unique}-{name}", Attributes=fifo)["QueueUrl"])

    scheduler.create_schedule_group(Name=unique)
    logs = client("logs")
    for name in FUNCTIONS:
        logs.create_log_group(logGroupName=f"/aws/lambda/{unique}-{name}")
        logs.create_log_stream(logGroupName=f"/aws/lambda/{unique}-{name}", logStreamName="one")
    return Deployed(
        client=client,
        stack_name=unique,
        table_name=table,
        inbound_queue_url=queue("inbound.fifo"),
        outbound_queue_url=queue("outbound.fifo"),
        events_queue_url=queue("events"),
        inbound_dlq_url=queue("inbound-dlq.fifo"),
        outbound_dlq_url=queue("outbound-dlq.fifo"),
        events_dlq_url=queue("events-dlq"),
        functions={name: f"{unique}-{name}" for name in FUNCTIONS},
        api_id="api1",
    )


@pytest.fixture
def log(place: Deployed) -> Log:
    """Return what lets a function write a line, some seconds ago."""

    def write(function: str, message: str, *, ago: float = 0, level: str = "INFO", **fields: object) -> None:
        at = time.time() - ago
        told = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
        line = {"level": level, "message": message, "timestamp": told, **fields}
        place.client("logs").put_log_events(
            logGroupName=f"/aws/lambda/{place.functions[function]}",
            logStreamName="one",
            logEvents=[{"timestamp": int(at * 1000), "message": json.dumps(line)}],
        )

    return write


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for other servers of queues: this AWS has only one."""
    monkeypatch.setattr(letters, "WAIT_SECONDS", 0)


def count(place: Deployed, service: str, at: datetime, *, category: str = "", **values: Any) -> None:
    """Put what a function counted at a time into CloudWatch."""
    dimensions = {"service": service} | ({"category": category} if category else {})
    directive = {
        "Namespace": f"Rejoinder/{place.stack_name}",
        "Dimensions": [[*dimensions]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    about = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}
    publish(place.client("cloudwatch"), {"_aws": about, **dimensions, **values})
