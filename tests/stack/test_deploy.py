"""`rejoinder deploy` with the real SAM CLI, on a local AWS that takes the place of an account."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rejoinder.workbench.project import Project
from rejoinder.workbench.source import house
from rejoinder.workbench.stack import ports, sam
from rejoinder.workbench.stack.ministack import MiniStack
from rejoinder.workbench.tools import HOUSE

pytestmark = [pytest.mark.stack, pytest.mark.slow]

Rejoinder = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[str]:
    """Start a local AWS that is empty, and return its address."""
    tools = Project.find(HOUSE).tools
    tools.ensure("ministack")
    ministack = MiniStack(folder=tmp_path / "aws", port=ports.any_free(), python=tools.python_of("ministack"))
    ministack.folder.mkdir()
    try:
        ministack.start()
        yield ministack.endpoint_url
    finally:
        ministack.stop()


@pytest.fixture
def rejoinder(aws: str, tmp_path: Path) -> Rejoinder:
    """Return what runs the command in an author's project, with what is typed."""
    root = tmp_path / "clinic"
    shutil.copytree(house() / "bot", root / "bot")
    (root / "pyproject.toml").write_text("[tool.rejoinder]\n")
    here = " ".join(
        f"{name}={value}"
        for name, value in sam.parameters("http://127.0.0.1:1", "http://127.0.0.1:1").items()
    )
    (root / "samconfig.toml").write_text(
        'version = 0.1\n\n[dev.global.parameters]\nstack_name = "clinic-dev"\n\n'
        f'[dev.deploy.parameters]\nparameter_overrides = "{here}"\n'
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "REJOINDER_TOOLS": str(Project.find(HOUSE).tools.folder),
    }

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "rejoinder.workbench", *arguments],
            cwd=root,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        sys.stdout.write(f"$ {arguments}\n{ended.stdout}{ended.stderr}")  # shown when a test fails
        return ended

    return run


def test_a_project_is_deployed_looked_at_and_changed(rejoinder: Rejoinder, tmp_path: Path) -> None:
    first = rejoinder("deploy", typed="\n\nme@example.org\ny\n")
    assert first.returncode == 0
    assert "dev: stack clinic-dev in eu-west-1 of account 000000000000" in first.stdout
    assert "  CREATE_COMPLETE  ProcessorFunction\n" in first.stdout
    assert "deployed: clinic-dev in eu-west-1" in first.stdout
    assert "rejoinder secrets --env dev" in first.stdout
    written = (tmp_path / "clinic" / "samconfig.toml").read_text()
    assert 'region = "eu-west-1"' in written
    assert "AlarmEmail=me@example.org" in written

    assert rejoinder("redrive", "--env", "dev").stdout == "nothing was set aside\n"
    assert rejoinder("logs", "--env", "dev", "--no-follow").returncode == 0

    bot = tmp_path / "clinic" / "bot" / "bot.py"
    bot.write_text(f"{bot.read_text()}\n# an edit\n")
    refused = rejoinder("deploy", typed="n\n")
    assert refused.returncode == 1
    assert "Modify  ProcessorFunction" in refused.stdout
    assert refused.stdout.endswith("nothing was deployed\n")
    assert rejoinder("deploy", "--yes").returncode == 0
    assert "nothing has changed" in rejoinder("deploy", "--yes").stdout
