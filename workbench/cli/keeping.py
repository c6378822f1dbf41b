"""The commands that look after what a deployment keeps: a heading of their own in `rejoinder --help`."""

from pathlib import Path
from typing import Annotated

import typer

from rejoinder.workbench.cli.command import (
    AsJson,
    EnvName,
    Profile,
    StackName,
    Waba,
    Yes,
    add,
    where,
)
from rejoinder.workbench.cli.consent import consent

KEPT = "Look after what is kept"
"""Their heading."""

keeping = typer.Typer()

Contact = Annotated[
    str, typer.Argument(metavar="CONTACT", help="A phone number or a business-scoped user id.")
]


@add(keeping, KEPT)
def doctor(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    waba: Waba = "",
    as_json: AsJson = False,
) -> int:
    """Look at every point of a deployment, from AWS to the networks, and say what mends it."""
    from rejoinder.workbench.cli import doctor as command

    return command.main(where(env, stack, profile), waba=waba, as_json=as_json)


@add(keeping, KEPT)
def redrive(
    *,
    items: Annotated[
        list[str] | None, typer.Argument(help="Ids from the list, or all. If left out, the list.")
    ] = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """List the messages that were set aside, or put some back."""
    from rejoinder.workbench.cli import redrive as command

    return command.main(where(env, stack, profile), items or [], as_json=as_json)


@add(keeping, KEPT)
def release(
    *,
    contact: Annotated[
        str,
        typer.Argument(
            help="A phone number or a user id. If left out, count the handoffs.", show_default=False
        ),
    ] = "",
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """End a handoff, so that the bot speaks to the contact again."""
    from rejoinder.workbench.cli import release as command

    return command.main(where(env, stack, profile), contact, as_json=as_json)


@add(keeping, KEPT)
def export(
    *,
    contact: Contact,
    files: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write their files into this folder.", show_default=False),
    ] = None,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
) -> int:
    """Print everything that is kept of a contact, as JSON."""
    from rejoinder.workbench.cli import export as command

    return command.main(where(env, stack, profile), contact, files)


@add(keeping, KEPT)
def forget(
    *,
    contact: Contact,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    yes: Yes = False,
) -> int:
    """Erase everything that is kept of a contact. It cannot be undone."""
    from rejoinder.workbench.cli import forget as command

    return command.main(where(env, stack, profile), contact, yes=yes)


@add(keeping, KEPT)
def retention(
    *, env: EnvName = None, stack: StackName = None, profile: Profile = None, yes: Yes = False
) -> int:
    """Give an end to conversations that have rested since before there was one."""
    from rejoinder.workbench.cli import retention as command

    return command.main(where(env, stack, profile), yes=yes)


keeping.add_typer(consent, name="consent", rich_help_panel=KEPT)
