"""Webhooks: bytes, signatures, envelopes, attempts, batches."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from rejoinder.workbench.simulator.server import HandshakeError, Simulator
from rejoinder.workbench.simulator.webhooks import encode, sign
from tests.unit.simulator.conftest import FAST
from tests.unit.simulator.kit import (
    ADA,
    BOB,
    NUMBER,
    SECOND_NUMBER,
    USER_ID,
    Network,
    Webhook,
    eventually,
)

SECRET = b"rejoinder-development-app-secret"
HELLO = {"name": "hello_world", "language": {"code": "en_US"}}


@pytest.mark.parametrize(
    ("secret", "body", "digest"),
    [
        (
            "test_app_secret",
            b'{"object":"whatsapp_business_account","entry":[]}',
            "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
        ),
        (
            "test_app_secret",
            b'{"object": "whatsapp_business_account", "entry": []}',
            "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
        ),
        (
            "otro_secreto",
            b'{"object":"whatsapp_business_account","entry":[]}',
            "769b03d8c2ae6498f2d1e1f7299c0ba55448c69d741e7b0bb243d852d8a8d8c7",
        ),
    ],
)
def test_published_signatures_come_out(secret: str, body: bytes, digest: str) -> None:
    assert sign(secret, body) == f"sha256={digest}"


def test_bodies_are_escaped_as_meta_escapes_them() -> None:
    assert encode({"body": "Zoë ½ 😀 a/b"}) == b'{"body":"Zo\\u00eb \\u00bd \\ud83d\\ude00 a\\/b"}'


def test_a_text_arrives_signed_over_its_bytes(network: Network) -> None:
    result = network.say(ADA, "käse / 🧀", name="Ada")
    post = network.webhook.posts[0]
    assert b"k\\u00e4se \\/ \\ud83e\\uddc0" in post.raw
    assert post.headers["x-hub-signature-256"] == f"sha256={hmac.new(SECRET, post.raw, 'sha256').hexdigest()}"
    assert post.headers["x-hub-signature"] == f"sha1={hmac.new(SECRET, post.raw, hashlib.sha1).hexdigest()}"
    assert post.headers["content-type"] == "application/json"
    assert result == {"id": post.items("messages")[0]["id"], "status": 200}


def test_the_envelope_of_a_text_is_metas(network: Network) -> None:
    message_id = network.say(ADA, "hi", name="Ada")["id"]
    body = network.webhook.posts[0].body
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    user_id = message["from_user_id"]
    assert body == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "200000000000001",
                "changes": [
                    {
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {"display_phone_number": "15550100001", "phone_number_id": NUMBER},
                            "contacts": [{"profile": {"name": "Ada"}, "wa_id": ADA, "user_id": user_id}],
                            "messages": [
                                {
                                    "from": ADA,
                                    "from_user_id": user_id,
                                    "id": message_id,
                                    "timestamp": message["timestamp"],
                                    "type": "text",
                                    "text": {"body": "hi"},
                                }
                            ],
                        },
                        "field": "messages",
                    }
                ],
            }
        ],
    }
    assert message["timestamp"].isdecimal()


def test_a_phone_contact_keeps_its_user_id_after_a_reset(network: Network) -> None:
    network.say(ADA)
    network.control("reset", {})
    network.say(ADA)
    first, second = network.webhook.items("messages")
    assert first["from_user_id"] == second["from_user_id"]


def test_a_contact_without_a_phone_has_no_from_and_no_wa_id(network: Network) -> None:
    network.say(USER_ID)
    value = network.webhook.posts[0].values()[0]
    assert value["contacts"] == [{"profile": {"name": "Visitor"}, "user_id": USER_ID}]
    assert value["messages"][0]["from_user_id"] == USER_ID
    assert "from" not in value["messages"][0]


def test_a_webhook_that_fails_is_tried_until_it_takes(network: Network) -> None:
    network.webhook.answers.extend([500, 503, 401])
    result = network.say(ADA)
    assert result["status"] == 500
    eventually(lambda: len(network.webhook.posts) == 4)
    assert len({post.raw for post in network.webhook.posts}) == 1
    eventually(lambda: len(network.see("received")) == 4)
    received = network.see("received")
    assert [(one["attempt"], one["status"]) for one in received] == [(1, 500), (2, 503), (3, 401), (4, 200)]
    assert received[0]["body"].encode() == network.webhook.posts[0].raw
    eventually(lambda: network.see("transcript")[0]["status"] == "delivered")


def test_a_webhook_out_of_reach_is_said_and_tried_again(network: Network) -> None:
    network.webhook.close()
    result = network.say(ADA)
    assert result["status"] is None
    assert "Connect" in result["error"]
    eventually(lambda: len(network.see("received")) > 1)


def test_pending_updates_are_batched_into_one_post(network: Network) -> None:
    for contact in (ADA, BOB):
        network.say(contact)
    network.webhook.posts.clear()
    network.control("faults", {"kind": "webhook", "batch_seconds": 0.25, "times": 1})
    sent = [network.sent_id(contact) for contact in (ADA, BOB)]
    network.say(ADA, "again", phone_number_id=SECOND_NUMBER)
    network.say(BOB, "hello")
    first = network.webhook.posts[0]
    assert {value["metadata"]["phone_number_id"] for value in first.values()} == {NUMBER, SECOND_NUMBER}
    assert {item["id"] for item in first.items("statuses")} == set(sent)
    assert [item["text"]["body"] for item in first.items("messages")] == ["again"]
    assert {contact["wa_id"] for contact in first.value_of(NUMBER)["contacts"]} == {ADA, BOB}


def test_a_batch_can_mix_messages_and_statuses_in_one_change(network: Network) -> None:
    network.say(ADA)
    network.webhook.posts.clear()
    network.control("faults", {"kind": "webhook", "batch_seconds": 0.15})
    network.sent_id(ADA)
    network.say(ADA, "and?")
    value = network.webhook.posts[0].values()[0]
    assert [status["status"] for status in value["statuses"]] == ["sent", "delivered", "read"]
    assert [message["text"]["body"] for message in value["messages"]] == ["and?"]
    assert len(value["contacts"]) == 1


def test_a_webhook_is_duplicated_on_demand(network: Network) -> None:
    network.control("faults", {"kind": "webhook", "duplicate": 2, "times": 1})
    network.say(ADA)
    eventually(lambda: len(network.webhook.posts) == 3)
    assert len({post.raw for post in network.webhook.posts}) == 1


def test_webhooks_overtake_each_other_on_demand(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "webhook", "disorder": True, "times": 1})
    message_id = network.sent_id(ADA)
    assert network.statuses(message_id, 3) == ["read", "delivered", "sent"]
    assert len(network.webhook.posts) == 4


def deliverable(**message: Any) -> dict[str, Any]:
    """Return a webhook body that the test has made itself."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550100001", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Cleo"}, "wa_id": "34600000001", "user_id": "ES.77"}],
        "messages": [
            {
                "from": "34600000001",
                "from_user_id": "ES.77",
                "id": "wamid.C1",
                "type": "text",
                "text": {"body": "hola"},
                **message,
            }
        ],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
    }


