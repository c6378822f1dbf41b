"""What Meta's error codes mean: the one place that knows them."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from rejoinder.errors import (
    AccountBlocked,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
    WindowClosed,
)
from rejoinder.messages import Remedy

NO_CODE = 0
"""Stands where Meta gave no error code."""

# developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (2026-09). A code that
# is not listed is judged by its HTTP status.
CODES: Mapping[int, type[SendError]] = {
    **dict.fromkeys((0, 104, 190), TokenInvalid),
    # permission, policy, payment, registration: somebody must act before anything goes out
    **dict.fromkeys((3, 10, *range(200, 300), 368, 131005, 131031, 131042, 131045, 133010), AccountBlocked),
    **dict.fromkeys((4, 80007, 130429), RateLimited),
    131056: PairRateLimited,
    # in maintenance, or still syncing: not accepted, will pass
    **dict.fromkeys((131057, 133000, 133004, 133015, 134101, 2494100), Refused),
    # Meta failed in the middle: the message may have been accepted
    **dict.fromkeys((1, 2, 131000, 131016), OutcomeUnknown),
    131047: WindowClosed,
    130497: Rejected,  # 403, but it concerns the contact's country only
}


class _Error(BaseModel):
    code: int | None = None  # a missing one is not Meta's code 0, which concerns the token
    message: object = ""
    error_data: object = None


class _Refusal(BaseModel):
    error: _Error


def error_of(status: int, body: bytes, headers: Mapping[str, str]) -> SendError:
    """What an answer other than 200 means: the one place that knows Meta's codes."""
    try:
        error = _Refusal.model_validate_json(body).error
    except ValidationError:
        error = _Error(message=f"HTTP {status} without an error body")
    code = NO_CODE if error.code is None else error.code
    kind = CODES.get(code) if error.code is not None else None
    details = error.error_data.get("details") if isinstance(error.error_data, dict) else None
    text = next((words for words in (details, error.message) if isinstance(words, str)), "")
    return (kind or _by_status(status))(code, text, retry_after_seconds=_retry_after(headers))


def _by_status(status: int) -> type[SendError]:
    match status:
        case 401:
            return TokenInvalid
        case 403:
            return AccountBlocked
        case 429:
            return RateLimited
        case _ if 300 <= status < 500 and status != 408:
            return Rejected
        case _:  # a server's failure, or a success that is not Meta's 200
            return OutcomeUnknown


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, when it is given as a number."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


def remedy_of(code: int | None) -> Remedy:
    """What helps when a message that was accepted fails by `code` later. Code 0 is one we could not read."""
    kind = CODES.get(code, Rejected) if code else Rejected
    if issubclass(kind, WindowClosed):
        return Remedy.TEMPLATE
    if issubclass(kind, AccountBlocked):
        return Remedy.AGAIN_WHEN_OPEN
    return Remedy.AGAIN if issubclass(kind, Refused | OutcomeUnknown) else Remedy.NONE
