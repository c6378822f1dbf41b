"""The errors of the Bot API.

How a text becomes a description is said by `fail_query_with_error` in the published server,
https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp: the name of the status
before it, and its first letter small unless the second one is a capital or `_`.
"""

from __future__ import annotations

import math
from typing import Final

from starlette.responses import Response

from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject

_TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


class Refusal(Exception):
    """An answer that says no. `parameters` are the `ResponseParameters` of the wire."""

    def __init__(self, code: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def response(self) -> Response:
        """Return the HTTP answer."""
        body: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        seconds = self.parameters.get("retry_after")
        headers = {} if seconds is None else {"retry-after": str(seconds)}
        return AsciiJson(body, self.code, headers=headers)


def refused(text: str, code: int = 400, parameters: JsonObject | None = None) -> Refusal:
    """Return the error of a text, as the server writes it."""
    title = title_of(code)
    if not text:
        return Refusal(code, title, parameters)
    is_code = len(text) > 1 and (text[1] == "_" or "A" <= text[1] <= "Z")
    return Refusal(code, f"{title}: {text if is_code else text[0].lower() + text[1:]}", parameters)


def title_of(code: int) -> str:
    """Return the name of a status, with which its descriptions begin."""
    return _TITLES.get(code, "Error")


def no_method() -> Refusal:
    return refused("method not found", 404)


def too_many(seconds: float) -> Refusal:
    """Return the error of a bot that asks too often, which says when it may ask again."""
    whole = max(1, math.ceil(seconds))
    return Refusal(429, f"Too Many Requests: retry after {whole}", {"retry_after": whole})


def migrated(chat_id: int) -> Refusal:
    """Return the error of a group that has become a supergroup."""
    return refused("group chat was upgraded to a supergroup chat", 400, {"migrate_to_chat_id": chat_id})


def wrong_file() -> Refusal:
    return refused("wrong file identifier/HTTP URL specified")
