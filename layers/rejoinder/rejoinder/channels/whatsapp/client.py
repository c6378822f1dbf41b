"""The client of the Graph API."""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from typing import Any, BinaryIO

from urllib3 import BaseHTTPResponse

from rejoinder.channel_ports import Secrets, SecretsOf, needed
from rejoinder.channels.connections import Body, Connections
from rejoinder.channels.whatsapp.codes import NO_CODE, error_of
from rejoinder.channels.whatsapp.limits import ANSWER_SECONDS, CONNECT_SECONDS
from rejoinder.channels.whatsapp.outbound import render, render_receipt
from rejoinder.errors import (
    OutcomeUnknown,
    SettingsError,
    TokenInvalid,
)
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.template_state import TemplateState


class GraphClient:
    """The ports `Network` and `MediaNetwork` on WhatsApp's Cloud API.

    The secret of an account has the values `access_token` and `waba_id`.
    """

    def __init__(self, *, base_url: str, api_version: str, secrets_of: SecretsOf) -> None:
        self._base = f"{base_url.rstrip('/')}/{api_version}"
        self._secrets_of = secrets_of
        self._connections = Connections(
            to="the Graph API",
            connect_seconds=CONNECT_SECONDS,
            error_of=error_of,
        )

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

    def owner(self, account: Account) -> str:
        """Return the id of the WhatsApp Business Account, as the secret has it; empty when it has none."""
        return self._secrets_of(account).read().get("waba_id", "")

    def templates(self, account: Account) -> Iterable[TemplateState]:
        """Return what Meta says of each template of the WhatsApp Business Account. Raises a SendError."""
        from rejoinder.channels.whatsapp.template_list import templates  # noqa: PLC0415 - once a day

        return templates(self, account)

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the contact's message as read. Raises a SendError when that fails."""
        self._post(account, render_receipt(message_id))

    def show_typing(self, account: Account, message_id: str) -> None:
        """Mark the message as read, and show for up to 25 seconds that an answer is being written."""
        self._post(account, render_receipt(message_id, typing=True))

    def open(self, account: Account) -> None:
        """Open a connection and read a secret before they are needed. A failure changes nothing."""
        with suppress(SettingsError):
            self._secrets_of(account).read()
        self._connections.open(self._base)

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Open a file that a contact sent. Raises MediaGone when Meta has none, or a SendError."""
        from rejoinder.channels.whatsapp.media import fetch  # noqa: PLC0415 - few messages have a file

        return fetch(self, account, media_id)

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        """Give Meta a file that is to be sent. Raises a SendError; Rejected when Meta does not take it."""
        from rejoinder.channels.whatsapp.media import upload  # noqa: PLC0415 - few messages have a file

        return upload(self, account, file, opened)

    def address(self, path: str) -> str:
        """Return the address of a path of the Graph API."""
        return f"{self._base}/{path}"

    def request(
        self,
        account: Account,
        method: str,
        url: str,
        body: Body | None = None,
        **options: Any,
    ) -> BaseHTTPResponse:
        """Ask Meta, and return its answer, whose status is 200. Raises a SendError.

        When Meta refuses the token, the secret is read again, and Meta is asked with a new token. `body`
        returns the body, from its start each time. The options are those of urllib3.
        """
        secrets = self._secrets_of(account)
        token = _token(secrets.read)
        try:
            return self._request_once(method, url, body, token, options)
        except TokenInvalid:
            fresh = _token(secrets.read_again)
            if fresh == token:
                raise
            return self._request_once(method, url, body, fresh, options)

    def _post(self, account: Account, body: dict[str, object]) -> bytes:
        encoded = json.dumps(body).encode()
        url, headers = self.address(f"{account.id}/messages"), {"Content-Type": "application/json"}
        return self.request(account, "POST", url, lambda: encoded, headers=headers).data

    def _request_once(
        self,
        method: str,
        url: str,
        body: Body | None,
        token: str,
        options: dict[str, Any],
    ) -> BaseHTTPResponse:
        if not (token.isascii() and token.isprintable()):  # such as a line break that was pasted too
            raise TokenInvalid(NO_CODE, "the access token holds characters that no HTTP header takes")
        authorized = {"Authorization": f"Bearer {token}", **options.get("headers", {})}
        given = {**options, "headers": authorized}
        return self._connections.request(method, url, body, answer_seconds=ANSWER_SECONDS, **given)


def _token(read: Callable[[], Secrets]) -> str:
    """Return the access token. Raises TokenInvalid when it cannot be read: then nothing was sent."""
    try:
        return needed(read(), "access_token")
    except SettingsError as error:
        raise TokenInvalid(NO_CODE, "the access token cannot be read") from error
