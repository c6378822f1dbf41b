"""What becomes of a message that this version of the code cannot read: `consume`, over queues in moto."""

import time
from typing import Any, cast

import pytest
from mypy_boto3_sqs import SQSClient

from rejoinder.aws.consume import MIN_TRIES, Fifo, Record, consume
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.errors import BotFailed, OutOfTime, QueueError, RetryLater, Unreadable, VersionConflict
from rejoinder.model.backoff import UNREADABLE_SECONDS
from rejoinder.model.metrics import Metric
from rejoinder.ports import QueueMessage
from rejoinder.testing.memory import MemoryMeter, MemoryQueue
from tests.moto.test_queues import taken

HOUR_AGO = UNREADABLE_SECONDS + 1


class Line:
    """A FIFO queue whose messages a function takes one at a time, and its dead-letter queue.

    The bodies in `known` can be read.
    """

    def __init__(self, sqs: SQSClient, queue: str, dead: str) -> None:
        self.sqs = sqs
        self.queue = queue
        self.dead = dead
        self.known: set[str] = set()
        self.handled: list[str] = []
        self.meter = MemoryMeter()

    def put(self, *bodies: str) -> None:
        messages = [QueueMessage(body=body, group="g", deduplication_id=body) for body in bodies]
        SqsQueue(self.sqs, self.queue).put(messages)

    def look(self, age: float) -> tuple[str, bool]:
        """Look at the next message, `age` seconds after it was sent, and see it for the first time only now.

        Return its body, and whether the function is done with it. If it is not, it can be seen again at once.
        """
        (message,) = self.sqs.receive_message(QueueUrl=self.queue, MessageSystemAttributeNames=["All"])[
            "Messages"
        ]
        now = time.time()
        attributes: Any = message["Attributes"] | {
            "SentTimestamp": str(int((now - age) * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(now * 1000)),
        }
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": attributes,
        }

        def receipt(handle: str) -> SqsReceipt:
            return SqsReceipt(self.sqs, self.queue, handle)

        answer = consume(
            {"Records": [record]},
            self.handle,
            meter=self.meter,
            fifo=Fifo(receipt=receipt, dead_letters=SqsQueue(self.sqs, self.dead), clock=lambda: now),
        )
        is_done = answer == {"batchItemFailures": []}
        if is_done:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        else:
            assert answer == {"batchItemFailures": [{"itemIdentifier": message["MessageId"]}]}
            assert "Messages" not in self.sqs.receive_message(QueueUrl=self.queue), "it comes after a pause"
            receipt(message["ReceiptHandle"]).come_again(0)
        return message["Body"], is_done

    def handle(self, record: Record) -> None:
        if record["body"] not in self.known:
            raise Unreadable("update: its format is none that this version knows")
        self.handled.append(record["body"])

    def set_aside(self) -> list[tuple[str, str]]:
        """Return the group and the body of each dead letter."""
        answer = self.sqs.receive_message(
            QueueUrl=self.dead, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
        )
        found = answer.get("Messages", [])
        return [(message["Attributes"]["MessageGroupId"], message["Body"]) for message in found]


