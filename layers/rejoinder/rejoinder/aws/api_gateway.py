"""Requests as an HTTP API hands them over (payload format 2.0)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any


def body_of(event: Mapping[str, Any]) -> bytes:
    """The bytes as they came: text arrives as a string, anything else in base64."""
    body = event.get("body") or ""
    try:
        return (
            base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
        )
    except (binascii.Error, ValueError):  # then no signature fits it
        return b""