def test_a_raw_body_is_delivered_signed_as_it_is(network: Network) -> None:
    raw = b'{"odd" : [1, "\xc3\xa9"]}'
    network.webhook.answers.append(202)
    answer = network.http.post("/sim/deliver", content=raw)
    assert answer.json() == {"status": 202}
    post = network.webhook.posts[0]
    assert post.raw == raw
    assert post.headers["x-hub-signature-256"] == f"sha256={hmac.new(SECRET, raw, 'sha256').hexdigest()}"


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[[]]", b'{"entry":[{"changes":[{"field":"messages"}]}]}', b"\xff"]
)
def test_any_raw_body_can_be_delivered_once(network: Network, raw: bytes) -> None:
    network.webhook.answers.append(500)
    assert network.http.post("/sim/deliver", content=raw).json() == {"status": 500}
    assert [post.raw for post in network.webhook.posts] == [raw]


def test_a_delivered_message_opens_the_window_and_can_be_read(network: Network) -> None:
    network.http.post("/sim/deliver", json=deliverable())
    assert network.statuses(network.sent_id("34600000001"), 3) == ["sent", "delivered", "read"]
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.C1"}
    assert network.graph(receipt).status_code == 200
    body = {"messaging_product": "whatsapp", "recipient": "ES.77", "type": "text", "text": {"body": "hi"}}
    assert network.statuses(network.graph(body).json()["messages"][0]["id"], 1)[0] == "sent"
    line = network.see("transcript?contact=34600000001")[0]
    assert (line["direction"], line["text"], line["status"]) == ("in", "hola", "read")


