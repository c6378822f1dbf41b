"""The client of the Graph API."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from rejoinder.channels.whatsapp.codes import NO_CODE, error_of
from rejoinder.channels.whatsapp.limits import ANSWER_SECONDS, CONNECT_SECONDS
from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.errors import (
    OutcomeUnknown,
    Refused,
    SettingsError,
    TokenInvalid,
)
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.ports import Secrets, SecretStore, needed
from rejoinder.tls import open_connection, tls_context

IDLE_SECONDS = 20.0
"""The longest pause between two requests on one connection, in seconds. After that, a new one is made."""


class GraphClient:
    """The port `Network` on WhatsApp's Cloud API. Its secret has the value `access_token`."""

    def __init__(self, *, base_url: str, api_version: str, secrets: SecretStore) -> None:
        self._base = f"{base_url.rstrip('/')}/{api_version}"
        self._secrets = secrets
        self._connections = PoolManager(
            ssl_context=tls_context(),
            retries=False,  # a message might go out twice
            timeout=CONNECT_SECONDS,  # of a connection that `open` opens
        )
        self._used_at = 0.0

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Send a message once, and return Meta's id of it. Raises a SendError when that fails."""
        answer = self._post(account, render(contact, content, callback, quote))
        try:
            network_id = json.loads(answer)["messages"][0]["id"]
        except (ValueError, LookupError, TypeError, RecursionError):
            network_id = None
        if not isinstance(network_id, str) or not network_id.isascii():
            raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no message id")
        return network_id

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the contact's message as read. Raises a SendError when that fails."""
        self._post(account, render_receipt(message_id))

    def open(self) -> None:
        """Open a connection and read the secret before they are needed. A failure changes nothing."""
        with suppress(SettingsError):
            self._secrets.read()
        open_connection(self._connections, self._base)
        self._used_at = time.time()

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.clear()

    def _post(self, account: Account, body: dict[str, object]) -> bytes:
        """Post `body`. When Meta refuses the token, read the secret again, and post with a new token."""
        token = _token(self._secrets.read)
        try:
            return self._post_once(account, body, token)
        except TokenInvalid:
            fresh = _token(self._secrets.read_again)
            if fresh == token:
                raise
            return self._post_once(account, body, fresh)

    def _post_once(self, account: Account, body: dict[str, object], token: str) -> bytes:
        if not (token.isascii() and token.isprintable()):  # such as a line break that was pasted too
            raise TokenInvalid(NO_CODE, "the access token holds characters that no HTTP header takes")
        self._drop_stale_connections()
        try:
            response = self._connections.request(
                "POST",
                f"{self._base}/{account.id}/messages",
                body=json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                timeout=Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
                redirect=False,
            )
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise Refused(NO_CODE, "no connection to the Graph API") from error
        except HTTPError as error:
            raise OutcomeUnknown(NO_CODE, f"no answer: {type(error).__name__}") from error
        if response.status != HTTPStatus.OK:
            raise error_of(response.status, response.data, response.headers)
        return response.data

    def _drop_stale_connections(self) -> None:
        """Close idle connections: Meta may have closed them while Lambda had frozen this function."""
        now = time.time()
        if now - self._used_at > IDLE_SECONDS:
            self.close()
        self._used_at = now


def _token(read: Callable[[], Secrets]) -> str:
    """Return the access token. Raises TokenInvalid when it cannot be read: then nothing was sent."""
    try:
        return needed(read(), "access_token")
    except SettingsError as error:
        raise TokenInvalid(NO_CODE, "the access token cannot be read") from error
