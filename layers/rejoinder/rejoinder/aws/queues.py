"""Queues on SQS."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rejoinder.errors import QueueError
from rejoinder.ports import QueueMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_ENTRIES = 10
MAX_BATCH_BYTES = 1024 * 1024
"""Of one SendMessageBatch (docs.aws.amazon.com, "Amazon SQS message quotas")."""

MAX_ROUNDS = 3
"""How often what a batch did not take is offered again before the caller is told."""


class SqsQueue:
    """The port `Queue` on one SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, messages: Sequence[QueueMessage]) -> None:
        """Return when SQS keeps all `messages`; QueueError when it does not take one after some rounds."""
        for batch in _batches(messages):
            self._put_batch(batch)

    def _put_batch(self, batch: list[QueueMessage]) -> None:
        left = batch
        for _ in range(MAX_ROUNDS):
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=_entries(left))
            except Exception as error:
                raise QueueError(f"the queue took nothing: {type(error).__name__}") from error
            left = [left[int(failure["Id"])] for failure in answer.get("Failed", [])]
            if not left:
                return
        raise QueueError(f"the queue did not take {len(left)} of {len(batch)} messages")


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
    """Batches within both limits, a group at most once in each: if SQS takes one entry of a batch and not
    another, offering the other again must not change the order within a group.
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
    """The message that a function holds: when it fails, when it is to be seen again."""

    def __init__(self, client: "SQSClient", url: str, receipt_handle: str) -> None:
        self._client = client
        self._url = url
        self._handle = receipt_handle

    def come_again(self, seconds: float) -> None:
        """Show the message again after `seconds` (SQS: whole ones, up to 12 hours), not after the queue's
        whole visibility time-out.
        """
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=self._handle, VisibilityTimeout=round(seconds)
        )
