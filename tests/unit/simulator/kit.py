"""What the tests of the simulator share: a webhook that listens, and a client of the APIs."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

NUMBER = "100000000000001"
APP = "300000000000001"
SECOND_NUMBER = "100000000000002"
ADA = "491700000001"
BOB = "491700000002"
USER_ID = "US.13491208655302741918"
AS_JSON = {"content-type": "application/json"}
TOKEN = {"authorization": "Bearer rejoinder-development-access-token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    headers: Message
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    def values(self) -> list[Any]:
        """Return the `value` of every change."""
        return [change["value"] for entry in self.body["entry"] for change in entry["changes"]]

    def value_of(self, number: str) -> Any:
        """Return the `value` of one business number."""
        (value,) = [value for value in self.values() if value["metadata"]["phone_number_id"] == number]
        return value

    def items(self, key: str) -> list[Any]:
        """Return the messages or the statuses."""
        return [item for value in self.values() for item in value.get(key, [])]


class Webhook:
    """A webhook on this machine. It answers with the next statuses of `answers`, and with 200 after that."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answers: deque[int] = deque()
        self.handshake: Callable[[dict[str, str]], tuple[int, str]] = lambda query: (
            200,
            query["hub.challenge"],
        )
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                status, text = webhook.handshake(dict(parse_qsl(urlsplit(self.path).query)))
                self._answer(status, text)

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                post = Post(headers=self.headers, raw=raw)
                webhook.posts.append(post)
                headers, text = webhook.answer_to(post)
                self._answer(webhook.answers.popleft() if webhook.answers else 200, text, headers)
                webhook.heard(post)

            def _answer(self, status: int, text: str, headers: Mapping[str, str] = {}) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer_to(self, _: Post) -> tuple[Mapping[str, str], str]:
        """Return the headers and the body of an answer."""
        return {}, ""

    def heard(self, post: Post) -> None:
        """Do nothing more after the answer. A bot does."""

    def items(self, key: str) -> list[Any]:
        return [item for post in list(self.posts) for item in post.items(key)]

    def statuses(self, message_id: str) -> list[str]:
        """Return the statuses that came for a message, in the order in which they came."""
        return [item["status"] for item in self.items("statuses") if item["id"] == message_id]


class Network:
    """A client of one simulator: its Graph API and its control API."""

    def __init__(self, http: httpx.Client, webhook: Webhook) -> None:
        self.http = http
        self.webhook = webhook

    def graph(self, body: Any, *, number: str = NUMBER, headers: dict[str, str] = TOKEN) -> httpx.Response:
        return self.http.post(f"/v25.0/{number}/messages", json=body, headers=headers)

    def send(self, to: str, **parts: Any) -> httpx.Response:
        """Ask for a message to be sent: a text, unless `parts` say otherwise."""
        content = parts if "type" in parts else {"type": "text", "text": {"body": "hello"}, **parts}
        return self.graph({"messaging_product": "whatsapp", "to": to, **content})

    def sent_id(self, to: str, **parts: Any) -> str:
        answer = self.send(to, **parts)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["id"])

    def control(self, path: str, order: Any) -> Any:
        answer = self.http.post(f"/sim/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def see(self, path: str) -> Any:
        answer = self.http.get(f"/sim/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def say(self, sender: str = ADA, text: str = "hi", **more: Any) -> Any:
        return self.control("say", {"from": sender, "text": text, **more})

    def handle(self, data: bytes = b"\x89PNG", mime_type: str = "image/png") -> str:
        """Upload a file in pieces, for the example of a template. Return its handle."""
        asked = {"file_length": len(data), "file_type": mime_type, "file_name": "a"}
        begun = self.http.post(f"/v25.0/{APP}/uploads", json=asked, headers=TOKEN)
        headers = {**TOKEN, "file_offset": "0"}
        answer = self.http.post(f"/v25.0/{begun.json()['id']}", content=data, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["h"])

    def statuses(self, message_id: str, count: int) -> list[str]:
        """Wait until the webhook has got `count` statuses for a message, and return them."""
        eventually(lambda: len(self.webhook.statuses(message_id)) >= count)
        return self.webhook.statuses(message_id)


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def error_of(answer: httpx.Response) -> Any:
    return answer.json()["error"]
