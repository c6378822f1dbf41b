"""The meaning of Telegram's errors. No other module knows them.

Source: core.telegram.org/bots/api, "Making requests", and the texts of github.com/tdlib/telegram-bot-api.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rejoinder.errors import (
    Invalid,
    OptedOut,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
)
from rejoinder.model.backoff import PROBE, Backoff

NO_CODE = 0
"""The code of an error that is not Telegram's."""

TOO_FAST = 429
"""Telegram's code for too many messages in a short time."""

UNDELIVERABLE = 403
"""Telegram's code for a message that cannot reach its contact, such as one who blocked the bot."""

NO_SUCH_BOT = "Not Found"
"""The whole text of a 404 for a token of no bot. A 404 with more words is about a method."""

WRONG_FILES = ("wrong file identifier", "wrong remote file", "file_reference_")
"""How the text of a 400 for a file that Telegram does not know (any more) begins, in small letters."""

_BEFORE = re.compile(r'(?:bad request: )?(?:failed to send message #\d+ with the error message ")?')
"""What stands before such a text, in small letters. An album tells which of its files it is about."""

PACING: Mapping[type[SendError], Backoff] = {
    kind: Backoff(first_seconds=2.0, max_seconds=PROBE.max_seconds, spread=True)
    for kind in (RateLimited, PairRateLimited)
}
"""How long a message waits that Telegram refused without a time of its own."""


class Migrated(Refused):
    """The group has become a supergroup, which has another id."""

    def __init__(self, code: int, details: str, chat_id: int) -> None:
        super().__init__(code, details)
        self.chat_id = chat_id
        """The id that it has now."""


@dataclass(frozen=True, slots=True)
class _Error:
    code: int
    text: str
    parameters: Mapping[str, object]


def error_of(status: int, body: bytes, headers: Mapping[str, str]) -> SendError:
    """Return the error for an answer that is no success."""
    error = _read(body)
    if error is None:  # a proxy or another server refused it, not Telegram
        return _by_status(status)(NO_CODE, f"HTTP {status} without an error body", retry_after_seconds=None)
    chat_id = error.parameters.get("migrate_to_chat_id")
    if type(chat_id) is int:
        return Migrated(error.code, error.text, chat_id)
    asked = _seconds(error.parameters.get("retry_after")) or _seconds(headers.get("Retry-After"))
    return _kind(error)(error.code, error.text, retry_after_seconds=asked)


def _read(body: bytes) -> _Error | None:
    """Return the error in the body of an answer; None when there is none in it."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or type(answer.get("error_code")) is not int:
        return None
    text, parameters = answer.get("description"), answer.get("parameters")
    return _Error(
        answer["error_code"],
        text if isinstance(text, str) else "",
        parameters if isinstance(parameters, dict) else {},
    )


def _kind(error: _Error) -> type[SendError]:
    match error.code:
        case 401:
            return TokenInvalid
        case 404 if error.text == NO_SUCH_BOT:
            return TokenInvalid
        case 403:
            return OptedOut
        case 409:  # another program asks for the updates of this bot
            return Refused
        case 429:
            return RateLimited
        case 400 if _BEFORE.sub("", error.text.lower(), count=1).startswith(WRONG_FILES):
            return Invalid
        case code if 400 <= code < 500 and code != 408:
            return Rejected
        case _:
            return OutcomeUnknown


def _by_status(status: int) -> type[SendError]:
    if status == TOO_FAST:
        return RateLimited
    return Refused if 300 <= status < 500 and status != 408 else OutcomeUnknown


def _seconds(value: object) -> float | None:
    """Return a time in seconds; None when `value` is none."""
    digits = str(value)
    return float(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else None
