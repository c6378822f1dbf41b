"""Cold starts under AWS's own emulator of Lambda's runtime, which comes with the SAM CLI for Linux.

It starts a process at the first event, as Lambda does. It limits no processor time.
"""

import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rejoinder.workbench import tools
from rejoinder.workbench.bench.cold import Bench
from rejoinder.workbench.bench.events import webhook
from rejoinder.workbench.bench.lambdas import Code, environment_of
from rejoinder.workbench.bench.report import Table

_ARM = platform.machine().lower() in ("arm64", "aarch64")
BINARY = next(
    iter(
        tools.Tools(tools.HOUSE)
        .python_of("sam")
        .parents[1]
        .glob(f"lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{'arm64' if _ARM else 'x86_64'}")
    ),
    Path("/there/is/none"),
)


@contextmanager
def _emulated(code: Code) -> Iterator[str]:
    """Run the emulator for `code`. Yield the address that takes events."""
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(free.getsockname()[1])
    command = [str(BINARY), "--runtime-interface-emulator-address", f"127.0.0.1:{ports[0]}"]
    command += ["--runtime-api-address", f"127.0.0.1:{ports[1]}"]
    process = subprocess.Popen(
        [*command, str(code.python), "-m", "awslambdaric", f"{code.module}.handler"],
        cwd=code.folder,
        env=environment_of(code, f"127.0.0.1:{ports[1]}"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(ports[0])
        yield f"http://127.0.0.1:{ports[0]}/2015-03-31/functions/function/invocations"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("the emulator does not start")


def _first(code: Code, event: object) -> float:
    """Return how long the first event takes, in seconds, with the start of the process."""
    with _emulated(code) as url:
        request = urllib.request.Request(url, data=json.dumps(event).encode())  # noqa: S310 - this machine
        started = time.perf_counter()
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            answer.read()
        return time.perf_counter() - started


def table(bench: Bench, rounds: int) -> Table:
    """Return the time of the first webhook under the emulator: of the ingress, and of others."""
    names = {"ingress": "ingress", "pywa": "pywa, whole bot", "usual": "the usual function, whole bot"}
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, took in times.items():
            took.append(_first(bench.codes[name], webhook()))
    pywa = statistics.median(times["pywa"])
    return Table(
        name="emulator",
        head=("first webhook, AWS's emulator", "ms", "× pywa"),
        rows=[
            (what, f"{median * 1000:.0f}", f"{median / pywa:.2f}")
            for name, what in names.items()
            if (median := statistics.median(times[name]))
        ],
    )
