"""The service window as a handler sees it, and what becomes of a message that finds it closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rejoinder.errors import BotError
from rejoinder.model.said import Template

MAX_AHEAD = timedelta(days=366)
"""How far ahead something may be planned. After a year, most bots have changed beyond what was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The service window: while it is open anything may be said, afterwards only a template."""

    closes_at: datetime
    """When it closes, a datetime in UTC. On a channel without a service window this is `datetime.max`."""

    free_until: datetime | None = None
    """Until when messages cost nothing, a datetime in UTC; None when they are not free. They are for 72 hours
    after your first answer to somebody who came from an advertisement, as far as the network tells."""


OutsideWindow = Template | timedelta | Literal["park", "fail"]
"""What becomes of a message for which the service window is closed, as `say` takes it."""

PARK = timedelta(days=30)
"""How long a message waits for its contact to write again, if no other time is given."""


def outside(given: object, now: float) -> tuple[Template | None, float]:
    """Return the template that goes out outside the service window, and until when a message waits.

    What is to fail has waited long enough already. Raises BotError for what is none of these.
    """
    match given:
        case None:
            return None, 0.0
        case "fail":
            return None, now
        case "park":
            return None, now + PARK.total_seconds()
        case timedelta():
            if not timedelta() < given <= MAX_AHEAD:
                why = f"a time longer than 0, {MAX_AHEAD.days} days at most"
                raise BotError(f"outside_window is {why}, not {given!r}")
            return None, now + given.total_seconds()
        case Template():
            return given, 0.0
    raise BotError(
        'outside_window is a Template, "park" or a timedelta (the message waits until the contact writes '
        f'again), or "fail", not {given!r}'
    )
