"""A stub of AWS and of the Graph API, behind TLS: it answers what the functions ask for in a cold start.

It is no emulator: it says yes to everything, and notes what came when.
"""

import json
import ssl
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from rejoinder.workbench.bench.events import SECRET


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    at: float
    """When it came, by time.perf_counter."""

    name: str
    """The operation of AWS, such as SendMessageBatch; `graph` for the Graph API."""

    body: bytes
    """Its body."""


def _answer(name: str, body: Any) -> Any:
    match name:
        case "GetSecretValue":
            return {"ARN": "a", "Name": "bench/whatsapp", "SecretString": json.dumps(SECRET)}
        case "SendMessageBatch":
            entries = [
                {"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "0" * 32}
                for entry in body["Entries"]
            ]
            return {"Successful": entries, "Failed": []}
        case "BatchGetItem":
            return {"Responses": {}, "UnprocessedKeys": {}}
        case "graph":
            return {"messages": [{"id": "wamid.HBgLMTU1NTAwMDExMTEVAgARGBI0QTkyQzE0NDJEMTI3RjJBMkYA"}]}
        case _:
            return {}


class _Calls(threading.Condition):
    """The requests that came, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Call] = []

    def add(self, call: Call) -> None:
        """Add one, and tell those who wait."""
        with self:
            self.seen.append(call)
            self.notify_all()


class Stub:
    """The server. `ca` is a file with a real-size bundle of certificates and its own."""

    def __init__(self, bundle: Path, ca: Path) -> None:
        authority = trustme.CA()
        ca.write_bytes(bundle.read_bytes() + b"\n" + authority.cert_pem.bytes())
        self.ca = ca
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.calls = _Calls()
        self._server = _Server(context, self.calls)
        self.url = f"https://localhost:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def wait(self, name: str, *, since: float, seconds: float = 30) -> Call:
        """Wait for the first request of that name that came after `since`, by time.perf_counter."""
        ends_at = time.monotonic() + seconds
        with self.calls:
            while True:
                for call in self.calls.seen:
                    if call.name == name and call.at > since:
                        return call
                if not self.calls.wait(ends_at - time.monotonic()):
                    raise TimeoutError(
                        f"nobody asked for {name}, only for {[c.name for c in self.calls.seen]}"
                    )

    def forget(self) -> None:
        """Forget what came so far."""
        with self.calls:
            self.calls.seen.clear()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    address_family = ThreadingHTTPServer.address_family

    def __init__(self, context: ssl.SSLContext, calls: "_Calls") -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self._context = context
        self.calls = calls

    def get_request(self) -> Any:
        connection, address = super().get_request()
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, *_: object) -> None:
        """Do nothing: a function that was ended does not close its connections."""


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise each answer waits 40 ms for an acknowledgement
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        """Note the request, and say yes."""
        at = time.perf_counter()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = self.headers.get("X-Amz-Target")
        name = self._name(target, body)
        self.server.calls.add(Call(at=at, name=name, body=body))
        if name == "Publish":
            self._say(
                b"<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>",
                "text/xml",
            )
            return
        answer = _answer(name, json.loads(body) if target else None)
        self._say(json.dumps(answer).encode(), "application/x-amz-json-1.0")

    def _name(self, target: str | None, body: bytes) -> str:
        if target:
            return target.rpartition(".")[2]
        if body.startswith(b"Action="):
            return body[7:].partition(b"&")[0].decode()
        return "receipt" if b'"status"' in body else "graph"

    def _say(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""
