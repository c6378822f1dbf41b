"""Reads any JSON strictly, and writes JSON that any client can read."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.responses import Response

JsonObject = dict[str, Any]


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise ValueError(f"{literal} is out of range")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def parse(raw: bytes | str) -> object:
    """Return the value of a JSON text; ValueError for anything that is not JSON or is nested too deeply."""
    try:
        value: object = json.loads(raw, parse_float=_finite, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


class AsciiJson(Response):
    """A JSON response in ASCII, because a lone surrogate in a request must not break the response."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")
