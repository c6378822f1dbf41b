"""The clients of AWS. A function makes them while it starts, and a contact may wait for that.

So they come from botocore, without boto3, which adds nothing that we use. They read trimmed descriptions of
the services, where the layer has them (layers/trim.py), and share one TLS context.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.loaders import Loader
from botocore.session import Session

from rejoinder.tls import open_connection, tls_context

CONNECT_SECONDS, ANSWER_SECONDS = 2, 5

CONFIG = Config(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=ANSWER_SECONDS,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""The time-outs, in seconds, and the attempts of a call. A call that hangs fails while the function still has
time to report it."""

S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
"""The same for S3, with what addresses of files need in every region: this signature, and a host that names
the region. Otherwise some versions of botocore name one that some regions refuse
(github.com/boto/boto3/pull/4768). Where the endpoint is an IP address, as on the local AWS, botocore puts the
bucket into the path."""

TRIMMED = Path(__file__).parent / "models"
"""Descriptions of the services, with nothing but what we call."""


@cache
def session() -> Session:
    """Return the session of all clients. It has the credentials that Lambda puts into the environment."""
    made = Session()
    made.register_component("data_loader", Loader(extra_search_paths=[str(TRIMMED)]))
    return made


@cache
def client(service: str) -> Any:
    """Return the client of a service, such as `sqs`."""
    made: Any = session().create_client(service, config=S3_CONFIG if service == "s3" else CONFIG)
    options: Any = {
        "timeout": (CONNECT_SECONDS, ANSWER_SECONDS),
        "socket_options": [(IPPROTO_TCP, TCP_NODELAY, 1)],  # as botocore does: without it a call waits 40 ms
    }
    made._endpoint.http_session = _Connections(**options)  # noqa: SLF001
    return made


def rehearse(service: str, operation: str, **arguments: object) -> None:
    """Do all of a first call but sending it, and open the connection.

    Botocore makes much of what it needs at the first call. When a function has started, it has a third of a
    processor or less: there the same takes three times as long. Whatever fails here fails again at the real
    call, which reports it.
    """
    made = client(service)
    events, name = made.meta.events, f"before-send.{service}.*"
    events.register_first(name, _answer_nothing)
    with suppress(Exception):
        getattr(made, operation)(**arguments)
    events.unregister(name, _answer_nothing)
    made._endpoint.http_session.open(made.meta.endpoint_url)  # noqa: SLF001


def _answer_nothing(request: Any, **_: object) -> AWSResponse:
    return AWSResponse(request.url, 200, HTTPHeaders(), _Body(b"{}"))


class _Body(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class _Connections(URLLib3Session):
    """Connections with the TLS context of this process, where botocore would make one for each client.

    Botocore has no setting for that, so two of its own methods are replaced. If a later botocore does not
    call them, the connections are as botocore makes them.
    """

    _manager: Any

    def _get_ssl_context(self) -> Any:
        return tls_context()

    def _setup_ssl_cert(self, conn: Any, *_: object) -> None:
        conn.cert_reqs = "CERT_REQUIRED"

    def open(self, url: str) -> None:
        """Open a connection, which the next request uses."""
        open_connection(self._manager, url)
