"""The way between Telegram and us: the secret, the bot, its webhook, its commands."""

import time

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.deployment.deployed import further_bots
from rejoinder.workbench.doctor import stack
from rejoinder.workbench.doctor.facts import Facts
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice, skipped
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.telegram import commands
from rejoinder.workbench.telegram.api import TOKEN, BotApi, BotApiError, Me, id_of
from rejoinder.workbench.telegram.webhooks import Webhook, address

SECRETS = "`rejoinder secrets --telegram`"
SET = "`rejoinder telegram webhook set`"

MANY = 100
"""How many updates may wait before somebody should look."""

FRESH_SECONDS = 3600.0
"""How long an error of Telegram's is told of, in seconds. Telegram shows the last one for ever."""


def secret(facts: Facts) -> dict[str, str]:
    """Return the values of the secret of the first bot."""
    return facts.patient.place.telegram_secret()


def api(facts: Facts) -> BotApi:
    """Return a client of the Bot API. NotNow without a token, because the check of the secret says so."""
    token = facts.of(secret).get("bot_token", "")
    if not TOKEN.fullmatch(token):
        raise NotNow("the secret has no bot_token (see Telegram secret)")
    return facts.closing(BotApi(facts.patient.place.telegram_address, token))


def me(facts: Facts) -> Me:
    """Return who the bot is. NotNow when Telegram does not tell."""
    try:
        return facts.of(api).me()
    except StackError:
        raise NotNow("Telegram does not know the bot (see Telegram bot)") from None


def webhook(facts: Facts) -> Webhook:
    """Return what Telegram tells of the webhook."""
    facts.of(me)
    return Webhook.of(facts.of(api))


def look_at_secret(facts: Facts) -> Finding:
    """Look whether the secret has all its values."""
    found = facts.of(secret)
    if missing := [name for name in ("bot_token", "secret_token") if not found.get(name)]:
        return bad(f"the secret has no {', '.join(missing)}", f"{SECRETS} asks for it")
    if not TOKEN.fullmatch(found["bot_token"]):
        return bad("the bot_token is none of Telegram's", f"{SECRETS}; type it again")
    if lacking := [bot_id for bot_id in others(facts) if not _has_secret(facts, bot_id)]:
        return bad(f"the bot {', '.join(lacking)} has no secret, and Numbers names it", SECRETS)
    return good("bot_token, secret_token are there")


def others(facts: Facts) -> list[str]:
    """Return the ids of the further bots of the stack, by its parameter `Numbers`."""
    try:
        named = facts.of(stack.parameters).get("Numbers", "")
    except (BotoCoreError, ClientError):  # that the stack cannot be described is said elsewhere
        return []
    return sorted(further_bots(named))


def _has_secret(facts: Facts, bot_id: str) -> bool:
    try:
        return id_of(facts.patient.place.telegram_secret(bot_id).get("bot_token", "")) == bot_id
    except StackError:
        return False


def look_at_bot(facts: Facts) -> Finding:
    """Look whether Telegram knows the bot."""
    try:
        found = facts.of(api).me()
    except NotNow:
        raise
    except BotApiError as error:
        return bad(str(error), "run the command again; Telegram may be busy")
    except StackError as error:
        return bad(str(error), SECRETS)
    unseen = "".join(
        f"; `rejoinder telegram webhook info --bot-id {one}` is for another" for one in others(facts)
    )
    return good(f"@{found.username}, {found.link}{unseen}")


def look_at_webhook(facts: Facts) -> Finding:
    """Look whether the updates come here, and all kinds of them."""
    place = facts.patient.place
    if place.is_polled:
        return skipped("`rejoinder run` fetches the updates itself")
    bot, found = facts.of(me), facts.of(webhook)
    wanted = address(place.telegram_route, bot.id, bot.username)
    if not found.url:
        return bad(f"the updates of @{bot.username} go nowhere", SET)
    if found.url != wanted:
        return bad(f"the updates of @{bot.username} go to {found.url}", SET)
    if found.missing:
        return notice(f"not sent: {', '.join(found.missing)}", SET)
    return good("all updates come here")


def look_at_updates(facts: Facts) -> Finding:
    """Look whether Telegram can deliver what it has."""
    found = facts.of(webhook)
    logs = "`rejoinder logs --function ingress`"
    if found.pending and "401" in found.last_error:
        return bad("the stack refuses what Telegram sends: its secret token is another one", SET)
    if found.last_error and time.time() - found.last_error_at < FRESH_SECONDS:
        return notice(f"Telegram could not deliver an update: {found.last_error.rstrip('.')}", logs)
    if found.pending > MANY:
        return notice(f"{found.pending} updates wait at Telegram", logs)
    return good(f"{found.pending} updates wait at Telegram, and no delivery failed")


def look_at_commands(facts: Facts) -> Finding:
    """Look whether the menu has the commands of the bot."""
    folder = facts.patient.bot
    if folder is None or not folder.is_dir():
        raise NotNow("no bot is in this folder")
    bot = facts.of(me)
    try:
        wanted = commands.of_bot(folder, bot.id)
    except StackError as error:
        raise NotNow(f"the bot cannot be loaded here ({error})") from None
    there = commands.at_telegram(facts.of(api))
    if wanted == there:
        return good(f"the menu has the {len(wanted)} commands of the bot")
    return notice("the menu of the bot has other commands than its handlers", "`rejoinder telegram commands`")
