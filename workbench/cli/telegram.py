"""`rejoinder telegram …`: the bot at Telegram. Each command imports its module when it is called."""

from typing import Annotated

import typer

from rejoinder.workbench.cli.command import (
    AsJson,
    BotFolder,
    BotId,
    EnvName,
    Profile,
    StackName,
    Yes,
    add,
    project,
    where,
)

telegram = typer.Typer(
    help="Let Telegram send updates to the stack, and show the bot's commands.", no_args_is_help=True
)
webhook = typer.Typer(help="Where Telegram sends the updates of the bot.", no_args_is_help=True)
telegram.add_typer(webhook, name="webhook")


@add(webhook)
def set_(
    *,
    connections: Annotated[
        int, typer.Option(min=1, max=100, help="How many updates Telegram sends at once at most.")
    ] = 40,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    bot_id: BotId = "",
    yes: Yes = False,
) -> int:
    """Let Telegram send the bot's updates to the stack."""
    from rejoinder.workbench.cli import telegram_webhook as command

    return command.register(where(env, stack, profile), bot_id, connections=connections, yes=yes)


@add(webhook)
def info(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    bot_id: BotId = "",
    as_json: AsJson = False,
) -> int:
    """Show where the bot's updates go, how many wait, and the last error."""
    from rejoinder.workbench.cli import telegram_webhook as command

    return command.info(where(env, stack, profile), bot_id, as_json=as_json)


@add(webhook)
def delete(
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Also forget the updates that wait.")] = False,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    bot_id: BotId = "",
    yes: Yes = False,
) -> int:
    """Let Telegram send the bot's updates nowhere. It keeps them for a day."""
    from rejoinder.workbench.cli import telegram_webhook as command

    return command.delete(where(env, stack, profile), bot_id, drop=drop, yes=yes)


@add(telegram)
def commands(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    bot: BotFolder = None,
    bot_id: BotId = "",
    yes: Yes = False,
) -> int:
    """Show the commands of the bot's handlers in its menu on Telegram."""
    from rejoinder.workbench.cli import telegram_webhook as command

    return command.commands(where(env, stack, profile), bot_id, project(bot).bot, yes=yes)
