"""The front of Telegram: it proves that Telegram sent a webhook, and says where its update goes.

This module needs the standard library only.
"""

import hmac
import json
import re

from rejoinder.channel_ports import ConversationUpdates, Front, Request, Secrets, Split, needed
from rejoinder.channels.fields import Json, object_of
from rejoinder.channels.nesting import MAX_DEPTH, TOO_DEEP, is_too_deep
from rejoinder.channels.telegram.tapped import title_of
from rejoinder.channels.telegram.updates import read
from rejoinder.model.ids import correlation_id, group_of
from rejoinder.model.people import Account

NAME = "telegram"

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header

MAX_ANSWER = 200
"""The longest answer to a tap, in characters (core.telegram.org/bots/api#answercallbackquery)."""

_USERNAME = re.compile(r"\w{1,64}", re.ASCII)


class TelegramFront:
    """The port `Front` of Telegram.

    Its secret has the values `bot_token`, which begins with the id of the bot, and `secret_token`.
    """

    channel = NAME
    """The name of the channel."""

    def challenge(self, _request: Request, _secrets: Secrets) -> str | None:
        """Return None: Telegram asks no questions."""
        return None

    def proof(self, request: Request) -> str | None:
        """Return the secret token that the request shows; None when it shows none."""
        return request.headers.get(SECRET_HEADER) or None

    def is_genuine(self, request: Request, proof: str, secrets: Secrets) -> bool:
        """Whether `proof` is the secret token of the bot that the path names.

        Raises SettingsError like the port.
        """
        bot_id = needed(secrets, "bot_token").partition(":")[0]
        given, right = proof.encode("utf-8", "surrogatepass"), needed(secrets, "secret_token").encode()
        return hmac.compare_digest(given, right) and account_of(request) == bot_id

    def split(self, request: Request) -> Split:
        """Take the webhook apart. Raises ValueError when it is no update of Telegram.

        A tap is answered at once, in the answer to its webhook: until then the phone shows that it waits.
        """
        update = _loaded(request.body)
        answer = _answer(object_of(update, "callback_query"))
        if request.body.count(b"{") + request.body.count(b"[") > MAX_DEPTH and is_too_deep(update):
            return Split(misfits=(TOO_DEEP,), answer=answer)
        try:
            found = read(update)
        except ValueError as error:
            return Split(misfits=(str(error),), answer=answer)
        account = str(Account(channel=NAME, id=account_of(request)))
        if found.place is None:
            return Split(events=({"account": account, "update": update},), answer=answer)
        queued = {
            "correlation_id": correlation_id(account, found.id),
            "update": update,
            "username": _username_of(request),
        }
        group = group_of(account, found.contact_id)
        updates = ConversationUpdates(account=account, group=group, updates=(queued,))
        return Split(conversations=(updates,), answer=answer)


def account_of(request: Request) -> str:
    """Return the id of the bot that the path names."""
    return request.path.rpartition("/")[2]


def _username_of(request: Request) -> str:
    """Return the username of the bot, which the address of the webhook tells; empty when it does not.

    Only by it is a mention in a group understood.
    """
    username = request.query.get("username", "")
    return username if _USERNAME.fullmatch(username) else ""


def _loaded(body: bytes) -> Json:
    try:
        update = json.loads(body)
    except RecursionError as error:
        raise ValueError(TOO_DEEP) from error
    if not isinstance(update, dict) or "update_id" not in update:
        raise ValueError("not an update of Telegram")
    return update


def _answer(query: Json) -> str:
    """Return what takes the sign of waiting from a tapped button, and shows its words; empty for no tap."""
    query_id = query.get("id")
    if not isinstance(query_id, str) or not query_id:
        return ""
    title = title_of(query)[:MAX_ANSWER]
    answer = {"method": "answerCallbackQuery", "callback_query_id": query_id}
    return json.dumps(answer | ({"text": title} if title else {}))


FRONT: Front = TelegramFront()
