"""How long to wait before something is tried again: one formula, and a name for each use of it."""

import random
from dataclasses import dataclass

MAX_EXPONENT = 10
"""The largest exponent in the formula: by then every policy has reached its maximum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """A pause that grows with each try: `first_seconds * factor ** tries`, at most `max_seconds`."""

    first_seconds: float
    """The pause before the first repetition (`tries` is 0), in seconds."""

    max_seconds: float
    """The longest pause, in seconds."""

    factor: float = 2.0
    """How much longer each pause is than the one before it."""

    spread: bool = False
    """Whether each pause is multiplied by a random number from 0.5 to 1.5, so that those who were refused
    together do not come back together."""

    def seconds(self, tries: int) -> float:
        """Return the pause in seconds after `tries` earlier repetitions."""
        pause = self.first_seconds * self.factor ** min(tries, MAX_EXPONENT)
        if self.spread:
            pause *= random.uniform(0.5, 1.5)  # noqa: S311 - no secret depends on it
        return min(pause, self.max_seconds)


PROBE = Backoff(first_seconds=30.0, max_seconds=1260.0)
"""The pause between two probes of a closed gate. Messages that wait look at the gate as often. SQS gives a
message out 1,000 times at most: at 21 minutes each, that lasts for the 14 days that it may wait."""

REFUSED = Backoff(first_seconds=10.0, max_seconds=PROBE.max_seconds)
"""The pause before the next attempt, when the network did not accept a message and said no more than that."""

GRACE = Backoff(first_seconds=60.0, max_seconds=900.0)
"""The time in which a status may settle a send of unknown outcome, by the unknown attempts before it."""

LOOK_AGAIN = Backoff(first_seconds=15.0, max_seconds=GRACE.max_seconds)
"""The pause between two looks at a message of unknown outcome, within its grace period."""

FAILED_LATE = Backoff(first_seconds=20.0, max_seconds=GRACE.max_seconds)
"""The pause before the next attempt, when the network told a failure late, by the attempts before it."""

BOT_FAILED = Backoff(first_seconds=2.0, max_seconds=60.0)
"""The pause before the bot gets an update again over which it failed, by the failures before that one."""

QUEUE = Backoff(first_seconds=2.0, max_seconds=900.0)
"""The pause before the next look at a queue message that was not handled, by the receipts before this one."""

UNREADABLE_SECONDS = 3600.0
"""How old a message becomes that this version of the code cannot read, in seconds. It is tried again until
then, because a rollback may be undone. Then it goes to the dead letters, and what waits behind it goes on."""

AWS_CALL = Backoff(first_seconds=0.5, max_seconds=20.0, spread=True)
"""The pause before the ingress calls AWS again. Its middle and its maximum are those of `ExponentialBackoff`
in botocore's `retries/standard.py`."""
