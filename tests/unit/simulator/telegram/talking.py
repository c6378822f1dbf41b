"""What the tests of the people's side of Telegram share: a bot's requests, and what people do."""

from __future__ import annotations

import json
from typing import Any

import httpx

from rejoinder.workbench.development import TELEGRAM_BOT_TOKEN
from tests.unit.simulator.kit import Post, Webhook, eventually

ADA = "1111111"
BOB = "2222222"
SECRET = "secret-of-the-webhook"


class TelegramWebhook(Webhook):
    """A webhook of a bot, whose answers may have headers and call a method."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        """What stands in the answers."""

        self.reply: dict[str, Any] | None = None
        """The body of the answers."""

        self.answer_taps = ""
        """The words with which a tap is answered at once."""

        self.answers_to: dict[str, int] = {}
        """The statuses that messages with these texts get."""
        super().__init__()

    def answer_to(self, post: Post) -> tuple[dict[str, str], str]:
        failure = self.answers_to.get(post.body.get("message", {}).get("text", ""))
        if failure:
            self.answers.appendleft(failure)
        query = post.body.get("callback_query")
        reply = self.reply
        if query and self.answer_taps:
            reply = {
                "method": "answerCallbackQuery",
                "callback_query_id": query["id"],
                "text": self.answer_taps,
            }
        if reply is None:
            return self.headers, ""
        return {"content-type": "application/json", **self.headers}, json.dumps(reply)


class Talking:
    """A bot and the people who talk with it."""

    def __init__(self, http: httpx.Client, webhook: TelegramWebhook) -> None:
        self.http = http
        self.webhook = webhook

    def ask(self, method: str, **parameters: Any) -> httpx.Response:
        """Ask the Bot API."""
        return self.http.post(f"/bot{TELEGRAM_BOT_TOKEN}/{method}", json=parameters)

    def call(self, method: str, **parameters: Any) -> Any:
        """Return the result of a method."""
        answer = self.ask(method, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def refused(self, method: str, **parameters: Any) -> tuple[int, str]:
        """Return why a method is refused."""
        body = self.ask(method, **parameters).json()
        assert body["ok"] is False, body
        return body["error_code"], body["description"]

    def listen(self, **more: Any) -> None:
        """Let the webhook of the test hear the updates."""
        self.call("setWebhook", url=self.webhook.url, secret_token=SECRET, **more)

    def say(self, sender: str = ADA, **order: Any) -> Any:
        """Let somebody do something."""
        answer = self.try_to_say(sender, **order)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def try_to_say(self, sender: str = ADA, **order: Any) -> httpx.Response:
        return self.http.post("/sim/say", json={"channel": "telegram", "from": sender, **order})

    def control(self, path: str, order: Any) -> Any:
        answer = self.http.post(f"/sim/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def see(self, path: str, **query: str) -> Any:
        answer = self.http.get(f"/sim/{path}", params={"channel": "telegram", **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fetched(self, **parameters: Any) -> list[dict[str, Any]]:
        """Return what `getUpdates` brings, and confirm it."""
        updates: list[dict[str, Any]] = self.call("getUpdates", **parameters)
        if updates:
            self.call("getUpdates", offset=updates[-1]["update_id"] + 1)
        return updates

    def posted(self, count: int) -> list[Any]:
        """Wait until the webhook has heard of so many updates, and return them."""
        eventually(lambda: len(self.webhook.posts) >= count)
        return [post.body for post in list(self.webhook.posts)]


def group_of(talking: Talking, **order: Any) -> int:
    """Create a group with Ada and Bob and the bot. Return its id. What the bot is told of it is fetched."""
    chat = talking.control("chats", {"type": "supergroup", "title": "Team", "members": [ADA, BOB], **order})
    talking.fetched()
    return int(chat["id"])
