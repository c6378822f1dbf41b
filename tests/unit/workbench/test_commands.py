"""The commands as processes. For a mistake that a person can mend, they print one line and exit with 1."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import rejoinder
from rejoinder.workbench import tools
from rejoinder.workbench.stack import lock
from tests.own_bots import DEPLOYED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for the state of a stack."""
    return tmp_path


def _workbench(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=tools.HOUSE,
        env=os.environ | {"REJOINDER_FOLDER": str(folder)} | environment,
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
    bot = str(folder / "bot")
    _assert_one_line(_workbench(folder, command, "--bot", bot), f"{bot}/bot.py:3: expected ':'")


@pytest.mark.parametrize("name", ["--aws-port", "--sim-port"])
def test_a_taken_port_is_one_line(folder: Path, name: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        _assert_one_line(
            _workbench(folder, "run", name, str(port), "--bot", str(DEPLOYED)),
            f"port {port} is taken: choose",
        )


def test_a_port_that_is_no_number_is_one_line(folder: Path) -> None:
    ended = _workbench(folder, "run", "--aws-port", "http")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "Invalid value for '--aws-port'" in ended.stderr
    assert ended.stderr.endswith("; see `rejoinder run --help`\n")


def test_a_second_instance_is_one_line(folder: Path) -> None:
    with lock.only_one(folder):
        line = f"a local stack is running already: process {os.getpid()}, in {folder.parent}; talk to it"
        _assert_one_line(_workbench(folder, "run"), line)


def test_talking_to_no_stack_is_one_line(folder: Path) -> None:
    _assert_one_line(_workbench(folder, "talk"), "no local stack is running: start it with `rejoinder run`")


def test_a_bot_that_is_not_there_is_one_line(folder: Path) -> None:
    _assert_one_line(
        _workbench(folder, "run", "--bot", "nobody"), "there is no nobody/bot.py: name the folder"
    )


def test_a_demo_without_a_script_is_one_line(folder: Path) -> None:
    (folder / "bot").mkdir()
    bot = str(folder / "bot")
    _assert_one_line(_workbench(folder, "demo", "--bot", bot), f"there is no {bot}/demo.chat")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("fly", "ingress/text.json"), "there is no function 'fly'; there are ingress, processor, sender,"),
        (("ingress", "nothing.json"), "there is no event nothing.json; `rejoinder events` lists"),
        (("ingress", "README.md"), "README.md is no JSON"),
    ],
)
def test_an_invocation_of_nothing_is_one_line(folder: Path, arguments: tuple[str, str], line: str) -> None:
    _assert_one_line(_workbench(folder, "invoke", *arguments), line)


def test_an_unknown_command_is_one_line(folder: Path) -> None:
    ended = _workbench(folder, "fly")
    assert ended.returncode == 2
    assert ended.stderr == "rejoinder: No such command 'fly'; see `rejoinder --help`\n"


def test_outside_of_a_project_the_line_says_how_to_make_one(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", "run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    _assert_one_line(ended, f"{tmp_path} is in no project of rejoinder: `rejoinder new NAME` makes one")


def test_the_version_is_printed() -> None:
    printed = subprocess.check_output([sys.executable, "-m", "rejoinder.workbench", "--version"], text=True)
    assert printed == f"{rejoinder.__version__}\n"
