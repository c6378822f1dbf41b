"""A small bot on Telegram, which answers what the tests of the page say."""

from __future__ import annotations

from typing import Any

import httpx

from rejoinder.workbench.development import TELEGRAM_BOT_TOKEN
from tests.unit.simulator.kit import Post, Webhook

KEYS = {
    "inline_keyboard": [
        [{"text": "Yes", "callback_data": "yes"}, {"text": "No", "callback_data": "no"}],
        [
            {"text": "Our site", "url": "https://shop.example.com/"},
            {"text": "Bad", "url": "tg://resolve?domain=x"},
        ],
    ]
}
KEYBOARD = {
    "keyboard": [["Today", "Tomorrow"], [{"text": "Where I am", "request_location": True}]],
    "input_field_placeholder": "Which day?",
}
FORMATTED = (
    "<b>Bold <i>and italic</i></b>, <code>code</code>, <s>struck</s>, <a href='https://a.example/'>link</a>, "
    "<blockquote>quoted</blockquote> \N{WAVING HAND SIGN} https://b.example "
    "&lt;img src=x onerror=alert(1)&gt; @ada_l"
)


class TelegramBot(Webhook):
    """Answers certain words with certain messages, and everything else with what it got."""

    api = ""
    """The URL of the simulator."""

    def call(self, method: str, **parameters: Any) -> Any:
        url = f"{self.api}/bot{TELEGRAM_BOT_TOKEN}/{method}"
        answer = httpx.post(url, json=parameters, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def heard(self, post: Post) -> None:
        update = post.body
        if query := update.get("callback_query"):
            self._tapped(query)
        elif message := update.get("message"):
            self._answer(message["chat"]["id"], message)

    def _tapped(self, query: dict[str, Any]) -> None:
        alert = query["data"] == "no"
        self.call(
            "answerCallbackQuery",
            callback_query_id=query["id"],
            text=f"Noted: {query['data']}",
            show_alert=alert,
        )
        message = query["message"]
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        self.call("editMessageText", **place, text=f"You chose {query['data']}")

    def _answer(self, chat: int, message: dict[str, Any]) -> None:
        words = message.get("text", "")
        if words == "buttons":
            self.call("sendMessage", chat_id=chat, text="Sure?", reply_markup=KEYS)
        elif words == "keyboard":
            self.call("sendMessage", chat_id=chat, text="When?", reply_markup=KEYBOARD)
        elif words == "done":
            self.call("sendMessage", chat_id=chat, text="Gone", reply_markup={"remove_keyboard": True})
        elif words == "formats":
            self.call("sendMessage", chat_id=chat, text=FORMATTED, parse_mode="HTML")
        elif "photo" in message:
            photo = message["photo"][-1]["file_id"]
            self.call("sendPhoto", chat_id=chat, photo=photo, caption="It is back")
        else:
            known = ("text", "location", "contact", "voice", "dice")
            kind = next((one for one in known if one in message), "message")
            self.call("sendMessage", chat_id=chat, text=f"Got {words or kind}")
