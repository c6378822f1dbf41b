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
    if scope["method"] == "POST" and scope["path"].startswith("/sim/") and not _is_json(headers):
        raise NotOurs("the body must be JSON: send the header `content-type: application/json`", 415)


def _hosts(scope: Scope) -> list[str]:
    port = scope["server"][1]
    return [f"{name}:{port}" for name in _NAMES] + ([*_NAMES] if port == _DEFAULT_PORT else [])


def _is_json(headers: Headers) -> bool:
    """Whether the body is declared as JSON. Without a body, nothing needs to be declared."""
    declared = headers.get("content-type")
    if declared is None:
        return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    return declared.partition(";")[0].strip().lower() == "application/json"
