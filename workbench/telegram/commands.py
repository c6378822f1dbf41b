"""The commands that Telegram shows in the menu of a bot (core.telegram.org/bots/api#setmycommands)."""

from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.loading import load_bots, place_of
from rejoinder.model.people import Account
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.requirements import Required
from rejoinder.workbench.telegram.api import Asked, BotApi

Commands = list[dict[str, str]]
"""Commands as the Bot API writes them: each with its `command` and its `description`."""


def of_bot(folder: Path, bot_id: str) -> Commands:
    """Return the commands of a bot, from its handlers. Raises StackError when the bot cannot be loaded."""
    Required(bot=folder).use()
    try:
        bot: Bot = load_bots(folder).of(Account(channel="telegram", id=bot_id))
    except Exception as error:
        raise StackError(place_of(error, folder)) from error
    return [{"command": one.name, "description": one.description} for one in bot.commands]


def at_telegram(api: BotApi) -> Commands:
    """Return the commands that Telegram shows. Raises BotApiError."""
    found: Commands = api.call("getMyCommands")
    return found


def set_commands(commands: Commands) -> Asked:
    """Return the request that shows these commands, or none."""
    if not commands:
        return Asked(method="deleteMyCommands")
    return Asked(method="setMyCommands", parameters={"commands": commands})
