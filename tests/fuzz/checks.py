"""One request to the real Receiver over queues in memory, and the rules that must hold afterwards."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rejoinder.aws.api_gateway import request_of
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channel_ports import Secrets
from rejoinder.channels import channel_at, front_named
from rejoinder.errors import QueueError, SettingsError
from rejoinder.ports import QueueMessage
from rejoinder.services.receive import MAX_MESSAGE_BYTES, Answer, Receiver
from rejoinder.testing.memory import MemoryMeter, MemoryQuarantine, MemoryQueue
from tests.fuzz.requests import APP_SECRETS, BOT_TOKEN, SECRET_TOKEN, VERIFY_TOKEN, Request

MAX_SECONDS = 5.0
"""The longest time for a request, in seconds. Lambda allows 10, but this machine may be busy."""


@dataclass
class FlakyQueue(MemoryQueue):
    """A queue that accepts nothing while it is down."""

    is_down: bool = False

    def put(self, messages: Sequence[QueueMessage]) -> None:
        if self.is_down:
            raise QueueError("down")
        super().put(messages)


@dataclass
class FlakyQuarantine(MemoryQuarantine):
    """A quarantine that keeps nothing while it is down."""

    is_down: bool = False

    def keep(self, body: bytes) -> None:
        if self.is_down:
            raise OSError("down")
        super().keep(body)


@dataclass
class FlakySecrets:
    """A secret store that cannot be read while it is down."""

    is_down: bool = False

    def read(self) -> Secrets:
        """Return the secret: the values of WhatsApp's, and of Telegram's."""
        if self.is_down:
            raise SettingsError("down")
        current, previous = APP_SECRETS
        return {
            "app_secret": current,
            "app_secret_previous": previous,
            "verify_token": VERIFY_TOKEN,
            "bot_token": BOT_TOKEN,
            "secret_token": SECRET_TOKEN,
        }

    read_again = read


@dataclass
class FrontDoor:
    """The ingress over memory, for one request. `seconds` is how long the request took."""

    inbound: FlakyQueue = field(default_factory=FlakyQueue)
    events: FlakyQueue = field(default_factory=FlakyQueue)
    quarantine: FlakyQuarantine = field(default_factory=FlakyQuarantine)
    secrets: FlakySecrets = field(default_factory=FlakySecrets)
    seconds: float = 0.0

    @classmethod
    def with_fault(cls, fault: str) -> "FrontDoor":
        """Return a front door with one part that does not work."""
        door = cls()
        if fault:
            getattr(door, fault).is_down = True
        return door

    def answer(self, event: dict[str, Any]) -> Answer:
        """Answer a request as functions/ingress/app.py does."""
        receiver = Receiver(
            front=front_named(channel_at(event["requestContext"]["http"]["path"]) or ""),
            secrets=(self.secrets,),
            inbound=self.inbound,
            events=self.events,
            bodies=JsonBodies(),
            quarantine=self.quarantine,
            meter=MemoryMeter(),
            clock=lambda: 1_800_000_000.0,
        )
        began = time.perf_counter()
        if event["requestContext"]["http"]["method"] == "GET":
            answer = receiver.handshake(request_of(event))
        else:
            answer = receiver.receive(request_of(event))
        self.seconds = time.perf_counter() - began
        return answer

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored anywhere."""
        return not (self.inbound.messages or self.events.messages or self.quarantine.bodies)

    def updates(self) -> Iterator[dict[str, Any]]:
        """Yield the queued updates and events."""
        for name, queue in (("updates", self.inbound), ("events", self.events)):
            for message in queue.messages:
                yield from json.loads(message.body)[name]


def check(request: Request) -> FrontDoor:
    """Answer `request`. Raise AssertionError if something is not as docs/security.md says."""
    door = FrontDoor.with_fault(request.fault)
    answer = door.answer(request.event)
    assert answer.status in {200, 401, 403, 500}
    assert answer.status < 500 or request.fault, "500 although everything worked"
    assert door.seconds < MAX_SECONDS, f"{door.seconds:.1f} s for one request"
    if request.is_handshake:
        _check_handshake(request, answer, door)
    elif request.fault == "secrets" or not request.is_signed:
        # The secret is not read for a request without a signature.
        unread = request.fault == "secrets" and bool(request.event["headers"].get(request.proof_header))
        assert (answer.status, answer.body) == (500 if unread else 401, "")
        assert door.is_empty, "stored without a proof of who sent it"
    else:
        _check_signed(request, answer, door)
    return door


def _check_handshake(request: Request, answer: Answer, door: FrontDoor) -> None:
    assert door.is_empty
    if request.fault == "secrets":
        assert (answer.status, answer.body) == (500, "")
    elif request.knows_token:
        query = request.event["queryStringParameters"]
        assert (answer.status, answer.body) == (200, query.get("hub.challenge", ""))
    else:
        assert (answer.status, answer.body) == (403, "")


def _check_signed(request: Request, answer: Answer, door: FrontDoor) -> None:
    assert answer.status in {200, 500}
    if answer.status == 500:
        return  # Meta delivers it again
    for queue in (door.inbound, door.events):
        assert all(len(message.body.encode()) <= MAX_MESSAGE_BYTES for message in queue.messages)
    assert door.quarantine.bodies in ([], [request.body])
    is_queued = _is_update_queued if request.is_update else _is_queued_whole
    assert door.quarantine.bodies or is_queued(request.body, door), "neither queued nor in the quarantine"
    if request.is_update:
        assert bool(answer.body) == _is_tap(request.body), "a tap is answered, and nothing else"


# --- read from the body by other means than `split` ---------------------------------------------------------

LISTS: dict[str, tuple[str, ...]] = {
    "messages": ("messages", "statuses"),
    "smb_message_echoes": ("message_echoes",),
}
LISTS["user_preferences"] = ("user_preferences",)


def _is_queued_whole(body: bytes, door: FrontDoor) -> bool:
    """Whether every message, status and other change of the body is queued. False if it is no webhook."""
    webhook = _read(body)
    if not isinstance(webhook, dict) or webhook.get("object") != "whatsapp_business_account":
        return False
    queued = list(door.updates())
    kinds = ("message", "status", "echo", "preference")
    items = {_text(update[kind]) for update in queued for kind in kinds if kind in update}
    changes = {_text(update["change"]) for update in queued if "change" in update}
    return all(_is_kept(change, items, changes) for change in _changes(webhook))


def _is_update_queued(body: bytes, door: FrontDoor) -> bool:
    """Whether an update of Telegram is queued as it is, once. False if it is none."""
    update = _read(body)
    queued = [_text(one["update"]) for one in door.updates()]
    return isinstance(update, dict) and queued == [_text(update)]


def _is_tap(body: bytes) -> bool:
    match _read(body):
        case {"update_id": _, "callback_query": {"id": str(query_id)}}:
            return bool(query_id)
        case _:
            return False


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _changes(webhook: dict[str, Any]) -> Iterator[Any]:
    for entry in _listed(webhook.get("entry", [])):
        yield from _listed(entry["changes"]) if isinstance(entry, dict) and "changes" in entry else [None]


def _is_kept(change: Any, items: set[str], changes: set[str]) -> bool:
    if not isinstance(change, dict):
        return False
    match change:
        case {"field": str(name), "value": dict(value)} if name in LISTS:
            given = [value[part] for part in LISTS[name] if value.get(part) is not None]
            return all(_text(item) in items for parts in given for item in _listed(parts))
        case _:
            return _text(change) in changes


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
