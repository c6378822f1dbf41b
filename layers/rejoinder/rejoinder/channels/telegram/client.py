"""The client of the Bot API. A token is a part of each address, so no address may reach a log or an error."""

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, BinaryIO

from urllib3 import BaseHTTPResponse

from rejoinder.channel_ports import Secrets, SecretsOf, needed
from rejoinder.channels.connections import Body, Connections
from rejoinder.channels.telegram import ids
from rejoinder.channels.telegram.codes import NO_CODE, Migrated, error_of
from rejoinder.channels.telegram.limits import ANSWER_SECONDS, CONNECT_SECONDS
from rejoinder.channels.telegram.outbound import Call, messages_of, render
from rejoinder.channels.telegram.pace import Pace
from rejoinder.channels.telegram.tapped import read_receipt
from rejoinder.errors import OutcomeUnknown, Rejected, SettingsError, TokenInvalid
from rejoinder.file_ports import Fetched, FileStores, Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.template_state import TemplateState

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
"""How a token looks (core.telegram.org/bots/api, "Authorizing your bot")."""

_IN_A_PATH = re.compile(r"/bot\d+:[\w-]+", re.ASCII)


class _WithoutTokens(logging.Filter):
    """Takes tokens out of what urllib3 logs, which is the address of each request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _IN_A_PATH.sub("/bot…", record.getMessage()), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutTokens())


class BotClient:
    """The ports `Network` and `MediaNetwork` on Telegram's Bot API.

    The secret of an account has the value `bot_token`. `stores` has the files that go along with messages.
    """

    def __init__(
        self,
        *,
        base_url: str,
        secrets_of: SecretsOf,
        stores: FileStores | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._secrets_of = secrets_of
        self._stores = stores
        self._pace = pace or Pace()
        self._connections = Connections(
            to="the Bot API",
            connect_seconds=CONNECT_SECONDS,
            error_of=error_of,
        )

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, _callback: str, *, quote: str = ""
    ) -> str:
        """Send a message once, and return its id. Raises a SendError when that fails.

        Telegram gives no callback data back, so it gets none. A group that has got another id is followed.
        """
        place = ids.place_of(contact.id)
        if place is None:
            raise Rejected(NO_CODE, "the id of this contact is none of Telegram's")
        call = render(place, content, quote)
        self._pace.wait(account, place.chat_id, messages_of(call))
        try:
            return _network_id(call, self._result(account, call))
        except Migrated as error:
            call = call.to(error.chat_id)
            return _network_id(call, self._result(account, call))

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark the button that was tapped. Telegram knows no other sign of having read a message.

        Raises a SendError when that fails.
        """
        named, keyboard = read_receipt(message_id)
        message = ids.message_of(named)
        if message and keyboard:
            self._pace.wait(account, message.chat_id)
            fields = {
                "chat_id": message.chat_id,
                "message_id": message.message_id,
                "reply_markup": {"inline_keyboard": keyboard},
            }
            self.call(account, "editMessageReplyMarkup", fields)

    def show_typing(self, account: Account, message_id: str) -> None:
        """Show for up to 5 seconds that an answer is being written. Raises a SendError when that fails."""
        message = ids.message_of(message_id)
        if message:
            self.call(account, "sendChatAction", {"chat_id": message.chat_id, "action": "typing"})

    def owner(self, _account: Account) -> str:
        """Return nothing: a bot of Telegram belongs to no business account."""
        return ""

    def templates(self, _account: Account) -> Iterable[TemplateState]:
        """Return nothing: Telegram has no templates."""
        return ()

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Open a file that a contact sent. Raises MediaGone when there is none to be had, or a SendError."""
        from rejoinder.channels.telegram.media import fetch  # noqa: PLC0415 - few messages have a file

        return fetch(self, account, media_id)

    def upload(self, _account: Account, _file: File, _opened: BinaryIO) -> Uploaded:
        """Raise Rejected: Telegram takes a file with its message only."""
        raise Rejected(NO_CODE, "Telegram takes a file with its message, and not before")

    def open(self, account: Account) -> None:
        """Open a connection and read a secret before they are needed. A failure changes nothing."""
        with suppress(SettingsError):
            self._secrets_of(account).read()
        self._connections.open(self._base)

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()

    def call(self, account: Account, method: str, fields: Mapping[str, object]) -> Any:
        """Return the result of a method. Raises a SendError."""
        encoded, headers = json.dumps(fields).encode(), {"Content-Type": "application/json"}
        path = f"/bot{{token}}/{method}"
        return self.result_of(self.request(account, "POST", path, lambda: encoded, headers=headers))

    def request(
        self,
        account: Account,
        method: str,
        path: str,
        body: Body | None = None,
        **options: Any,
    ) -> BaseHTTPResponse:
        """Ask Telegram, and return its answer, whose status is 200. Raises a SendError.

        `path` has `{token}` for the token. When that is not good, the secret is read again, and Telegram is
        asked with a new token. `body` returns the body, from its start each time. The options are those of
        urllib3.
        """
        secrets, token = self._secrets_of(account), ""
        try:
            token = _token(secrets.read, account)
            return self._asked(method, path.replace("{token}", token), body, options)
        except TokenInvalid:
            fresh = _token(secrets.read_again, account)
            if fresh == token:
                raise
            return self._asked(method, path.replace("{token}", fresh), body, options)

    def _asked(self, method: str, path: str, body: Body | None, options: dict[str, Any]) -> BaseHTTPResponse:
        url = self._base + path
        return self._connections.request(method, url, body, answer_seconds=ANSWER_SECONDS, **options)

    def result_of(self, response: BaseHTTPResponse) -> Any:
        """Return the result in an answer. Raises OutcomeUnknown when there is none."""
        try:
            answer = json.loads(response.data)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or answer.get("ok") is not True:
            raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no result")
        return answer.get("result")

    def _result(self, account: Account, call: Call) -> Any:
        if not call.attached:
            return self.call(account, call.method, call.fields)
        from rejoinder.channels.telegram.media import send_with_files  # noqa: PLC0415 - as above

        return send_with_files(self, self._stores, account, call)


def _network_id(call: Call, result: object) -> str:
    """Return our form of Telegram's id of what was sent."""
    if result is True:  # a reaction is no message
        chat_id, message = call.fields["chat_id"], call.fields["message_id"]
        assert isinstance(chat_id, int)
        assert isinstance(message, int)
        return ids.message_id(chat_id, message, "r", "ours")
    if isinstance(result, list) and result:  # of an album, which goes by the id of its first message
        result = result[0]
    chat = result.get("chat") if isinstance(result, dict) else None
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    message = result.get("message_id") if isinstance(result, dict) else None
    if type(chat_id) is not int or type(message) is not int:
        raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no message id")
    return ids.message_id(chat_id, message)


def _token(read: Callable[[], Secrets], account: Account) -> str:
    """Return the token. Raises TokenInvalid when it cannot be read or is none: then nothing was sent.

    Another bot in its place would be told that it may not write to anybody, as if all had blocked it.
    """
    try:
        token = needed(read(), "bot_token")
    except SettingsError:
        raise TokenInvalid(NO_CODE, "the bot token cannot be read") from None
    if not _TOKEN.fullmatch(token):  # such as one with a line break that was pasted too
        raise TokenInvalid(NO_CODE, "the bot token does not look like 123456:ABC-DEF")
    if not token.startswith(f"{account.id}:"):
        raise TokenInvalid(NO_CODE, "the bot token is that of another bot")
    return token
