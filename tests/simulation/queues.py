"""Queues that behave like SQS (docs.aws.amazon.com, "Amazon SQS FIFO queues", "Visibility timeout")."""

from dataclasses import dataclass, field

from rejoinder.aws.consume import Record

DEDUPLICATION_SECONDS = 300.0


@dataclass(eq=False)
class Held:
    """A message that a queue holds."""

    id: str
    group: str
    body: str
    visible_at: float
    received: int = 0
    first_received_at: float = 0.0
    sent_at: float = 0.0
    sequence: str = ""

    @property
    def record(self) -> Record:
        """The message as Lambda gives it to a function."""
        return {
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": str(self.received),
                "SentTimestamp": str(int(self.sent_at * 1000)),
                "ApproximateFirstReceiveTimestamp": str(int(self.first_received_at * 1000)),
                "MessageGroupId": self.group,
                "SequenceNumber": self.sequence,
            },
        }


@dataclass
class FifoQueue:
    """A queue in which groups keep their order, one message of a group is in flight, and a deduplication id
    counts once in five minutes.
    """

    name: str
    visibility_seconds: float
    groups: dict[str, list[Held]] = field(default_factory=dict)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)
    numbered: int = 0
    looks_at: int = 120_000
    """How many of its first messages the queue looks at for one that may be given out."""

    def put(self, group: str, deduplication_id: str, body: str, now: float) -> bool:
        """Keep a message. Return False if it counts as a duplicate."""
        key = (group, deduplication_id)
        if now - self.seen.get(key, float("-inf")) < DEDUPLICATION_SECONDS:
            return False
        self.seen[key] = now
        self.numbered += 1
        held = Held(id=f"{self.name} {self.numbered}", group=group, body=body, visible_at=now, sent_at=now)
        held.sequence = f"{self.numbered:020}"
        self.groups.setdefault(group, []).append(held)
        return True

    def heads(self) -> list[Held]:
        """Return the next message of each group, visible or not, as far as the queue looks."""
        heads = [messages[0] for messages in self.groups.values() if messages]
        if sum(map(len, self.groups.values())) <= self.looks_at:
            return heads
        messages = (message for messages in self.groups.values() for message in messages)
        last = sorted(message.sequence for message in messages)[self.looks_at - 1]
        return [message for message in heads if message.sequence <= last]

    def delete(self, held: Held) -> None:
        """Delete a message that was handled."""
        self.groups[held.group].remove(held)


@dataclass
class StandardQueue:
    """A queue without order, which may deliver a message more than once."""

    name: str
    visibility_seconds: float
    messages: list[Held] = field(default_factory=list)
    numbered: int = 0

    def put(self, body: str, now: float, copies: int = 1) -> None:
        """Keep a message."""
        for _ in range(copies):
            self.numbered += 1
            held = Held(id=f"{self.name} {self.numbered}", group="", body=body, visible_at=now)
            self.messages.append(held)

    def heads(self) -> list[Held]:
        """Return all messages, because any of them may be next."""
        return self.messages

    def delete(self, held: Held) -> None:
        """Delete a message that was handled."""
        if held in self.messages:
            self.messages.remove(held)
