"""MiniStack, the local AWS, as a child process that keeps its state in a folder."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from workbench import tools
from workbench.stack import children
from workbench.stack.errors import StackError
from workbench.stack.ports import HOST

START_SECONDS = 60.0
"""How long MiniStack may take to start, in seconds."""

STOP_SECONDS = 20.0
"""How long MiniStack may take to stop, in seconds: it saves its state and lets running requests end."""

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
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)  # the unpacked functions of the last run
        (self.folder / "tmp").mkdir(parents=True)
        self.log.unlink(missing_ok=True)
        # -P: our modules must not hide its own. The folder identifies this MiniStack in a list of processes.
        command = [str(tools.python_of("ministack")), "-P", str(LEASH), str(self.folder)]
        self._child = children.start(command, env=self._environment(), cwd=self.folder, log=self.log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._child.poll() is not None:
                raise StackError(f"the local AWS did not start: {children.last_words(self.log)} ({self.log})")
            if time.monotonic() > deadline:
                raise StackError(f"the local AWS did not answer within {START_SECONDS:.0f} s ({self.log})")
            time.sleep(0.05)

    def stop(self) -> None:
        """Let it save its state, and end it with its functions."""
        if self._child:
            children.stop(self._child, seconds=STOP_SECONDS)
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
            return httpx.get(f"{self.endpoint_url}/_ministack/health", timeout=2, trust_env=False).is_success
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
            "STATE_DIR": str(self.folder / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.folder / "s3"),
            "DOCKER_HOST": "unix:///dev/null/none",  # else it removes containers of other MiniStacks
            "LOG_LEVEL": "INFO",
        }
