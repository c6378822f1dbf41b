"""The control API: contacts write and tap, tests look, and no request is answered with 500."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rejoinder.workbench.simulator import server
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.unit.simulator.kit import (
    ADA,
    AS_JSON,
    BOB,
    NUMBER,
    SECOND_NUMBER,
    TOKEN,
    Network,
    Webhook,
    eventually,
)
from tests.unit.simulator.shapes import BUTTONS, LIST

PAGE = Path(server.__file__).with_name("page")


def refused(network: Network, path: str, order: Any, status: int = 400) -> str:
    answer = network.http.post(f"/sim/{path}", json=order)
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["error"]
    return str(answer.json()["error"])


def test_a_button_is_tapped_by_title(network: Network) -> None:
    network.say(ADA)
    message_id = network.sent_id(ADA, type="interactive", interactive=BUTTONS)
    assert network.control("say", {"from": ADA, "tap": "Talk to a person"})["status"] == 200
    message = network.webhook.items("messages")[-1]
    assert message["type"] == "interactive"
    assert message["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "person", "title": "Talk to a person"},
    }
    assert message["context"] == {"from": "15550100001", "id": message_id}
    assert message["from"] == ADA


def test_a_list_row_is_tapped_by_id_and_brings_its_description(network: Network) -> None:
    network.say(ADA)
    network.sent_id(ADA, type="interactive", interactive=LIST)
    network.control("say", {"from": ADA, "tap": "row-2"})
    reply = {"id": "row-2", "title": "Tomorrow", "description": "until ten"}
    assert network.webhook.items("messages")[-1]["interactive"] == {"type": "list_reply", "list_reply": reply}
    newest = network.see(f"transcript?contact={ADA}")[-1]
    assert (newest["text"], newest["tapped"]) == ("Tomorrow", True)


def test_a_quick_reply_of_a_template_is_tapped_as_a_button(network: Network) -> None:
    body = [{"type": "text", "text": "Ada"}, {"type": "text", "text": "Monday"}]
    payload = [{"type": "payload", "payload": "change-4711"}]
    button = {"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": payload}
    template = {
        "name": "appointment_reminder",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": body}, button],
    }
    network.sent_id(ADA, type="template", template=template)
    network.control("say", {"from": ADA, "tap": "Change"})
    message = network.webhook.items("messages")[-1]
    assert message["button"] == {"payload": "change-4711", "text": "Change"}


def test_any_content_is_sent_as_it_stands_on_the_wire(network: Network) -> None:
    network.say(ADA)
    first = network.webhook.items("messages")[-1]["id"]
    for content in (
        {"type": "edit", "edit": {"original_message_id": first, "message": {"type": "text"}}},
        {"type": "revoke", "revoke": {"original_message_id": first}},
        {"type": "voice", "voice": {"id": "900000000000001"}},
    ):
        assert network.control("say", {"from": ADA, "message": {**content, "id": "mine"}})["status"] == 200
        message = network.webhook.items("messages")[-1]
        assert message | content == message
        assert message["id"].startswith("wamid.")
    assert network.see(f"transcript?contact={ADA}")[-1]["text"] == "(voice)"


def test_a_message_quotes_and_tells_where_its_contact_came_from(network: Network) -> None:
    network.say(ADA)
    quoted = network.sent_id(ADA)
    referral = {"source_type": "ad", "ctwa_clid": "c1"}
    network.say(ADA, "hi", context={"id": quoted}, referral=referral, username="ada.l")
    message = network.webhook.items("messages")[-1]
    assert message["context"] == {"from": "15550100001", "id": quoted}
    assert message["referral"] == referral
    network.say(ADA, "look", context={"forwarded": True})
    assert network.webhook.items("messages")[-1]["context"] == {"forwarded": True}
    profile = network.webhook.posts[-1].values()[0]["contacts"][0]["profile"]
    assert profile == {"name": "Visitor", "username": "ada.l"}


def test_the_newest_message_with_the_choice_is_tapped(network: Network) -> None:
    network.say(ADA)
    network.sent_id(ADA, type="interactive", interactive=BUTTONS)
    newest = network.sent_id(ADA, type="interactive", interactive=BUTTONS)
    network.sent_id(ADA)
    network.control("say", {"from": ADA, "tap": "book"})
    assert network.webhook.items("messages")[-1]["context"]["id"] == newest


def test_a_choice_that_was_not_sent_to_the_contact_is_409(network: Network) -> None:
    network.say(ADA)
    network.say(BOB)
    network.sent_id(ADA, type="interactive", interactive=BUTTONS)
    assert "'book'" in refused(network, "say", {"from": BOB, "tap": "book"}, 409)
    order = {"from": ADA, "tap": "book", "phone_number_id": SECOND_NUMBER}
    assert BOB not in refused(network, "say", order, 409)


def test_a_message_that_failed_cannot_be_tapped(network: Network) -> None:
    network.sent_id(ADA, type="interactive", interactive=BUTTONS)
    refused(network, "say", {"from": ADA, "tap": "book"}, 409)


def test_saying_without_a_webhook_is_409() -> None:
    with Simulator(Settings()) as simulator:
        answer = httpx.post(f"{simulator.url}/sim/say", json={"from": ADA, "text": "hi"}, trust_env=False)
    assert (answer.status_code, "handshake" in answer.json()["error"]) == (409, True)


def test_a_name_is_kept_once_it_was_said(network: Network) -> None:
    network.say(ADA)
    network.say(ADA, name="Ada")
    network.say(ADA)
    names = [post.values()[0]["contacts"][0]["profile"]["name"] for post in network.webhook.posts]
    assert names == ["Visitor", "Ada", "Ada"]


def test_the_transcript_tells_both_sides_oldest_first(network: Network) -> None:
    network.say(ADA, "hello")
    network.say(BOB, "not mine")
    network.sent_id(ADA, type="interactive", interactive=BUTTONS)
    eventually(lambda: network.see(f"transcript?contact={ADA}")[-1]["status"] == "read")
    lines = network.see(f"transcript?contact=%2B{ADA}")
    assert [(line["direction"], line["text"], line["choices"]) for line in lines] == [
        ("in", "hello", []),
        ("out", "What can I do?", ["Book a table", "Talk to a person"]),
    ]
    assert len(network.see("transcript")) == 3
    assert network.see("transcript?contact=49999999") == []


def test_a_failed_message_says_why_in_the_transcript(network: Network) -> None:
    network.sent_id(ADA)
    eventually(lambda: network.see("transcript")[0]["status"] == "failed")
    assert network.see("transcript")[0]["error"]["code"] == 131047


@pytest.mark.parametrize(
    "order",
    [
        {"from": "Ada", "text": "hi"},
        {"from": "٤٩١٧٠٠٠٠٠٠٠١", "text": "hi"},
        {"from": 491700000001, "text": "hi"},
        {"text": "hi"},
        {"from": ADA},
        {"from": ADA, "text": ""},
        {"from": ADA, "text": "hi", "tap": "x"},
        {"from": ADA, "text": "hi", "name": 1},
        {"from": ADA, "text": "hi", "phone_number_id": "4711"},
        {"from": ADA, "message": "hi"},
        {"from": ADA, "message": {}},
        {"from": ADA, "message": {"type": 7}},
        {"from": ADA, "message": {"type": "x"}, "text": "hi"},
        {"from": ADA, "text": "hi", "context": "wamid.1"},
        {"from": ADA, "text": "hi", "referral": []},
        {"from": ADA, "text": "hi", "username": ""},
        [],
        "hi",
        None,
    ],
)
def test_what_cannot_be_said_is_400_with_a_reason(network: Network, order: Any) -> None:
    assert refused(network, "say", order)


def test_the_clock_moves_forward_only(network: Network) -> None:
    before = network.see("clock")["now"]
    assert network.control("clock", {"advance_seconds": 3600})["now"] >= before + 3600
    assert "0" in refused(network, "clock", {"advance_seconds": -1})
    refused(network, "clock", {"advance_seconds": True})
    refused(network, "clock", {})
    network.control("reset", {})
    assert network.see("clock")["now"] < before + 3000


def test_reset_forgets_all_but_the_webhook(network: Network) -> None:
    network.say(ADA)
    network.sent_id(ADA)
    network.control("faults", [{"kind": "error", "code": 1}])
    network.control("templates", {"name": "mine", "language": "en", "body": "Hi"})
    network.control("reset", {})
    assert [network.see(path) for path in ("sent", "received", "receipts", "faults", "transcript")] == [
        []
    ] * 5
    assert "mine" not in {template["name"] for template in network.see("templates")}
    assert network.say(ADA)["status"] == 200


def test_a_template_can_be_added_and_paused(network: Network) -> None:
    mine = {"name": "mine", "language": "de", "body": "Hallo {{name}}", "buttons": ["Ja"]}
    network.control("templates", mine)
    values = [{"type": "text", "parameter_name": "name", "text": "Ada"}]
    template = {
        "name": "mine",
        "language": {"code": "de"},
        "components": [{"type": "body", "parameters": values}],
    }
    network.sent_id(ADA, type="template", template=template)
    assert network.see("transcript")[0]["text"] == "Hallo Ada"
    network.control("templates", [{**mine, "status": "PAUSED"}])
    assert network.send(ADA, type="template", template=template).json()["error"]["code"] == 132015


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"name": "Mine", "language": "en", "body": "Hi"},
        {"name": "mine", "language": "en"},
        {"name": "mine", "language": "en", "body": 1},
        {"name": "mine", "language": "en", "body": "x" * 1025},
        {"name": "mine", "language": "en", "body": "Hi", "category": "NEWS"},
        {"name": "mine", "language": "en", "body": "Hi", "buttons": ["x" * 26]},
        {"name": "mine", "language": "en", "body": "Hi", "sound": "x"},
        3,
    ],
)
def test_a_template_that_meta_would_not_take_is_400(network: Network, template: Any) -> None:
    assert refused(network, "templates", template)


def test_an_unknown_control_path_is_404_in_json(network: Network) -> None:
    assert "no POST /sim/dance" in refused(network, "dance", {}, 404)


def test_the_page_needs_nothing_from_elsewhere(network: Network) -> None:
    answer = network.http.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "://" not in answer.text
    files = [path.name for path in PAGE.iterdir()]
    assert {"page.html", "page.css", "main.js"} <= {*files}
    for name in files:
        file = network.http.get(f"/sim/page/{name}")
        kind = {"js": "text/javascript", "css": "text/css", "html": "text/html"}[name.rpartition(".")[2]]
        assert file.headers["content-type"].startswith(kind)
        for danger in ("innerHTML", "insertAdjacentHTML", "eval(", "@import", "import("):
            assert danger not in file.text
    assert network.http.get("/sim/page/../app.py").status_code == 404


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("from", "name", "text", "tap", "phone_number_id", "kind", "times", "to", "code", "status", "drop")
WIRE_KEYS = ("message", "context", "referral", "username", "file", "data", "mime_type")
ORDERS = JSON | st.dictionaries(
    st.sampled_from(
        (*KEYS, *WIRE_KEYS, "advance_seconds", "webhook_url", "language", "body", "buttons", "duplicate")
    ),
    JSON
    | st.dictionaries(st.sampled_from(("type", "id", "from", "data", "mime_type", "kind")), JSON, max_size=3)
    | st.sampled_from((ADA, NUMBER, "error", "status", "webhook", "sent", "en", 131000)),
)
PATHS = (
    "/sim/say",
    "/sim/faults",
    "/sim/clock",
    "/sim/handshake",
    "/sim/templates",
    f"/v25.0/{NUMBER}/messages",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), order=ORDERS)
def test_no_json_ever_is_500(http: httpx.Client, webhook: Webhook, path: str, order: Any) -> None:
    raw = json.dumps(order).encode()
    answer = http.post(path, content=raw, headers=TOKEN | AS_JSON)
    assert answer.status_code < 500 or path == "/sim/handshake"
    assert isinstance(answer.json(), dict | list)
    http.post("/sim/reset")
    http.post("/sim/handshake", json={"webhook_url": webhook.url})
