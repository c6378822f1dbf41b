"""`rejoinder secrets --telegram`: puts the token of a bot into Secrets Manager."""

import json
import secrets
from collections.abc import Callable, Collection
from typing import Any

from rejoinder.aws.settings import owners_in
from rejoinder.channels import FIRST
from rejoinder.workbench import terminal
from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.cli.questions import Questions
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.pages import page
from rejoinder.workbench.telegram.api import TOKEN, BotApi, Me, id_of

TOKEN_QUESTION = "Token of the bot (@BotFather shows it)"  # noqa: S105 - a question


def further(numbers: str) -> frozenset[str]:
    """Return the ids of the bots that have a secret of their own, by the stack's parameter `Numbers`."""
    return frozenset(one.id for one in owners_in(numbers, FIRST) if one.channel == "telegram")


def put(place: Deployed, others: Collection[str], *, ask: Callable[[str], str]) -> None:
    """Ask for the token of a bot, see that Telegram knows it, and store it.

    The secret token that the deployment made is kept. A bot of `others` has a secret of its own. Raises
    StackError when nothing was stored.
    """
    before = place.telegram_secret()
    there = before.get("bot_token", "")
    typed = ask(f"{TOKEN_QUESTION}{' [Enter keeps the old one]' if there else ''}: ").strip() or there
    if not TOKEN.fullmatch(typed):
        raise StackError(f"nothing was stored, because this is missing: {TOKEN_QUESTION}")
    with BotApi(place.telegram_address, typed) as api:
        me = api.me()
    name, client = place.telegram_secret_name, place.client("secretsmanager")
    if me.id in others:
        name = f"{name}/{me.id}"
        before = _found(name, client)
    elif there and id_of(there) != me.id:
        _agreed(id_of(there), me)
    proof = before.get("secret_token") or secrets.token_urlsafe(48)
    _store(name, {"bot_token": typed, "secret_token": proof}, client)
    print(f"stored in {name}; the functions use it within minutes")
    print("`rejoinder telegram webhook set` lets Telegram send the updates to the stack")


def _agreed(there: str, me: Me) -> None:
    """Ask whether the bot of the stack is to be another one. Raises StackError when it is not."""
    print(f"the bot of the stack is {there}: if another replaces it, its messages are not taken any more")
    if not Questions(screen=terminal.console()).yes(f"Replace it with @{me.username}, {me.id}?"):
        raise StackError(
            "nothing was stored: a further bot is named in the parameter Numbers first, as "
            f"telegram:{me.id}={me.id} ({page('telegram')})"
        )


def _found(name: str, client: Any) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(client.get_secret_value(SecretId=name)["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        return {}
    return found


def _store(name: str, values: dict[str, str], client: Any) -> None:
    text = json.dumps(values)
    try:
        client.put_secret_value(SecretId=name, SecretString=text)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=text, Description="As <stack>/telegram: another bot")
