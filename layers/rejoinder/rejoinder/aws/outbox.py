"""What goes on queues: turns, updates of our own, and parked ones. `queues` carries it."""

from collections.abc import Sequence

from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.stored.at_gate import dump_errand
from rejoinder.aws.stored.bodies import dump_parked, dump_update
from rejoinder.aws.stored.messages import dump_turn
from rejoinder.model.gate import Errand, LetThrough
from rejoinder.model.ids import digest
from rejoinder.model.messages import TurnMessages
from rejoinder.model.updates import Inbound
from rejoinder.ports import QueueMessage


class SqsOutbox:
    """The port `Outbox`: one turn is one message of its conversation's group."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue

    def put(self, turn: TurnMessages) -> None:
        """Queue the messages of `turn`; within SQS's 5 minutes the same turn is taken once."""
        body = dump_turn(turn)
        self._queue.put([QueueMessage(body=body, group=turn.conversation_key, deduplication_id=_id_of(turn))])


def _id_of(turn: TurnMessages) -> str:
    """Return the turn's deduplication id.

    A redriven turn, and a message that goes out again, or that has waited, have others.
    """
    return digest("turn", turn.correlation_id, turn.messages[0].id, str(turn.again))


class SqsErrands:
    """The port `Errands`: the queue of turns. An errand too many does nothing."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue

    def put(self, errands: Sequence[Errand], at: float) -> None:
        """Queue each errand in the group of its conversation, or of its gate.

        Within SQS's 5 minutes, equal errands with the same time `at` are taken once.
        """
        self._queue.put([_message_of(errand, at) for errand in errands])


def _message_of(errand: Errand, at: float) -> QueueMessage:
    of_gate = digest("gate", str(errand.account))
    group = errand.conversation_key if isinstance(errand, LetThrough) else of_gate
    same = digest("errand", of_gate, group, repr(at))
    return QueueMessage(body=dump_errand(errand), group=group, deduplication_id=same)


class SqsUpdates:
    """The port `Updates`: the inbound queue."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue

    def put(self, inbound: Inbound) -> None:
        """Queue `inbound` in its conversation's group; within SQS's 5 minutes the same one is taken once."""
        body = dump_update(inbound)
        self._queue.put([QueueMessage(body=body, group=inbound.group, deduplication_id=inbound.hashed_id)])


class SqsParkedUpdates:
    """The port `ParkedUpdates`: the inbound queue's dead-letter queue."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue

    def put(self, inbound: Inbound, cause: str, at: float) -> None:
        """Keep `inbound`, as the bot saw it, with the cause; what was parked `at` that time is kept once."""
        group = digest("parked", inbound.hashed_id)
        same = digest("parked", inbound.hashed_id, repr(at))
        body = dump_parked(inbound, cause)
        self._queue.put([QueueMessage(body=body, group=group, deduplication_id=same)])
