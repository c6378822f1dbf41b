"""The methods that answer queries, and the one that leads to a file.

https://core.telegram.org/bots/api#answercallbackquery, #getfile, and the answers to payments and
inline queries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.errors import Refusal, refused
from rejoinder.workbench.simulator.telegram.media import DOWNLOAD_BYTES
from rejoinder.workbench.simulator.telegram.network import Network

QUERY_SECONDS: Final = 15.0
"""How long a tap waits for its answer. Telegram gives no number; people measured 15 seconds and more."""

TOAST: Final = 200
"""The longest text of an answer to a tap."""


class Answers:
    """The methods."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def methods(self) -> dict[str, Callable[[Call], Awaitable[object]]]:
        """Return the methods by their names in small letters."""
        return {
            "answercallbackquery": self.tap,
            "answerprecheckoutquery": self.payment,
            "answershippingquery": self.payment,
            "answerinlinequery": self.inline,
            "getfile": self.file,
        }

    async def tap(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#answercallbackquery"""
        query = self._network.queries.get(call.text("callback_query_id"))
        is_mine = query is not None and query.bot is call.bot
        if query is None or not is_mine or self._network.clock.now() - query.at > QUERY_SECONDS:
            raise _too_old()
        text, url = call.text("text"), call.text("url")
        if len(text) > TOAST:
            raise refused("MESSAGE_TOO_LONG")
        if url and not url.startswith((f"https://t.me/{call.bot.username}?start=", "tg://")):
            raise refused("URL_INVALID")  # only links that open a bot, and games
        query.answer = {"text": text, "show_alert": call.flag("show_alert"), "url": url}
        return True

    async def payment(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#answerprecheckoutquery"""
        query_id = call.text("pre_checkout_query_id") or call.text("shipping_query_id")
        is_ok, message = call.flag("ok"), call.text("error_message")
        if not is_ok and not message:
            raise refused('parameter "error_message" is required')
        self._network.answers[query_id] = {"ok": is_ok, "error_message": message}
        return True

    async def inline(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#answerinlinequery"""
        results = call.objects("results", "InlineQueryResult")
        self._network.answers[call.text("inline_query_id")] = {"results": results}
        return True

    async def file(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getfile"""
        file = self._network.shelf.get(call.text("file_id"), call.bot.id)
        if file is None:
            raise refused("wrong file_id or the file is temporarily unavailable")
        if file.size > DOWNLOAD_BYTES:
            raise refused("file is too big")
        shown = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
        return {**shown, "file_path": file.path}


def _too_old() -> Refusal:
    return refused("query is too old and response timeout expired or query ID is invalid")
