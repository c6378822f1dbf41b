"""What the processor puts on queues. Apart from `sqs`, which the ingress imports: this needs pydantic."""

import json

from rejoinder.aws.sqs import SqsQueue
from rejoinder.aws.wire import ParkedBody, dump_turn
from rejoinder.messages import Inbound, TurnMessages, digest
from rejoinder.ports import QueueMessage


class SqsOutbox:
    """The port `Outbox`: one turn is one message of its conversation's group."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue

    def put(self, turn: TurnMessages) -> None:
        """Queue the messages of `turn`; within SQS's 5 minutes the same turn is taken once."""
        body = dump_turn(turn)
        self._queue.put(
            [QueueMessage(body=body, group=turn.conversation_key, deduplication_id=turn.correlation_id)]
        )


class SqsParkedUpdates:
    """The port `ParkedUpdates`: the inbound queue's dead-letter queue."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue

    def put(self, inbound: Inbound, cause: str) -> None:
        """Keep `inbound`, as the bot saw it, with the cause."""
        body = json.dumps(ParkedBody(cause=cause, inbound=inbound).model_dump(mode="json"))
        same = digest("parked", inbound.hashed_id)
        self._queue.put([QueueMessage(body=body, group=same, deduplication_id=same)])
