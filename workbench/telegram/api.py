"""Requests to the Bot API, and its errors (core.telegram.org/bots/api#making-requests).

The token of a bot is a part of every address. So no address is ever shown or logged.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from rejoinder.tls import NOT_PRIVATE, THIS_MACHINE, is_private, tls_context
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.changes import Change

Json = dict[str, Any]

SECONDS = 30.0
"""How long to wait for an answer, in seconds."""

UNAUTHORIZED, NOT_FOUND, CONFLICT = 401, 404, 409

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{10,200}", re.ASCII)
"""What a token looks like: the id of the bot, and its secret."""


class BotApiError(StackError):
    """The Bot API refused a request. The text is what it says, in one line."""

    def __init__(self, code: int, description: str, retry_after: float = 0.0) -> None:
        self.code = code
        """The code, which is the HTTP status as well."""
        self.description = description
        """Telegram's sentence."""
        self.retry_after = retry_after
        """How long to wait before the next request, in seconds; 0 when Telegram does not say."""
        super().__init__(f"Telegram refused it: {description}")

    @property
    def is_unknown_token(self) -> bool:
        """Whether Telegram knows no bot of this token. It answers a malformed one with 404."""
        return self.code in (UNAUTHORIZED, NOT_FOUND)


class BotApi:
    """A client of the Bot API, for one bot."""

    def __init__(self, base_url: str, token: str) -> None:
        if not TOKEN.fullmatch(token):
            raise StackError(
                "that is no token of a bot: @BotFather gives one such as 123456789:AAE…, with the bot's id"
            )
        if not is_private(base_url):
            raise StackError(f"the address of the Bot API {NOT_PRIVATE}: {base_url}")
        for name in ("httpx", "httpcore"):  # they log addresses, whatever level a bot's code asks for
            logging.getLogger(name).setLevel(logging.WARNING)
        self.bot_id = id_of(token)
        """The id of the bot."""
        self._token = token
        self._client = httpx.Client(
            base_url=f"{base_url.rstrip('/')}/bot{token}/",
            timeout=SECONDS,
            verify=tls_context(),
            trust_env=urlsplit(base_url).hostname not in THIS_MACHINE,  # no proxy leads back to us
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def call(self, method: str, *, seconds: float = SECONDS, **parameters: object) -> Any:
        """Call a method and return its result. Raises BotApiError; StackError when nobody answers."""
        try:
            response = self._client.post(method, json=parameters, timeout=seconds)
        except httpx.HTTPError as failure:
            raise StackError(f"the Bot API cannot be reached ({type(failure).__name__})") from None
        answer = _object(response)
        if answer.get("ok") is True:
            return answer.get("result")
        description = str(answer.get("description") or f"HTTP status {response.status_code}")
        wait = answer.get("parameters")
        raise BotApiError(
            response.status_code,
            description.replace(self._token, "…"),
            float(wait.get("retry_after", 0)) if isinstance(wait, dict) else 0.0,
        )

    def me(self) -> "Me":
        """Return who the bot is. Raises StackError with a cure when Telegram does not know the token."""
        try:
            found = self.call("getMe")
        except BotApiError as error:
            if not error.is_unknown_token:
                raise
            raise StackError(
                "Telegram knows no bot of this token: @BotFather shows the right one with /mybots"
            ) from None
        return Me(id=str(found["id"]), username=str(found.get("username", "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """A bot, as Telegram knows it."""

    id: str
    """Its id, which is the first part of its token."""

    username: str
    """Its username, without the at sign."""

    @property
    def link(self) -> str:
        """The address that opens a chat with the bot on a phone."""
        return f"https://t.me/{self.username}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was not made yet."""

    method: str
    """The method."""

    parameters: Json = field(default_factory=dict, repr=False)
    """The parameters. They may hold secrets."""

    secrets: tuple[str, ...] = ()
    """The parameters that nobody may see."""

    def shown(self) -> str:
        """Return the request as a person may see it."""
        path = f"bot(hidden)/{self.method}"
        return Change(method="POST", path=path, body=self.parameters, secrets=self.secrets).shown()

    def make(self, api: BotApi) -> Any:
        """Make the request, and return its result. Raises BotApiError."""
        return api.call(self.method, **self.parameters)


def id_of(token: str) -> str:
    """Return the id of the bot that a token belongs to."""
    return token.partition(":")[0]


def _object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
