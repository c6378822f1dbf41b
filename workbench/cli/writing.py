"""The commands with which a bot is written and tested: a heading of their own in `rejoinder --help`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from rejoinder.workbench.cli.command import (
    AsJson,
    BotFolder,
    OneChannel,
    add,
    project,
)

WRITE = "Write a bot"
"""Their heading."""

writing = typer.Typer()


@add(writing, WRITE)
def new(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="NAME", help="The folder to make. The project is called like it.")
    ],
    example: Annotated[
        Literal["clinic", "shop", "minimal"] | None,
        typer.Option(help="Begin with this bot instead of the usual one.", show_default=False),
    ] = None,
) -> int:
    """Write a project of your own: a bot, its tests, and what deploys it."""
    from rejoinder.workbench.cli import new as command

    return command.main(folder, example)


@add(writing, WRITE)
def chat(*, bot: BotFolder = None, channel: OneChannel = "whatsapp") -> int:
    """Talk to the bot in this terminal at once, without AWS. An edit is used from your next line on."""
    from rejoinder.workbench.cli import chat as command

    return command.main(bot or project().bot, channel)


@add(writing, WRITE, any_option=True)
def test(
    *,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="PYTEST-ARGUMENTS", help="What pytest is given, such as -k booking."),
    ] = None,  # noqa: PT028 - a command, and no test
    bot: BotFolder = None,  # noqa: PT028
) -> int:
    """Check the bot, and run its tests and its written talks.

    ruff and mypy run, too, if the project has settings for them.
    """
    from rejoinder.workbench.cli import test as command

    return command.main(project(bot), arguments or [])


@add(writing, WRITE)
def understand(
    *,
    words: Annotated[
        str, typer.Argument(help="What a contact may write.", envvar="REJOINDER_WORDS", show_envvar=False)
    ],
    bot: BotFolder = None,
    as_json: AsJson = False,
) -> int:
    """Show what the intents of the bot make of some words."""
    from rejoinder.workbench.cli import understand as command

    return command.main(bot or project().bot, words, as_json=as_json)
