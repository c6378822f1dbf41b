"""The `rejoinder` command as a whole: its help, its completion, and that it starts quickly."""

import os
import re
import subprocess
import sys

import pytest
import typer.main

from rejoinder.workbench.cli.app import app
from rejoinder.workbench.tools import HOUSE

COMMANDS = {
    name: command
    for name, command in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
    if not command.hidden
}
each_command = pytest.mark.parametrize("name", sorted(COMMANDS))


def printed(*arguments: str, **environment: str) -> str:
    """Return what the command prints. It must end well."""
    return subprocess.check_output(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=HOUSE,
        env=os.environ | {"COLUMNS": "100"} | environment,
        text=True,
    )


@each_command
def test_a_command_says_what_it_does_in_one_sentence(name: str) -> None:
    help_ = COMMANDS[name].help or ""
    summary = help_.partition("\n\n")[0]
    assert re.match(r"[A-Z][a-z]+ .*\.$", summary.replace("\n", " ")), summary
    assert COMMANDS[name].rich_help_panel


@each_command
def test_each_option_of_a_command_is_explained(name: str) -> None:
    for parameter in COMMANDS[name].params:
        explained = getattr(parameter, "help", None)
        assert explained, f"{name} {parameter.name}"
        assert re.match(r"[A-Z].*\.$", explained), f"{name} {parameter.name}: {explained}"


def test_the_help_lists_every_command_without_colours_in_a_pipe() -> None:
    text = printed("--help")
    assert "\x1b" not in text
    for name in COMMANDS:
        assert f" {name} " in text, name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands(shell: str) -> None:
    suggested = printed(
        _REJOINDER_COMPLETE=f"complete_{shell}",
        COMP_WORDS="rejoinder re",
        COMP_CWORD="1",
        _TYPER_COMPLETE_ARGS="rejoinder re",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    )
    assert "redrive" in suggested
    assert "forget" not in suggested


def test_help_needs_no_module_of_a_command() -> None:
    code = (
        "import sys; from rejoinder.workbench.cli.app import main; main(['--help']);"
        "slow = {'botocore', 'starlette', 'uvicorn', 'httpx', 'pytest'} & sys.modules.keys();"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOUSE, capture_output=True)


def test_the_checks_of_the_repository_are_there_for_make_and_not_in_the_help() -> None:
    assert "repository" not in printed("--help")
    assert "lint" in printed("repository", "check", "--help") or printed("repository", "--help")
