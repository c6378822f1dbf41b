"""python-telegram-bot, unmodified and as its users write it, against the simulated Telegram: by both ways."""

from __future__ import annotations

import pytest

from tests.foreign.test_aiogram import client, hear_everything, send_everything

REFUSED = {
    "too long": {"error": "BadRequest", "words": "Message is too long"},
    "wrong markup": {
        "error": "BadRequest",
        "words": "Can't parse entities: can't find end tag corresponding to start tag \"b\"",
    },
    "wrong button": {"error": "BadRequest", "words": "Button_data_invalid"},
    "unknown chat": {"error": "BadRequest", "words": "Chat not found"},
    "old tap": {
        "error": "BadRequest",
        "words": "Query is too old and response timeout expired or query id is invalid",
    },
}
"""The library writes the texts of Telegram in its own way."""


@pytest.mark.slow
def test_unmodified_python_telegram_bot_hears_everything_and_sends_everything() -> None:
    with client("ptb_client") as running:
        assert running.begin().startswith("http://127.0.0.1:")
        hear_everything(running)
        send_everything(running, REFUSED, moved="ChatMigrated", busy="RetryAfter")
        running.end()
        assert running.begin() == "getUpdates"
        hear_everything(running)
        assert running.say(block=True)["received"] == "block"
        blocked = {"error": "Forbidden", "words": "Forbidden: bot was blocked by the user"}
        assert running.send("text") == {"text": blocked}
        running.end()
