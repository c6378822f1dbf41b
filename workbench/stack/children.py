"""
Starts and stops the programs that the workbench needs.

Each one is detached from the terminal, so Ctrl-C reaches only us. We stop it by its id and wait for its end.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from rejoinder.workbench import interrupts
from rejoinder.workbench.errors import StackError

TERM_SECONDS = 10.0
"""How long a program may take to end after SIGTERM, in seconds."""


def start(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a program that writes its output to a file. Its standard input stays open as long as we run."""
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
    """Run a program to its end. Raises StackError, with the error and the path of the log, when it fails."""
    log.unlink(missing_ok=True)
    child = start(command, env=env, cwd=cwd, log=log)
    try:
        if child.wait() != 0:
            raise StackError(f"{what} failed: {last_words(log)} (full output: {log})")
    finally:
        stop(child)


def stop(child: subprocess.Popen[bytes], *, seconds: float = TERM_SECONDS) -> None:
    """End a program and everything that it started. After `seconds`, kill it."""
    if child.stdin:
        child.stdin.close()
    if child.poll() is None:
        _signal_group(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    _signal_group(child.pid, signal.SIGKILL)  # for programs that it left running
    child.wait()


def release(child: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Close a program's standard input, which ends it, and wait. After `seconds`, end it as `stop` does."""
    if child.stdin:
        child.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    stop(child)


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS raises the latter when it is ending
        os.killpg(pid, number)


def last_words(log: Path) -> str:
    """Return the line of a program's output that most likely says why it failed."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "Traceback" not in line]
    causes = [line for line in errors if not line.startswith("make")]  # it only says that something failed
    return (causes or errors or lines or ["it said nothing"])[-1]
