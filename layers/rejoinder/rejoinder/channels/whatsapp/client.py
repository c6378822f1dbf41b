"""The client of the Graph API."""

import time
from collections.abc import Callable

import requests
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import NewConnectionError

from rejoinder.channels.whatsapp.codes import NO_CODE, error_of
from rejoinder.channels.whatsapp.limits import ANSWER_SECONDS, CONNECT_SECONDS
from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.errors import (
    OutcomeUnknown,
    Refused,
    SettingsError,
    TokenInvalid,
)
from rejoinder.model.contents import OutboundContent
from rejoinder.model.people import Account, Contact
from rejoinder.ports import Secrets, SecretStore, needed

IDLE_SECONDS = 20.0
"""The longest pause between two requests on one connection, in seconds. After that, a new one is made."""


class _Message(BaseModel):
    id: str


class _Accepted(BaseModel):
    messages: tuple[_Message, ...]


class GraphClient:
    """The port `Network` on WhatsApp's Cloud API. Its secret has the value `access_token`."""

    def __init__(self, *, base_url: str, api_version: str, secrets: SecretStore) -> None:
        self._base = f"{base_url.rstrip('/')}/{api_version}"
        self._secrets = secrets
        self._session = requests.Session()
        self._used_at = 0.0
        self._session.trust_env = False  # a .netrc would replace our header, a proxy would see our token

    def send(self, account: Account, contact: Contact, content: OutboundContent, callback: str) -> str:
        """Send a message once, and return Meta's id of it. Raises a SendError when that fails."""
        answer = self._post(account, render(contact, content, callback))
        try:
            return _Accepted.model_validate_json(answer.content).messages[0].id
        except (ValidationError, IndexError) as error:
            raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no message id") from error

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the contact's message as read. Raises a SendError when that fails."""
        self._post(account, render_receipt(message_id))

    def _post(self, account: Account, body: dict[str, object]) -> requests.Response:
        """Post `body`. When Meta refuses the token, read the secret again, and post with a new token."""
        token = _token(self._secrets.read)
        try:
            return self._post_once(account, body, token)
        except TokenInvalid:
            fresh = _token(self._secrets.read_again)
            if fresh == token:
                raise
            return self._post_once(account, body, fresh)

    def _post_once(self, account: Account, body: dict[str, object], token: str) -> requests.Response:
        if not (token.isascii() and token.isprintable()):  # such as a line break that was pasted too
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
            if _was_not_sent(error):
                raise Refused(NO_CODE, "no connection to the Graph API") from error
            raise OutcomeUnknown(NO_CODE, f"no answer: {type(error).__name__}") from error
        if response.status_code != requests.codes.ok:
            raise error_of(response.status_code, response.content, response.headers)
        return response

    def _drop_stale_connections(self) -> None:
        """Close idle connections: Meta may have closed them while Lambda had frozen this function."""
        now = time.time()
        if now - self._used_at > IDLE_SECONDS:
            self._session.close()
        self._used_at = now


def _token(read: Callable[[], Secrets]) -> str:
    """Return the access token. Raises TokenInvalid when it cannot be read: then nothing was sent."""
    try:
        return needed(read(), "access_token")
    except SettingsError as error:
        raise TokenInvalid(NO_CODE, "the access token cannot be read") from error


def _was_not_sent(error: requests.RequestException) -> bool:
    """Whether no connection was made, so that Meta cannot have accepted anything."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)
