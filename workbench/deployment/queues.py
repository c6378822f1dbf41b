"""The queues of a deployment: where they are, and how much is in them."""

from dataclasses import dataclass
from typing import Any

from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.stack import LocalStack

QUEUES = {"processor": "inbound", "sender": "outbound", "tracker": "events"}
"""The queue that each function reads from."""


def queue_urls(place: Deployed | LocalStack) -> dict[str, str]:
    """Return the address of each queue that a function reads from, by its short name."""
    return {
        "inbound": place.inbound_queue_url,
        "outbound": place.outbound_queue_url,
        "events": place.events_queue_url,
    }


def dlq_urls(place: Deployed | LocalStack) -> dict[str, str]:
    """Return the address of each queue of dead letters, by the short name of the queue before it."""
    return {
        "inbound": place.inbound_dlq_url,
        "outbound": place.outbound_dlq_url,
        "events": place.events_dlq_url,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """About how many messages a queue has."""

    visible: int
    """Those that can be received now."""

    at_work: int
    """Those that are being worked on, or wait for another try."""

    delayed: int
    """Those that can be received later."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.visible + self.at_work + self.delayed


def count(sqs: Any, url: str) -> Count:
    """Return about how many messages a queue has."""
    names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    visible, at_work, delayed = (int(told.get(name, 0)) for name in names)
    return Count(visible=visible, at_work=at_work, delayed=delayed)


def arn_of(sqs: Any, url: str) -> str:
    """Return the ARN of a queue."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return str(told["QueueArn"])
