"""The Graph API: who may ask, what it answers, and which rules of the network hold."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.unit.simulator.kit import (
    ADA,
    BOB,
    NUMBER,
    SECOND_NUMBER,
    TOKEN,
    USER_ID,
    Network,
    error_of,
    eventually,
)

DAY = 24 * 3600
REMINDER = {
    "name": "appointment_reminder",
    "language": {"code": "en"},
    "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "Monday"}]}
    ],
}


def test_an_accepted_message_is_answered_as_meta_answers(network: Network) -> None:
    network.say(ADA)
    answer = network.send("+49 170 0000001")
    body = answer.json()
    assert answer.status_code == 200
    assert body["messaging_product"] == "whatsapp"
    assert body["contacts"] == [{"input": "+49 170 0000001", "wa_id": ADA}]
    assert list(body["messages"][0]) == ["id"]
    assert answer.headers["x-fb-trace-id"]


def test_a_message_id_embeds_number_and_direction(network: Network) -> None:
    said = base64.b64decode(network.say(ADA)["id"].removeprefix("wamid."))
    sent = base64.b64decode(network.sent_id(ADA).removeprefix("wamid."))
    head = b"\x1c\x18\x0c" + ADA.encode() + b"\x15\x02\x00"
    assert (said[:18], said[18:21], len(said)) == (head, b"\x12\x18\x14", 42)
    assert (sent[:18], sent[18:21], len(sent)) == (head, b"\x11\x18\x12", 40)


@pytest.mark.parametrize("version", ["v21.0", "v23.0", "v26.0"])
def test_supported_versions_are_served(network: Network, version: str) -> None:
    answer = network.http.post(f"/{version}/{NUMBER}/messages", headers=TOKEN, json={})
    assert error_of(answer)["message"] == "(#100) The parameter messaging_product is required."


@pytest.mark.parametrize("version", ["v27.0", "v20.1", "v25", "25.0"])
def test_other_versions_are_unknown_path_components(network: Network, version: str) -> None:
    answer = network.http.post(f"/{version}/{NUMBER}/messages", headers=TOKEN, json={})
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, 2500)
    assert error["message"] == f"Unknown path components: /{NUMBER}/messages"


def test_a_request_without_a_token_is_104(network: Network) -> None:
    answer = network.graph({}, headers={})
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["type"]) == (401, 104, "OAuthException")
    assert error["message"] == "An access token is required to request this resource."
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('OAuth "Facebook Platform" "invalid_request" "An access token')


def test_a_wrong_token_is_190(network: Network) -> None:
    answer = network.graph({}, headers={"authorization": "Bearer EAAnobody"})
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (401, 190)
    assert error["message"] == "Invalid OAuth access token - Cannot parse access token"
    assert error["fbtrace_id"] == answer.headers["x-fb-trace-id"]


def test_a_token_may_stand_in_the_query(network: Network) -> None:
    token = TOKEN["authorization"].removeprefix("Bearer ")
    answer = network.http.post(f"/v25.0/{NUMBER}/messages", params={"access_token": token}, json={})
    assert error_of(answer)["code"] == 100


def test_an_unknown_phone_number_id_is_100_33(network: Network) -> None:
    answer = network.graph({}, number="4711")
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["error_subcode"]) == (400, 100, 33)
    assert error["type"] == "GraphMethodException"
    assert "Object with ID '4711' does not exist" in error["message"]


def test_a_form_encoded_request_is_read_as_json_is(network: Network) -> None:
    network.say(ADA)
    form = {"messaging_product": "whatsapp", "to": ADA, "type": "text", "text": '{"body":"hallo"}'}
    headers = {**TOKEN, "content-type": "application/x-www-form-urlencoded"}
    answer = network.http.post(f"/v25.0/{NUMBER}/messages", content=urlencode(form), headers=headers)
    assert answer.status_code == 200
    assert network.see("sent")[0]["body"]["text"] == {"body": "hallo"}


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"NaN", b'{"a":1e999}', b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_not_an_object_has_no_parameters(network: Network, raw: bytes) -> None:
    answer = network.http.post(f"/v25.0/{NUMBER}/messages", content=raw, headers=TOKEN)
    assert error_of(answer)["message"] == "(#100) The parameter messaging_product is required."


@pytest.mark.parametrize(
    ("dialled", "wa_id"),
    [
        ("525512345678", "5215512345678"),
        ("541123456789", "5491123456789"),
        ("5551987654321", "555187654321"),
        ("5511987654321", "5511987654321"),
        ("+1 (650) 555-1234", "16505551234"),
    ],
)
def test_a_number_is_normalised_to_its_wa_id(network: Network, dialled: str, wa_id: str) -> None:
    answer = network.send(dialled, type="template", template=REMINDER)
    assert answer.json()["contacts"] == [{"input": dialled, "wa_id": wa_id}]


@pytest.mark.parametrize("dialled", [f"+{ADA}", ADA])
def test_a_number_is_the_same_contact_with_and_without_its_plus(network: Network, dialled: str) -> None:
    network.say(ADA)
    answer = network.send(dialled)
    assert answer.json()["contacts"] == [{"input": dialled, "wa_id": ADA}]
    assert network.statuses(answer.json()["messages"][0]["id"], 3) == ["sent", "delivered", "read"]
    entry = network.see("sent")[0]
    assert (entry["to"], entry["contact"]) == (dialled, ADA)
    assert [line["text"] for line in network.see(f"transcript?contact={ADA}")] == ["hi", "hello"]


def test_with_and_without_its_plus_a_number_has_one_rate(network: Network) -> None:
    network.say(ADA)
    assert {network.send((ADA, f"+{ADA}")[n % 2]).status_code for n in range(45)} == {200}
    assert [error_of(network.send(dialled))["code"] for dialled in (ADA, f"+{ADA}")] == [131056, 131056]


@pytest.mark.parametrize("dialled", ["525512345678", "+525512345678"])
def test_a_number_that_wrote_is_reached_as_it_wrote(network: Network, dialled: str) -> None:
    network.say("525512345678")
    assert network.send(dialled).json()["contacts"][0]["wa_id"] == "525512345678"


def test_a_user_id_as_recipient_reaches_the_contact(network: Network) -> None:
    network.say(USER_ID)
    body = {"messaging_product": "whatsapp", "recipient": USER_ID, "type": "text", "text": {"body": "hi"}}
    answer = network.graph(body)
    assert answer.json()["contacts"] == [{"input": USER_ID, "user_id": USER_ID}]
    message_id = answer.json()["messages"][0]["id"]
    assert network.statuses(message_id, 3) == ["sent", "delivered", "read"]
    status = network.webhook.items("statuses")[0]
    assert status["recipient_user_id"] == USER_ID
    assert "recipient_id" not in status


def test_to_wins_over_recipient(network: Network) -> None:
    network.say(USER_ID)
    network.say(ADA)
    answer = network.send(ADA, recipient=USER_ID)
    assert answer.json()["contacts"] == [{"input": ADA, "wa_id": ADA}]
    assert network.see("sent")[0]["contact"] == ADA


def test_a_user_id_in_to_is_accepted_and_dropped(network: Network) -> None:
    network.say(USER_ID)
    dropped = network.sent_id(USER_ID)
    network.say(ADA)
    network.statuses(network.sent_id(ADA), 3)
    assert network.webhook.statuses(dropped) == []
    assert [entry["dropped"] for entry in network.see("sent")] == [True, False]
    assert [line["text"] for line in network.see(f"transcript?contact={USER_ID}")] == ["hi"]


def test_a_user_id_nobody_has_fails_later_with_131026(network: Network) -> None:
    body = {"messaging_product": "whatsapp", "recipient": "US.1", "type": "template", "template": REMINDER}
    message_id = network.graph(body).json()["messages"][0]["id"]
    assert network.statuses(message_id, 1) == ["failed"]
    status = network.webhook.items("statuses")[0]
    assert (status["errors"][0]["code"], status["recipient_user_id"]) == (131026, "US.1")


@pytest.mark.parametrize(
    ("address", "code"),
    [({"to": "nobody"}, 131009), ({"recipient": ADA}, 131009), ({"to": "15550100001"}, 131021), ({}, 100)],
)
def test_an_address_must_be_one(network: Network, address: dict[str, str], code: int) -> None:
    body = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "hi"}, **address}
    assert error_of(network.graph(body))["code"] == code


def test_free_form_outside_the_window_fails_later_with_131047(network: Network) -> None:
    message_id = network.sent_id(ADA, biz_opaque_callback_data="r1.x")
    assert network.statuses(message_id, 1) == ["failed"]
    post = network.webhook.posts[0]
    status = post.items("statuses")[0]
    assert status["errors"][0]["code"] == 131047
    assert status["errors"][0]["title"] == status["errors"][0]["message"] == "Re-engagement message"
    assert status["errors"][0]["error_data"]["details"].startswith("Message failed to send because more than")
    assert status["biz_opaque_callback_data"] == "r1.x"
    assert "recipient_user_id" not in status
    assert "contacts" not in post.values()[0]


def test_the_window_closes_a_day_after_the_last_message(network: Network) -> None:
    network.say(ADA)
    network.control("clock", {"advance_seconds": DAY - 5})
    assert network.statuses(network.sent_id(ADA), 1)[0] == "sent"
    network.control("clock", {"advance_seconds": 10})
    assert network.statuses(network.sent_id(ADA), 1) == ["failed"]
    network.say(ADA)
    assert network.statuses(network.sent_id(ADA), 1)[0] == "sent"


def test_a_window_is_between_one_number_and_one_contact(network: Network) -> None:
    network.say(ADA, phone_number_id=SECOND_NUMBER)
    assert network.statuses(network.sent_id(ADA), 1) == ["failed"]
    assert network.statuses(network.sent_id(BOB), 1) == ["failed"]


def test_a_template_passes_outside_the_window_and_is_billed(network: Network) -> None:
    answer = network.send(ADA, type="template", template=REMINDER)
    message = answer.json()["messages"][0]
    assert message["message_status"] == "accepted"
    assert network.statuses(message["id"], 3) == ["sent", "delivered", "read"]
    pricing = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
    assert [item.get("pricing") for item in network.webhook.items("statuses")] == [pricing, pricing, None]
    line = network.see(f"transcript?contact={ADA}")[0]
    assert line["text"] == "Hello Ada, this is a reminder of your appointment on Monday. See you then!"
    assert line["choices"] == ["Confirm", "Change"]


def test_statuses_echo_the_callback_data_and_the_price(network: Network) -> None:
    network.say(ADA, name="Ada")
    message_id = network.sent_id(ADA, biz_opaque_callback_data="r1.stack.key.out.1")
    assert network.statuses(message_id, 3) == ["sent", "delivered", "read"]
    items = network.webhook.items("statuses")
    assert {item["biz_opaque_callback_data"] for item in items} == {"r1.stack.key.out.1"}
    free = {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}
    assert [item.get("pricing") for item in items] == [free, free, None]
    assert all(item["recipient_id"] == ADA and isinstance(item["timestamp"], str) for item in items)
    contact = network.webhook.posts[-1].values()[0]["contacts"][0]
    assert (contact["profile"]["name"], contact["wa_id"]) == ("Ada", ADA)
    assert contact["user_id"] == items[0]["recipient_user_id"]


def test_a_pair_that_writes_too_much_is_131056_until_it_waits(network: Network) -> None:
    network.say(ADA)
    network.say(BOB)
    assert {network.send(ADA).status_code for _ in range(45)} == {200}
    refused = network.send(ADA)
    assert (refused.status_code, error_of(refused)["code"]) == (400, 131056)
    assert error_of(refused)["message"].startswith("(#131056) (Business Account, Consumer Account)")
    assert network.send(BOB).status_code == 200
    network.control("clock", {"advance_seconds": 6})
    assert [network.send(ADA).status_code for _ in range(2)] == [200, 400]


def test_an_unknown_template_is_132001(network: Network) -> None:
    template = {"name": "hello_world", "language": {"code": "de"}}
    answer = network.send(ADA, type="template", template=template)
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (404, 132001)
    assert error["error_data"]["details"] == "template name (hello_world) does not exist in de"


def test_a_reaction_is_only_ever_sent(network: Network) -> None:
    message_id = network.say(ADA)["id"]
    reaction = network.sent_id(ADA, type="reaction", reaction={"message_id": message_id, "emoji": "👍"})
    network.statuses(network.sent_id(ADA), 3)
    assert network.webhook.statuses(reaction) == ["sent"]


def test_a_reaction_to_an_unknown_message_fails_later(network: Network) -> None:
    network.say(ADA)
    reaction = network.sent_id(ADA, type="reaction", reaction={"message_id": "wamid.x", "emoji": ""})
    assert network.statuses(reaction, 1) == ["failed"]


def test_a_read_receipt_marks_what_came_before_too(network: Network) -> None:
    network.say(ADA, "one")
    second = network.say(ADA, "two")["id"]
    network.say(ADA, "three")
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    answer = network.graph({**receipt, "typing_indicator": {"type": "text"}})
    assert answer.json() == {"success": True}
    states = [line["status"] for line in network.see(f"transcript?contact={ADA}")]
    assert states == ["read", "read", "delivered"]
    assert [(one["message_id"], one["typing"]) for one in network.see("receipts")] == [(second, True)]
    assert network.see("sent") == []


def test_a_read_receipt_for_an_unknown_message_is_refused(network: Network) -> None:
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"}
    assert error_of(network.graph(receipt))["code"] == 131009


def test_sent_shows_requests_with_their_statuses(network: Network) -> None:
    network.say(ADA)
    message_id = network.sent_id(ADA)
    eventually(lambda: len(network.see("sent")[0]["statuses"]) == 3)
    entry = network.see("sent")[0]
    assert (entry["id"], entry["to"], entry["phone_number_id"]) == (message_id, ADA, NUMBER)
    assert entry["body"]["text"] == {"body": "hello"}
    assert [status["status"] for status in entry["statuses"]] == ["sent", "delivered", "read"]


@pytest.mark.parametrize("token", ["é", 'a"b', "x" * 5000])
def test_odd_tokens_are_wrong_tokens(network: Network, token: str) -> None:
    headers = httpx.Headers({"authorization": f"Bearer {token}"}, encoding="utf-8")
    answer = network.http.post(f"/v25.0/{NUMBER}/messages", headers=headers, json={})
    assert error_of(answer)["code"] == 190


@pytest.mark.parametrize("text", ["\ud800", "a\nb", 'x"y', "ü"])
def test_any_text_in_a_refused_value_can_be_answered(network: Network, text: str) -> None:
    raw: Any = json.dumps({"messaging_product": text})
    answer = network.http.post(f"/v25.0/{NUMBER}/messages", headers=TOKEN, content=raw)
    assert error_of(answer)["message"].startswith("(#100) Param messaging_product must be one of {WHATSAPP}")
