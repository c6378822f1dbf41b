"""`rejoinder consent …`: what contacts agreed to, and how we know."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from rejoinder.workbench.cli.command import AsJson, EnvName, Profile, StackName, Yes, add, where

consent = typer.Typer(
    help="Look after what contacts agreed to get from you.",
    no_args_is_help=True,
)

AccountName = Annotated[
    str,
    typer.Option(
        "--account",
        metavar="NAME",
        help="The account that they agreed to hear from, such as whatsapp:106540352242922.",
        show_default=False,
    ),
]


@add(consent)
def import_(
    *,
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns contact, given and at.")],
    source: Annotated[
        str, typer.Option(metavar="TEXT", help="Where they told it, such as `form at the till`.")
    ],
    purpose: Annotated[
        Literal["marketing", "utility"], typer.Option(help="What they agreed to.")
    ] = "marketing",
    account: AccountName = "",
    yes: Yes = False,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
) -> int:
    """Add what contacts told elsewhere to their ledgers. It overrides no newer refusal."""
    from rejoinder.workbench.cli import consent_import as command

    return command.main(where(env, stack, profile), file, source, purpose, account, yes=yes)


@add(consent)
def show(
    *,
    contact: Annotated[
        str, typer.Argument(metavar="CONTACT", help="A phone number or a business-scoped user id.")
    ],
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """Print the ledger of a contact, the oldest entry first."""
    from rejoinder.workbench.cli import ledgers as command

    return command.show(where(env, stack, profile), contact, as_json=as_json)


@add(consent)
def export(
    *,
    env: EnvName = None,
    stack: StackName = None,
    profile: Profile = None,
    as_json: AsJson = False,
) -> int:
    """Print the ledgers of all contacts, as CSV or JSON."""
    from rejoinder.workbench.cli import ledgers as command

    return command.export(where(env, stack, profile), as_json=as_json)
