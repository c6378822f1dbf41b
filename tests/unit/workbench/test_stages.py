"""What a person sees while the stack starts."""

import os
import pty
import re
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from rejoinder.workbench.stack.stages import Stages


def test_a_stage_is_one_line_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with Stages().stage("build"):
        time.sleep(0.12)
    assert re.fullmatch(r"  build         \d+\.\d s\n", capsys.readouterr().out)


def test_a_stage_that_fails_leaves_its_line_ended_and_without_a_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(KeyboardInterrupt), Stages().stage("build"):
        raise KeyboardInterrupt
    assert capsys.readouterr().out == "  build       \n"


def test_quiet_stages_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    stages = Stages(quiet=True)
    with stages.stage("build"):
        stages.write_line("something")
    assert capsys.readouterr().out == ""


def test_on_a_terminal_a_stage_moves_while_it_lasts_and_then_is_one_line() -> None:
    code = (
        "import time\nfrom rejoinder.workbench import terminal\n"
        "from rejoinder.workbench.stack.stages import Stages\nterminal.protect()\n"
        "with Stages().stage('build'):\n    time.sleep(0.5)\nprint('\\x1b[2Jdone')\n"
    )
    shown = on_a_terminal([sys.executable, "-c", code])
    assert "\x1b[?25l" in shown, "the cursor is hidden while the bar moves"
    assert shown.rstrip().endswith("\\x1b[2Jdone"), "what others print changes nothing"
    assert re.search(r"  build         \d+\.\d s\r\n", shown)


def on_a_terminal(command: list[str]) -> str:
    """Return what a program writes to a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # Linux ends the stream so
        while new := os.read(ours, 65536):
            shown += new
    os.close(ours)
    assert child.wait(30) == 0, shown
    return shown.decode()
