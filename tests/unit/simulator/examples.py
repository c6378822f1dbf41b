"""The example requests of the replay, and changes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "replay" / "examples"


def example(name: str) -> dict[str, Any]:
    """Return an example request."""
    body: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    return body


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """Return an example with another value at a path, such as `image.id`. The value `...` removes it."""
    body = example(name)
    *parents, last = [int(key) if key.isdecimal() else key for key in path.split(".")]
    part: Any = body
    for key in parents:
        part = part[key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return body
