"""Requests of an HTTP API (payload format 2.0)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from rejoinder.channel_ports import Request


def request_of(event: Mapping[str, Any]) -> Request:
    """Return the request in `event`. An HTTP API gives the names of headers in lower case."""
    return Request(
        body=_body_of(event),
        headers=event.get("headers") or {},
        query=event.get("queryStringParameters") or {},
        path=_route_of(event) or event.get("rawPath") or "",
    )


def _route_of(event: Mapping[str, Any]) -> str:
    """Return the path of the route that matched, such as `/webhook` or `/telegram/7000000001`.

    The path of the address may begin with a base path of a custom domain.
    """
    path = str(event.get("routeKey", "")).partition(" ")[2]
    for name, value in (event.get("pathParameters") or {}).items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


def _body_of(event: Mapping[str, Any]) -> bytes:
    """Return the bytes of the body. An HTTP API gives text as a string, and anything else in base64."""
    body = event.get("body") or ""
    try:
        return (
            base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
        )
    except (binascii.Error, ValueError):  # the signature does not fit an empty body
        return b""
