"""The front of Telegram: it proves that Telegram sent a webhook, and says where its update goes.

This module needs the standard library only.
"""

import hmac

from rejoinder.ports import Front, Request, Secrets, Split, needed

NAME = "telegram"

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header


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
        """Take the webhook apart. Raises ValueError when it is no update of Telegram."""
        raise NotImplementedError


def account_of(request: Request) -> str:
    """Return the id of the bot that the path names."""
    return request.path.rpartition("/")[2]


FRONT: Front = TelegramFront()
