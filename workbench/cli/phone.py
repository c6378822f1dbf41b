"""`rejoinder phone …`: the numbers of an account. Each command imports its module when it is called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rejoinder.workbench.cli.at_desk import at_desk
from rejoinder.workbench.cli.command import AsJson
from rejoinder.workbench.cli.phone_qr import qr

if TYPE_CHECKING:
    from rejoinder.workbench.cli.account_side import Desk

phone = typer.Typer(help="Register numbers, and set what contacts see of them.", no_args_is_help=True)

Contacts = Annotated[
    list[str], typer.Argument(metavar="CONTACT", help="Phone numbers or business-scoped user ids.")
]


@at_desk(phone, without=("yes", "number"))
def list_(desk: "Desk", *, as_json: AsJson = False) -> int:
    """List the numbers with their state, their limits, and what each needs next."""
    from rejoinder.workbench.cli import phone_number as command

    return command.show_all(desk, json=as_json)


@at_desk(phone)
def request_code(
    desk: "Desk",
    *,
    voice: Annotated[bool, typer.Option("--voice", help="Let Meta call instead of sending an SMS.")] = False,
    language: Annotated[str, typer.Option(help="The language of the SMS or the call.")] = "en_US",
) -> int:
    """Let Meta send a code to the number, which proves that it is yours."""
    from rejoinder.workbench.cli import phone_number as command

    return command.request_code(desk, by_voice=voice, language=language)


@at_desk(phone)
def verify(desk: "Desk") -> int:
    """Type in the code that came to the number. It is not shown."""
    from rejoinder.workbench.cli import phone_number as command

    return command.verify(desk)


@at_desk(phone)
def register(
    desk: "Desk",
    *,
    region: Annotated[
        str,
        typer.Option(
            metavar="COUNTRY",
            help="Where Meta keeps the messages, such as DE. It can be chosen only now.",
            show_default=False,
        ),
    ] = "",
) -> int:
    """Register the number with its PIN, so that it sends and receives. The PIN is not shown."""
    from rejoinder.workbench.cli import phone_number as command

    return command.register(desk, region.upper())


@at_desk(phone)
def pin(desk: "Desk") -> int:
    """Set another PIN. It is not shown."""
    from rejoinder.workbench.cli import phone_number as command

    return command.set_pin(desk)


@at_desk(phone)
def deregister(desk: "Desk") -> int:
    """Take the number off the Cloud API. It neither sends nor receives then."""
    from rejoinder.workbench.cli import phone_number as command

    return command.deregister(desk)


@at_desk(phone)
def name(
    desk: "Desk",
    *,
    new: Annotated[
        str, typer.Argument(metavar="NAME", help="The new name. If left out, show it.", show_default=False)
    ] = "",
) -> int:
    """Show the display name, or ask Meta for another one."""
    from rejoinder.workbench.cli import phone_number as command

    return command.name(desk, new)


@at_desk(phone)
def username(
    desk: "Desk",
    *,
    new: Annotated[
        str,
        typer.Argument(metavar="USERNAME", help="The new one. If left out, show it.", show_default=False),
    ] = "",
    none: Annotated[bool, typer.Option("--none", help="Give the username up.")] = False,
) -> int:
    """Show the username of the number, or take one."""
    from rejoinder.workbench.cli import phone_number as command

    return command.username(desk, new, none=none)


@at_desk(phone)
def profile(
    desk: "Desk",
    *,
    about: Annotated[str | None, typer.Option(help="The line below the name.", show_default=False)] = None,
    description: Annotated[str | None, typer.Option(help="What you do.", show_default=False)] = None,
    address: Annotated[str | None, typer.Option(help="Where you are.", show_default=False)] = None,
    email: Annotated[str | None, typer.Option(help="An e-mail address.", show_default=False)] = None,
    vertical: Annotated[
        str | None, typer.Option(help="What you are, such as RESTAURANT.", show_default=False)
    ] = None,
    website: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="A website. It may be given twice.", show_default=False),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A picture, JPEG or PNG.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show what contacts read of you, or change it."""
    from rejoinder.workbench.cli import phone_seen as command

    texts = {"about": about, "description": description, "address": address, "email": email}
    given: dict[str, Any] = {**texts, "vertical": vertical and vertical.upper(), "websites": website}
    new = {key: value for key, value in given.items() if value is not None}
    return command.profile(desk, new, picture, json=as_json)


@at_desk(phone)
def block(desk: "Desk", *, contacts: Contacts) -> int:
    """Block contacts who wrote in the last 24 hours. What they write does not arrive then."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.block(desk, contacts)


@at_desk(phone)
def unblock(desk: "Desk", *, contacts: Contacts) -> int:
    """Unblock contacts."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.unblock(desk, contacts)


@at_desk(phone, without=("yes",))
def blocked(desk: "Desk", *, as_json: AsJson = False) -> int:
    """List the blocked contacts."""
    from rejoinder.workbench.cli import phone_seen as command

    return command.blocked(desk, json=as_json)


@at_desk(phone)
def greet(
    desk: "Desk",
    *,
    ice_breaker: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A text to tap. It may be given 4 times.", show_default=False),
    ] = None,
    command: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=HINT", help="A command, such as `book=Book a table`.", show_default=False),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Remove all of them.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show or set what a contact can tap in an empty talk: ice breakers and commands."""
    from rejoinder.workbench.cli import phone_seen

    return phone_seen.greet(desk, ice_breaker or (), command or (), none=none, json=as_json)


phone.add_typer(qr, name="qr")
