"""Refuses requests that a stranger's web page makes a browser send to this machine.

A name of the stranger's may lead to 127.0.0.1 (DNS rebinding): then `Host` has that name. A form or a script
of another site may post here: then `Origin` has that site, or the body is not declared as JSON.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

_NAMES: Final = ("127.0.0.1", "localhost")
_DEFAULT_PORT: Final = 80

RAW: Final = "/sim/deliver"
"""The endpoint that takes any bytes."""


class NotOurs(Exception):
    """A request that is refused. `status` is the answer's HTTP status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def check(scope: Scope) -> None:
    """Raise NotOurs if a browser may have sent the request for another site."""
    headers, hosts = Headers(scope=scope), _hosts(scope)
    if headers.get("host", "").lower() not in hosts:
        raise NotOurs(f"the Host header must be {' or '.join(hosts)}", 403)
    if "origin" in headers and headers["origin"].lower() not in [f"http://{host}" for host in hosts]:
        raise NotOurs("pages of other sites may not use the simulator", 403)
    if (
        scope["method"] == "POST"
        and scope["path"].startswith("/sim/")
        and not _is_json(headers, scope["path"])
    ):
        raise NotOurs("the body must be JSON: send the header `content-type: application/json`", 415)


def _hosts(scope: Scope) -> list[str]:
    port = scope["server"][1]
    return [f"{name}:{port}" for name in _NAMES] + ([*_NAMES] if port == _DEFAULT_PORT else [])


def _is_json(headers: Headers, path: str) -> bool:
    """Whether the body is declared as JSON.

    Nothing needs to be declared without a body, nor for the raw bytes of `/sim/deliver`: what a browser posts
    without a type for another site still has an `Origin`.
    """
    declared = headers.get("content-type")
    if declared is None:
        is_empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
        return is_empty or path == RAW
    return declared.partition(";")[0].strip().lower() == "application/json"
