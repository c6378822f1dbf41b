"""The programs that we start end together with us, and so does everything that they started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rejoinder.workbench.stack import StackError, children

HERE = dict(os.environ)


def _python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def test_a_program_that_fails_is_named_with_its_last_error_and_where_the_rest_is(tmp_path: Path) -> None:
    source = "print('Error: no such bucket'); print('See the manual'); raise SystemExit(3)"
    with pytest.raises(
        StackError, match=r"^sam deploy failed: Error: no such bucket \(full output: .*deploy\.log\)$"
    ):
        children.run(_python(source), env=HERE, cwd=tmp_path, log=tmp_path / "deploy.log", what="sam deploy")


def test_a_program_that_make_ran_is_named_with_its_own_error(tmp_path: Path) -> None:
    source = "print('ERROR: no such package'); print('make: *** [build] Error 1'); raise SystemExit(2)"
    with pytest.raises(StackError, match=r"^building failed: ERROR: no such package "):
        children.run(_python(source), env=HERE, cwd=tmp_path, log=tmp_path / "make.log", what="building")


def test_a_program_that_succeeds_leaves_what_it_said_in_its_log(tmp_path: Path) -> None:
    children.run(_python("print('done')"), env=HERE, cwd=tmp_path, log=tmp_path / "x.log", what="x")
    assert (tmp_path / "x.log").read_text() == "done\n"


def test_stopping_a_program_ends_what_it_started(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    child = children.start(_python(source), env=HERE, cwd=tmp_path, log=tmp_path / "log")
    while not (text := (tmp_path / "log").read_text()).endswith("\n"):
        time.sleep(0.02)
    children.stop(child)
    assert child.returncode is not None
    assert _is_gone(int(text))


def test_a_program_that_ignores_sigterm_is_killed_in_the_end(tmp_path: Path) -> None:
    source = "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    child = children.start(_python(source), env=HERE, cwd=tmp_path, log=tmp_path / "log")
    while not (tmp_path / "log").read_text():
        time.sleep(0.02)
    children.stop(child, seconds=0.3)
    assert child.returncode == -signal.SIGKILL


def test_ctrl_c_in_the_terminal_does_not_reach_a_child(tmp_path: Path) -> None:
    child = children.start(
        _python("import time; time.sleep(60)"), env=HERE, cwd=tmp_path, log=tmp_path / "log"
    )
    try:
        assert os.getsid(child.pid) == child.pid
    finally:
        children.stop(child)


def test_an_interrupt_that_comes_while_a_child_is_started_loses_no_child(tmp_path: Path) -> None:
    """The interrupt waits until somebody can stop the child."""
    source = (
        "import os, pathlib, signal, sys\n"
        "from rejoinder.workbench import interrupts\nfrom rejoinder.workbench.stack import children\n"
        "interrupts.install()\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with interrupts.held():\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('not yet', flush=True)\n"
    )
    ended = subprocess.run([*_python(source), str(tmp_path)], capture_output=True, text=True, check=False)
    assert ended.stdout == "not yet\n"
    assert ended.stderr.splitlines()[-1] == "KeyboardInterrupt"


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text():
            return True  # it has ended, but its new parent has not asked for its exit code yet
        time.sleep(0.02)
    return False
