"""Measures an ordinary turn: one text in, one text out, and the three statuses of it.

The simulator of WhatsApp sends the webhooks and takes the answer. The functions are those of the deployment,
and AWS is in memory (moto). What is counted is what AWS would bill, except for the time.
"""

import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from rejoinder.workbench.cost.capacity import Capacity
from rejoinder.workbench.cost.house import FUNCTIONS, House, house
from rejoinder.workbench.handset.handset import Handset
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings

STATUSES = 3
"""Sent, delivered, read: each comes in a webhook of its own."""

PATIENCE_SECONDS = 20.0
ADA = ("15550002001", "Ada")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the invocations of one function leave in its log."""

    invocations: int
    """How many there are in a turn."""

    lines: int
    """How many lines they write in a turn."""

    bytes: int
    """How many bytes these lines have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What AWS bills of a turn, except for the time, when the functions have been at work for a while."""

    work: dict[str, Work]
    """By function. The tracker gets each status by itself."""

    gathered: Work
    """The tracker's, when it gets all statuses of the turn at once."""

    calls: dict[str, int]
    """How often each operation of AWS is called."""

    queued: dict[str, int]
    """How many messages each queue carries."""

    body_bytes: int
    """The largest body of a queue message."""

    read_units: float
    """DynamoDB's."""

    write_units: float
    """DynamoDB's."""

    stored_bytes: int
    """How much the table grows by."""

    metrics: int
    """How many different metrics the lines have."""

    packed: float
    """How small the log lines become when they are compressed, as a fraction."""


def measure() -> Turn:
    """Run turns, and count one of them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _mailbox() as (url, webhooks),
        Simulator(Settings(webhook_url=url)) as simulator,
        house(simulator.url, Path(folder)) as built,
    ):
        phone = Handset(simulator.url, *ADA)
        way = _Way(built, webhooks)
        for _ in range(2):  # the first message makes a conversation; secrets and gate are read
            way.turn(phone, "hi")
        way.forget()
        way.turn(phone, "hours")
        alone, queued, body_bytes = way.counts(), dict(way.queued), way.body_bytes
        way.forget()
        way.turn(phone, "opening hours", gather=True)
        gathered = way.counts()
    silent = [name for name, lines in alone.lines.items() if not lines]
    if silent:
        raise RuntimeError(f"the log lines were not seen of: {', '.join(silent)}")
    return Turn(
        work={name: _work(alone.lines[name], alone.invocations[name]) for name in FUNCTIONS},
        gathered=_work(gathered.lines["tracker"], gathered.invocations["tracker"]),
        calls=dict(alone.calls),
        queued=queued,
        body_bytes=body_bytes,
        read_units=alone.capacity.read,
        write_units=alone.capacity.write,
        stored_bytes=alone.capacity.stored,
        metrics=len(set(_series(alone.lines))),
        packed=_packed([line for lines in alone.lines.values() for line in lines]),
    )


class _Way:
    """Carries webhooks and queue messages, as API Gateway and Lambda do."""

    def __init__(self, built: House, webhooks: "Queue[Any]") -> None:
        self._house = built
        self._webhooks = webhooks
        self.forget()

    def forget(self) -> None:
        """Begin to count."""
        counts = self._house.counts
        counts.capacity = Capacity(look=counts.capacity.look)
        counts.calls, counts.invocations = Counter(), Counter()
        counts.lines = {name: [] for name in FUNCTIONS}
        self.queued: Counter[str] = Counter()
        self.body_bytes = 0

    def counts(self) -> Any:
        """Return what was counted since the last `forget`."""
        counts = self._house.counts
        return type(counts)(
            capacity=counts.capacity,
            calls=Counter(counts.calls),
            lines={name: list(lines) for name, lines in counts.lines.items()},
            invocations=Counter(counts.invocations),
        )

    def turn(self, phone: Handset, words: str, *, gather: bool = False) -> None:
        """Let a contact say something, and carry it all to its end."""
        phone.say(words)
        self._receive()
        for queue, function in (("inbound", "processor"), ("outbound", "sender")):
            for record in self._taken(queue):
                self._work(function, [record])
        statuses: list[Any] = []
        for _ in range(STATUSES):
            self._receive()
            statuses += self._taken("events")
        for records in [statuses] if gather else [[one] for one in statuses]:
            self._work("tracker", records)

    def _receive(self) -> None:
        """Give the ingress the next webhook."""
        event = self._webhooks.get(timeout=PATIENCE_SECONDS)
        answer = self._house.call("ingress", event)
        if answer["statusCode"] != 200:
            raise RuntimeError(f"the ingress answered {answer['statusCode']}")

    def _taken(self, queue: str) -> list[Any]:
        records = self._house.taken(queue)
        if len(records) != 1:
            raise RuntimeError(f"the queue {queue} holds {len(records)} messages, not 1")
        self.queued[queue] += 1
        self.body_bytes = max(self.body_bytes, *(len(record["body"].encode()) for record in records))
        return records

    def _work(self, function: str, records: list[Any]) -> None:
        answer = self._house.call(function, {"Records": records})
        if answer["batchItemFailures"]:
            raise RuntimeError(f"the {function} failed")


def _work(lines: list[str], invocations: int) -> Work:
    return Work(
        invocations=invocations, lines=len(lines), bytes=sum(len(line.encode()) + 1 for line in lines)
    )


def _series(lines: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield each metric of the lines with its dimensions: AWS bills each such series."""
    for line in (json.loads(one) for written in lines.values() for one in written):
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for names in directive["Dimensions"]:
                values = [f"{name}={line[name]}" for name in sorted(names)]
                yield from ((metric["Name"], *values) for metric in directive["Metrics"])


def _packed(lines: list[str]) -> float:
    text = "\n".join(lines).encode()
    return len(zlib.compress(text, 6)) / len(text)


@contextmanager
def _mailbox() -> Iterator[tuple[str, "Queue[Any]"]]:
    """Serve a webhook that keeps what it gets, as events of API Gateway (payload format 2.0)."""
    webhooks: Queue[Any] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            webhooks.put(
                {
                    "version": "2.0",
                    "rawPath": "/webhook",
                    "rawQueryString": "",
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "requestContext": {"http": {"method": "POST", "path": "/webhook"}},
                    "body": body,
                    "isBase64Encoded": False,
                }
            )
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhook", webhooks
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
