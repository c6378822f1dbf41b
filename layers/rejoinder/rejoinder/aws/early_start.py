"""The early start: while the ingress starts, the functions behind the queues start as well.

A contact who writes first in the morning would wait for three starts, one behind the other. So they overlap.
The ingress publishes a message on a topic, to which the processor and the sender are subscribed. It may not
invoke them: they get what SNS makes of the message, and that is nothing to do.
"""

from collections.abc import Mapping
from contextlib import closing, suppress
from threading import Thread
from typing import Any

from rejoinder.aws.direct import Sns
from rejoinder.tls import tls_context

MESSAGE = "start"
"""The text of the message. Nobody reads it."""


def start_others(topic_arn: str) -> None:
    """Publish the message beside everything else. When it fails, the functions start when they are needed."""
    tls_context()  # before there are two threads: both would make one, and each takes 18 ms
    Thread(target=_publish, args=(topic_arn,), daemon=True).start()


def _publish(topic_arn: str) -> None:
    with suppress(Exception), closing(Sns()) as sns:
        sns.publish(TopicArn=topic_arn, Message=MESSAGE)


def is_early_start(event: Mapping[str, Any]) -> bool:
    """Return whether `event` comes from a topic. Only a queue has something to do for a function."""
    return any(record.get("EventSource") == "aws:sns" for record in event["Records"])
