"""A server on this machine that answers as a test tells it to, in place of the Bot API."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from rejoinder.channel_ports import Secrets
from rejoinder.channels.telegram.client import BotClient
from rejoinder.channels.telegram.pace import Pace
from rejoinder.file_ports import FileStores
from rejoinder.model.people import Account, Contact
from rejoinder.testing.memory_files import MemoryFiles, MemoryUploads

BOT = Account(channel="telegram", id="7000000001")
ADA = Contact(id="5000000001", user_id="5000000001")
FIRST, SECOND = "7000000001:AAE-first_token", "7000000001:AAE-second_token"
SENT = {"message_id": 12, "date": 1, "chat": {"id": 5000000001, "type": "private"}, "text": "Hello"}


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self) -> Pace:
        """Return a pace by this clock."""
        return Pace(clock=lambda: self.now, sleep=self.sleep)


@dataclass
class Keychain:
    """A secret in memory. `read_again` returns the fresh token."""

    token: str = FIRST
    fresh: str = SECOND
    refetched: int = 0

    def read(self) -> Secrets:
        return {"bot_token": self.token}

    def read_again(self) -> Secrets:
        self.refetched += 1
        return {"bot_token": self.fresh}


@dataclass
class Answer:
    """An answer of the server: JSON or bytes, without the last `cut` bytes. If there is a `wait`, the server
    waits for it and hangs up without an answer.
    """

    status: int = 200
    body: object = field(default_factory=lambda: {"ok": True, "result": SENT})
    cut: int = 0
    wait: Event | None = None


def result(value: object) -> Answer:
    """Return a success as Telegram writes it."""
    return Answer(body={"ok": True, "result": value})


def refused(code: int, text: str, **parameters: object) -> Answer:
    """Return an error as Telegram writes it."""
    return Answer(
        status=code,
        body={"ok": False, "error_code": code, "description": text, "parameters": parameters},
    )


@dataclass
class Server:
    """What the server was asked, and its answers: one for each request. The last one repeats."""

    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def answer(self) -> Answer:
        """Return the answer to the latest request."""
        return self.answers[min(len(self.requests), len(self.answers)) - 1]

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for path, _, _ in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The JSON that was sent."""
        return [json.loads(body) for _, _, body in self.requests]


def _handler_of(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            server.requests.append((self.path, dict(self.headers), body))
            answer = server.answer()
            if answer.wait:
                answer.wait.wait(5)  # nobody waits for the answer any more
            else:
                self._write(answer)

        def do_GET(self) -> None:
            self.do_POST()

        def _write(self, answer: Answer) -> None:
            raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw[: len(raw) - answer.cut])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Log nothing."""

    return Handler


@contextmanager
def serving() -> Iterator[Server]:
    """Yield a server that runs."""
    server = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


@dataclass
class Connected:
    """A client, its tokens and its files."""

    client: BotClient
    keychain: Keychain
    files: MemoryFiles
    uploads: MemoryUploads


@contextmanager
def connected(url: str) -> Iterator[Connected]:
    """Yield a client of the server at `url`, whose pace is that of a clock of its own."""
    keychain, files, uploads = Keychain(), MemoryFiles(), MemoryUploads()
    client = BotClient(
        base_url=url,
        secrets_of=lambda _account: keychain,
        stores=FileStores(files=files, uploads=uploads),
        pace=Time().pace(),
    )
    with closing(client):
        yield Connected(client, keychain, files, uploads)
