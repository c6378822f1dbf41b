"""Meta's checks of a place on the map.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages
"""

from __future__ import annotations

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.part import Part


def check(location: Part) -> None:
    """Check latitude and longitude, which are numbers or strings, and the names."""
    for key, limit in (("latitude", 90), ("longitude", 180)):
        if location.value.get(key) is None:
            raise errors.required(location.place(key))
        if not _is_degrees(location.value[key], limit):
            raise errors.invalid(f"{location.place(key)} is not a number of degrees")
    for key in ("name", "address"):
        location.optional_text(key)


def _is_degrees(value: object, limit: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return abs(float(value)) <= limit
    except (ValueError, OverflowError):
        return False
