"""The errors of the Bot API, by its own texts."""

import json

import pytest

from rejoinder.channels.telegram.codes import Migrated, error_of
from rejoinder.errors import (
    Invalid,
    OptedOut,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
)

OF_ALBUM = "Bad Request: failed to send message #2 with the error message"


def told(code: int, text: str, **parameters: object) -> bytes:
    """Return the body of an error as Telegram writes it."""
    more = {"parameters": parameters} if parameters else {}
    return json.dumps({"ok": False, "error_code": code, "description": text, **more}).encode()


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (400, "Bad Request: chat not found", Rejected),
        (400, "Bad Request: chat_id is empty", Rejected),
        (400, "Bad Request: message is too long", Rejected),
        (400, "Bad Request: message text is empty", Rejected),
        (400, "Bad Request: message is not modified: specified new message content", Rejected),
        (400, "Bad Request: can't parse entities: Character '.' is reserved", Rejected),
        (400, "Bad Request: file is too big", Rejected),
        (400, "Bad Request: BUTTON_DATA_INVALID", Rejected),
        (400, "Bad Request: wrong file identifier/HTTP URL specified", Invalid),
        (400, "Bad Request: wrong remote file identifier specified: can't unserialize it", Invalid),
        (400, "Bad Request: FILE_REFERENCE_EXPIRED", Invalid),
        (400, f'{OF_ALBUM} "Wrong file identifier/HTTP URL specified"', Invalid),
        (400, f'{OF_ALBUM} "WEBPAGE_CURL_FAILED"', Rejected),
        (401, "Unauthorized", TokenInvalid),
        (401, "Unauthorized: invalid token specified", TokenInvalid),
        (403, "Forbidden: bot was blocked by the user", OptedOut),
        (403, "Forbidden: bot can't initiate conversation with a user", OptedOut),
        (403, "Forbidden: user is deactivated", OptedOut),
        (403, "Forbidden: bot was kicked from the supergroup chat", OptedOut),
        (404, "Not Found", TokenInvalid),
        (404, "Not Found: method not found", Rejected),
        (409, "Conflict: terminated by other getUpdates request", Refused),
        (413, "Request Entity Too Large", Rejected),
        (429, "Too Many Requests: retry after 7", RateLimited),
        (500, "Internal Server Error", OutcomeUnknown),
        (502, "Bad Gateway", OutcomeUnknown),
    ],
)
def test_an_error_says_what_to_do_next(code: int, text: str, kind: type[SendError]) -> None:
    error = error_of(code, told(code, text), {})
    assert type(error) is kind
    assert (error.code, error.details) == (code, text)


def test_the_pause_that_telegram_asks_for_is_told_in_the_body_or_in_a_header() -> None:
    body = told(429, "Too Many Requests: retry after 7", retry_after=7)
    assert error_of(429, body, {}).retry_after_seconds == 7.0
    bare = told(429, "Too Many Requests")
    assert error_of(429, bare, {"Retry-After": "9"}).retry_after_seconds == 9.0
    assert error_of(429, bare, {"Retry-After": "soon"}).retry_after_seconds is None


def test_a_group_that_became_a_supergroup_tells_its_new_id() -> None:
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    error = error_of(400, told(400, text, migrate_to_chat_id=-1001234567890), {})
    assert isinstance(error, Migrated)
    assert error.chat_id == -1001234567890
    assert type(error_of(400, told(400, text, migrate_to_chat_id="-1"), {})) is Rejected


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"error_code": "400"}', b"[" * 100_000])
def test_an_answer_that_is_not_telegrams_counts_by_its_status(body: bytes) -> None:
    expected = {301: Refused, 403: Refused, 404: Refused, 429: RateLimited, 408: OutcomeUnknown}
    for status, kind in {**expected, 500: OutcomeUnknown, 502: OutcomeUnknown, 201: OutcomeUnknown}.items():
        error = error_of(status, body, {})
        assert type(error) is kind
        assert error.code == 0
