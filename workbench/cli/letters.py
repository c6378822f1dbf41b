"""Dead letters: the messages of the three dead-letter queues, which are received and given back."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from rejoinder.aws.stored.bodies import read_update
from rejoinder.aws.stored.messages import read_turn
from rejoinder.errors import Unreadable
from rejoinder.model.ids import digest
from rejoinder.model.messages import TurnMessages
from rejoinder.model.updates import Inbound
from rejoinder.workbench.cli.deployed import Deployed

Origin = Literal["inbound", "outbound", "events"]
ORIGINS: tuple[Origin, ...] = ("inbound", "outbound", "events")

HELD: dict[Origin, str] = {"inbound": "updates", "outbound": "messages", "events": "events"}
"""The field of a body that lists its contents."""

HELD_SECONDS = 300
"""How long a received letter is hidden from others, in seconds, unless we give it back before."""

WAIT_SECONDS = 1
"""How long each request waits for messages, in seconds. With no wait SQS asks only some of its servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message of a dead-letter queue."""

    origin: Origin
    """The queue that gave it up."""

    id: str
    """A short id. It stays the same each time the queues are read, unlike a number in a list."""

    body: str
    """The body."""

    group: str
    """The queue group; empty on a queue without groups."""

    at: float
    """When it was sent, in Unix seconds."""

    receipt: str
    """What SQS needs to delete it."""

    error: str
    """Scheduler's error code; empty when Scheduler did not send it."""

    update: Inbound | None
    """The one update in it, if rejoinder made it: a parked update or a wake-up."""

    @property
    def content(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def message(self) -> Inbound | TurnMessages | None:
        """The update or the turn of one contact in it; None when there is none or it cannot be read."""
        if self.origin != "outbound":
            return self.update
        try:
            return read_turn(self.body)
        except Unreadable:
            return None

    @property
    def correlation_ids(self) -> list[str]:
        """Our ids of the contacts' messages in it, also of those that this version cannot read."""
        match self.message:
            case Inbound() as update:
                return [update.hashed_id]
            case TurnMessages() as turn:
                return [turn.correlation_id]
        held = self.content.get("updates")  # as the ingress queued them
        updates = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
        return [one["correlation_id"] for one in updates if isinstance(one.get("correlation_id"), str)]

    @property
    def is_parked(self) -> bool:
        """Whether it is an update on which the bot failed."""
        return self.origin == "inbound" and self.update is not None and "cause" in self.content

    @property
    def kind(self) -> str:
        """What it is, in a few words that quote no message."""
        if self.update:
            where = "parked" if self.is_parked else "wake-up" if self.origin == "events" else "update"
            return f"{where}: {self.update.content.kind}"
        if self.origin == "outbound" and "gate" in self.content:
            return "errand: turns that wait for a gate"
        held = self.content.get(HELD[self.origin])
        if not isinstance(held, list):
            return "unreadable"
        return {
            "inbound": f"updates: {len(held)}",
            "outbound": f"messages to send: {len(held)}",
            "events": f"statuses and events: {len(held)}",
        }[self.origin]

    @property
    def cause(self) -> str:
        """Why it is here. For a parked update it is the bot's error and its line."""
        if self.is_parked:
            return str(self.content["cause"])
        if self.origin == "events" and self.update:
            return self.error or "not delivered within a day"
        return {
            "inbound": "the processor never finished it",
            "outbound": "the sender never finished it",
            "events": "the tracker never finished it",
        }[self.origin]


class DeadLetters:
    """The dead letters of a deployment. Received ones stay hidden from others until they are given back."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("sqs")
        urls = (deployed.inbound_dlq_url, deployed.outbound_dlq_url, deployed.events_dlq_url)
        self._urls: dict[Origin, str] = dict(zip(ORIGINS, urls, strict=True))
        self._held: dict[str, Letter] = {}

    def receive(self) -> list[Letter]:
        """Receive all letters that the queues show now, and return the new ones, oldest first.

        A FIFO queue shows the next letters of a conversation only after those before them are deleted.
        """
        seen = {letter.id: letter for origin in ORIGINS for letter in self._receive(origin)}
        new = [letter for id, letter in seen.items() if id not in self._held]
        self._held |= seen
        return sorted(new, key=lambda letter: letter.at)

    def _receive(self, origin: Origin) -> Iterator[Letter]:
        while True:
            answer = self._client.receive_message(
                QueueUrl=self._urls[origin],
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["SentTimestamp", "MessageGroupId"],
                MessageAttributeNames=["ERROR_CODE"],  # Scheduler's
                VisibilityTimeout=HELD_SECONDS,
                WaitTimeSeconds=WAIT_SECONDS,
            )
            if not answer.get("Messages"):
                return
            yield from (_letter(origin, message) for message in answer["Messages"])

    def more(self) -> int:
        """Return about how many letters wait behind those that are held."""
        names = ["ApproximateNumberOfMessages"]
        answers = [
            self._client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
            for url in self._urls.values()
        ]
        return sum(int(answer["Attributes"][names[0]]) for answer in answers)

    def delete(self, letter: Letter) -> None:
        """Delete a letter from its queue."""
        self._client.delete_message(QueueUrl=self._urls[letter.origin], ReceiptHandle=letter.receipt)
        self._held.pop(letter.id, None)

    def give_back(self) -> None:
        """Let others see the letters that are still held."""
        for letter in self._held.values():
            with suppress(ClientError):  # its time was over, so others see it already
                self._client.change_message_visibility(
                    QueueUrl=self._urls[letter.origin], ReceiptHandle=letter.receipt, VisibilityTimeout=0
                )
        self._held.clear()


@contextmanager
def dead_letters(deployed: Deployed) -> Iterator[DeadLetters]:
    """Yield the dead letters. Those that were received and not deleted are given back at the end."""
    letters = DeadLetters(deployed)
    try:
        yield letters
    finally:
        letters.give_back()


def _letter(origin: Origin, message: dict[str, Any]) -> Letter:
    attributes = message.get("Attributes", {})
    return Letter(
        origin=origin,
        id=digest("letter", message["MessageId"])[:8],
        body=message["Body"],
        group=attributes.get("MessageGroupId", ""),
        at=float(attributes.get("SentTimestamp", time.time() * 1000)) / 1000,
        receipt=message["ReceiptHandle"],
        error=message.get("MessageAttributes", {}).get("ERROR_CODE", {}).get("StringValue", ""),
        update=_update(message["Body"]),
    )


def _update(body: str) -> Inbound | None:
    try:
        return read_update(body)
    except Unreadable:
        return None
