"""Stands in for the Graph API and for S3 where files are measured: it gives out bytes, and takes bytes.

Usage: python -m rejoinder.workbench.bench.file_server SIZE. It prints its port, and ends with its input.
"""

import json
import sys
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = bytes(1024 * 1024)
"""What a file is made of: a mebibyte of zeros, again and again."""


class Handler(BaseHTTPRequestHandler):
    """Answers a request."""

    protocol_version = "HTTP/1.1"
    pieces = 0
    """How many pieces a file has."""

    sha256 = ""
    """The SHA-256 of a file."""

    def do_GET(self) -> None:
        """Give out a file, or what Meta tells of one."""
        if "/v25.0/" in self.path:
            url = f"http://127.0.0.1:{self.server.server_port}/media"  # type: ignore[attr-defined]
            told = {"url": url, "mime_type": "application/pdf", "sha256": self.sha256}
            self._answer(json.dumps(told | {"file_size": self.pieces * len(PIECE)}).encode())
            return
        self.send_response(200)
        self.send_header("Content-Length", str(self.pieces * len(PIECE)))
        self.end_headers()
        for _ in range(self.pieces):
            self.wfile.write(PIECE)

    def do_HEAD(self) -> None:
        """Say that a file is not kept."""
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_PUT(self) -> None:
        """Take a file, or a part of one."""
        self._take()
        self._answer(b"", ETag='"part"')

    def do_POST(self) -> None:
        """Take a file for Meta, or begin and end an upload in parts."""
        self._take()
        if "/v25.0/" in self.path:
            self._answer(b'{"id": "1"}')
        elif self.path.endswith("uploads"):
            self._answer(b"<R><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></R>")
        else:
            self._answer(b"<R><Bucket>b</Bucket><Key>k</Key><ETag>e</ETag></R>")

    def _take(self) -> None:
        left = int(self.headers.get("Content-Length", 0))
        while left and (part := self.rfile.read(min(left, len(PIECE)))):
            left -= len(part)
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            while self.rfile.readline().strip():  # what follows the last piece
                pass

    def _answer(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


def main() -> None:
    """Serve until the input ends."""
    Handler.pieces = int(sys.argv[1]) // len(PIECE)
    digest = sha256()
    for _ in range(Handler.pieces):
        digest.update(PIECE)
    Handler.sha256 = digest.hexdigest()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
