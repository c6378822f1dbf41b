"""Connections to a network over HTTP, and what it means when they fail."""

import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from rejoinder.errors import OutcomeUnknown, Refused, SendError
from rejoinder.tls import open_connection, tls_context

IDLE_SECONDS = 20.0
"""The longest pause between two requests on one connection, in seconds. After that, a new one is made."""

NO_CODE = 0
"""The code of an error that is not the network's."""

Body = Callable[[], bytes | Iterable[bytes]]
"""Returns the body of a request, from its start each time."""


class Connections:
    """Connections to one network.

    Args:
        to: what errors call the other side, such as `the Graph API`.
        connect_seconds: the longest wait for a connection.
        error_of: returns the error for an answer whose status is not 200, by its status, body and headers.
    """

    def __init__(
        self,
        *,
        to: str,
        connect_seconds: float,
        error_of: Callable[[int, bytes, Mapping[str, str]], SendError],
    ) -> None:
        self._to = to
        self._error_of = error_of
        self._connect_seconds = connect_seconds
        self._pool = PoolManager(
            ssl_context=tls_context(),
            retries=False,  # a message might go out twice
            timeout=connect_seconds,  # of a connection that `open` opens
        )
        self._used_at = 0.0

    def open(self, url: str) -> None:
        """Open a connection before it is needed. A failure changes nothing."""
        open_connection(self._pool, url)
        self._used_at = time.time()

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.clear()

    def request(
        self, method: str, url: str, body: Body | None, *, answer_seconds: float, **options: Any
    ) -> BaseHTTPResponse:
        """Ask once, and return the answer, whose status is 200. The options are those of urllib3.

        `answer_seconds` is the longest wait for an answer. Raises Refused when nothing was sent,
        OutcomeUnknown when no whole answer came, and what the answer means when it is a refusal. No error has
        one of urllib3 as its cause: that knows the address, and an address may have a token in it.
        """
        self._drop_stale()
        try:
            response = self._pool.request(
                method,
                url,
                body=body() if body else None,
                timeout=Timeout(connect=self._connect_seconds, read=answer_seconds),
                redirect=False,
                **options,
            )
            if response.status != HTTPStatus.OK:
                raise self._error_of(response.status, response.data, response.headers)
        except (NewConnectionError, ConnectTimeoutError):
            raise Refused(NO_CODE, f"no connection to {self._to}") from None
        except HTTPError as error:
            raise OutcomeUnknown(NO_CODE, f"no answer: {type(error).__name__}") from None
        return response

    def _drop_stale(self) -> None:
        """Close idle connections: the network may have closed them while Lambda had frozen this function."""
        now = time.time()
        if now - self._used_at > IDLE_SECONDS:
            self.close()
        self._used_at = now


class Streamed:
    """A file while the network gives it out: the port `Fetched` without its type and digest.

    `size` is the length that the network told; 0 when it told none.
    """

    def __init__(self, response: BaseHTTPResponse, size: int) -> None:
        self.size = size
        self._response = response
        self._read = 0

    def read(self, amount: int, /) -> bytes:
        """Return the next bytes. Raises OutcomeUnknown when the network stops before the end."""
        try:
            piece = self._response.read(amount)
        except HTTPError as error:
            raise OutcomeUnknown(NO_CODE, f"the file broke off: {type(error).__name__}") from None
        self._read += len(piece)
        if amount and not piece and self._read < self.size:  # its answer told no length
            raise OutcomeUnknown(NO_CODE, "the file broke off")
        return piece
