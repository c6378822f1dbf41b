"""A stand-in for the shop's own system: run this file with Python, and talk to the bot.

    GET  /orders/1001    the state of an order; 404 for an unknown one, 500 for 5000, no answer for 6000
    POST /tasks          adds a task for the shop's people, unless it knows the Idempotency-Key
    GET  /tasks          lists the tasks

It forgets everything when it stops.
"""

import json
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8099
ORDERS = {"1001": "on its way to you", "1002": "being packed", "1003": "waiting for your payment"}
BROKEN, SLOW = "5000", "6000"  # orders that show how the bot handles errors

tasks: dict[str, object] = {}  # by their keys


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_GET(self) -> None:
        """Answer with an order, or with the tasks."""
        number = self.path.removeprefix("/orders/")
        if self.path == "/tasks":
            self._answer(HTTPStatus.OK, list(tasks.values()))
        elif number == BROKEN:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        elif number == SLOW:
            time.sleep(5)  # longer than the bot waits
        elif number in ORDERS:
            self._answer(HTTPStatus.OK, {"number": number, "state": ORDERS[number]})
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Add a task."""
        task = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tasks.setdefault(self.headers["Idempotency-Key"], task)
        self._answer(HTTPStatus.CREATED)

    def _answer(self, status: HTTPStatus, body: object = None) -> None:
        written = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT  # 0 means a free one
    with suppress(KeyboardInterrupt), ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
