"""`rejoinder telegram webhook set | info | delete` and `rejoinder telegram commands`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from rejoinder.workbench.cli.telegram_side import counter
from rejoinder.workbench.deployment.deployed import Where
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.telegram import commands as menu
from rejoinder.workbench.telegram import webhooks
from rejoinder.workbench.telegram.webhooks import Webhook

POLLED = "`rejoinder run` fetches the updates of this bot, so it has no webhook"


def register(where: Where, bot_id: str, *, connections: int, yes: bool) -> int:
    """Let Telegram send the updates of the bot to the stack."""
    with counter(where, bot_id=bot_id, yes=yes) as at:
        if at.place.is_polled:
            raise StackError(f"{POLLED}: a deployment is named by --env or --stack")
        proof = at.secret.get("secret_token")
        if not proof:
            raise StackError("the secret has no secret_token: `rejoinder secrets --telegram` makes it")
        me, there = at.api.me(), Webhook.of(at.api)
        url = webhooks.address(at.place.telegram_route, me.id, me.username)
        if there.url not in ("", url):
            print(f"the updates of @{me.username} go to {there.host} now: they will no longer")
        at.make(webhooks.set_webhook(url, proof, connections))
        print(f"the updates of @{me.username} go to {url}")
        print(f"write to the bot: {me.link}")
    return 0


def info(where: Where, bot_id: str, *, as_json: bool) -> int:
    """Print where the updates go. Exits with 1 when not all of them go to the stack."""
    with counter(where, bot_id=bot_id) as at:
        me, there = at.api.me(), Webhook.of(at.api)
        url = webhooks.address(at.place.telegram_route, me.id, me.username)
        is_polled = at.place.is_polled
    is_well = not there.url if is_polled else there.url == url and not there.missing
    if as_json:
        print(json.dumps(dict(there.raw), indent=2, ensure_ascii=False))
        return 0 if is_well else 1
    for line in [POLLED] if is_polled and is_well else _lines(there, url, me.username):
        print(line)
    return 0 if is_well else 1


def _lines(there: Webhook, url: str, username: str) -> list[str]:
    if not there.url:
        return [f"the updates of @{username} go nowhere: `rejoinder telegram webhook set` sends them here"]
    lines = [f"the updates of @{username} go to {there.url}"]
    if there.url != url:
        lines.append(f"the stack's address is {url}: `rejoinder telegram webhook set`")
    if there.missing:
        lines.append(f"not sent: {', '.join(there.missing)}: `rejoinder telegram webhook set`")
    lines.append(f"{there.pending} updates wait; at most {there.connections} are sent at once")
    if there.last_error:
        at = datetime.fromtimestamp(there.last_error_at, UTC)
        lines.append(f"the last error, {at:%Y-%m-%d %H:%M} UTC: {there.last_error}")
    return lines


def delete(where: Where, bot_id: str, *, drop: bool, yes: bool) -> int:
    """Let Telegram send the updates of the bot nowhere."""
    with counter(where, bot_id=bot_id, yes=yes) as at:
        there = Webhook.of(at.api)
        if not there.url and not drop:
            print("the bot has no webhook")
            return 0
        if there.url:
            print(f"the updates go to {there.url} now: they will no longer")
        at.make(webhooks.delete_webhook(drop=drop))
        print(f"no update is sent any more; {'none is kept' if drop else 'Telegram keeps them for a day'}")
    return 0


def commands(where: Where, bot_id: str, folder: Path, *, yes: bool) -> int:
    """Show the commands of the bot in its menu."""
    with counter(where, bot_id=bot_id, yes=yes) as at:
        wanted = menu.of_bot(folder, at.api.bot_id)
        if menu.at_telegram(at.api) == wanted:
            print(f"the menu has these {len(wanted)} commands already")
            return 0
        at.make(menu.set_commands(wanted))
        print("the menu has " + (", ".join(f"/{one['command']}" for one in wanted) or "no commands"))
    return 0
