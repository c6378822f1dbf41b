"""The meaning of Meta's error codes. No other module knows them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rejoinder.channels.fields import object_of, words_of
from rejoinder.errors import (
    AccountBlocked,
    Invalid,
    OptedOut,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
    WindowClosed,
)
from rejoinder.model.backoff import PROBE, Backoff
from rejoinder.model.contents import MessageError
from rejoinder.model.delivery import Remedy

NO_CODE = 0
"""The code of an error for which Meta gave no code."""

# Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (2026-09).
# The HTTP status counts only when a code is not listed here: Meta's statuses vary, and the page gives none.
CODES: Mapping[int, type[SendError]] = {
    **dict.fromkeys((0, 104, 190), TokenInvalid),
    # --- about the account: nothing goes out until somebody acts
    **dict.fromkeys((3, 10, *range(200, 300), 131005), AccountBlocked),  # permission
    **dict.fromkeys((368, 131031, 131048), AccountBlocked),  # policy, spam
    **dict.fromkeys((33, 2500), AccountBlocked),  # no such number; no such version or path
    **dict.fromkeys((131037, 131042, 131045, 133010), AccountBlocked),  # name, payment, registration
    **dict.fromkeys((133005, 133006, 133008, 133009, 2388012, 2388091, 2388093, 2388103), AccountBlocked),
    # --- too fast: the same request succeeds after a while
    **dict.fromkeys((4, 613, 80007, 130429, 132069, 133016, 138013), RateLimited),
    131056: PairRateLimited,
    # not accepted during maintenance or synchronisation
    **dict.fromkeys((131057, 133000, 133004, 133015, 134101, 2494100), Refused),
    # --- Meta failed: the message may have been accepted
    **dict.fromkeys((1, 2, 131000, 131016), OutcomeUnknown),
    # --- about one message or one contact
    131047: WindowClosed,
    **dict.fromkeys((130403, 130472, 130497, 131026, 131030, 131049, 137000), Rejected),
    131050: OptedOut,
    **dict.fromkeys((100, 131009, 131053), Invalid),
    **dict.fromkeys((131008, 131021, 131051, 131052, 131060, 135000), Rejected),
    # about a kind of message: marketing, authentication, payments
    **dict.fromkeys((131055, 131062, 131063, 131064, 134011, 134100, 134102, 1752041), Rejected),
    **dict.fromkeys((132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018), Rejected),
    **dict.fromkeys((132068, *range(139000, 139005)), Rejected),  # flows
    # about things that we do not use: groups, calls, blocking, usernames, insights, templates, coexistence
    **dict.fromkeys((131020, 131041, 131059, 131201, 131202, 131204, *range(131207, 131216)), Rejected),
    **dict.fromkeys((131044, *range(138000, 138013), *range(138014, 138019)), Rejected),
    **dict.fromkeys((*range(139100, 139104), *range(147001, 147006), *range(200005, 200008)), Rejected),
    **dict.fromkeys((2388019, 2388023, 2388024, 2388039, 2388040, 2388047, 2388072, 2388073), Rejected),
    **dict.fromkeys((2388293, 2388299, *range(2593107, 2593110)), Rejected),
}

MEDIA_NOT_FOUND = 131053
"""Meta's code for a file that it could not use: its media id has ended, or its address gives nothing."""

WINDOW_CLOSED = 131047
"""Meta's code for a message outside the service window: the contact wrote more than 24 hours ago."""

UNDELIVERABLE = 131026
"""Meta's code for a message that cannot reach its contact."""

TEMPLATE_STATUS: Mapping[int | None, str] = {132015: "paused", 132016: "disabled"}
"""What an error says of the template of its message."""

PACING: Mapping[type[SendError], Backoff] = {
    # Meta's own advice: 4^n seconds (developers.facebook.com, "Pair rate limits").
    PairRateLimited: Backoff(first_seconds=4.0, factor=4.0, max_seconds=PROBE.max_seconds),
    RateLimited: Backoff(first_seconds=2.0, max_seconds=PROBE.max_seconds, spread=True),
}
"""How long a message waits after each of these refusals."""

UNKNOWN_OBJECT = (100, 33)
"""Meta's code and subcode for a `phone_number_id` that does not exist, or that our token may not use
(developers.facebook.com/docs/graph-api/guides/error-handling). Code 100 alone is about one message.
"""


class UnknownObject(AccountBlocked):
    """Meta does not know what the path of the request names: a phone_number_id, or a file."""


@dataclass(frozen=True, slots=True)
class _Error:
    code: int | None = None  # None and not 0 when it is missing: code 0 is about the token
    subcode: object = None
    text: str = ""


def error_of(status: int, body: bytes, headers: Mapping[str, str]) -> SendError:
    """Return the error for an answer whose status is not 200."""
    error = _read(body) or _Error(text=f"HTTP {status} without an error body")
    code = NO_CODE if error.code is None else error.code
    return _kind(status, error)(code, error.text, retry_after_seconds=_retry_after(headers))


def _read(body: bytes) -> _Error | None:
    """Return the error in the body of an answer; None when there is none in it."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return None
    texts = (object_of(error, "error_data").get("details"), error.get("message"))
    text = next((words for words in texts if isinstance(words, str)), "")
    return _Error(code_of(error.get("code")), error.get("error_subcode"), words_of(text))


def errors_of(value: object) -> tuple[MessageError, ...]:
    """Return the errors of a message or a status. One that has no code costs no other."""
    found = []
    for error in value if isinstance(value, list) else []:
        code = code_of(error.get("code")) if isinstance(error, dict) else None
        if code is not None:
            details = words_of(object_of(error, "error_data").get("details"))
            title, more = words_of(error.get("title")), words_of(error.get("message"))
            more = "" if more in (title, details) else more
            found.append(MessageError(code=code, title=title, details=details, message=more))
    return tuple(found)


def code_of(value: object) -> int | None:
    """Return Meta's code, which may be a string of digits; None when `value` is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _kind(status: int, error: _Error) -> type[SendError]:
    if (error.code, error.subcode) == UNKNOWN_OBJECT:
        return UnknownObject
    if error.code is None:  # a proxy or another server refused it, not Meta
        return _by_status(status, otherwise=Refused)
    return CODES.get(error.code) or _by_status(status, otherwise=Rejected)


def _by_status(status: int, *, otherwise: type[SendError]) -> type[SendError]:
    """Return the error for `status`; `otherwise` when it only says that the request was refused."""
    match status:
        case 401:
            return TokenInvalid
        case 403:
            return AccountBlocked
        case 429:
            return RateLimited
        case _ if 300 <= status < 500 and status != 408:
            return otherwise
        case _:  # the server failed, or a success other than Meta's 200
            return OutcomeUnknown


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the header `Retry-After` in seconds; None when it is no number."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


def remedy_of(code: int | None) -> Remedy:
    """Return the remedy for a late failure with this code. Code 0 means that we could not read the code."""
    if code == MEDIA_NOT_FOUND:
        return Remedy.FILES
    kind = CODES.get(code, Rejected) if code else Rejected
    if issubclass(kind, WindowClosed):
        return Remedy.TEMPLATE
    if issubclass(kind, OptedOut):
        return Remedy.CONSENT
    if issubclass(kind, AccountBlocked):
        return Remedy.AGAIN_WHEN_OPEN
    return Remedy.AGAIN if issubclass(kind, Refused | OutcomeUnknown) else Remedy.NONE
