"""`rejoinder run --telegram-token`: a bot at Telegram talks to the stack on this machine."""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from rejoinder.channels.telegram.channel import TELEGRAM_BASE_URL
from rejoinder.channels.telegram.front import SECRET_HEADER
from rejoinder.workbench import terminal
from rejoinder.workbench.called import below_make
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.stack.handle import LocalStack, OwnBot
from rejoinder.workbench.telegram import commands, kept, webhooks
from rejoinder.workbench.telegram.api import BotApi, Me
from rejoinder.workbench.telegram.polling import Poller
from rejoinder.workbench.telegram.webhooks import Webhook

OFFER = """\
  On your own phone, by Telegram, in a minute:
    1. Write /newbot to @BotFather (https://t.me/BotFather).
    2. Give it a name.
    3. Give it a username that ends in bot. BotFather answers with a token.
  Then stop this, and start it with the token: {command}"""


def offer() -> str:
    """Return how a person gets the bot onto their own phone."""
    command = "make run TELEGRAM=1" if below_make() else "rejoinder run --telegram-token"
    return OFFER.format(command=command)


def own_bot(token: str) -> OwnBot:
    """Return the bot of a token. The token `ask` is one that is kept, or asked for once and then kept.

    Raises StackError when Telegram does not know it, or its updates go elsewhere and shall go on doing so.
    """
    address = os.environ.get("TELEGRAM_BASE_URL") or TELEGRAM_BASE_URL
    is_asked = token == kept.ASK
    token, is_new = kept.asked(_ask) if is_asked else (token, False)
    os.environ.pop("TELEGRAM_TOKEN", None)  # else all programs that we start get it, and the bot's code
    try:
        with BotApi(address, token) as api:
            me = api.me()
    except StackError as error:
        cure = f". Delete {kept.place()} to be asked again" if is_asked and not is_new else ""
        raise StackError(f"{error}{cure}") from None
    with BotApi(address, token) as api:
        if is_new:
            print(f"  the token is kept in {kept.keep(token)}; delete that file to forget it")
        _only_here(api, me)
    return OwnBot(token=token, username=me.username, address=address)


def _ask(question: str) -> str:
    if not sys.stdin.isatty():  # getpass would warn, and show what comes
        raise StackError("nobody can be asked for the token here: give it in TELEGRAM_TOKEN")
    return getpass.getpass(question)


def _only_here(api: BotApi, me: Me) -> None:
    """Take a webhook of the bot away, if the person agrees: updates are either sent or fetched."""
    there = Webhook.of(api)
    if not there.url:
        return
    print(
        f"  Telegram sends the updates of @{me.username} to {there.host}, so they cannot be fetched from here"
    )
    screen = terminal.console()
    if not Questions(screen=screen).yes("  Take that webhook away, so that they come here?"):
        raise StackError(f"@{me.username} keeps its webhook: make another bot for this machine, by /newbot")
    webhooks.delete_webhook().make(api)
    print("  If that was a deployment, `rejoinder telegram webhook set --env …` sends them there again")


@contextmanager
def phone(stack: LocalStack, bot: OwnBot) -> Iterator[None]:
    """Let the updates of the bot come to the stack, as long as the block lasts."""
    connect = partial(BotApi, bot.address, bot.token)
    headers = {SECRET_HEADER: stack.telegram_secret_token}
    with Poller(connect=connect, url=stack.telegram_webhook_url, headers=headers, tell=_tell):
        yield


def show_commands(stack: LocalStack) -> None:
    """Show the commands of the bot in its menu."""
    try:
        with BotApi(stack.telegram_url, stack.telegram_bot_token) as api:
            wanted = commands.of_bot(Path(stack.bot), api.bot_id)
            if commands.at_telegram(api) != wanted:
                commands.set_commands(wanted).make(api)
    except StackError as error:
        _tell(f"the menu of the bot could not be set: {error}")


def _tell(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S} telegram  {line}", flush=True)
