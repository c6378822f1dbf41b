"""
Programs that the workbench starts.

Each gets a session of its own: Ctrl-C in the terminal reaches only us. We stop them, by their id, and wait.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from workbench.stack import interrupts
from workbench.stack.errors import StackError

TERM_SECONDS = 10.0


def start(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a program that writes all it says to a file, and that we hold by its standard input."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output, interrupts.held():
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, what: str) -> None:
    """Run a program to its end. StackError names what failed, its last words and where the rest is."""
    log.unlink(missing_ok=True)
    child = start(command, env=env, cwd=cwd, log=log)
    try:
        if child.wait() != 0:
            raise StackError(f"{what} failed: {last_words(log)} (all of it: {log})")
    finally:
        stop(child)


def stop(child: subprocess.Popen[bytes], *, seconds: float = TERM_SECONDS) -> None:
    """End a program with everything it started, at the latest `seconds` later."""
    if child.stdin:
        child.stdin.close()
    if child.poll() is None:
        _signal_group(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    _signal_group(child.pid, signal.SIGKILL)  # what it left behind
    child.wait()


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of one that is ending
        os.killpg(pid, number)


def last_words(log: Path) -> str:
    """The line of a program's output that most likely says why it failed."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "Traceback" not in line]
    return (errors or lines or ["it said nothing"])[-1]
