"""How updates reach a webhook: headers, order, failures, answers, and what `setWebhook` refuses."""

from __future__ import annotations

import threading

import pytest

from tests.unit.simulator.kit import eventually
from tests.unit.simulator.telegram.talking import ADA, BOB, SECRET, Talking


def test_an_update_comes_with_the_secret_and_a_number_that_grows_by_one(talking: Talking) -> None:
    talking.listen()
    said = talking.say(text="hi", name="Ada Lovelace", username="ada")
    talking.say(text="again")
    first, second = talking.posted(2)
    post = talking.webhook.posts[0]
    assert post.headers["x-telegram-bot-api-secret-token"] == SECRET
    assert post.headers["content-type"] == "application/json"
    assert second["update_id"] == first["update_id"] + 1
    assert said == {
        "id": f"{ADA}.{first['message']['message_id']}",
        "update_id": first["update_id"],
        "told": True,
        "status": 200,
    }
    assert first["message"] == {
        "message_id": first["message"]["message_id"],
        "from": {
            "id": 1111111,
            "is_bot": False,
            "first_name": "Ada",
            "last_name": "Lovelace",
            "username": "ada",
            "language_code": "en",
        },
        "chat": {
            "id": 1111111,
            "first_name": "Ada",
            "last_name": "Lovelace",
            "username": "ada",
            "type": "private",
        },
        "date": first["message"]["date"],
        "text": "hi",
    }


