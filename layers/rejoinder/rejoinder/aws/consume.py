"""What a function does with the SQS records it is given."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from rejoinder.aws.sqs import SqsReceipt
from rejoinder.errors import BotFailed, OutOfTime, RetryLater, describe

log = logging.getLogger("rejoinder")

Record = Mapping[str, Any]
"""One record of an SQS event (docs.aws.amazon.com, "Using Lambda with Amazon SQS")."""

LONGEST_PAUSE_SECONDS = 900.0


def consume(
    event: Mapping[str, Any],
    handle: Callable[[Record], None],
    *,
    receipt: Callable[[str], SqsReceipt] | None = None,
) -> dict[str, list[dict[str, str]]]:
    """Hand each record to `handle`; report those that failed, so that only they come again.

    With `receipt` a failed record comes again after a pause that fits its error, else after the queue's
    visibility time-out.
    """
    failures = []
    for record in event["Records"]:
        try:
            handle(record)
        except Exception as error:  # noqa: BLE001 - one record's failure is not its neighbours'
            failures.append({"itemIdentifier": record["messageId"]})
            pause = _pause(error, receive_count(record))
            if not isinstance(error, BotFailed | OutOfTime | RetryLater):  # those have been told of
                log.warning("comes again", extra={"cause": describe(error), "pause_seconds": round(pause)})
            if receipt:
                _come_again(receipt(record["receiptHandle"]), pause)
    return {"batchItemFailures": failures}


def receive_count(record: Record) -> int:
    """How often SQS has given this message out, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def _pause(error: Exception, received: int) -> float:
    match error:
        case RetryLater(seconds=seconds):
            return seconds
        case BotFailed(tries=tries):
            return 2.0**tries
        case OutOfTime():
            return 0.0
        case _:
            return min(2.0 ** min(received, 10), LONGEST_PAUSE_SECONDS)


def _come_again(receipt: SqsReceipt, pause: float) -> None:
    try:
        receipt.come_again(pause)
    except Exception as error:  # noqa: BLE001 - the message comes again all the same, only later
        log.warning("the pause could not be set", extra={"cause": describe(error)})
