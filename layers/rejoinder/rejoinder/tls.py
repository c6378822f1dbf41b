"""The one TLS context of a process, and connections that are opened before they are needed.

Each context reads some 140 certificates, which takes 18 ms of a whole processor. When a function has
started, it has a third of one or less. So there is one context, made while the function starts.
"""

import os
import ssl
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from urllib3 import PoolManager

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
"""The hosts that a request to does not leave this machine."""

NOT_PRIVATE = "must begin with https://, except for a simulator on this machine"
"""What is to be said of an address that is not private."""


def is_private(url: str) -> bool:
    """Whether a secret may go to an address: it is https, or on this machine."""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return is_address and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    )


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context. It trusts what certifi lists, and the file AWS_CA_BUNDLE if that is set.

    That is a variable of the AWS SDKs (docs.aws.amazon.com, "AWS SDKs and Tools: General configuration").
    """
    context = ssl.create_default_context(cafile=str(_certificates()))
    further = os.environ.get("AWS_CA_BUNDLE")
    if further:
        context.load_verify_locations(cafile=further)
    return context


def _certificates() -> Path:
    """Return the file of certifi. Its own function imports what takes longer than all the rest here."""
    found = find_spec("certifi")
    assert found
    assert found.origin
    return Path(found.origin).with_name("cacert.pem")


def open_connection(pools: "PoolManager", url: str) -> None:
    """Open a connection of `pools` to the host of `url`, for the next request. A failure changes nothing.

    Only Lambda has a start that is worth it. Elsewhere, such as in a test, this does nothing.
    """
    if "AWS_LAMBDA_RUNTIME_API" not in os.environ:
        return
    pool: Any = pools.connection_from_url(url)
    pool.ConnectionCls = _patient(pool.ConnectionCls)
    with suppress(Exception):
        connection = pool._get_conn()  # noqa: SLF001 - urllib3 itself connects only to send
        connection.connect()
        pool._put_conn(connection)  # noqa: SLF001


@cache
def _patient(kind: Any) -> Any:
    """Return a class of connections that outlive the tickets of TLS 1.3.

    A server sends them right after the handshake. Urllib3 takes any byte on an idle connection for its end,
    so it would not use a connection that was opened before it was needed.
    """

    class Patient(kind):  # type: ignore[misc]
        @property
        def is_connected(self) -> bool:
            return super().is_connected or _has_tickets_only(self.sock)

    return Patient


def _has_tickets_only(sock: object) -> bool:
    """Read what came on an idle connection. Return whether TLS keeps all of it to itself."""
    if not isinstance(sock, ssl.SSLSocket):
        return False
    seconds = sock.gettimeout()
    try:
        sock.settimeout(0)
        sock.recv(1)
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    finally:
        sock.settimeout(seconds)
    return False  # an end, or an answer to nothing
