"""The commands that bring a bot to AWS: a heading of their own in `rejoinder --help`."""

from enum import StrEnum
from typing import Annotated, Literal

import typer

from rejoinder.workbench.cli.command import (
    AsJson,
    BotFolder,
    EnvName,
    Profile,
    StackName,
    Waba,
    Yes,
    add,
    project,
    where,
)
from rejoinder.workbench.cli.phone import phone
from rejoinder.workbench.cli.telegram import telegram
from rejoinder.workbench.cli.templates import templates
from rejoinder.workbench.cli.webhook import webhook

AWS = "Run it on AWS"
"""Their heading."""

deploying = typer.Typer()

FunctionName = StrEnum("FunctionName", ["ingress", "processor", "sender", "tracker"])
Level = Literal["DEBUG", "INFO", "WARN", "ERROR"]
DeployedEnv = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="NAME", help="An environment of samconfig.toml; without it dev.", show_default=False
    ),
]

AtOnce = Annotated[bool, typer.Option("--at-once", help="All traffic at once; no alarm undoes it.")]


@add(deploying, AWS)
def build(*, env: DeployedEnv = None, bot: BotFolder = None, as_json: AsJson = False) -> int:
    """Build what `rejoinder deploy` deploys to Lambda, and print its size."""
    from rejoinder.workbench.cli import build as command

    return command.main(project(bot), env=env, as_json=as_json)


@add(deploying, AWS)
def deploy(
    *,
    env: DeployedEnv = None,
    profile: Profile = None,
    bot: BotFolder = None,
    at_once: AtOnce = False,
    yes: Yes = False,
) -> int:
    """Deploy the bot to your AWS account. It shows what would change, and asks."""
    from rejoinder.workbench.cli import deploy as command

    return command.main(project(bot), env=env, profile=profile, yes=yes, at_once=at_once)


@add(deploying, AWS)
def upgrade(
    *,
    version: Annotated[
        str | None, typer.Argument(help="The version. If left out, the installed one.", show_default=False)
    ] = None,
    env: Annotated[
        str | None,
        typer.Option("--env", metavar="NAME", help="Deploy it to this environment, too.", show_default=False),
    ] = None,
    profile: Profile = None,
    yes: Yes = False,
) -> int:
    """Pin the installed version of rejoinder in the project, and say what it changes for you."""
    from rejoinder.workbench.cli import upgrade as command

    return command.main(project(), version, env=env, profile=profile, yes=yes)


@add(deploying, AWS)
def secrets(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    telegram: Annotated[
        bool, typer.Option("--telegram", help="The token of a bot on Telegram instead.")
    ] = False,
) -> int:
    """Put the app secret and the access token of a deployment into Secrets Manager."""
    from rejoinder.workbench.cli import secrets as command

    return command.main(where(env, stack, profile), waba, telegram=telegram)


@add(deploying, AWS)
def logs(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Begin that long ago: 30s, 10m, 2h or 1d.")
    ] = "10m",
    follow: Annotated[bool, typer.Option(help="Go on with what comes, until Ctrl-C.")] = True,
    function: Annotated[
        list[FunctionName] | None,
        typer.Option(help="Only this function. It may be given several times.", show_default=False),
    ] = None,
    level: Annotated[Level, typer.Option(help="The lowest level to print.", case_sensitive=False)] = "DEBUG",
    as_json: AsJson = False,
) -> int:
    """Print what all functions log, in the order of time."""
    from rejoinder.workbench.cli import logs as command

    return command.main(
        where(env, stack, profile),
        since=command.duration(since),
        follow=follow,
        functions=function or (),
        level=level,
        as_json=as_json,
    )


deploying.add_typer(templates, name="templates", rich_help_panel=AWS)
deploying.add_typer(phone, name="phone", rich_help_panel=AWS)
deploying.add_typer(webhook, name="webhook", rich_help_panel=AWS)
deploying.add_typer(telegram, name="telegram", rich_help_panel=AWS)
