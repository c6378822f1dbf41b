"""Bots that are not the tests' own, on the local stack: what is deployed depends on no bot."""

from pathlib import Path

import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.cli import demo
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import up

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.mark.parametrize("name", ["bot", "examples/minimal"])
def test_the_demo_of_a_bot_that_we_ship_goes_as_it_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    project = Project.find(tools.HOUSE, Path(name))
    with up(project, folder=folder, quiet=True) as stack:
        assert demo.play(stack, demo.read(project.bot / demo.SCRIPT, demo.SCRIPT)), capsys.readouterr().out
