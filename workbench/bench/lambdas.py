"""Runs one function as Lambda does: a process of AWS's runtime client, fed by a server of its Runtime API.

Lambda gives a function a whole processor while it starts, and a part of one, by its memory, when it has
started. So a process gets its events under a quota of its control group, where this machine lets us set one.
"""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

MB_OF_A_PROCESSOR = 1769
"""The memory, in MB, with which a function has one whole processor (docs.aws.amazon.com, "Configure Lambda
function memory")."""

PERIOD = 20_000
"""The time over which a quota is counted, in microseconds. Lambda's own is not documented."""

START_SECONDS = 60


class Faulty(Exception):
    """A function did not start, or failed. The text is what it wrote."""


class _Api(ThreadingHTTPServer):
    """A Runtime API for one process (docs.aws.amazon.com, "Using the Lambda runtime API")."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: queue.Queue[float] = queue.Queue()
        self.events: queue.Queue[bytes] = queue.Queue()
        self.results: queue.Queue[tuple[float, str, bytes]] = queue.Queue()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise each answer waits 40 ms for an acknowledgement
    wbufsize = -1
    server: _Api

    def do_GET(self) -> None:
        """Give the next event out."""
        self.server.asked.put(time.perf_counter())
        event = self.server.events.get()
        self.send_response(200)
        for name, value in (
            ("Lambda-Runtime-Aws-Request-Id", "8f5e0e2c-5a43-4c9a-9f63-1d2f8f1c0001"),
            ("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 60) * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:bench"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(event))),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        """Take a result or an error in."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.results.put((time.perf_counter(), self.path.rpartition("/")[2], body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@dataclass(slots=True)
class Quota:
    """A control group with a quota of processor time. It needs Linux, and root."""

    folder: Path

    @classmethod
    def make(cls, name: str) -> "Quota | None":
        """Make one; None where this is not allowed."""
        for root in (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")):
            folder = root / f"rejoinder-bench-{os.getpid()}-{name}"
            try:
                folder.mkdir(exist_ok=True)
            except OSError:
                continue
            if any((folder / file).exists() for file in ("cpu.cfs_quota_us", "cpu.max")):
                return cls(folder)
            folder.rmdir()
        return None

    def add(self, process_id: int) -> None:
        """Put a process into it."""
        (self.folder / "cgroup.procs").write_text(str(process_id))

    def limit(self, memory_mb: int) -> None:
        """Give its processes the part of a processor that Lambda gives for so much memory."""
        most = int(PERIOD * memory_mb / MB_OF_A_PROCESSOR)
        if (self.folder / "cpu.max").exists():
            (self.folder / "cpu.max").write_text(f"{most} {PERIOD}")
            return
        (self.folder / "cpu.cfs_period_us").write_text(str(PERIOD))
        (self.folder / "cpu.cfs_quota_us").write_text(str(most))

    def remove(self) -> None:
        """Remove it. Its processes must have ended."""
        for _ in range(100):
            try:
                self.folder.rmdir()
                return
            except OSError:
                time.sleep(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a process runs."""

    name: str
    """How the tables call it."""

    python: Path
    """Its interpreter, whose environment has what Lambda's runtime has."""

    folder: Path
    """Lambda's /var/task, with its module."""

    module: str = "app"
    """The module that has the `handler`."""

    layers: Path | None = None
    """Lambda's /opt/python."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """The environment variables that the template gives it, and those that lead to the stub."""

    memory_mb: int = 512
    """Its memory, which gives it a part of a processor."""


def environment_of(code: Code, runtime_api: str) -> dict[str, str]:
    """Return the environment variables of a process, as Lambda sets them."""
    places = [str(code.folder), *([str(code.layers)] if code.layers else [])]
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(places),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": code.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(code.memory_mb),
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "TRACE",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": str(code.folder),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE00",
        "AWS_SECRET_ACCESS_KEY": "e" * 40,
        "AWS_SESSION_TOKEN": "t" * 700,
        **code.environment,
    }


class Running:
    """One process of a function: an execution environment of Lambda."""

    def __init__(self, code: Code, *, throttled: bool = True, runs: str = "awslambdaric") -> None:
        self._code = code
        self._quota = Quota.make(code.name) if throttled else None
        self._api = _Api()
        threading.Thread(target=self._api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - `stop` closes it
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(
            [str(code.python), "-m", runs, f"{code.module}.handler"],
            cwd=code.folder,
            env=environment_of(code, f"127.0.0.1:{self._api.server_port}"),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        if self._quota:
            self._quota.add(self._process.pid)

    def wait_until_ready(self) -> float:
        """Return how long it took to start, in seconds. From then on its quota holds."""
        try:
            ready_at: float = self._wait(self._api.asked)
        except queue.Empty:
            raise Faulty(self._written()) from None
        if self._quota:
            self._quota.limit(self._code.memory_mb)
        return ready_at - self.started_at

    def _wait(self, of: "queue.Queue[Any]") -> Any:
        ends_at = time.monotonic() + START_SECONDS
        while True:
            try:
                return of.get(timeout=0.2)
            except queue.Empty:
                if self._process.poll() is not None or time.monotonic() > ends_at:
                    raise

    def invoke(self, event: object) -> tuple[float, Any]:
        """Return how long the event took, in seconds, and the result."""
        started = time.perf_counter()
        self._api.events.put(json.dumps(event).encode())
        try:
            ended, kind, body = self._wait(self._api.results)
        except queue.Empty:
            raise Faulty(self._written()) from None
        if kind != "response":
            raise Faulty(f"{body.decode()}\n{self._written()}")
        self._wait(self._api.asked)
        return ended - started, json.loads(body)

    def cpu(self) -> float:
        """Return the processor time of its threads so far, in seconds, without those that ended."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def cpu_with_ended(self) -> float:
        """Return the processor time so far, in seconds, exact to a hundredth of a second."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _written(self) -> str:
        self._output.seek(0)
        return self._output.read().decode(errors="replace")[-2000:]

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._api.shutdown()
        self._api.server_close()
        self._output.close()
        if self._quota:
            self._quota.remove()
