"""The ingress. It keeps nothing unsigned, it keeps everything signed, and only then it answers 200."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channel_ports import Request, Secrets
from rejoinder.channels import front_named
from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from rejoinder.errors import QueueError, SettingsError
from rejoinder.model.metrics import Metric
from rejoinder.ports import QueueMessage
from rejoinder.services.receive import MAX_IN_PACK, MAX_MESSAGE_BYTES, PACK_BYTES, Receiver
from rejoinder.testing.memory import MemoryMeter, MemoryQuarantine, MemoryQueue

SECRETS = {"app_secret": "now", "app_secret_previous": "before", "verify_token": "verify"}


@dataclass
class Kept:
    """The secret as it is kept, and as it is when it is read again. None means that it cannot be read."""

    values: Secrets | None = field(default_factory=lambda: SECRETS)
    after: Secrets | None = field(default_factory=lambda: SECRETS)
    refetches: int = 0

    def read(self) -> Secrets:
        if self.values is None:
            raise SettingsError("the secret cannot be read")
        return self.values

    def read_again(self) -> Secrets:
        self.refetches += 1
        self.values = self.after
        return self.read()


@dataclass
class BrokenQueue(MemoryQueue):
    """A queue that accepts nothing."""

    def put(self, messages: Sequence[QueueMessage]) -> None:
        raise QueueError("down")


@dataclass
class Ingress:
    """A receiver over memory."""

    secrets: Kept = field(default_factory=Kept)
    inbound: MemoryQueue = field(default_factory=MemoryQueue)
    events: MemoryQueue = field(default_factory=MemoryQueue)
    quarantine: MemoryQuarantine = field(default_factory=MemoryQuarantine)
    meter: MemoryMeter = field(default_factory=MemoryMeter)

    def receiver(self) -> Receiver:
        return Receiver(
            front=front_named("whatsapp"),
            secrets=(self.secrets,),
            inbound=self.inbound,
            events=self.events,
            bodies=JsonBodies(),
            quarantine=self.quarantine,
            meter=self.meter,
            clock=lambda: 1_800_000_000.0,
        )

    def post(self, body: object, *, signature: str | None = "", secret: str = "now") -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        header = sign(raw, secret) if signature == "" else signature
        return self.receiver().receive(signed(raw, header)).status


def signed(body: bytes, signature: str | None) -> Request:
    """Return a webhook with that signature header, or with none when it is None."""
    return Request(body=body, headers={} if signature is None else {SIGNATURE_HEADER: signature})


def asks(**query: str) -> Request:
    """Return the question whether the webhook is ours. `query` replaces some right parameters."""
    right = {"mode": "subscribe", "challenge": "1158201444", "verify_token": "verify"}
    return Request(query={f"hub.{name}": value for name, value in (right | query).items()})


def message(id: str, sender: str, text: str = "hi") -> dict[str, object]:  # noqa: A002 - the network's word
    return {"id": id, "from": sender, "timestamp": "1800000000", "type": "text", "text": {"body": text}}


def webhook(*changes: object) -> dict[str, object]:
    entry = {"id": "200000000000001", "changes": list(changes)}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def change(number: str = "100000000000001", **parts: object) -> dict[str, object]:
    return {"field": "messages", "value": {"metadata": {"phone_number_id": number}, **parts}}


def updates(queue: MemoryQueue) -> list[list[str]]:
    """Return the message ids in each queue message."""
    bodies = [json.loads(message.body) for message in queue.messages]
    return [[update["message"]["id"] for update in body["updates"]] for body in bodies]


def test_a_batch_is_queued_by_conversation_in_order_and_statuses_are_packed() -> None:
    ingress = Ingress()
    statuses = [{"id": f"s{n}", "status": "sent", "timestamp": "1800000000"} for n in range(3)]
    body = webhook(
        change(messages=[message("a1", "1"), message("b1", "2"), message("a2", "1")], statuses=statuses),
        change("100000000000002", messages=[message("c1", "1")]),
    )
    assert ingress.post(body) == 200
    assert updates(ingress.inbound) == [["a1", "a2"], ["b1"], ["c1"]]
    assert len({message.group for message in ingress.inbound.messages}) == 3
    assert len(ingress.events.messages) == 1
    assert ingress.meter.counts[Metric.UPDATES_RECEIVED] == 7


def test_the_same_webhook_again_is_the_same_queue_message() -> None:
    ingress = Ingress()
    for _ in range(2):
        assert ingress.post(webhook(change(messages=[message("a", "1")]))) == 200
    assert updates(ingress.inbound) == [["a"]]


@pytest.mark.parametrize(
    "signature", [None, "sha256=", "sha1=da39a3ee", "sha256=" + "0" * 64, "süß", "\ud800"]
)
def test_what_is_not_signed_is_answered_401_and_not_kept(signature: str | None) -> None:
    ingress = Ingress()
    answer = ingress.receiver().receive(signed(b"{}", signature))
    assert (answer.status, answer.body) == (401, "")
    assert not ingress.inbound.messages
    assert not ingress.events.messages
    assert not ingress.quarantine.bodies
    assert ingress.meter.counts[Metric.SIGNATURE_INVALID] == (signature is not None)


def test_the_previous_secret_is_good_during_a_rotation() -> None:
    assert Ingress().post(webhook(), secret="before") == 200


def test_a_secret_that_was_rotated_a_moment_ago_is_noticed() -> None:
    ingress = Ingress(Kept(after={"app_secret": "new", "verify_token": "verify"}))
    assert ingress.post(webhook(), secret="new") == 200
    assert ingress.secrets.refetches == 1


def test_secrets_that_were_put_in_a_moment_ago_are_noticed() -> None:
    other = {"app_secret": "now", "verify_token": "other"}
    emptied: Secrets = {}
    for before in (None, emptied):
        assert Ingress(Kept(values=before)).receiver().handshake(asks()).status == 200
        assert Ingress(Kept(values=before)).post(webhook()) == 200
    assert Ingress(Kept(values=other)).receiver().handshake(asks()).status == 200


@pytest.mark.parametrize("values", [None, {}, {"app_secret": "", "verify_token": ""}])
def test_an_unreadable_secret_is_500_and_never_accepts(values: Secrets | None) -> None:
    ingress = Ingress(Kept(values=values, after=values))
    assert ingress.post(webhook()) == 500
    assert ingress.post(webhook(), secret="") == 500
    assert ingress.receiver().handshake(asks(verify_token="")).status == 500


@pytest.mark.parametrize("queue", ["inbound", "events"])
def test_a_queue_that_takes_nothing_is_500_so_that_the_network_delivers_again(queue: str) -> None:
    ingress = Ingress(**{queue: BrokenQueue()})  # type: ignore[arg-type]
    body = webhook(change(messages=[message("a", "1")], statuses=[{"id": "s", "status": "sent"}]))
    assert ingress.post(body) == 500


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"not json", b"[]", b"1", b'{"object":"page"}', b"[" * 100_000, b"9" * 5000]
)
def test_a_signed_body_that_is_no_webhook_is_kept_whole(body: bytes) -> None:
    ingress = Ingress()
    assert ingress.post(body) == 200
    assert ingress.quarantine.bodies == [body]
    assert ingress.meter.counts[Metric.QUARANTINED] == 1


def test_one_part_that_is_not_understood_does_not_fail_the_rest() -> None:
    ingress = Ingress()
    lost = {"id": "x", "type": "text", "text": {"body": "from nobody"}}
    body = webhook(change(messages=["junk", lost, message("a", "1")]), "junk")
    assert ingress.post(body) == 200
    assert updates(ingress.inbound) == [["a"]]
    assert len(ingress.quarantine.bodies) == 1


def test_a_single_update_over_the_queues_limit_is_kept_whole_and_the_rest_is_queued() -> None:
    ingress = Ingress()
    body = webhook(change(messages=[message("big", "1", "x" * MAX_MESSAGE_BYTES), message("small", "1")]))
    assert ingress.post(body) == 200
    assert updates(ingress.inbound) == [["small"]]
    assert len(ingress.quarantine.bodies) == 1


def test_many_updates_of_one_contact_are_packed_in_order() -> None:
    ingress = Ingress()
    body = webhook(change(messages=[message(str(n), "1", "x" * 3000) for n in range(300)]))
    assert ingress.post(body) == 200
    packed = updates(ingress.inbound)
    assert [id for pack in packed for id in pack] == [str(n) for n in range(300)]
    assert max(map(len, packed)) == MAX_IN_PACK
    assert all(len(message.body) <= PACK_BYTES + 1000 for message in ingress.inbound.messages)


def test_unknown_fields_become_events() -> None:
    ingress = Ingress()
    body = webhook({"field": "brand_new", "value": [1]}, {"value": None}, change(errors=[{"code": 130429}]))
    assert ingress.post(body) == 200
    (event,) = ingress.events.messages
    body_of_it = json.loads(event.body)
    assert (body_of_it["channel"], len(body_of_it["events"])) == ("whatsapp", 3)


def test_the_handshake_answers_the_challenge_only_for_the_right_token() -> None:
    receiver = Ingress().receiver()
    right = receiver.handshake(asks())
    assert (right.status, right.body) == (200, "1158201444")
    for wrong in ({"verify_token": "x"}, {"verify_token": "süß\ud800"}, {"mode": "unsubscribe"}):
        answer = receiver.handshake(asks(**wrong))
        assert (answer.status, answer.body) == (403, "")
    assert receiver.handshake(Request()).status == 403


def test_a_scanner_without_a_signature_is_refused_and_does_not_count_as_a_wrong_secret() -> None:
    ingress = Ingress()
    assert ingress.post({}, signature=None) == 401
    assert ingress.meter.counts[Metric.SIGNATURE_INVALID] == 0
    assert ingress.post({}, signature="sha256=00") == 401
    assert ingress.meter.counts[Metric.SIGNATURE_INVALID] == 1
