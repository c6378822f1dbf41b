"""The table of what of the Bot API is simulated, and each of its methods with odd parameters."""

from __future__ import annotations

import random
from typing import Any

from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.simulated import LACKING, PAGE
from rejoinder.workbench.simulator.telegram.side import Side
from rejoinder.workbench.simulator.telegram.simulated import BEGIN, METHODS, written
from tests.unit.simulator.telegram.bot_api import ADA, PNG, BotApi

ODD: tuple[Any, ...] = (
    None, 5, -1.5, 10**30, True, "", "x", "-", "@x", "1e9", "\ud800", "attach://x", "http://[", "{", "[[",
    "null", [], {}, [1], ["a"], [[]], [{}], [[{}]], {"a": 1}, {"type": "x"}, {"message_id": "x"},
    [{"type": "bold", "offset": "x", "length": []}],
    [{"type": "text_mention", "offset": 0, "length": 1, "user": 5}],
    [{"type": "emoji", "emoji": 5}], [{"type": "photo", "media": 5}, {"type": []}], [{"command": 5}],
    {"inline_keyboard": [[{"text": 5}]]}, {"inline_keyboard": [{}]},
    {"keyboard": [[{"text": "x", "web_app": 5}]]},
    {"inline_keyboard": [[{"text": "x", "url": []}, {"text": "x", "callback_data": {}}]]}, {"keyboard": [5]},
)  # fmt: skip
NAMES = (
    "text", "entities", "parse_mode", "reply_markup", "reply_parameters", "message_id", "message_ids",
    "chat_id",
    "from_chat_id", "message_thread_id", "caption", "caption_entities", "photo", "document", "media", "voice",
    "latitude", "longitude", "title", "address", "phone_number", "first_name", "question", "options", "emoji",
    "action", "reaction", "callback_query_id", "file_id", "commands", "scope", "language_code", "description",
    "menu_button", "user_id", "results", "url", "offset", "limit", "allowed_updates", "duration", "sticker",
    "link_preview_options", "reply_to_message_id", "inline_message_id", "show_alert", "is_anonymous", "width",
)  # fmt: skip


def whole() -> BotApi:
    """Return a Telegram with the methods of both sides."""
    api = BotApi(Settings(telegram_chat_burst=100_000, telegram_per_second=100_000))
    Side(api.telegram, Settings(), api.clock, api.faults, Background())
    api.heard()
    return api


def test_the_table_has_every_method_that_is_answered() -> None:
    listed = {row.what.lower() for row in METHODS if row.state != LACKING}
    assert listed == set(whole().telegram.methods)


def test_the_page_shows_the_table_of_telegram() -> None:
    page = PAGE.read_text()
    assert BEGIN in page
    assert written(page) == page, "run `python -m rejoinder.workbench.simulator.telegram.simulated`"


def test_no_parameters_are_too_odd_to_be_answered() -> None:
    api, dice = whole(), random.Random(7)  # noqa: S311 - the same oddities in each run
    sent = api.say("text", reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]})
    picture = api.get("sendPhoto", {"photo": ("a.png", PNG, "image/png")}, chat_id=ADA)
    for method in sorted(set(api.telegram.methods) - {"getupdates", "setwebhook"}):
        for _ in range(8):
            right = {
                "chat_id": ADA,
                "message_id": dice.choice([sent, picture])["message_id"],
                "text": "<b>x</b>",
            }
            odd = {name: dice.choice(ODD) for name in dice.sample(NAMES, 6)}
            answer = api.ask(method, **{**right, **odd})
            assert answer.json()["ok"] in (True, False), (method, odd)
