"""`rejoinder templates …`: the templates of the bot as files, and what the network has of them."""

from typing import Annotated

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

templates = typer.Typer(
    help="Write templates as files, and bring them to WhatsApp.",
    no_args_is_help=True,
)

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Templates. If left out, all.")]


@add(templates)
def lint(*, bot: BotFolder = None, as_json: AsJson = False) -> int:
    """Check the files against the rules of WhatsApp, and against what the bot's code says."""
    from rejoinder.workbench.templates import commands

    return commands.lint(project(bot).bot, as_json=as_json)


@add(templates)
def preview(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The template.")],
    language: Annotated[
        str, typer.Option(metavar="CODE", help="One language. If left out, all.", show_default=False)
    ] = "",
    page: Annotated[bool, typer.Option("--page", help="Show it on the page of `rejoinder run`.")] = False,
    bot: BotFolder = None,
) -> int:
    """Show a template as a phone does, with its examples filled in."""
    from rejoinder.workbench.templates import commands

    return commands.preview(project(bot).bot, name, language, page=page)


@add(templates)
def status(
    *,
    names: Names = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    as_json: AsJson = False,
) -> int:
    """List the templates that the network has, and what their states mean."""
    from rejoinder.workbench.templates import commands

    with commands.account(where(env, stack, profile), waba) as account:
        return commands.status(account, names or [], as_json=as_json)


@add(templates)
def diff(
    *,
    names: Names = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    bot: BotFolder = None,
) -> int:
    """Show what the network has against what the files say. It exits with 1 when they differ."""
    from rejoinder.workbench.templates import commands

    with commands.account(where(env, stack, profile), waba) as account:
        return commands.diff(account, project(bot).bot, names or [])


@add(templates)
def push(
    *,
    names: Names = None,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete what no file has of the templates that are named.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Follow the review to its end.")] = True,
    yes: Yes = False,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    bot: BotFolder = None,
) -> int:
    """Create or change templates as the files say. It shows what it would do, and asks."""
    from rejoinder.workbench.templates import commands
    from rejoinder.workbench.templates.pushing import Pushing

    if delete and not names:
        raise typer.BadParameter("--delete needs the names of what is to be deleted")
    with commands.account(where(env, stack, profile), waba) as account:
        pushing = Pushing(account=account, bot=project(bot).bot, names=names or [], delete=delete)
        code = pushing.run(yes=yes, wait=wait)
    commands.tell_stack(where(env, stack, profile))
    return code


@add(templates)
def pull(
    *,
    names: Names = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    bot: BotFolder = None,
) -> int:
    """Write the templates that the network has into files."""
    from rejoinder.workbench.templates import commands

    with commands.account(where(env, stack, profile), waba) as account:
        return commands.pull(account, project(bot).bot, names or [], force=force)