def test_a_failing_update_holds_up_its_chat_only(talking: Talking) -> None:
    talking.listen()
    talking.webhook.answers_to["one"] = 502
    assert talking.say(text="one")["status"] == 502
    assert "earlier" in talking.say(text="two")["error"]
    assert talking.say(BOB, text="of Bob")["status"] == 200
    del talking.webhook.answers_to["one"]
    eventually(lambda: talking.call("getWebhookInfo")["pending_update_count"] == 0)
    *tries, last = [body["message"]["text"] for body in talking.posted(4)]
    assert last == "two"
    assert (tries.count("of Bob"), tries.count("two")) == (1, 0)
    info = talking.call("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 502 Bad Gateway"
    assert info["last_error_date"] > 0
    attempts = [one["attempt"] for one in talking.see("received") if "one" in one["body"]]
    assert attempts == list(range(1, len(attempts) + 1))


def test_what_waits_is_delivered_when_a_webhook_is_set(talking: Talking) -> None:
    talking.say(text="early")
    assert talking.call("getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 1,
    }
    talking.listen(max_connections=3)
    (body,) = talking.posted(1)
    assert body["message"]["text"] == "early"
    eventually(lambda: talking.call("getWebhookInfo")["pending_update_count"] == 0)
    assert talking.call("getWebhookInfo")["max_connections"] == 3


def test_an_update_is_dropped_after_a_day_and_a_tap_after_150_seconds(talking: Talking) -> None:
    talking.say(text="old")
    talking.call("sendMessage", chat_id=ADA, text="?", reply_markup=_keyboard("Yes"))
    talking.say(tap="Yes")
    assert talking.call("getWebhookInfo")["pending_update_count"] == 2
    talking.control("clock", {"advance_seconds": 151})
    assert talking.call("getWebhookInfo")["pending_update_count"] == 1
    talking.control("clock", {"advance_seconds": 86_400})
    assert talking.fetched() == []


def test_answers_of_410_for_23_hours_close_the_webhook(talking: Talking) -> None:
    talking.listen()
    talking.webhook.answers.extend([410] * 100)
    talking.say(text="gone?")
    eventually(lambda: "410" in talking.call("getWebhookInfo").get("last_error_message", ""))
    talking.control("clock", {"advance_seconds": 23 * 3600 + 1})
    eventually(lambda: talking.call("getWebhookInfo")["url"] == "")
    talking.webhook.answers.clear()


def test_retry_after_of_the_webhook_is_heeded(talking: Talking) -> None:
    talking.listen()
    talking.webhook.headers = {"retry-after": "3600"}
    talking.webhook.answers.append(503)
    talking.say(text="busy?")
    talking.webhook.headers = {}
    # An hour is here as long as the longest pause.
    assert [body["message"]["text"] for body in talking.posted(2)] == ["busy?", "busy?"]


def test_a_method_in_the_answer_is_carried_out_and_a_refused_one_is_not_reported(talking: Talking) -> None:
    talking.listen()
    talking.webhook.reply = {"method": "sendMessage", "chat_id": int(ADA), "text": "from the answer"}
    talking.say(text="hi")
    assert [line["text"] for line in talking.see("transcript", contact=ADA)] == ["hi", "from the answer"]
    talking.webhook.reply = {"method": "sendMessage", "chat_id": 99, "text": "to a stranger"}
    assert talking.say(text="again")["status"] == 200
    talking.webhook.reply = {"method": "deleteWebhook"}
    talking.say(text="and again")
    assert talking.call("getWebhookInfo")["url"] == talking.webhook.url


def test_a_tap_is_answered_in_the_answer_to_its_webhook(talking: Talking) -> None:
    talking.listen()
    talking.say(text="hi")
    talking.call("sendMessage", chat_id=ADA, text="Sure?", reply_markup=_keyboard("Yes", "No"))
    talking.webhook.answer_taps = "Yes it is"
    tapped = talking.say(tap="Yes")
    query = talking.posted(2)[1]["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("yes", int(ADA), "Sure?")
    assert tapped["id"] == f"{ADA}.{query['message']['message_id']}.t{query['id']}"
    (answered,) = talking.see("receipts")
    assert (answered["id"], answered["answer"]["text"]) == (query["id"], "Yes it is")


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        (
            {"url": "https://bot.example:9443/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "http://bot.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "ftp://bot.example/"}, "invalid webhook URL specified"),
        (
            {"url": "https://bot.example/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        ({"url": "https://bot.example/", "secret_token": "a" * 257}, "secret token is too long"),
        (
            {"url": "https://bot.example/", "ip_address": "10.0.0.1"},
            "bad webhook: IP address 10.0.0.1 is reserved",
        ),
        ({"url": "https://bot.example/", "ip_address": "x"}, "bad webhook: Invalid IP address specified"),
    ],
)
def test_a_webhook_that_telegram_refuses_is_refused(
    talking: Talking, parameters: dict[str, str], description: str
) -> None:
    assert talking.refused("setWebhook", **parameters) == (400, f"Bad Request: {description}")


def test_set_and_delete_say_whether_something_changed(talking: Talking) -> None:
    def said(method: str, **parameters: object) -> str:
        return str(talking.ask(method, **parameters).json()["description"])

    assert said("setWebhook", url=talking.webhook.url) == "Webhook was set"
    assert said("setWebhook", url=talking.webhook.url) == "Webhook is already set"
    assert said("setWebhook", url=talking.webhook.url, secret_token="x") == "Webhook was set"
    assert said("setWebhook") == "Webhook was deleted"
    assert said("deleteWebhook") == "Webhook is already deleted"


def test_faults_of_webhooks_repeat_delay_and_disorder_between_chats(talking: Talking) -> None:
    talking.listen()
    fault = {"kind": "webhook", "channel": "telegram", "times": 1}
    talking.control("faults", [{**fault, "duplicate": True}])
    talking.say(text="twice")
    assert [body["message"]["text"] for body in talking.posted(2)] == ["twice"] * 2
    assert len({body["update_id"] for body in talking.posted(2)}) == 1

    talking.control("faults", [{**fault, "status": 502}])
    assert talking.say(text="answer lost")["status"] == 200
    assert [body["message"]["text"] for body in talking.posted(4)[2:]] == ["answer lost"] * 2

    talking.control("faults", [{**fault, "delay_seconds": 0.01}])
    talking.say(text="late")
    assert talking.posted(5)[4]["message"]["text"] == "late"

    talking.control("faults", [{**fault, "times": None, "disorder": True}])
    ada, bob = (threading.Thread(target=talking.say, args=(who,), kwargs={"text": who}) for who in (ADA, BOB))
    for one in (ada, bob):
        one.start()
        eventually(lambda: talking.see("bots")[0]["waiting"] > 0)
    for one in (ada, bob):
        one.join()
    assert len(talking.posted(7)) == 7


def test_a_raw_body_is_posted_with_a_right_or_a_wrong_secret(talking: Talking) -> None:
    talking.listen()
    for spoilt, secret in (
        (None, SECRET),
        ("none", None),
        ("wrong", f"{SECRET}-of-somebody-else"),
        ("my", "my"),
    ):
        headers = {"x-sim-signature": spoilt} if spoilt else {}
        talking.http.post("/sim/deliver?channel=telegram", content=b"{}", headers=headers)
        assert talking.webhook.posts[-1].headers["x-telegram-bot-api-secret-token"] == secret


def test_a_reset_forgets_updates_and_keeps_the_webhook(talking: Talking) -> None:
    talking.listen()
    talking.webhook.answers.extend([500] * 3)
    talking.say(text="lost")
    talking.control("reset", {})
    talking.webhook.answers.clear()
    assert talking.say(text="new")["status"] == 200
    assert talking.webhook.posts[-1].body["message"]["text"] == "new"


def _keyboard(*titles: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": title, "callback_data": title.lower()} for title in titles]]}
