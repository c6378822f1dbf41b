"""Dead letters: what the three dead-letter queues hold, taken into the hand and given back."""

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
from workbench.cli.deployed import Deployed

Origin = Literal["inbound", "outbound", "events"]
ORIGINS: tuple[Origin, ...] = ("inbound", "outbound", "events")

HELD: dict[Origin, str] = {"inbound": "updates", "outbound": "messages", "events": "events"}
"""The field of a body that holds what is in it."""

HELD_SECONDS = 300
"""Nobody else sees a letter for so long; it is given back earlier, unless we are killed."""


WAIT_SECONDS = 1
"""For each look at a queue. Without waiting, SQS asks some of its servers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead message; `update` is the update of our own making that it holds, if it does.

    `id` is short, and the same one each time the queues are looked at, as a number in a list would not be.
    """

    origin: Origin
    id: str
    body: str
    group: str
    at: float
    receipt: str
    error: str
    update: Inbound | None

    @property
    def content(self) -> dict[str, Any]:
        """The body, if it is what we write; else empty."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def message(self) -> Inbound | TurnMessages | None:
        """What it holds of one contact, if it can be read: the update, or what a turn said."""
        if self.origin != "outbound":
            return self.update
        try:
            return read_turn(self.body)
        except Unreadable:
            return None

    @property
    def is_parked(self) -> bool:
        """Whether it is an update that its bot failed over."""
        return self.origin == "inbound" and self.update is not None and "cause" in self.content

    @property
    def kind(self) -> str:
        """What it is, in a few words that quote nobody."""
        if self.update:
            where = "parked" if self.is_parked else "wake-up" if self.origin == "events" else "update"
            return f"{where}: {self.update.content.kind}"
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
        """Why it is here; a parked one's is the bot's error and its line."""
        if self.is_parked:
            return str(self.content["cause"])
        if self.origin == "events" and self.update:
            return self.error or "not delivered within a day"
        return {
            "inbound": "the processor never finished it",
            "outbound": "the sender never got rid of it",
            "events": "the tracker never finished it",
        }[self.origin]


class DeadLetters:
    """The letters of a deployment. What `take` gave out stays hidden until `delete`, or until given back."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("sqs")
        urls = (deployed.inbound_dlq_url, deployed.outbound_dlq_url, deployed.events_dlq_url)
        self._urls: dict[Origin, str] = dict(zip(ORIGINS, urls, strict=True))
        self._held: dict[str, Letter] = {}

    def take(self) -> list[Letter]:
        """All that can be had now, oldest first. A FIFO queue shows a conversation's next letters only when
        those before them are deleted: take again then.
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
        """About how many wait behind those in hand."""
        names = ["ApproximateNumberOfMessages"]
        answers = [
            self._client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
            for url in self._urls.values()
        ]
        return sum(int(answer["Attributes"][names[0]]) for answer in answers)

    def delete(self, letter: Letter) -> None:
        """It is not needed any more."""
        self._client.delete_message(QueueUrl=self._urls[letter.origin], ReceiptHandle=letter.receipt)
        self._held.pop(letter.id, None)

    def give_back(self) -> None:
        """Let others see what is still in hand."""
        for letter in self._held.values():
            with suppress(ClientError):  # the time was over: it is there already
                self._client.change_message_visibility(
                    QueueUrl=self._urls[letter.origin], ReceiptHandle=letter.receipt, VisibilityTimeout=0
                )
        self._held.clear()


@contextmanager
def dead_letters(deployed: Deployed) -> Iterator[DeadLetters]:
    """The dead letters; what is left of those that were taken is given back."""
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
