"""What a function does with the SQS messages it is given."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rejoinder.aws.early_start import is_early_start
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.aws.stored.at_gate import read_outbound
from rejoinder.errors import BotFailed, OutOfTime, RetryLater, Unreadable, describe
from rejoinder.model import backoff
from rejoinder.model.gate import Errand
from rejoinder.model.ids import digest
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.ports import Clock, Meter, QueueMessage

log = logging.getLogger("rejoinder")

Record = Mapping[str, Any]
"""One record of an SQS event (docs.aws.amazon.com, "Using Lambda with Amazon SQS")."""

PLACE_DIGITS = 40
"""How many digits a place has. SQS promises numbers of 128 bits that grow, and no number of digits. Places
are compared as texts."""

MIN_TRIES = 3
"""How often a message that cannot be read is tried at least, however old it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fifo:
    """The queue that the messages come from, if it is a FIFO queue: one message holds up those behind it."""

    receipt: Callable[[str], SqsReceipt]
    """Returns the receipt with a receipt handle."""

    dead_letters: SqsQueue
    """Where a message goes that cannot be read."""

    again_seconds: float | None = None
    """How soon a message that came before comes again if this invocation is stopped, in seconds: a little
    longer than an invocation may last. None: after the queue's visibility time-out."""

    clock: Clock = time.time
    """Tells the time."""


def consume(
    event: Mapping[str, Any], handle: Callable[[Record], None], *, meter: Meter, fifo: Fifo | None = None
) -> dict[str, list[dict[str, str]]]:
    """Hand each record to `handle`; report those that failed, so that only they come again.

    A record of a `fifo` queue that failed comes again after a pause that fits its error; one that cannot be
    read goes to the dead letters after an hour. Any other comes again after the queue's visibility time-out.

    Lambda counts no error for a record that is reported. So each failure is counted as WorkFailed, except
    what comes again as planned, and the errors of the bot, which have a metric of their own.

    An early start has nothing to handle: the function has started, and that was all.
    """
    failures: list[dict[str, str]] = []
    if is_early_start(event):
        return {"batchItemFailures": failures}
    for record in event["Records"]:
        if fifo and fifo.again_seconds and receive_count(record) > 1:
            _come_again(fifo.receipt(record["receiptHandle"]), fifo.again_seconds)
        try:
            handle(record)
        except Exception as error:  # noqa: BLE001 - one record's failure is not its neighbours'
            if fifo and isinstance(error, Unreadable) and _is_set_aside(record, fifo, error):
                continue
            failures.append({"itemIdentifier": record["messageId"]})
            told: dict[str, object] = {"cause": describe(error)}
            if fifo:
                pause = _pause(error, record, fifo.clock())
                told["pause_seconds"] = round(pause)
                _come_again(fifo.receipt(record["receiptHandle"]), pause)
            if not isinstance(error, BotFailed | OutOfTime | RetryLater):  # those have been told of
                meter.count(Metric.WORK_FAILED)
                log.error("comes again", extra=told)
    return {"batchItemFailures": failures}


def receive_count(record: Record) -> int:
    """Return how often SQS has given this message out, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def sent_at(record: Record) -> float:
    """Return when this message was queued, in Unix seconds."""
    return int(record["attributes"]["SentTimestamp"]) / 1000


def came_at(record: Record) -> float:
    """Return when SQS gave this message out for the first time, in Unix seconds."""
    return int(record["attributes"]["ApproximateFirstReceiveTimestamp"]) / 1000


def outbound_of(record: Record) -> tuple[TurnMessages | Errand, str, float]:
    """Return what a message of outbound.fifo holds, its place in its queue group, and when it came first.

    The place is a text that grows from message to message, the time is in Unix seconds. Unreadable when this
    version cannot read the body.
    """
    place = record["attributes"]["SequenceNumber"].zfill(PLACE_DIGITS)
    return read_outbound(record["body"]), place, came_at(record)


def _is_set_aside(record: Record, fifo: Fifo, error: Unreadable) -> bool:
    """Put a message that nobody can read among the dead letters, once it has been tried for long enough."""
    age = fifo.clock() - sent_at(record)  # so those behind it need no hour each
    if age < backoff.UNREADABLE_SECONDS or receive_count(record) < MIN_TRIES:
        return False
    group = record["attributes"]["MessageGroupId"]
    same = digest("unreadable", record["messageId"])
    try:
        fifo.dead_letters.put([QueueMessage(body=record["body"], group=group, deduplication_id=same)])
    except Exception as failure:  # noqa: BLE001 - it stays where it is, and is tried again
        log.warning("could not be set aside", extra={"cause": describe(failure)})
        return False
    log.error("set aside: this version cannot read it", extra={"cause": str(error)})
    return True


def _pause(error: Exception, record: Record, now: float) -> float:
    match error:
        case RetryLater(seconds=seconds):
            return seconds
        case BotFailed(tries=tries):
            return backoff.BOT_FAILED.seconds(tries - 1)
        case OutOfTime():
            return 0.0
        case _:
            # Some of the receipts may have been planned, as a doorkeeper's are, which come each second.
            tried_for = max(now - came_at(record), backoff.QUEUE.first_seconds)
            return min(backoff.QUEUE.seconds(receive_count(record) - 1), tried_for)


def _come_again(receipt: SqsReceipt, pause: float) -> None:
    try:
        receipt.come_again(pause)
    except Exception as error:  # noqa: BLE001 - the message comes again all the same, only later
        log.warning("the pause could not be set", extra={"cause": describe(error)})
