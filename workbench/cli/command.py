"""What all commands share: how an error, an interrupt and wrong use end, and the options that recur."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rejoinder.errors import Unreadable
from rejoinder.workbench import interrupts, terminal
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.tools import ToolError

if TYPE_CHECKING:
    from rejoinder.workbench.cli.deployed import Where

STOPPED = 130
"""The exit code that shells give to a program that was ended by Ctrl-C."""

OTHER_VERSION = """\
another version of rejoinder wrote what this one cannot read ({}): install the version that is deployed"""

BotFolder = Annotated[
    Path | None,
    typer.Option("--bot", metavar="FOLDER", help="Use a bot in another folder.", show_default=False),
]
AwsPort = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="Let the local AWS listen there.", show_default=False
    ),
]
SimPort = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="Let the simulator listen there.", show_default=False
    ),
]
EnvName = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="NAME", help="Use this environment of samconfig.toml, on AWS.", show_default=False
    ),
]
StackName = Annotated[
    str | None, typer.Option("--stack", metavar="NAME", help="Use this stack on AWS.", show_default=False)
]
Profile = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Use this AWS profile instead of AWS_PROFILE.", show_default=False),
]
Waba = Annotated[
    str,
    typer.Option(
        metavar="ID",
        help="The id of a WhatsApp Business Account, where the stack has several.",
        show_default=False,
    ),
]
OneChannel = Annotated[
    Literal["whatsapp", "telegram"], typer.Option("--channel", help="Talk over this network.")
]
BotId = Annotated[
    str,
    typer.Option(
        metavar="ID", help="The id of a bot on Telegram, where the stack has several.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def add(
    app: typer.Typer, heading: str = "", *, any_option: bool = False
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Make a function a command of an app, below a heading. Its name is the function's.

    The function returns the exit code. An error that a person can correct is printed as one line. With
    `any_option`, options that the command does not know are arguments.
    """

    def register(function: Callable[..., int]) -> Callable[..., int]:
        @wraps(function)
        def guarded(*arguments: Any, **options: Any) -> int:
            terminal.protect()
            interrupts.install()
            return run(lambda: function(*arguments, **options))

        name = function.__name__.rstrip("_").replace("_", "-")
        settings = {"ignore_unknown_options": any_option}
        return app.command(name, rich_help_panel=heading or None, context_settings=settings)(guarded)

    return register


def run(function: Callable[[], int]) -> int:
    """Call a function that returns an exit code, and return it, or the one of the error that it raises."""
    try:
        code = function()
        sys.stdout.flush()
    except (StackError, ToolError) as error:
        return fail(str(error))
    except Unreadable as error:
        return fail(OTHER_VERSION.format(error))
    except KeyboardInterrupt:
        print("\nrejoinder: stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # the program that read our output has ended
        sys.stdout = None  # else Python would write to it again at exit
        return 1
    return code


def fail(message: str, *, code: int = 1) -> int:
    """Print an error as one line, and return its exit code."""
    print(f"rejoinder: {message}", file=sys.stderr)
    return code


def project(bot: Path | None = None) -> Project:
    """Return the project of this folder, or StackError. `bot` is the folder of another bot than its own."""
    return Project.find(Path.cwd(), bot)


def where(env: str | None, stack: str | None, profile: str | None) -> "Where":
    """Return the deployment that is meant. Without an environment and a stack it is the local one."""
    from rejoinder.workbench.cli.deployed import Where

    if env and stack:
        raise typer.BadParameter("--env and --stack both name a deployment: give one of them")
    return Where(env=env, stack=stack, profile=profile)
