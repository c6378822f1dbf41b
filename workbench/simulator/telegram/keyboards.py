"""The keyboards that come with messages: `reply_markup`.

https://core.telegram.org/bots/api#inlinekeyboardmarkup and the three kinds after it. The texts of the errors
were observed at the Bot API; those in capitals are the server's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.errors import refused
from rejoinder.workbench.simulator.telegram.marks import checked_url

DATA_BYTES: Final = 64
"""The most bytes of `callback_data`. There is at least one."""

MOST_BUTTONS: Final = 100
"""The most buttons of an inline keyboard."""

_COPY: Final = 256
_FLAGS: Final = ("force_reply", "remove_keyboard", "selective", "one_time_keyboard", "resize_keyboard")
_SWITCHES: Final = (
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyboard:
    """A keyboard of a message: inline, or for the place below it."""

    inline: JsonObject | None = None
    """What stands in the message; None for none."""

    below: JsonObject | None = None
    """What the phone shows instead of letters: `keyboard`, `force_reply` or `remove_keyboard`."""


def keyboard(call: Call, chat_type: str) -> Keyboard:
    """Return the keyboard of a request. Raises Refusal."""
    markup = call.object("reply_markup", "reply markup")
    for flag in _FLAGS:
        if not isinstance(markup.get(flag, False), bool):
            raise refused(f'field "{flag}" must be of type Boolean')
    if "inline_keyboard" in markup:
        rows = [[_inline(button) for button in row] for row in _rows(markup, "inline_keyboard")]
        if sum(map(len, rows)) > MOST_BUTTONS:
            raise refused("reply markup is too long")
        return Keyboard(inline={"inline_keyboard": rows} if any(rows) else None)
    if "keyboard" in markup:
        rows = [[_button(button, chat_type) for button in row] for row in _rows(markup, "keyboard")]
        return Keyboard(below={**markup, "keyboard": rows} if any(rows) else None)
    if markup.get("force_reply") or markup.get("remove_keyboard"):
        return Keyboard(below=markup)
    return Keyboard()


def _rows(markup: JsonObject, name: str) -> Iterator[list[object]]:
    rows = markup[name]
    if not isinstance(rows, list):
        raise refused(f'field "{name}" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise refused(f'field "{name}" must be an Array of Arrays')
        if row:
            yield row


def _inline(button: object) -> JsonObject:
    if not isinstance(button, dict):
        raise refused("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if "text" not in button:
        raise refused("can't parse inline keyboard button: Can't find field \"text\"")
    if not isinstance(text, str):
        raise refused('can\'t parse inline keyboard button: Field "text" must be of type String')
    style = {key: button[key] for key in ("style", "icon_custom_emoji_id") if key in button}
    return {"text": text, **style, **_action(button)}


def _action(button: JsonObject) -> JsonObject:
    """Return what a button does."""
    if "pay" in button or "callback_game" in button:
        raise refused("BUTTON_TYPE_INVALID")  # only invoices and games have them
    for key in ("url", "login_url", "web_app", "copy_text", *_SWITCHES):
        if key in button:
            return {key: _target(key, button[key])}
    data = button.get("callback_data", "")
    if not isinstance(data, str) or not data:
        raise refused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(data.encode("utf-8", "surrogatepass")) > DATA_BYTES:
        raise refused("BUTTON_DATA_INVALID")
    return {"callback_data": data}


def _target(key: str, value: object) -> object:
    inner = value if isinstance(value, dict) else {}
    if key == "url":
        checked = checked_url(str(value))
        if isinstance(checked, Exception):
            raise refused(f"inline keyboard button URL '{value}' is invalid: {checked}")
        return checked
    if key == "web_app":
        _https(inner, "inline keyboard button")
    if key == "copy_text" and not 1 <= len(str(inner.get("text", ""))) <= _COPY:
        raise refused("BUTTON_COPY_TEXT_INVALID")
    return value


def _button(button: object, chat_type: str) -> JsonObject:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise refused("can't parse keyboard button: KeyboardButton must be a String or an Object")
    if not isinstance(button.get("text"), str):
        raise refused("can't parse keyboard button: Can't find field \"text\"")
    if chat_type != "private":
        for key, what in (("request_contact", "phone number"), ("request_location", "location")):
            if button.get(key):
                raise refused(f"{what} can be requested in private chats only")
    if isinstance(button.get("web_app"), dict):
        _https(button["web_app"], "keyboard button")
    return button


def _https(web_app: JsonObject, what: str) -> None:
    url = str(web_app.get("url", ""))
    if not url.lower().startswith("https://"):
        raise refused(f"{what} Web App URL '{url}' is invalid: Only HTTPS links are allowed")
