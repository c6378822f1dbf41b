"""The `rejoinder` command. Each command imports its module when it is called, so that help is quick."""

from itertools import zip_longest
from typing import Annotated

import typer

import rejoinder
from rejoinder.workbench.cli.command import fail
from rejoinder.workbench.cli.deploying import deploying
from rejoinder.workbench.cli.keeping import keeping
from rejoinder.workbench.cli.running import running
from rejoinder.workbench.cli.watching import watching
from rejoinder.workbench.cli.writing import writing
from rejoinder.workbench.tools import REPOSITORY

WRONG_USE = 2
"""The exit code for a command that is typed wrongly."""

app = typer.Typer(
    name="rejoinder",
    help="Bots on WhatsApp and Telegram that run in your own AWS account, and whole on your laptop.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=True)
def about(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Bots on WhatsApp and Telegram that run in your own AWS account, and whole on your laptop."""
    if version:
        print(rejoinder.__version__)
        raise typer.Exit


for part in (writing, running, deploying, keeping, watching):  # in the order of the headings
    app.add_typer(part)

if REPOSITORY:
    from rejoinder.workbench.cli.repository import own

    app.add_typer(own, name="repository", hidden=True)


def _with_values(arguments: list[str]) -> list[str]:
    """Return the arguments, in which an option with no value that may have one gets the value `ask`."""
    given: list[str] = []
    for one, behind in zip_longest(arguments, arguments[1:], fillvalue="-"):
        given += [one, "ask"] if one == "--telegram-token" and behind.startswith("-") else [one]
    return given


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code. Wrong use is one line, too."""
    try:
        code = app(_with_values(arguments), prog_name="rejoinder", standalone_mode=False)
    except typer.Abort:
        return fail("nothing was typed")
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "rejoinder"
        text = error.format_message().rstrip(".").replace("Value error, ", "")
        return fail(f"{text}; see `{path} --help`", code=error.exit_code) if text else WRONG_USE
    return code or 0
