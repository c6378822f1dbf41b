"""The clients of AWS. A function makes them while it starts, and a contact may wait for that.

So they come from botocore, without boto3, which adds nothing that we use. They read trimmed descriptions of
the services, where the layer has them (layers/trim.py), and share one TLS context.
"""

import os
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
"""The same for S3, with what the addresses of files need: the signature that every region takes, and the host
of the region. While a bucket is new, the host without a region redirects to that one, where the signature is
not valid (docs.aws.amazon.com/AmazonS3, "Temporary request redirection")."""

LOCAL_S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))
"""The same for an S3 of its own, such as the local AWS: no name leads to its buckets."""

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
    made: Any = session().create_client(service, config=_config(service))
    options: Any = {
        "timeout": (CONNECT_SECONDS, ANSWER_SECONDS),
        "socket_options": [(IPPROTO_TCP, TCP_NODELAY, 1)],  # as botocore does: without it a call waits 40 ms
    }
    made._endpoint.http_session = _Connections(**options)  # noqa: SLF001
    return made


def _config(service: str) -> Config:
    if service != "s3":
        return CONFIG
    return LOCAL_S3_CONFIG if {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} & {*os.environ} else S3_CONFIG


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
