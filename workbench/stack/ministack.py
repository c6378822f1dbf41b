"""
MiniStack, the local AWS, as a child process that keeps its state in a folder.

It writes its state when it is stopped, one service after another, but its files in S3 at once. So each run
works on a copy in `now`, and the leash makes that copy the `kept` one when all is saved. After a kill there
is still the whole state of the last stop. `before` is there only while the two change places.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack import children, lock
from rejoinder.workbench.stack.leash import END_SECONDS, UNFINISHED
from rejoinder.workbench.stack.ports import HOST, NO_TLS

START_SECONDS = 60.0
"""How long MiniStack may take to start, in seconds."""

STOP_SECONDS = 60.0
"""How long MiniStack may take to stop after its functions, in seconds: it saves its state."""

LEASH = Path(__file__).with_name("leash.py")


@dataclass(slots=True, kw_only=True)
class MiniStack:
    """Starts and stops MiniStack.

    The same folder on the same port brings back the same AWS. The port matters because queue URLs contain it.
    """

    folder: Path
    """Where its state, its log and its temporary files are."""

    port: int
    """The port that it listens on."""

    python: Path
    """The interpreter of its environment."""

    _child: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """The address for boto3."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The file with its output."""
        return self.folder / "ministack.log"

    def start(self) -> None:
        """Start it and wait until it answers. Raises StackError when it ends or does not answer in time."""
        take_up(self.folder)
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)  # the unpacked functions of the last run
        (self.folder / "tmp").mkdir(parents=True)
        self.log.unlink(missing_ok=True)
        # -P: our modules must not hide its own. The folder identifies this MiniStack in a list of processes.
        command = [str(self.python), "-P", str(LEASH), str(self.folder)]
        self._child = children.start(command, env=self._environment(), cwd=self.folder, log=self.log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._child.poll() is not None:
                raise StackError(f"the local AWS did not start: {children.last_words(self.log)} ({self.log})")
            if time.monotonic() > deadline:
                raise StackError(f"the local AWS did not answer within {START_SECONDS:.0f} s ({self.log})")
            time.sleep(0.05)

    def was_killed(self) -> bool:
        """Whether the last run ended before its state was saved, or in the middle of a deployment."""
        return (self.folder / "now").exists()

    def has_state(self) -> bool:
        """Whether there is the state of an earlier run to begin with."""
        return any((self.folder / name).exists() for name in ("kept", "before"))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep no state that is saved during the block, unless the block comes to its end."""
        mark = self.folder / UNFINISHED
        mark.touch()
        yield
        mark.unlink()

    def stop(self) -> None:
        """Let its functions end and save its state, and end it. What does not end in time is killed."""
        if self._child:
            children.release(self._child, seconds=END_SECONDS + STOP_SECONDS)
            self._child = None

    def restart(self) -> None:
        """Stop it and start it again with its saved state."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int | None:
        """The process id; None while it does not run."""
        return self._child.pid if self._child else None

    def _answers(self) -> bool:
        try:
            health = f"{self.endpoint_url}/_ministack/health"
            return httpx.get(health, timeout=2, trust_env=False, verify=NO_TLS).is_success
        except httpx.TransportError:
            return False

    def _environment(self) -> dict[str, str]:
        """Return its whole environment, without the person's variables: the functions get all of it too."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": HOST,
            "AUTH": "true",
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.folder / "now" / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.folder / "now" / "s3"),
            "DOCKER_HOST": "unix:///dev/null/none",  # else it removes containers of other MiniStacks
            "LOG_LEVEL": "INFO",
        }


def wait_for_last(folder: Path) -> None:
    """Wait until the MiniStack of a run that was killed has ended, too. Raises StackError if it does not."""
    deadline = time.monotonic() + END_SECONDS + STOP_SECONDS
    while lock.is_held(folder):
        if time.monotonic() > deadline:
            raise StackError(f"the local AWS of the last run does not end: `ps` shows it with {folder}")
        time.sleep(0.1)


def take_up(folder: Path) -> None:
    """Begin a run with the state of the last stop, or with none: copy `kept` to `now`."""
    now, kept, before = (folder / name for name in ("now", "kept", "before"))
    shutil.rmtree(now, ignore_errors=True)
    if before.exists() and not kept.exists():  # a kill came while the two changed places
        before.rename(kept)
    shutil.rmtree(before, ignore_errors=True)
    if kept.exists():
        shutil.copytree(kept, now)
    (now / "state").mkdir(parents=True, exist_ok=True)
    (folder / UNFINISHED).unlink(missing_ok=True)
    _show_messages(now / "state" / "sqs.json")


def _show_messages(saved: Path) -> None:
    """Make all messages visible in the saved queues.

    A function of the last run that was stopped at its work does not finish them. They would block their
    conversations for minutes. A message that was to wait longer comes early, and is sent to wait again.
    """
    if not saved.exists():
        return
    state = json.loads(saved.read_text())
    for queue in state["payload"]["queues"]["data"].values():
        for message in queue["messages"]:
            message["visible_at"] = message["sent_at"]
    saved.write_text(json.dumps(state))
