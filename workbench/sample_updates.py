"""The updates of Telegram among the sample events."""

from rejoinder.workbench.development import TELEGRAM_BOT_ID, TELEGRAM_BOT_USERNAME
from rejoinder.workbench.function_events import AT, Json

ADA: Json = {"id": 2002001, "is_bot": False, "first_name": "Ada", "username": "ada"}
CHAT: Json = {"id": 2002001, "type": "private", "first_name": "Ada", "username": "ada"}


def _said(number: int, **content: object) -> Json:
    """Return an update of Telegram with the message of that number."""
    message = {"message_id": number, "date": AT, "chat": CHAT, "from": ADA, **content}
    return {"update_id": 900000000 + number, "message": message}


def _photo() -> list[Json]:
    """Return the sizes of a picture, as Telegram sends them."""
    return [
        {"file_id": "sample-small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 1_000},
        {"file_id": "sample-large", "file_unique_id": "l", "width": 1280, "height": 853, "file_size": 90_000},
    ]


def _tapped() -> Json:
    """Return a tap on a button of a message of ours, as Telegram sends it."""
    bot = {"id": int(TELEGRAM_BOT_ID), "is_bot": True, "first_name": "Bot", "username": TELEGRAM_BOT_USERNAME}
    keyboard = {"inline_keyboard": [[{"text": "Opening hours", "callback_data": "go:hours"}]]}
    message = {"message_id": 10, "date": AT, "chat": CHAT, "from": bot, "text": "Hello Ada!"}
    query = {
        "id": "5000000000000000001",
        "from": ADA,
        "message": {**message, "reply_markup": keyboard},
        "chat_instance": "1",
        "data": "go:hours",
    }
    return {"update_id": 900000013, "callback_query": query}


UPDATES: dict[str, Json] = {
    "text": _said(11, text="hi"),
    "tap": _tapped(),
    "photo": _said(12, photo=_photo(), caption="hi"),
}
"""The updates, by the names of their samples."""
