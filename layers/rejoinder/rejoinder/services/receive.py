"""The ingress: prove a webhook genuine, take it apart, queue every update, and only then say 200."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from rejoinder.channel_ports import ConversationUpdates, Front, Request, Secrets, SecretStore, Split
from rejoinder.errors import SettingsError, describe
from rejoinder.model.ids import digest
from rejoinder.model.metrics import Metric
from rejoinder.ports import Clock, Meter, Quarantine, Queue, QueueMessage, WebhookBodies

T = TypeVar("T")

log = logging.getLogger("rejoinder")

MAX_MESSAGE_BYTES = 1024 * 1024
"""The largest queue message, in bytes (SQS: 1 MiB). A single update that is larger goes to the quarantine."""

PACK_BYTES = 256 * 1024
"""Updates of one conversation are packed up to this size, in bytes; beyond it a queue message holds one."""

MAX_IN_PACK = 50
"""The most updates of one conversation in a queue message. If all of them are handled already, the processor
needs a few of its 30 seconds to see that, and has time left for a turn."""

EVENTS_PACK_BYTES = 32 * 1024
"""Statuses and account events are packed up to this size, in bytes: some 60 statuses. The tracker gets ten
such messages at once, and has 30 seconds for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the network is told."""

    status: int
    """The HTTP status."""

    body: str = ""
    """The body."""

    type: str = "text/plain"
    """The type of the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Receives the webhooks of one channel."""

    front: Front
    """The channel, as the ingress knows it."""

    secrets: Sequence[SecretStore]
    """Where the channel's secrets are kept: one for each business account."""

    inbound: Queue
    """Takes updates of conversations."""

    events: Queue
    """Takes statuses and account events."""

    bodies: WebhookBodies
    """Writes the bodies of queue messages."""

    quarantine: Quarantine
    """Keeps what cannot be queued."""

    meter: Meter
    """Counts."""

    clock: Clock
    """Tells the time."""

    def handshake(self, request: Request) -> Answer:
        """Answer the network's question, asked once when the webhook is registered, whether it is ours."""
        try:
            answer = self._with_secrets(lambda secrets: self.front.challenge(request, secrets))
        except SettingsError as error:
            return self._unreadable(error)
        if answer is None:
            log.warning("a webhook registration was refused: the verify token differs")
            return Answer(status=403)
        return Answer(status=200, body=answer)

    def receive(self, request: Request) -> Answer:
        """Take in one webhook.

        The answer is 200 when all of it is kept, 401 when nothing proves that the network sent it, and 500
        when not all was kept: then the network delivers it again.
        """
        try:
            if not self._is_genuine(request):
                if self.front.proof(request):  # a scanner has none; a wrong secret here leaves Meta's
                    self.meter.count(Metric.SIGNATURE_INVALID)
                return Answer(status=401)
            self.meter.count(Metric.SIGNATURE_VALID)
        except SettingsError as error:
            return self._unreadable(error)
        try:
            answer = self._keep(request)
        except Exception as error:  # noqa: BLE001 - whatever it was, the network must deliver again
            log.error(
                "a webhook was not kept whole; the network will deliver it again",
                extra={"cause": describe(error)},
            )
            return Answer(status=500)
        return Answer(status=200, body=answer, type="application/json") if answer else Answer(status=200)

    def _is_genuine(self, request: Request) -> bool:
        proof = self.front.proof(request)
        if proof is None:
            return False
        is_proven = self._with_secrets(lambda secrets: self.front.is_genuine(request, proof, secrets) or None)
        return is_proven is not None

    def _with_secrets(self, look: Callable[[Secrets], T | None]) -> T | None:
        """Return what `look` makes of one of the secrets. If that is None, fetch each again and look again.

        Raises SettingsError when it is None and one of them cannot be read.
        """
        for store in self.secrets:
            with suppress(SettingsError):  # perhaps it has been put in a moment ago
                seen = look(store.read())
                if seen is not None:
                    return seen
        unreadable: list[SettingsError] = []
        for store in self.secrets:
            try:
                seen = look(store.read_again())
            except SettingsError as error:
                unreadable.append(error)
                continue
            if seen is not None:
                return seen
        if unreadable:
            raise unreadable[0]
        return None

    def _unreadable(self, error: SettingsError) -> Answer:
        log.error("the webhook secrets cannot be read: %s", error)
        return Answer(status=500)

    def _keep(self, request: Request) -> str:
        """Queue all of a webhook; keep it whole in the quarantine when a part of it cannot be queued.

        Return what the network is told.
        """
        try:
            split = self.front.split(request)
        except ValueError as error:
            split = Split(misfits=(f"no webhook: {type(error).__name__}",))
        inbound = [message for updates in split.conversations for message in self._inbound(updates)]
        events = [*self._events(split)]
        too_large = ["too large" for message in inbound + events if not _fits(message)]
        if split.misfits or too_large:
            self.quarantine.keep(request.body)
            self.meter.count(Metric.QUARANTINED)
            log.error("a webhook was quarantined", extra={"reasons": sorted({*split.misfits, *too_large})})
        self._put(self.inbound, inbound)
        self._put(self.events, events)
        self._tell(split)
        return split.answer

    def _put(self, queue: Queue, messages: Sequence[QueueMessage]) -> None:
        fitting = [message for message in messages if _fits(message)]
        if fitting:
            queue.put(fitting)

    def _tell(self, split: Split) -> None:
        """Log and count what was queued."""
        updates = [update for conversation in split.conversations for update in conversation.updates]
        for update in updates:
            log.info("queued", extra={"correlation_id": update.get("correlation_id")})
        self.meter.count(Metric.UPDATES_RECEIVED, len(updates) + len(split.events))

    def _inbound(self, conversation: ConversationUpdates) -> Iterator[QueueMessage]:
        for texts in _packs(map(_text, conversation.updates), PACK_BYTES, most=MAX_IN_PACK):
            yield QueueMessage(
                body=self.bodies.updates(conversation.account, self.clock(), texts),
                group=conversation.group,
                deduplication_id=digest("inbound", conversation.group, *texts),
            )

    def _events(self, split: Split) -> Iterator[QueueMessage]:
        for texts in _packs(map(_text, split.events), EVENTS_PACK_BYTES):
            yield QueueMessage(body=self.bodies.events(self.front.channel, self.clock(), texts))


_as_json = json.JSONEncoder(sort_keys=True).encode


def _text(update: object) -> str:
    """Return an update as JSON: the same update, however its fields are ordered, gives the same text."""
    return _as_json(update)


def _packs(texts: Iterable[str], most_bytes: int, *, most: int | None = None) -> Iterator[list[str]]:
    """Yield `texts` in runs of up to `most` and up to `most_bytes`; a text longer than that is alone."""
    pack: list[str] = []
    size = 0
    for text in texts:
        if pack and (size + len(text) + 2 > most_bytes or len(pack) == most):
            yield pack
            pack, size = [], 0
        pack.append(text)
        size += len(text) + 2
    if pack:
        yield pack


def _fits(message: QueueMessage) -> bool:
    return len(message.body) <= MAX_MESSAGE_BYTES
