"""`rejoinder secrets`: puts the secrets of a real deployment into Secrets Manager."""

import getpass
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from rejoinder.workbench.cli import telegram_secret
from rejoinder.workbench.deployment.aws_account import refusals
from rejoinder.workbench.deployment.deployed import (
    Where,
    deployed,
    find,
    further_bots,
    not_there,
    on_aws,
    outputs_of,
    values_of_secret,
)
from rejoinder.workbench.stack import StackError

Ask = Callable[[str], str]


def main(where: Where, waba: str = "", *, telegram: bool = False) -> int:
    """Ask for each secret without showing it, and store them. Where nothing is typed, the old one is kept.

    `waba` is the id of a further business account, which has a secret of its own. With `telegram` the token
    of a bot on Telegram is asked for instead.
    """
    if not where.env and not where.stack:
        raise StackError(
            "the local stack has its secrets already: name what is on AWS with --stack or --env, as in "
            "`rejoinder secrets --env dev`"
        )
    account, stack = on_aws(where)
    found = find(account, stack)
    with refusals(account.profile):
        if found is None:
            raise not_there(account, stack)
        try:
            if telegram:
                return _telegram(where, found)
            put(stack, account.client("secretsmanager"), ask=getpass.getpass, waba=waba)
        except EOFError:
            raise StackError("nothing was stored, because the questions were not answered") from None
    if url := outputs_of(found).get("WebhookUrl"):
        print(f"the callback URL, to register beside the verify token: {url}")
    return 0


def _telegram(where: Where, found: Mapping[str, Any]) -> int:
    given = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
    with deployed(where) as place:
        others = further_bots(given.get("Numbers", ""))
        telegram_secret.put(place, others, ask=getpass.getpass)
    return 0


def put(stack: str, client: Any, *, ask: Ask, waba: str = "") -> None:
    """Ask for the secrets of a stack and store them; StackError when a needed one is missing."""
    first = f"{stack}/whatsapp"
    usual = _read(first, client)
    if waba and waba == usual.get("waba_id"):
        waba = ""  # the first account, by its id
    name = f"{first}/{waba}" if waba else first
    # The stack has one callback URL, so its accounts share the verify token; most share the app as well.
    shared = {key: usual[key] for key in ("verify_token", "app_secret", "app_id") if usual.get(key)}
    before = (_found(name, client) or shared | {"waba_id": waba}) if waba else usual
    after = before | _app_secret(before, ask) | _access_token(before, ask)
    after["verify_token"] = _verify_token(before, ask)
    after |= _id("app_id", "App ID (Meta app > App settings > Basic)", before, ask)
    if not waba:
        after |= _id("waba_id", "WhatsApp Business Account ID (Meta app > WhatsApp > API Setup)", before, ask)
    _store(name, after, client)
    print(f"stored in {name}; the functions use it within minutes")
    print(f"the verify token, for the webhook's configuration in the Meta app: {after['verify_token']}")


def _read(name: str, client: Any) -> dict[str, str]:
    found = _found(name, client)
    if found is None:
        raise StackError(f"there is no secret {name} in this account and region: deploy first")
    return found


def _found(name: str, client: Any) -> dict[str, str] | None:
    try:
        text = client.get_secret_value(SecretId=name).get("SecretString", "")
    except client.exceptions.ResourceNotFoundException:
        return None
    try:
        return values_of_secret(name, text)
    except StackError as malformed:  # all of it is asked for, and written again
        print(malformed)
        return {}


def _store(name: str, values: Mapping[str, str], client: Any) -> None:
    text = json.dumps(values)
    try:
        client.put_secret_value(SecretId=name, SecretString=text)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=text, Description="As <stack>/whatsapp: another account")


def _id(key: str, what: str, before: Mapping[str, str], ask: Ask) -> dict[str, str]:
    """Return an id for the commands about the account, which may be left out."""
    there = before.get(key, "")
    typed = ask(f"{what} [Enter {'keeps ' + there if there else 'leaves it out'}]: ").strip() or there
    if typed and not (typed.isascii() and typed.isdecimal()):
        raise StackError(f"nothing was stored: an id has digits only, not {typed!r}")
    return {key: typed} if typed else {}


def _app_secret(before: Mapping[str, str], ask: Ask) -> dict[str, str]:
    """Return the app secret. The old one stays valid for webhooks that were signed with it before."""
    typed = _needed("App secret (Meta app > App settings > Basic)", before.get("app_secret"), ask)
    if typed == before.get("app_secret") or not before.get("app_secret"):
        return {"app_secret": typed}
    return {"app_secret": typed, "app_secret_previous": before["app_secret"]}


def _access_token(before: Mapping[str, str], ask: Ask) -> dict[str, str]:
    return {"access_token": _needed("Access token of the system user", before.get("access_token"), ask)}


def _needed(what: str, there: str | None, ask: Ask) -> str:
    typed = ask(f"{what}{' [Enter keeps the old one]' if there else ''}: ").strip() or there
    if not typed:
        raise StackError(f"nothing was stored, because this is missing: {what}")
    return typed


def _verify_token(before: Mapping[str, str], ask: Ask) -> str:
    """Return the verify token: the typed one, the old one, or a new one."""
    there = before.get("verify_token")
    typed = ask("Verify token [Enter keeps the old one; the word new makes one]: ").strip()
    if typed == "new" or not (typed or there):
        return secrets.token_urlsafe(30)
    return typed or str(there)
