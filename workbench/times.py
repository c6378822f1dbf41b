"""Times, as people read them."""

import time
from datetime import datetime


def local_now() -> datetime:
    """Return the time, in the time zone of this machine."""
    return datetime.fromtimestamp(time.time()).astimezone()


def spoken(seconds: float) -> str:
    """Return a length of time in its largest fitting unit."""
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"
