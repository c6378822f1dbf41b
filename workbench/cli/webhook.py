"""`rejoinder webhook …`: where Meta sends webhooks. Each command imports its module when it is called."""

from typing import TYPE_CHECKING, Annotated

import typer

from rejoinder.workbench.cli.at_desk import at_desk
from rejoinder.workbench.cli.command import AsJson

if TYPE_CHECKING:
    from rejoinder.workbench.cli.account_side import Desk

webhook = typer.Typer(
    help="Let Meta send webhooks to the stack, and check that they arrive.", no_args_is_help=True
)


@at_desk(webhook)
def subscribe(
    desk: "Desk",
    *,
    account: Annotated[
        bool,
        typer.Option("--account", help="Only those of this business account, and leave the app as it is."),
    ] = False,
    none: Annotated[
        bool, typer.Option("--none", help="Take the address of the number or the account away again.")
    ] = False,
) -> int:
    """Let Meta send the app's webhooks to the stack; with --number those of one number."""
    from rejoinder.workbench.cli import webhook_at_meta as command

    return command.subscribe(desk, account=account, none=none)


@at_desk(webhook, without=("yes", "number"))
def fields(desk: "Desk", *, as_json: AsJson = False) -> int:
    """List the fields that the app gets and those that are missing, with the reason."""
    from rejoinder.workbench.cli import webhook_at_meta as command

    return command.fields(desk, json=as_json)


@at_desk(webhook, without=("yes", "number"))
def test(desk: "Desk", *, as_json: AsJson = False) -> int:  # noqa: PT028 - a command, and no test
    """Ask the webhook from outside as Meta does: the handshake, and bodies with and without a signature."""
    from rejoinder.workbench.cli import webhook_test as command

    return command.main(desk, json=as_json)
