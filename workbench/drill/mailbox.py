"""A queue that subscribes to the topics of the alarms, as the mail address of a person does."""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rejoinder.workbench.deployment.queues import arn_of
from rejoinder.workbench.stack import LocalStack

Mail = dict[str, Any]
"""What CloudWatch says of an alarm, and `topic`, the topic that it came by."""


class Mailbox:
    """The mails of the alarms of a stack."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def new(self) -> list[Mail]:
        """Return the new mails that say that an alarm went on, and take them out."""
        found: list[Mail] = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                envelope = json.loads(message["Body"])
                found.append(json.loads(envelope["Message"]) | {"topic": envelope["TopicArn"]})
        return [one for one in found if one.get("NewStateValue") == "ALARM"]


@contextmanager
def mailbox(stack: LocalStack, topics: Sequence[str]) -> Iterator[Mailbox]:
    """Subscribe a queue to topics during the block."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    url = sqs.create_queue(QueueName=f"drill-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    arn = arn_of(sqs, url)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": [*topics]}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscribed = [
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
        for topic in topics
    ]
    try:
        yield Mailbox(sqs, url)
    finally:
        for one in subscribed:
            sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=url)