@pytest.fixture
def line(sqs: SQSClient, fifo: str, unique: str) -> Line:
    dead = sqs.create_queue(QueueName=f"{unique}-dlq.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return Line(sqs, fifo, dead)


def test_an_unreadable_message_younger_than_an_hour_comes_again_however_often_it_was_tried(
    line: Line,
) -> None:
    line.put("newer")
    for _ in range(MIN_TRIES + 2):
        assert line.look(UNREADABLE_SECONDS - 60) == ("newer", False)
    assert line.set_aside() == []
    line.known.add("newer")  # the newer version is deployed again
    assert line.look(UNREADABLE_SECONDS - 60) == ("newer", True)
    assert line.handled == ["newer"]


def test_an_unreadable_message_sent_more_than_an_hour_ago_is_set_aside_at_its_third_look(
    line: Line,
) -> None:
    line.put("newer")
    looks = []
    for _ in range(2):
        looks.append(line.look(HOUR_AGO))
        assert line.set_aside() == []
    looks.append(line.look(HOUR_AGO))
    assert looks == [("newer", False), ("newer", False), ("newer", True)]
    assert line.set_aside() == [("g", "newer")]
    assert list(taken(line.sqs, line.queue)) == []


def test_an_unreadable_message_that_is_as_old_needs_no_hour_behind_the_one_before_it(line: Line) -> None:
    line.put("newer", "newer too", "known")
    line.known.add("known")
    looks = [line.look(HOUR_AGO) for _ in range(7)]
    assert looks == [
        *[("newer", False)] * 2,
        ("newer", True),
        *[("newer too", False)] * 2,
        ("newer too", True),
        ("known", True),
    ]
    assert line.handled == ["known"]
    letters = line.set_aside()
    assert letters[0] == ("g", "newer"), "the group keeps its order"
    assert list(taken(line.sqs, line.queue)) == []


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (RuntimeError("the table is gone"), 1),
        (QueueError("the queue is gone"), 1),
        (VersionConflict("key"), 1),
        (Unreadable("update: its format is none that this version knows"), 1),
        (RetryLater(5), 0),
        (OutOfTime("2 updates are left"), 0),
        (BotFailed("ValueError at bot.py:8", 1), 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_failed_is_counted_and_what_waits_or_is_the_bots_fault_is_not(
    error: Exception, counted: int
) -> None:
    def handle(_: Record) -> None:
        raise error

    meter = MemoryMeter()
    record = {"messageId": "1", "attributes": {"ApproximateReceiveCount": "1"}}
    answer = consume({"Records": [record]}, handle, meter=meter)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert meter.counts[Metric.WORK_FAILED] == counted


def test_each_record_that_failed_is_counted_and_no_other() -> None:
    meter = MemoryMeter()

    def handle(record: Record) -> None:
        if record["body"] == "bad":
            raise RuntimeError("the table is gone")

    records = [
        {"messageId": str(number), "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        for number, body in enumerate(["bad", "good", "bad"])
    ]
    answer = consume({"Records": records}, handle, meter=meter)
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["0", "2"]
    assert meter.counts == {Metric.WORK_FAILED: 2}


def test_an_unreadable_message_that_the_dead_letters_do_not_take_stays_where_it_is(line: Line) -> None:
    line.put("newer")
    there, line.dead = line.dead, line.dead.replace(".fifo", "-gone.fifo")
    for _ in range(MIN_TRIES + 1):
        assert line.look(HOUR_AGO) == ("newer", False)
    line.dead = there
    assert line.look(HOUR_AGO) == ("newer", True)
    assert line.set_aside() == [("g", "newer")]


@pytest.mark.parametrize(
    ("tried_for", "received", "pause"),
    [(0, 1, 2), (2, 2, 2), (30, 3, 8), (30, 100, 30), (5000, 100, 900)],
    ids=["the first time", "the second", "soon", "after many planned receipts", "for long"],
)
def test_what_failed_comes_again_after_no_longer_than_it_was_tried(
    tried_for: int, received: int, pause: float
) -> None:
    """A doorkeeper comes each second. One error after a minute must not send it away for fifteen."""
    pauses: list[float] = []

    class Receipt:
        def come_again(self, seconds: float) -> None:
            pauses.append(seconds)

    now = time.time()
    attributes = {
        "ApproximateReceiveCount": str(received),
        "ApproximateFirstReceiveTimestamp": str(int((now - tried_for) * 1000)),
    }
    record = {"messageId": "1", "receiptHandle": "1", "attributes": attributes}

    def fail(_record: Record) -> None:
        raise QueueError("throttled")

    fifo = Fifo(
        receipt=lambda _: cast(SqsReceipt, Receipt()),
        dead_letters=cast(SqsQueue, MemoryQueue()),
        clock=lambda: now,
    )
    consume({"Records": [record]}, fail, meter=MemoryMeter(), fifo=fifo)
    assert pauses == [pytest.approx(pause, abs=0.1)]
