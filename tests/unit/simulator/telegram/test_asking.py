"""How a bot asks the simulated Bot API, and how it is refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from rejoinder.workbench.development import TELEGRAM_BOT_TOKEN, TELEGRAM_BOT_USERNAME
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram import call as calls
from tests.unit.simulator.telegram.bot_api import ADA, BotApi
from tests.unit.simulator.telegram.talking import Talking


@pytest.fixture
def api() -> BotApi:
    one = BotApi()
    one.heard()
    return one


def test_a_bot_learns_who_it_is(api: BotApi) -> None:
    me = api.get("getMe")
    assert (me["username"], me["is_bot"], me["can_read_all_group_messages"]) == (
        TELEGRAM_BOT_USERNAME,
        True,
        False,
    )


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "GET", "params": {"chat_id": ADA, "text": "hello"}},
        {"method": "POST", "params": {"chat_id": ADA, "text": "hello"}},
        {"method": "POST", "data": {"chat_id": ADA, "text": "hello"}},
        {"method": "POST", "json": {"chat_id": ADA, "text": "hello"}},
        {"method": "POST", "json": {"chat_id": str(ADA), "text": "hello", "reply_markup": None}},
        {"method": "POST", "data": {"chat_id": ADA}, "files": {"text": (None, "hello")}},
    ],
    ids=["query", "empty-post", "form", "json", "json-of-strings", "multipart"],
)
def test_parameters_come_in_every_documented_way(api: BotApi, request_: dict[str, Any]) -> None:
    answer = api.request(path=f"{api.base}/sendMessage", **request_)
    assert answer.json()["result"]["text"] == "hello", answer.text


def test_names_of_methods_are_read_in_any_case(api: BotApi) -> None:
    assert api.get("GETME") == api.get("getme")


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot1:unknown/getMe", 401, "Unauthorized"),
        (f"/bot{TELEGRAM_BOT_TOKEN}/", 404, "Not Found"),
        (f"/bot{TELEGRAM_BOT_TOKEN}/getMore", 404, "Not Found: method not found"),
        (f"/bot{TELEGRAM_BOT_TOKEN}/test/getMe", 404, "Not Found: method not found"),
        (f"/file/bot{TELEGRAM_BOT_TOKEN}/photos/file_1.jpg", 404, "Not Found"),
    ],
)
def test_what_is_not_there_is_refused_as_telegram_does(
    api: BotApi, path: str, status: int, description: str
) -> None:
    answer = api.request("GET", path)
    assert answer.status_code == status
    assert answer.json() == {"ok": False, "error_code": status, "description": description}


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(api: BotApi, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert api.request("POST", f"{api.base}/getMe", content=body, headers=headers).status_code == 400


def test_a_bot_cannot_write_to_strangers(api: BotApi) -> None:
    api.person(2222222)
    assert api.no("sendMessage", chat_id=2222222, text="x") == (
        "Forbidden: bot can't initiate conversation with a user"
    )
    for stranger in (3, -5, 0, "@nobody", "words"):
        assert api.no("sendMessage", chat_id=stranger, text="x") == "Bad Request: chat not found"
    assert api.no("sendMessage", text="x") == "Bad Request: chat_id is empty"
    assert api.no("sendMessage", chat_id=api.bot.id, text="x") == "Forbidden: bot can't send messages to bots"


def test_a_bot_cannot_write_to_those_who_blocked_it_or_left(api: BotApi) -> None:
    api.chat().blocked = True
    assert api.no("sendMessage", chat_id=ADA, text="x") == "Forbidden: bot was blocked by the user"
    api.person().deactivated = True
    assert api.no("sendMessage", chat_id=ADA, text="x") == "Forbidden: user is deactivated"


@pytest.mark.parametrize(
    ("kind", "status", "refusal"),
    [
        ("supergroup", "kicked", "Forbidden: bot was kicked from the supergroup chat"),
        ("group", "kicked", "Forbidden: bot was kicked from the group chat"),
        ("supergroup", "left", "Forbidden: bot is not a member of the supergroup chat"),
        ("channel", "member", "Bad Request: need administrator rights in the channel chat"),
        ("group", "restricted", "Bad Request: not enough rights to send text messages to the chat"),
    ],
)
def test_a_bot_writes_only_where_it_may(api: BotApi, kind: str, status: str, refusal: str) -> None:
    group = api.group(kind, status)
    assert api.no("sendMessage", chat_id=group.id, text="x") == refusal


def test_a_group_that_moved_says_where_it_went(api: BotApi) -> None:
    old, new = api.group("group"), api.group("supergroup")
    old.migrated_to = new.id
    answer = api.ask("sendMessage", chat_id=old.id, text="x").json()
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}


def test_a_bot_that_sends_too_fast_is_told_when_to_go_on() -> None:
    api = BotApi(Settings(telegram_chat_burst=2, telegram_chat_seconds=5.0))
    api.heard()
    api.say()
    first = api.say()
    answer = api.ask("sendMessage", chat_id=ADA, text="x")
    assert answer.status_code == 429
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 5",
        "parameters": {"retry_after": 5},
    }
    assert answer.headers["retry-after"] == "5"
    edit = api.ask("editMessageText", chat_id=ADA, message_id=first["message_id"], text="y")
    assert edit.status_code == 429
    api.clock.advance(5)
    api.say()


def test_a_bot_has_a_rate_over_all_chats_and_one_for_groups() -> None:
    api = BotApi(Settings(telegram_per_second=3, telegram_group_minute=2))
    group = api.group()
    for _ in range(2):
        api.get("sendMessage", chat_id=group.id, text="x")
    assert api.no("sendMessage", chat_id=group.id, text="x") == "Too Many Requests: retry after 30"
    api.heard()
    api.heard(person_id=5)
    api.say()
    assert api.no("sendMessage", chat_id=5, text="x") == "Too Many Requests: retry after 1"


def test_planted_faults_strike_messages_and_nothing_else(api: BotApi) -> None:
    api.plant(kind="http", status=502)
    api.get("sendChatAction", chat_id=ADA, action="typing")
    assert api.ask("sendMessage", chat_id=ADA, text="x").status_code == 502
    api.plant(kind="http", status=500, accepted=True)
    assert api.ask("sendMessage", chat_id=ADA, text="lost answer").status_code == 500
    assert [one.content["text"] for one in api.chat().visible()] == ["hi", "lost answer"]
    api.plant(kind="error", code=429, retry_after=7)
    assert api.no("sendMessage", chat_id=ADA, text="x") == "Too Many Requests: retry after 7"
    api.plant(kind="error", code=403, details="bot was blocked by the user", to=str(ADA))
    assert api.no("sendMessage", chat_id=ADA, text="x") == "Forbidden: bot was blocked by the user"
    api.say()


def test_a_fault_of_whatsapp_never_strikes_telegram(api: BotApi) -> None:
    api.plant(kind="http", status=500, channel="whatsapp")
    api.say()


def test_faults_of_files_strike_the_path_and_the_download(api: BotApi) -> None:
    sent = api.get("sendDocument", {"document": ("a.txt", b"abc")}, chat_id=ADA)
    file_id = sent["document"]["file_id"]
    api.plant(kind="address", status=500)
    assert api.ask("getFile", file_id=file_id).status_code == 500
    path = api.get("getFile", file_id=file_id)["file_path"]
    api.plant(kind="download", code=404)
    assert api.request("GET", f"/file{api.base}/{path}").status_code == 404
    assert api.request("GET", f"/file{api.base}/{path}").content == b"abc"


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"method": "sendMessage", "chat_id": ADA, "reply_markup": {"a": 1}}},
        {"data": {"method": "sendMessage", "chat_id": ADA, "reply_markup": '{"a": 1}'}},
        {
            "files": {
                "method": (None, "sendMessage"),
                "chat_id": (None, str(ADA)),
                "reply_markup": (None, '{"a": 1}'),
            }
        },
    ],
    ids=["json", "form", "multipart"],
)
def test_what_a_webhook_answers_is_read_as_a_call(api: BotApi, body: dict[str, Any]) -> None:
    answer = httpx.Request("POST", "http://127.0.0.1", **body)
    call = asyncio.run(calls.in_answer(api.bot, answer.headers["content-type"], answer.read()))
    assert (call.method, call.text("chat_id")) == ("sendmessage", str(ADA))
    assert json.loads(call.text("reply_markup")) == {"a": 1}


@pytest.mark.parametrize("words", ["", "OK"])
def test_an_answer_that_names_no_method_is_no_call(api: BotApi, words: str) -> None:
    assert asyncio.run(calls.in_answer(api.bot, "text/plain", words.encode())).method == ""


def test_both_networks_are_served_on_one_port_and_a_reset_forgets_both(
    http: httpx.Client, served: Simulator
) -> None:
    base = f"/bot{TELEGRAM_BOT_TOKEN}"
    assert http.get(f"{base}/getMe").json()["ok"] is True
    commands = [{"command": "start", "description": "Begin"}]
    assert http.post(f"{base}/setMyCommands", json={"commands": commands}).json()["result"] is True
    assert http.get(f"{base}/getMyCommands").json()["result"] == commands
    http.post("/sim/reset", json={})
    assert http.get(f"{base}/getMyCommands").json()["result"] == []


def test_an_answer_is_lost_with_the_connection_and_the_message_stays(talking: Talking) -> None:
    talking.say(text="hi")
    talking.control("faults", {"channel": "telegram", "kind": "accept_no_answer", "hang_seconds": 0})
    with pytest.raises(httpx.RemoteProtocolError):
        talking.ask("sendMessage", chat_id=ADA, text="lost")
    assert [line["text"] for line in talking.see("transcript")] == ["hi", "lost"]
    talking.call("sendMessage", chat_id=ADA, text="next")
