"""The Graph API over HTTP, and what its answers mean."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

import requests
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import NewConnectionError

from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.errors import (
    AccountBlocked,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    SettingsError,
    TokenInvalid,
    WindowClosed,
)
from rejoinder.messages import Account, Contact, OutboundContent

CONNECT_SECONDS = 3.05
ANSWER_SECONDS = 10.0
"""Meta answers in well under a second; after this long the outcome is unknown."""

IDLE_SECONDS = 20.0
"""After this long without a request, connections are made anew."""

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


class _Message(BaseModel):
    id: str


class _Accepted(BaseModel):
    messages: tuple[_Message, ...]


class Token(Protocol):
    """Where the access token is kept."""

    def read(self) -> str:
        """The token, some minutes old at most."""

    def read_again(self) -> str:
        """The token, fetched anew unless that was done a short while ago."""


class GraphClient:
    """The port `Network` on WhatsApp's Cloud API."""

    def __init__(self, *, base_url: str, api_version: str, token: Token) -> None:
        self._base = f"{base_url.rstrip('/')}/{api_version}"
        self._token = token
        self._session = requests.Session()
        self._used_at = 0.0
        self._session.trust_env = False  # else a .netrc would replace our header, and a proxy see our token

    def send(self, account: Account, contact: Contact, content: OutboundContent, callback: str) -> str:
        """Send `content`; the network's id of the accepted message, or what `error_of` makes of a refusal."""
        answer = self._post(account, render(contact, content, callback))
        try:
            return _Accepted.model_validate_json(answer.content).messages[0].id
        except (ValidationError, IndexError) as error:
            raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no message id") from error

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the contact's message as read, with typing dots."""
        self._post(account, render_receipt(message_id))

    def _post(self, account: Account, body: dict[str, object]) -> requests.Response:
        """Post once; once more with a fresh token when the first one is not accepted."""
        token = _read(self._token.read)
        try:
            return self._post_once(account, body, token)
        except TokenInvalid:
            fresh = _read(self._token.read_again)
            if fresh == token:
                raise
            return self._post_once(account, body, fresh)

    def _post_once(self, account: Account, body: dict[str, object], token: str) -> requests.Response:
        if not (token.isascii() and token.isprintable()):  # such as a line's end that was pasted with it
            raise TokenInvalid(NO_CODE, "the access token holds characters that no HTTP header takes")
        self._drop_stale_connections()
        try:
            response = self._session.post(
                f"{self._base}/{account.id}/messages",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if _never_left(error):
                raise Refused(NO_CODE, "no connection to the Graph API") from error
            raise OutcomeUnknown(NO_CODE, f"no answer: {type(error).__name__}") from error
        if response.status_code != requests.codes.ok:
            raise error_of(response.status_code, response.content, response.headers)
        return response

    def _drop_stale_connections(self) -> None:
        """Lambda freezes functions between events: a connection that Meta closed meanwhile looks open."""
        now = time.time()
        if now - self._used_at > IDLE_SECONDS:
            self._session.close()
        self._used_at = now


def _read(read: Callable[[], str]) -> str:
    """The token; one that cannot be read is as good as none, and nothing has left."""
    try:
        return read()
    except SettingsError as error:
        raise TokenInvalid(NO_CODE, "the access token cannot be read") from error


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made: then Meta cannot have accepted anything."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


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
