"""`rejoinder secrets`: puts the secrets of a real deployment into Secrets Manager."""

import getpass
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.stack import StackError

Ask = Callable[[str], str]


def main(stack: str) -> int:
    """Ask for each secret without showing it, and store them. Where nothing is typed, the old one is kept."""
    if not stack:
        raise StackError(
            "name the deployment: rejoinder secrets --env dev, or make secrets STACK=rejoinder-dev"
        )
    try:
        put(stack, boto3.client("secretsmanager"), ask=getpass.getpass)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"AWS says: {error}") from None
    return 0


def put(stack: str, client: Any, *, ask: Ask) -> None:
    """Ask for the secrets of a stack and store them; StackError when a needed one is missing."""
    name = f"{stack}/whatsapp"
    before = _read(name, client)
    after = before | _app_secret(before, ask) | _access_token(before, ask)
    verify_token, is_new = _verify_token(before, ask)
    after["verify_token"] = verify_token
    client.put_secret_value(SecretId=name, SecretString=json.dumps(after))
    print(f"stored in {name}; the functions use it within minutes")
    if is_new:
        print(f"the verify token, for the webhook's configuration in the Meta app: {verify_token}")


def _read(name: str, client: Any) -> dict[str, str]:
    try:
        found = client.get_secret_value(SecretId=name)["SecretString"]
    except client.exceptions.ResourceNotFoundException:
        raise StackError(f"there is no secret {name} in this account and region: deploy first") from None
    return {key: str(value) for key, value in json.loads(found).items()}


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


def _verify_token(before: Mapping[str, str], ask: Ask) -> tuple[str, bool]:
    """Return the verify token (the typed one, the old one, or a new one), and whether to print it."""
    there = before.get("verify_token")
    typed = ask("Verify token [Enter keeps the old one; the word new makes one]: ").strip()
    if typed == "new" or not (typed or there):
        return secrets.token_urlsafe(30), True
    return typed or str(there), False
