"""Waking: while the ingress starts, the functions behind the queues start as well.

A contact who writes first in the morning waits for three starts, one behind the other. A wake lets them
overlap. It is a message on a topic, to which the processor and the sender are subscribed. So the ingress may
wake them and may not invoke them: they get only what SNS makes of the message.
"""

from collections.abc import Mapping
from contextlib import suppress
from threading import Thread
from typing import Any

from rejoinder.aws.direct import Sns

WAKE = "wake"
"""The text of the message. Nobody reads it."""


def wake(topic_arn: str) -> None:
    """Publish a wake, beside everything else. When it fails, the functions start when they are needed."""
    Thread(target=_publish, args=(topic_arn,), daemon=True).start()


def _publish(topic_arn: str) -> None:
    with suppress(Exception):
        Sns().publish(TopicArn=topic_arn, Message=WAKE)


def is_wake(event: Mapping[str, Any]) -> bool:
    """Return whether `event` comes from a topic. Nothing is to be done then: the function has started."""
    records = event.get("Records") or [{}]
    return any(record.get("EventSource") == "aws:sns" for record in records)
