"""The ingress on an HTTP server of this machine: the real receiver behind a port."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channel_ports import Request, Secrets
from rejoinder.channels import front_named
from rejoinder.services.receive import Answer, Receiver
from rejoinder.testing.memory import MemoryMeter, MemoryQuarantine, MemoryQueue


class Kept:
    """A store of one secret, which a test may change."""

    def __init__(self, secret: Secrets) -> None:
        self.secret = secret

    def read(self) -> Secrets:
        return self.secret

    read_again = read


@contextmanager
def ingress(kept: Kept) -> Iterator[str]:
    """Yield the address of a webhook that answers as the ingress does."""
    receiver = Receiver(
        front=front_named("whatsapp"),
        secrets=[kept],
        inbound=MemoryQueue(),
        events=MemoryQueue(),
        bodies=JsonBodies(),
        quarantine=MemoryQuarantine(),
        meter=MemoryMeter(),
        clock=time.time,
    )

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            self._answer(receiver.handshake(Request(body=b"", headers={}, query=query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(receiver.receive(Request(body=body, headers=headers)))

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/webhook"
        finally:
            server.shutdown()
            thread.join()
