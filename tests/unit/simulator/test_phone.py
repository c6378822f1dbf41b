"""The control API for a phone: its files, the whole content of its messages, and all that it shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator.kit import ADA, BOB, SECOND_NUMBER, TOKEN, Network
from tests.unit.simulator.shapes import BUTTONS


def refused(network: Network, order: Any) -> str:
    answer = network.http.post("/sim/say", json=order)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def test_a_file_of_a_contact_comes_with_its_bytes(network: Network) -> None:
    file = {"data": "aGVsbG8=", "mime_type": "application/pdf", "filename": "plan.pdf", "caption": "Look"}
    network.control("say", {"from": ADA, "file": file, "context": {"forwarded": True}})
    message = network.webhook.items("messages")[-1]
    document = message["document"]
    assert (document["filename"], document["caption"]) == ("plan.pdf", "Look")
    assert document["sha256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    assert message["context"] == {"forwarded": True}
    answer = network.http.get(f"/sim/files/{document['id']}")
    assert (answer.content, answer.headers["content-type"]) == (b"hello", "application/pdf")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert network.http.get(document["url"], headers=TOKEN).content == b"hello"
    assert network.see("transcript")[-1]["content"] == {
        "type": "document",
        "document": document,
        "context": {"forwarded": True},
    }


@pytest.mark.parametrize(
    ("mime_type", "more", "kind", "expected"),
    [
        ("image/jpeg", {}, "image", {}),
        ("image/webp", {}, "sticker", {"animated": False}),
        ("video/mp4", {"caption": "Look"}, "video", {"caption": "Look"}),
        ("audio/ogg; codecs=opus", {"voice": True, "caption": "x"}, "audio", {"voice": True}),
        ("audio/mp4", {}, "audio", {"voice": False}),
        ("image/heic", {"filename": "a.heic"}, "document", {"filename": "a.heic"}),
        ("image/jpeg", {"kind": "document"}, "document", {}),
    ],
)
def test_a_file_is_what_its_type_says_unless_it_is_told(
    network: Network, mime_type: str, more: Any, kind: str, expected: Any
) -> None:
    network.control("say", {"from": ADA, "file": {"data": "AAAA", "mime_type": mime_type, **more}})
    message = network.webhook.items("messages")[-1]
    assert message["type"] == kind
    facts = {"id", "url", "sha256", "mime_type"}
    assert {name: value for name, value in message[kind].items() if name not in facts} == expected


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"data": "AAAA"},
        {"data": "AAAA", "mime_type": "image"},
        {"data": "not base64", "mime_type": "image/png"},
        {"data": "", "mime_type": "image/png"},
        {"data": 1, "mime_type": "image/png"},
        {"data": "AAAA", "mime_type": "image/png", "kind": "hologram"},
        {"data": "AAAA", "mime_type": "image/png", "caption": 7},
        {"data": "AAAA", "mime_type": "image/png\r\nx: y"},
        {"data": "AAAA", "mime_type": "image/png", "name": "x"},
    ],
)
def test_what_is_no_file_is_400_with_a_reason(network: Network, file: Any) -> None:
    assert refused(network, {"from": ADA, "file": file})


def test_a_file_that_is_taken_can_be_sent_in_a_body_of_ones_own(network: Network) -> None:
    file = {"data": "aGVsbG8=", "mime_type": "application/pdf", "filename": "plan.pdf", "caption": "Look"}
    content = network.control("files", file)
    assert (content["type"], content["document"]["caption"]) == ("document", "Look")
    assert network.http.get(f"/sim/files/{content['document']['id']}").content == b"hello"
    assert network.webhook.items("messages") == []
    for none in ({"data": "AAAA"}, [file], "file"):
        assert network.http.post("/sim/files", json=none).status_code == 400


def test_a_file_that_nobody_has_is_404(network: Network) -> None:
    assert network.http.get("/sim/files/4711").status_code == 404


def test_the_transcript_has_the_whole_content_of_both_sides(network: Network) -> None:
    network.say(ADA, "hello", context={"id": network.sent_id(ADA)})
    network.sent_id(ADA, type="interactive", interactive=BUTTONS, context={"message_id": "wamid.x"})
    body = [{"type": "text", "text": "Ada"}, {"type": "text", "text": "Monday"}]
    reminder = {
        "name": "appointment_reminder",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": body}],
    }
    network.sent_id(ADA, type="template", template=reminder)
    _, said, offered, template = network.see(f"transcript?contact={ADA}")
    assert said["content"]["text"] == {"body": "hello"}
    assert said["content"]["context"]["id"].startswith("wamid.")
    assert offered["content"] == {
        "type": "interactive",
        "interactive": BUTTONS,
        "context": {"message_id": "wamid.x"},
    }
    assert template["content"] == {"type": "template", "template": reminder}
    assert template["template"]["buttons"] == ["Confirm", "Change"]


def test_a_reply_goes_to_the_number_that_wrote_the_quoted_message(network: Network) -> None:
    network.say(ADA, phone_number_id=SECOND_NUMBER)
    answer = network.graph(
        {"messaging_product": "whatsapp", "to": ADA, "text": {"body": "hi"}}, number=SECOND_NUMBER
    )
    network.say(ADA, "yes", context={"id": answer.json()["messages"][0]["id"]})
    post = [post for post in network.webhook.posts if post.items("messages")][-1]
    assert post.value_of(SECOND_NUMBER)["messages"][0]["text"] == {"body": "yes"}


def test_a_phone_shows_its_talk_its_window_and_who_is_typing(network: Network) -> None:
    nobody = network.see("phone?contact=49999999")
    assert (nobody["lines"], nobody["people"], nobody["window_closes_at"]) == ([], [], 0)
    assert nobody["webhook"] == network.webhook.url
    network.say(BOB, "hello from Bob", name="Bob")
    message_id = network.say(ADA)["id"]
    network.graph(
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
    )
    phone = network.see(f"phone?contact={ADA}")
    assert phone["typing"] is True
    assert network.see(f"phone?contact={BOB}")["typing"] is False
    assert 86_000 < phone["window_closes_at"] - phone["now"] <= 86_400
    assert [line["text"] for line in phone["lines"]] == ["hi"]
    assert [(one["id"], one["name"], one["text"], one["heard"]) for one in phone["people"]] == [
        (BOB, "Bob", "hello from Bob", 0),
        (ADA, "Visitor", "hi", 0),
    ]
    network.sent_id(ADA)
    phone = network.see(f"phone?contact={ADA}")
    assert (phone["typing"], phone["people"][1]["heard"]) == (False, 1)
    network.control("clock", {"advance_seconds": 90_000})
    phone = network.see(f"phone?contact={ADA}")
    assert phone["window_closes_at"] < phone["now"]


def test_the_typing_indicator_ends_by_itself(network: Network) -> None:
    message_id = network.say(ADA)["id"]
    receipt = {"status": "read", "message_id": message_id, "typing_indicator": {"type": "text"}}
    network.graph({"messaging_product": "whatsapp", **receipt})
    network.control("clock", {"advance_seconds": 26})
    assert network.see(f"phone?contact={ADA}")["typing"] is False
