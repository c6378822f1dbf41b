"""Queues on SQS."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rejoinder.errors import QueueError
from rejoinder.ports import QueueMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

    from rejoinder.aws.direct import Sqs

MAX_ENTRIES = 10
"""The most entries of one SendMessageBatch (docs.aws.amazon.com, "Amazon SQS message quotas")."""

MAX_BATCH_BYTES = 1024 * 1024
"""The most bytes of one SendMessageBatch, in all its entries together (same source)."""

MAX_ROUNDS = 3
"""The most requests for one batch. Each one repeats the entries that SQS did not accept."""


class SqsQueue:
    """The port `Queue` on one SQS queue."""

    def __init__(self, client: "SQSClient | Sqs", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, messages: Sequence[QueueMessage]) -> None:
        """Return when SQS keeps all `messages`. Raises QueueError when it does not accept them all."""
        for batch in _batches(messages):
            self._put_batch(batch)

    def _put_batch(self, batch: list[QueueMessage]) -> None:
        remaining = batch
        for _ in range(MAX_ROUNDS):
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=_entries(remaining))
            except Exception as error:
                raise QueueError(f"the queue took nothing: {type(error).__name__}") from error
            remaining = [remaining[int(failure["Id"])] for failure in answer.get("Failed", [])]
            if not remaining:
                return
        raise QueueError(f"the queue did not take {len(remaining)} of {len(batch)} messages")


def _entries(messages: list[QueueMessage]) -> list["SendMessageBatchRequestEntryTypeDef"]:
    entries: list[SendMessageBatchRequestEntryTypeDef] = []
    for number, message in enumerate(messages):
        entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(number), "MessageBody": message.body}
        if message.group:
            entry["MessageGroupId"] = message.group
            entry["MessageDeduplicationId"] = message.deduplication_id
        entries.append(entry)
    return entries


def _batches(messages: Sequence[QueueMessage]) -> Iterator[list[QueueMessage]]:
    """Yield batches within both limits, with one message of each group at most.

    SQS may accept one entry of a batch and not another. When the other one is repeated, the order within a
    group must not change.
    """
    batch: list[QueueMessage] = []
    size = 0
    groups: set[str] = set()
    for message in messages:
        length = len(message.body.encode())
        full = len(batch) == MAX_ENTRIES or size + length > MAX_BATCH_BYTES
        if batch and (full or message.group in groups):
            yield batch
            batch, size, groups = [], 0, set()
        batch.append(message)
        size += length
        if message.group:
            groups.add(message.group)
    if batch:
        yield batch


class SqsReceipt:
    """The receipt of a message that a function works on. It says when the message comes again."""

    def __init__(self, client: "SQSClient", url: str, receipt_handle: str) -> None:
        self._client = client
        self._url = url
        self._handle = receipt_handle

    def come_again(self, seconds: float) -> None:
        """Show the message again after `seconds`, and not after the queue's visibility time-out.

        SQS accepts whole seconds, up to 12 hours.
        """
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=self._handle, VisibilityTimeout=math.ceil(seconds)
        )
