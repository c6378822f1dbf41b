"""Measures a file of 16 MB on its way: from the network into the bucket, and from the bucket to the network.

It prints JSON: times, each beside a plain copy through the same endpoints, and the memory that they held.

Usage: python -m rejoinder.workbench.bench.files ROUNDS
"""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import urllib3

from rejoinder.aws.clients import client
from rejoinder.aws.media import S3Files
from rejoinder.channels import channel_named
from rejoinder.model.contents import Document
from rejoinder.model.files import File
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from rejoinder.services.keep import Keeper
from rejoinder.services.upload import Uploader
from rejoinder.testing.memory import MemoryLinks
from rejoinder.testing.memory_files import MemoryUploads
from rejoinder.workbench.bench.events import ACCOUNT, SECRET

SIZE = 16 * 1024 * 1024
PIECE_BYTES = 64 * 1024

OURS = Account(channel="whatsapp", id=ACCOUNT)


class _Secrets:
    def read(self) -> Any:
        """Return the secret."""
        return SECRET

    read_again = read


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a process that stands in for the network and for S3."""
    command = [sys.executable, "-m", "rejoinder.workbench.bench.file_server", str(SIZE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        assert process.stdin
        process.stdin.close()


def ways(url: str) -> dict[str, Callable[[], object]]:
    """Return each way of the file."""
    os.environ |= {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    settings = {"GRAPH_BASE_URL": url, "GRAPH_API_VERSION": "v25.0"}
    graph = channel_named("whatsapp").connect(lambda _account: _Secrets(), settings)
    files = S3Files(lambda: client("s3"), "bench")
    keeper = Keeper(
        files=files,
        media_of=lambda _: graph,
        network_of=lambda _: graph,
        links=MemoryLinks(),
        clock=lambda: float("inf"),
    )
    file = File(key="bot/1", name="a.pdf", mime_type="application/pdf", size=SIZE, sha256="1")
    said = Document(file)
    message = Inbound(id="1", account=OURS, contact=Contact(id="1"), at=0.0, content=Document(media_id="1"))

    def send() -> None:
        Uploader(files=files, media=graph, uploads=MemoryUploads(), clock=time.time).ready(OURS, said)

    plain = urllib3.PoolManager(retries=False)

    def copy(source: str, method: str, target: str) -> None:
        answer = plain.request("GET", source, preload_content=False)
        headers = {"Content-Length": str(SIZE)}
        plain.request(method, target, body=answer.stream(PIECE_BYTES), headers=headers)
        answer.release_conn()

    return {
        "save": lambda: keeper.save(message, "key", Document(media_id="1")),
        "copy to the bucket": lambda: copy(f"{url}/media", "PUT", f"{url}/bench/1"),
        "send": send,
        "copy to the network": lambda: copy(f"{url}/bench/1", "POST", f"{url}/v25.0/1/media"),
    }


def held_by(name: str) -> None:
    """Print how much more memory this process holds at most for one file, in bytes."""
    with server() as url:
        way = ways(url)[name]
        client("s3")
        with suppress(OSError):  # Linux forgets the most memory of before
            Path("/proc/self/clear_refs").write_text("5")
        before = _most()
        way()
        print(_most() - before)


def _most() -> int:
    """Return the most memory that this process has held, in bytes."""
    try:
        held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        held = None
    if held:
        return int(held[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Print all of it as JSON."""
    if sys.argv[1] == "held":
        held_by(sys.argv[2])
        return
    times: dict[str, list[float]] = {}
    with server() as url:
        all_ways = ways(url)
        for _ in range(int(sys.argv[1])):
            for name, way in all_ways.items():
                started = time.perf_counter()
                way()
                times.setdefault(name, []).append(time.perf_counter() - started)
    held = {
        name: int(subprocess.check_output([sys.executable, "-m", __spec__.name, "held", name], text=True))
        for name in ("save", "send")
    }
    took = {name: statistics.median(seconds) for name, seconds in times.items()}
    print(json.dumps({"seconds": took, "held": held}))


if __name__ == "__main__":
    main()
