"""docs/templates.md: its commands print what the page shows, one after the other."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from rejoinder.workbench import development
from rejoinder.workbench.cli.app import app
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.templates.meanings import REASONS, STATUSES
from rejoinder.workbench.tools import HOUSE

Write = Callable[[str, str], Path]

PAGE = (HOUSE / "docs" / "templates.md").read_text()


@pytest.fixture
def simulator() -> Iterator[httpx.Client]:
    """Return a client of a simulator that approves at once."""
    headers = {"authorization": f"Bearer {development.ACCESS_TOKEN}"}
    with (
        Simulator(Settings(templates=())) as simulator,
        httpx.Client(base_url=simulator.url, headers=headers, trust_env=False) as client,
    ):
        yield client


def shown() -> list[tuple[str, str]]:
    """Return the commands that the page shows, and what they print."""
    section = PAGE.partition("## Push it")[2]
    blocks = re.findall(r"^```text\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return [
        (command, output)
        for block in blocks
        for command, output in re.findall(r"^\$ rejoinder (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


def test_the_commands_of_the_page_print_what_it_shows(write: Write, stack: dict[str, str]) -> None:
    file, *_ = re.findall(r"^```yaml\n(.*?)^```", PAGE.partition("## Push it")[2], re.MULTILINE | re.DOTALL)
    write("order_update", file)
    assert len(shown()) == 6
    for command, output in shown():
        ended = CliRunner().invoke(app, shlex.split(command), input="y\n", standalone_mode=False)
        assert ended.exception is None, command
        lines = [line.rstrip() for line in ended.output.splitlines()]
        expected = output.replace("[y/N] y\n", "[y/N] ")  # the terminal, not the command, shows what is typed
        assert lines == [line.rstrip() for line in expected.splitlines()], command
        assert ended.return_value == 0


def test_the_page_explains_every_status_and_every_reason() -> None:
    section = PAGE.partition("## Push it")[2]
    told = {*re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)))}
    assert told == {*REASONS, *STATUSES}
