"""What the model is fed with: the template's parameters, what AWS and Meta allow, and what was measured."""

import random
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rejoinder.workbench.bench.lambda_times import API, QUEUE, SANDBOX, SPREAD, Percentiles
from rejoinder.workbench.cost.month import Pace, load_paces
from rejoinder.workbench.cost.stack import read_parameters
from rejoinder.workbench.cost.turn import STATUSES

WEBHOOKS = 1 + STATUSES
"""How many webhooks a turn has: the message, and each status of the answer."""

INVOCATIONS = WEBHOOKS + 2 + STATUSES
"""How many invocations a turn has at most, when no statuses are gathered."""

WRITE_UNITS = {"processor": 4, "sender": 3, "tracker": 1}
"""The write units of DynamoDB for a turn; of the tracker: for a status. `make cost` counts them."""

MARK_READ_SECONDS = 0.155
"""The last request of the sender, which marks the contact's message as read. By then the answer was accepted.
Assumed, as `WAITS_MS` in bench/__main__.py says."""

STATUS_SECONDS = ((0.2, 0.5), (0.5, 1.5), (1.0, 3.0))
"""How long after the answer Meta tells that it was sent, delivered and read: at least, at most. Assumed."""

REDELIVERY_SECONDS = 10.0
"""After this time a webhook that was refused comes again, and then after twice the time. Meta says no more
than that the time grows, and that it goes on for seven days. Assumed."""

RATE_SECONDS = 2.0
"""How long the sender waits after Meta's 130429, the first time (channels/whatsapp/codes.py)."""

CONTACT_SECONDS = 60.0
"""After this time a contact writes again. Assumed."""

GATHER, GATHER_SECONDS = 10, 20.0
"""How many queue messages the tracker gets at once at most, and for how many seconds they are gathered. The
template has both."""

STARTS, STARTS_PER_SECOND = 1000, 100.0
"""How many environments Lambda starts for a function, at once and then in each second: 1,000 in 10 s
(docs.aws.amazon.com, "Lambda scaling behavior")."""

REQUESTS_PER_EXECUTION = 10
"""Lambda takes ten requests a second for each execution that the account may have at once
(docs.aws.amazon.com, "Lambda quotas")."""

MAXIMUM_CONCURRENCY = 1000
"""The largest `MaximumConcurrency` of a queue (docs.aws.amazon.com, "AWS::Lambda::EventSourceMapping
ScalingConfig")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of the template that limit the load."""

    webhooks_per_second: int
    """What API Gateway lets through. As many may come at once."""

    processor: int
    """How many turns run at once at most."""

    sender: int
    """How many answers are sent at once at most."""

    tracker: int
    """How many invocations of the tracker run at once at most."""

    ingress_reserved: int
    """How many executions are kept for the ingress; 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """What AWS and Meta allow."""

    executions: int = 1000
    """How many functions may run at once in an account and a region. A new account may have fewer, such as 10
    (docs.aws.amazon.com, "Lambda quotas")."""

    write_units: float = 4000.0
    """How many write units a second the table takes at once. A new table takes 4,000, and then twice what it
    ever took (docs.aws.amazon.com, "DynamoDB on-demand capacity mode")."""

    numbers: int = 1
    """How many phone numbers share the load."""

    messages_per_second: float = 80.0
    """How many messages a number takes in a second, in and out together: 80, or 1,000 after an upgrade
    (developers.facebook.com, "Throughput")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What contacts and the bot do."""

    turns: float
    """How many turns begin in a second. They come at random."""

    bot_seconds: float = 0.0
    """How long the bot itself works in a turn, beyond what was measured."""

    together: float = 1.0
    """How many messages of contacts a webhook has on average. Meta may put several into one."""

    grows_seconds: float = 2.0
    """In this time the load grows from nothing."""

    seconds: float = 6.0
    """How long is measured, after the load has grown and everything had time to follow."""


@lru_cache
def parameters() -> Parameters:
    """Return the template's defaults."""
    given = read_parameters()
    return Parameters(
        webhooks_per_second=int(given["WebhooksPerSecond"]),
        processor=int(given["ProcessorConcurrency"]),
        sender=int(given["SenderConcurrency"]),
        tracker=int(given["TrackerConcurrency"]),
        ingress_reserved=int(given["IngressReserved"]),
    )


def seconds_of(paces: Mapping[str, Pace]) -> dict[str, float]:
    """Return how long a warm invocation takes, by function; of the tracker: a status."""
    return {name: pace.warm_ms / 1000 for name, pace in paces.items()}


def measured() -> Mapping[str, Pace]:
    """Return what `make bench` measured."""
    return load_paces().by_function


@lru_cache
def _table(of: Percentiles) -> tuple[float, ...]:
    """Return values that are distributed so, in seconds or as a factor. Drawing from it is fast."""
    chance = random.Random(7)  # noqa: S311 - no secret
    return tuple(of.draw(chance) for _ in range(4000))


class Drawn:
    """Draws the times that differ from one invocation to the next (bench/lambda_times.py says whence)."""

    def __init__(self, chance: random.Random, pace: Pace) -> None:
        self._chance, self._pace = chance, pace
        self._spread, self._mean = _table(SPREAD), statistics.fmean(_table(SPREAD))

    def warm(self) -> float:
        """Return the time of an invocation, in seconds. Its mean is what was measured."""
        return self._pace.warm_ms / 1000 * self._factor()

    def cold(self) -> float:
        """Return the time of a start and its first invocation, in seconds."""
        return self._pace.cold_ms / 1000 * self._factor() + _pick(_table(SANDBOX), self._chance) / 1000

    def _factor(self) -> float:
        return _pick(self._spread, self._chance) / self._mean


def gateway_seconds(chance: random.Random) -> float:
    """Draw how long a webhook needs through API Gateway."""
    return _pick(_table(API), chance) / 1000


def queue_seconds(chance: random.Random) -> float:
    """Draw how long a message needs through a queue when nothing holds it up."""
    return _pick(_table(QUEUE), chance) / 1000


def _pick(values: tuple[float, ...], chance: random.Random) -> float:
    return values[int(chance.random() * len(values))]
