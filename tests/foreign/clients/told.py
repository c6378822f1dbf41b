"""How a client and the test talk: the test writes lines to the client, the client writes lines of JSON.

The clients run in an environment of their own, without the packages of the project.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PLAN: dict[str, Any] = json.loads(os.environ["FOREIGN_PLAN"])
"""What the test tells a client: addresses, secrets and ids."""

_WRITING = threading.Lock()


def tell(**words: Any) -> None:
    """Write one line to the test."""
    with _WRITING:
        print(json.dumps(words), flush=True)


def obey(
    sends: Mapping[str, Callable[[], Any]],
    outcome_of: Callable[[Callable[[], Any]], dict[str, Any]],
    get: Callable[[dict[str, str]], tuple[int, str]],
    post: Callable[[bytes, Mapping[str, str]], tuple[int, str]],
) -> None:
    """Listen as a webhook. Send everything when the test says so."""
    server = _listen(get, post)
    PLAN["callback"] = f"http://127.0.0.1:{server.server_port}/webhook"
    tell(listening=PLAN["callback"])
    for line in sys.stdin:
        if line.strip() == "send":
            for name, send in sends.items():
                tell(sent=name, **outcome_of(send))
            tell(done=True)
    server.shutdown()


def _listen(
    get: Callable[[dict[str, str]], tuple[int, str]],
    post: Callable[[bytes, Mapping[str, str]], tuple[int, str]],
) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*get(dict(parse_qsl(urlsplit(self.path).query))))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            self._answer(*post(raw, self.headers))

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
