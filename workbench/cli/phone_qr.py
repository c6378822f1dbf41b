"""`rejoinder phone qr …`: QR codes. Each command imports its module when it is called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rejoinder.workbench.cli.at_desk import at_desk
from rejoinder.workbench.cli.command import AsJson

if TYPE_CHECKING:
    from rejoinder.workbench.cli.account_side import Desk

qr = typer.Typer(help="Make and remove QR codes that begin a talk.", no_args_is_help=True)

Words = Annotated[str, typer.Argument(help="What the contact's phone is about to send.")]
CodeName = Annotated[str, typer.Argument(metavar="CODE", help="The code, as the list shows it.")]


@at_desk(qr, without=("yes",))
def list_(desk: "Desk", *, as_json: AsJson = False) -> int:
    """List the QR codes with their links."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.list_codes(desk, json=as_json)


@at_desk(qr)
def new(
    desk: "Desk",
    *,
    words: Words,
    picture: Annotated[
        Literal["PNG", "SVG"], typer.Option("--format", help="The format of the picture.")
    ] = "PNG",
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the picture there.", show_default=False)
    ] = None,
) -> int:
    """Make a QR code. Whoever scans it has the words ready to send."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.new_code(desk, words, picture, save)


@at_desk(qr)
def change(
    desk: "Desk",
    *,
    code: CodeName,
    words: Words,
) -> int:
    """Change what a QR code says. Its picture stays."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.change_code(desk, code, words)


@at_desk(qr)
def remove(desk: "Desk", *, code: CodeName) -> int:
    """Remove a QR code. It leads nowhere then."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.remove_code(desk, code)
