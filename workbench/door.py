"""A door to AWS in memory (moto): an HTTP address on this machine.

Moto answers botocore inside of this process. The ingress does without botocore, and speaks HTTP. What it asks
for is proved by its signature, and then asked again of moto.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

SERVICES = {"AmazonSQS": "sqs", "secretsmanager": "secretsmanager"}
"""The services of JSON protocols, by the first part of a target."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, client: Callable[[str], Any], credentials: Credentials) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        # They are made before anything leads here, as they must not come back.
        self.clients = {service: client(service) for service in ("sqs", "secretsmanager", "sns")}
        self.credentials = credentials


@contextmanager
def door(client: Callable[[str], Any], credentials: Credentials) -> Iterator[dict[str, str]]:
    """Open the door. `client` returns botocore's client of a service.

    Yields the environment variables that lead to it.
    """
    with _Server(client, credentials) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield {f"AWS_ENDPOINT_URL_{service}": url for service in ("SQS", "SECRETS_MANAGER", "SNS")}
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        """Ask moto for what is asked for here."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_signed(body):
            self._say(403, {"__type": "SignatureDoesNotMatch"})
            return
        target = self.headers.get("X-Amz-Target")
        if target:
            service, operation = target.split(".")
            arguments = json.loads(body)
        else:
            service, form = "sns", dict(parse_qsl(body.decode()))
            operation = form.pop("Action")
            arguments = {name: value for name, value in form.items() if name != "Version"}
        ask = getattr(self.server.clients[SERVICES.get(service, service)], xform_name(operation))
        try:
            answer = ask(**arguments)
        except ClientError as error:
            self._say(
                error.response["ResponseMetadata"]["HTTPStatusCode"],
                {"__type": error.response["Error"]["Code"]},
            )
            return
        self._say(200, {name: value for name, value in answer.items() if name != "ResponseMetadata"})

    def _is_signed(self, body: bytes) -> bool:
        """Return whether botocore would sign this request in the same way."""
        given = self.headers.get("Authorization", "")
        scope = given.partition("Credential=")[2].partition(",")[0].split("/")
        names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        signer = SigV4Auth(self.server.credentials, *(scope[3], scope[2]) if len(scope) > 3 else ("", ""))
        request = AWSRequest("POST", f"http://{self.headers['Host']}{self.path}", data=body)
        for name in names:
            if name in self.headers:
                request.headers[name] = self.headers[name]
        request.context["timestamp"] = self.headers.get("X-Amz-Date", "")
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return given.endswith(f"Signature={signer.signature(text, request)}")

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""
