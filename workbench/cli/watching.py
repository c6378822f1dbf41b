"""The commands that watch over a deployment: a heading of their own in `rejoinder --help`."""

from typing import Annotated

import typer

from rejoinder.workbench.cli.command import (
    AsJson,
    BotFolder,
    EnvName,
    Profile,
    StackName,
    Yes,
    add,
    project,
    where,
)

WATCH = "Watch over it"
"""Their heading."""

watching = typer.Typer()


@add(watching, WATCH)
def watch(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    once: Annotated[
        bool,
        typer.Option(
            "--once",
            help="Look once; the exit code is 1 if an alarm wakes somebody or contacts get no answer.",
        ),
    ] = False,
) -> int:
    """Show how the bot is doing, again and again: answers, failures, what waits, alarms. Ctrl-C ends it."""
    from rejoinder.workbench.cli import watch as command

    return command.main(where(env, stack, profile), once=once)


@add(watching, WATCH)
def stats(
    *, env: EnvName = None, stack: StackName = None, profile: Profile = None, as_json: AsJson = False
) -> int:
    """Print today's figures: messages in and out, failed, by category, and what was not understood."""
    from rejoinder.workbench.cli import stats as command

    return command.main(where(env, stack, profile), as_json=as_json)


@add(watching, WATCH)
def trace(
    *,
    message: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A correlation id of the logs, or the id of a message at WhatsApp or Telegram.",
        ),
    ],
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """Print the life of one message, from its webhook until the answer was read, with the times."""
    from rejoinder.workbench.cli import trace as command

    return command.main(where(env, stack, profile), message, as_json=as_json)


@add(watching, WATCH)
def debug(
    *,
    conversation: Annotated[
        str,
        typer.Argument(
            metavar="CONVERSATION",
            help="A contact, a conversation key, a correlation id, or an id of `rejoinder redrive`.",
        ),
    ],
    bot: BotFolder = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
) -> int:
    """Run a talk again on this machine, in Python's debugger. Nothing is sent, and nothing is written.

    It shows what the contact and the bot said.
    """
    from rejoinder.workbench.cli import debug as command

    return command.main(project(bot), where(env, stack, profile), conversation)


@add(watching, WATCH)
def check_aws(
    *,
    profile: Profile = None,
    yes: Yes = False,
    keep: Annotated[bool, typer.Option("--keep", help="Delete nothing at the end.")] = False,
    delete: Annotated[
        str, typer.Option(metavar="NAME", help="Delete what an earlier check left.", show_default=False)
    ] = "",
) -> int:
    """Deploy a stack to your AWS account, see that everything works there, and delete it again."""
    from rejoinder.workbench.cli import check_aws as command

    return command.main(profile, yes=yes, keep=keep, delete=delete)
