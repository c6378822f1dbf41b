"""Ids as the wire gives them → ids that every store, queue and log takes. The standard library only."""

import json
from collections.abc import Mapping

from rejoinder.messages import digest

LONGEST_ID = 256
"""Longer ids, or ids with anything but printable ASCII in them, are replaced by their digest."""


def id_of(value: object) -> str | None:
    """`value` as an id; None when it is none."""
    if not isinstance(value, str) or not value:
        return None
    sane = len(value) <= LONGEST_ID and value.isascii() and value.isprintable()
    return value if sane else digest("id", value)


def message_id(message: Mapping[str, object]) -> str:
    """The message's own id; where it has none, one made from all that it holds."""
    return id_of(message.get("id")) or digest("message without id", json.dumps(message, sort_keys=True))