def test_a_delivered_old_message_leaves_the_window_closed(network: Network) -> None:
    network.http.post("/sim/deliver", json=deliverable(timestamp="1700000000"))
    assert network.statuses(network.sent_id("34600000001"), 1) == ["failed"]


def test_a_forged_webhook_tells_the_network_nothing(network: Network) -> None:
    network.http.post("/sim/deliver", json=deliverable(), headers={"x-sim-signature": "wrong"})
    assert network.see("transcript") == []


@pytest.mark.parametrize(
    ("override", "new", "old"),
    [
        ("none", None, None),
        ("sha1", None, "sha1="),
        ("sha256=é", "sha256=é", None),
        ("nonsense", "nonsense", None),
    ],
)
def test_the_signature_can_be_spoilt(
    network: Network, override: str, new: str | None, old: str | None
) -> None:
    headers = {b"x-sim-signature": override.encode("latin-1")}
    network.http.post("/sim/deliver", json={}, headers=headers)
    seen = network.webhook.posts[0].headers
    assert seen["x-hub-signature-256"] == new
    assert (seen["x-hub-signature"] or "")[:5] == (old or "")


def test_a_wrong_signature_has_the_right_form(network: Network) -> None:
    network.http.post("/sim/deliver", content=b"{}", headers={"x-sim-signature": "wrong"})
    seen = network.webhook.posts[0].headers["x-hub-signature-256"]
    assert len(seen) == len("sha256=") + 64
    assert seen != f"sha256={hmac.new(SECRET, b'{}', 'sha256').hexdigest()}"


def test_a_webhook_is_registered_by_the_handshake(served: Simulator, webhook: Webhook) -> None:
    seen: list[dict[str, str]] = []

    def handshake(query: dict[str, str]) -> tuple[int, str]:
        seen.append(query)
        return 200, query["hub.challenge"]

    webhook.handshake = handshake
    served.register_webhook(webhook.url)
    assert seen[0]["hub.mode"] == "subscribe"
    assert seen[0]["hub.verify_token"] == "rejoinder-development-verify-token"
    assert seen[0]["hub.challenge"].isdecimal()


def test_statuses_from_before_the_webhook_was_registered_come_afterwards(webhook: Webhook) -> None:
    with Simulator(FAST) as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as http:
        network = Network(http, webhook)
        message_id = network.sent_id(ADA, type="template", template=HELLO)
        eventually(lambda: "read" in json.dumps(network.see("received")))
        assert not webhook.posts
        simulator.register_webhook(webhook.url)
        assert {*network.statuses(message_id, 3)} == {"sent", "delivered", "read"}


@pytest.mark.parametrize("answer", [(403, ""), (200, "welcome")])
def test_a_refused_handshake_is_a_clear_error(
    served: Simulator, webhook: Webhook, answer: tuple[int, str]
) -> None:
    webhook.handshake = lambda _: answer
    with pytest.raises(HandshakeError, match="refused the handshake"):
        served.register_webhook(webhook.url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "nonsense", "http://", "ftp://x", "http://[::1"])
def test_a_webhook_that_cannot_be_reached_is_a_clear_error(served: Simulator, url: str) -> None:
    with pytest.raises(HandshakeError, match="cannot be reached"):
        served.register_webhook(url)


def test_statuses_go_on_when_the_webhook_answers_late(network: Network) -> None:
    network.say(ADA)
    network.webhook.answers.extend([500, 500])
    message_id = network.sent_id(ADA)
    eventually(lambda: len(network.webhook.statuses(message_id)) >= 5)
    assert set(network.webhook.statuses(message_id)) == {"sent", "delivered", "read"}
    assert json.loads(network.see("received")[-1]["body"])
