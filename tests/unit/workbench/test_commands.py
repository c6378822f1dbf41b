"""The commands as processes. For a mistake that a person can mend, they print one line and exit with 1."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.stack import lock
from tests.own_bots import DEPLOYED


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder for the state of a stack. It is in the repository because bots must be there."""
    path = tools.ROOT / ".rejoinder" / f"test-{os.getpid()}-commands"
    path.mkdir(parents=True)
    yield path
    shutil.rmtree(path)


def _workbench(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=tools.ROOT,
        env=os.environ | {"REJOINDER_FOLDER": str(folder), "BOT": DEPLOYED} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _assert_one_line(ended: subprocess.CompletedProcess[str], line: str) -> None:
    assert ended.stderr.startswith(f"rejoinder: {line}")
    assert ended.stderr.count("\n") == 1
    assert ended.returncode == 1


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_syntax_error_in_the_bot_is_one_line(folder: Path, command: str) -> None:
    (folder / "bot").mkdir()
    (folder / "bot" / "bot.py").write_text("x = 1\n\nif x\n")
    (folder / "bot" / "demo.chat").write_text("> hi\n")
    bot = str((folder / "bot").relative_to(tools.ROOT))
    _assert_one_line(_workbench(folder, command, BOT=bot), f"{bot}/bot.py:3: expected ':'")


@pytest.mark.parametrize("name", ["AWS_PORT", "SIM_PORT"])
def test_a_taken_port_is_one_line(folder: Path, name: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        _assert_one_line(_workbench(folder, "run", **{name: str(port)}), f"port {port} is taken: choose")


def test_a_port_that_is_no_number_is_one_line(folder: Path) -> None:
    _assert_one_line(
        _workbench(folder, "run", AWS_PORT="http"), "AWS_PORT must be a port, a number from 1 to 65535"
    )


def test_a_second_instance_is_one_line(folder: Path) -> None:
    with lock.only_one(folder):
        line = f"a local stack is running already: process {os.getpid()}, in {folder.parent}; talk to it"
        _assert_one_line(_workbench(folder, "run"), line)


def test_talking_to_no_stack_is_one_line(folder: Path) -> None:
    _assert_one_line(_workbench(folder, "talk"), "no local stack is running: start it with `make run`")


def test_a_bot_that_is_not_there_is_one_line(folder: Path) -> None:
    _assert_one_line(
        _workbench(folder, "run", BOT="nobody"), "there is no nobody/bot.py: BOT names the folder"
    )


def test_a_demo_without_a_script_is_one_line(folder: Path) -> None:
    (folder / "bot").mkdir()
    bot = str((folder / "bot").relative_to(tools.ROOT))
    _assert_one_line(_workbench(folder, "demo", BOT=bot), f"there is no {bot}/demo.chat")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("", ""), "make invoke FN=ingress|processor|sender|tracker EVENT=one of events/"),
        (("ingress", "events/nothing.json"), "there is no events/nothing.json; there are events/"),
        (("ingress", "README.md"), "README.md is no JSON"),
    ],
)
def test_an_invocation_of_nothing_is_one_line(folder: Path, arguments: tuple[str, str], line: str) -> None:
    _assert_one_line(_workbench(folder, "invoke", *arguments), line)


def test_an_unknown_command_shows_those_there_are() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", "fly"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tools.ROOT,
    )
    assert (ended.returncode, ended.stderr.startswith("usage: python -m rejoinder.workbench run|demo")) == (
        2,
        True,
    )
