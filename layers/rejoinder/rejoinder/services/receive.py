"""The ingress: verify a webhook, take it apart, queue every update, and only then say 200."""

import hmac
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rejoinder.errors import SettingsError, describe
from rejoinder.messages import digest
from rejoinder.metrics import Metric
from rejoinder.ports import (
    Clock,
    ConversationUpdates,
    Meter,
    Quarantine,
    Queue,
    QueueMessage,
    Split,
    WebhookSecrets,
    WebhookSecretStore,
)

log = logging.getLogger("rejoinder")

MOST_UPDATE_BYTES = 1024 * 1024
"""Of one queue message (SQS: 1 MiB). A single update that is larger goes to the quarantine."""

PACK_BYTES = 256 * 1024
"""Messages of one conversation are packed up to this size; beyond it a queue message holds one."""

MOST_IN_PACK = 50
"""Messages of one conversation in a queue message. To look at those that are handled already takes a few
seconds of the processor's 30, and leaves it time for a turn."""

EVENTS_PACK_BYTES = 32 * 1024
"""Some 60 statuses: ten such messages at once are a tracker's batch, which has to be done within its 30 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the network is told."""

    status: int
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Receives the webhooks of one channel.

    `verify(body, signature, app_secrets)` says whether one of the secrets signed the body; `split` takes a
    body apart and never raises but for a body that is no webhook at all (ValueError).
    """

    split: Callable[[bytes], Split]
    verify: Callable[[bytes, str, tuple[str, ...]], bool]
    secrets: WebhookSecretStore
    inbound: Queue
    events: Queue
    quarantine: Quarantine
    meter: Meter
    clock: Clock

    def handshake(self, query: Mapping[str, str]) -> Answer:
        """Answer the network's question, asked once when the webhook is registered, whether it is ours."""
        given = query.get("hub.verify_token", "").encode("utf-8", "replace")
        try:
            right = self._proven(lambda secrets: hmac.compare_digest(given, secrets.verify_token.encode()))
        except SettingsError as error:
            return self._unreadable(error)
        if query.get("hub.mode") != "subscribe" or not right:
            log.warning("a webhook registration was refused: the verify token differs")
            return Answer(status=403)
        return Answer(status=200, body=query.get("hub.challenge", ""))

    def receive(self, body: bytes, signature: str | None) -> Answer:
        """Take in one webhook. 401: not signed by the network. 500: not all was kept, deliver it again."""
        try:
            if not signature or not self._signed(body, signature):
                self.meter.count(Metric.SIGNATURE_INVALID)
                return Answer(status=401)
        except SettingsError as error:
            return self._unreadable(error)
        try:
            self._keep(body)
        except Exception as error:  # noqa: BLE001 - whatever it was, the network must deliver again
            log.error(
                "a webhook was not kept whole; the network will deliver it again",
                extra={"cause": describe(error)},
            )
            return Answer(status=500)
        return Answer(status=200)

    def _signed(self, body: bytes, signature: str) -> bool:
        return self._proven(lambda secrets: self.verify(body, signature, secrets.app_secrets))

    def _proven(self, proof: Callable[[WebhookSecrets], bool]) -> bool:
        """Whether `proof` holds by the secrets as they are kept, else as they are now."""
        try:
            if proof(self.secrets.read()):
                return True
        except SettingsError:  # perhaps they have been put in a moment ago
            pass
        return proof(self.secrets.read_again())

    def _unreadable(self, error: SettingsError) -> Answer:
        log.error("the webhook secrets cannot be read: %s", error)
        return Answer(status=500)

    def _keep(self, body: bytes) -> None:
        try:
            split = self.split(body)
        except ValueError as error:
            split = Split(misfits=(f"no webhook: {type(error).__name__}",))
        inbound = [message for updates in split.conversations for message in self._inbound(updates)]
        events = list(self._pack_events(split.events))
        too_large = ["too large" for message in inbound + events if not _fits(message)]
        if split.misfits or too_large:
            self.quarantine.keep(body)
            self.meter.count(Metric.QUARANTINED)
            log.error("a webhook was quarantined", extra={"reasons": sorted({*split.misfits, *too_large})})
        self._put(self.inbound, inbound)
        self._put(self.events, events)
        self._note(split)

    def _put(self, queue: Queue, messages: list[QueueMessage]) -> None:
        fitting = [message for message in messages if _fits(message)]
        if fitting:
            queue.put(fitting)

    def _note(self, split: Split) -> None:
        updates = [update for conversation in split.conversations for update in conversation.updates]
        for update in updates:
            log.info("queued", extra={"correlation_id": update.get("correlation_id")})
        self.meter.count(Metric.UPDATES_RECEIVED, len(updates) + len(split.events))

    def _inbound(self, updates: ConversationUpdates) -> Iterator[QueueMessage]:
        for packed in _packs(updates.updates, PACK_BYTES, most=MOST_IN_PACK):
            body = _body(account=updates.account, received_at=self.clock(), updates=packed)
            same = digest(
                "inbound", updates.group, *(json.dumps(update, sort_keys=True) for update in packed)
            )
            yield QueueMessage(body=body, group=updates.group, deduplication_id=same)

    def _pack_events(self, events: Iterable[Mapping[str, object]]) -> Iterator[QueueMessage]:
        for packed in _packs(events, EVENTS_PACK_BYTES):
            yield QueueMessage(body=_body(received_at=self.clock(), updates=packed))


def _body(**fields: object) -> str:
    return json.dumps({"format": 1, **fields}, separators=(",", ":"))


def _packs(
    updates: Iterable[Mapping[str, object]], most_bytes: int, *, most: int | None = None
) -> Iterator[list[Mapping[str, object]]]:
    """`updates` in runs of up to `most`, and of up to `most_bytes`; an update larger than that is alone."""
    pack: list[Mapping[str, object]] = []
    size = 0
    for update in updates:
        update_size = len(json.dumps(update)) + 1
        if pack and (size + update_size > most_bytes or len(pack) == most):
            yield pack
            pack, size = [], 0
        pack.append(update)
        size += update_size
    if pack:
        yield pack


def _fits(message: QueueMessage) -> bool:
    return len(message.body) <= MOST_UPDATE_BYTES
