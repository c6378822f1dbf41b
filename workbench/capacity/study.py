"""What a load needs by arithmetic, and what the model finds when it tries."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rejoinder.workbench.capacity import figures
from rejoinder.workbench.capacity.figures import Load, Parameters, Quotas, seconds_of
from rejoinder.workbench.capacity.way import Way
from rejoinder.workbench.cost.month import Pace
from rejoinder.workbench.cost.turn import STATUSES

TARGET = 0.7
"""Which share of a limit a load should use up: with more of it, what waits grows fast."""

FULL = 0.97
"""From this share on a limit is called full."""

KEEPS_UP = 0.95
"""Which share of the turns that come must be answered meanwhile. With less, what waits grows."""

UPGRADED = 1000.0
"""How many messages a second an upgraded number takes (developers.facebook.com, "Throughput")."""

Paces = Mapping[str, Pace]

WEBHOOKS = "`WebhooksPerSecond`"
PROCESSOR, SENDER, TRACKER = (f"`{name}Concurrency`" for name in ("Processor", "Sender", "Tracker"))
NUMBERS, TABLE = "Meta: messages of a number", "the table's write units"
EXECUTIONS, REQUESTS = "the account's executions", "the account's invocations a second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a run of the model found."""

    came: float
    """How many turns came in a second."""

    answered: float
    """How many were answered in a second."""

    median: float
    """The time from a contact's message until Meta accepted the answer, in seconds: the median."""

    p95: float
    """The same: the 95th percentile."""

    full: Sequence[str]
    """The limits that are full."""

    failed: float
    """How many webhooks were answered 5xx in a second, because Lambda had no room for the ingress."""

    executions: float
    """How many functions ran at once on average."""

    executions_peak: int
    """How many ran at once at most."""

    write_units: float
    """How many write units the table took in a second."""

    @property
    def keeps_up(self) -> bool:
        """Whether what waits does not grow."""
        return self.answered >= KEEPS_UP * self.came


def limits(load: Load, given: Parameters, quotas: Quotas, paces: Paces) -> dict[str, float]:
    """Return how many turns a second each limit allows."""
    seconds = seconds_of(paces)
    turn = seconds["processor"] + load.bot_seconds
    webhooks = STATUSES + 1 / load.together
    busy = webhooks * seconds["ingress"] + turn + seconds["sender"] + STATUSES * seconds["tracker"]
    return {
        WEBHOOKS: given.webhooks_per_second / webhooks,
        PROCESSOR: given.processor / turn,
        SENDER: given.sender / seconds["sender"],
        TRACKER: given.tracker / (STATUSES * seconds["tracker"]),
        NUMBERS: quotas.numbers * quotas.messages_per_second / 2,
        TABLE: quotas.write_units / write_units(),
        EXECUTIONS: quotas.executions / busy,
        REQUESTS: quotas.executions * figures.REQUESTS_PER_EXECUTION / figures.INVOCATIONS,
    }


def write_units() -> float:
    """Return how many write units a turn takes."""
    units = figures.WRITE_UNITS
    return units["processor"] + units["sender"] + STATUSES * units["tracker"]


def advised(load: Load, paces: Paces) -> tuple[Parameters, Quotas]:
    """Return the parameters and quotas that carry a load with some room left: the defaults, or more."""
    seconds, least, quotas = seconds_of(paces), figures.parameters(), Quotas()

    def at_once(each: float, default: int) -> int:
        return min(max(default, _round_up(load.turns * each / TARGET)), figures.MAXIMUM_CONCURRENCY)

    given = Parameters(
        webhooks_per_second=max(least.webhooks_per_second, _round_up(load.turns * figures.WEBHOOKS / TARGET)),
        processor=at_once(seconds["processor"] + load.bot_seconds, least.processor),
        sender=at_once(seconds["sender"], least.sender),
        tracker=at_once(STATUSES * seconds["tracker"], least.tracker),
        ingress_reserved=0,
    )
    executions = cold_ingress(given, paces) + given.processor + given.sender + given.tracker
    messages = 2 * load.turns / TARGET
    each = quotas.messages_per_second if messages <= quotas.messages_per_second else UPGRADED
    return given, replace(
        quotas,
        executions=max(quotas.executions, math.ceil(executions / 1000) * 1000),
        write_units=max(quotas.write_units, _round_up(load.turns * write_units() / TARGET)),
        numbers=math.ceil(messages / each),
        messages_per_second=each,
    )


def cold_ingress(given: Parameters, paces: Paces) -> int:
    """Return how many executions the ingress needs while each webhook starts it cold."""
    return math.ceil(given.webhooks_per_second * paces["ingress"].cold_ms / 1000)


def _round_up(number: float) -> int:
    """Return the next number that has two digits and zeros."""
    unit: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / unit) * unit


def study(load: Load, given: Parameters, quotas: Quotas, paces: Paces, *, seed: int = 1) -> Found:
    """Let a load come, and measure when it has grown and the first statuses are back."""
    way = Way(load, given, quotas, paces, seed)
    way.run(load.grows_seconds + figures.STATUS_SECONDS[-1][1] + 1 + load.bot_seconds)
    way.mark()
    came, answered = way.came, len(way.answered)
    way.run(load.seconds)
    waits = [turn.answered_at - turn.came_at for turn in way.answered[answered:]]
    cuts = statistics.quantiles(waits, n=20) if len(waits) > 1 else [math.inf] * 19
    rooms = [way.rooms[name] for name in ("account", "ingress") if name in way.rooms]
    return Found(
        came=(way.came - came) / load.seconds,
        answered=len(waits) / load.seconds,
        median=cuts[9],
        p95=cuts[18],
        full=tuple(_full(way)),
        failed=way.failed / load.seconds,
        executions=sum(room.mean() for room in rooms),
        executions_peak=sum(room.peak for room in rooms),
        write_units=way.table.used() * quotas.write_units,
    )


def _full(way: Way) -> Iterator[str]:
    """Yield the limits that are full, in the order of the way."""
    if way.gateway.refused:
        yield WEBHOOKS
    names = {"account": EXECUTIONS, "processor": PROCESSOR, "sender": SENDER, "tracker": TRACKER}
    yield from (of for name, of in names.items() if way.rooms[name].used() > FULL)
    if any(network.refused for network in way.networks):
        yield NUMBERS
    if way.table.used() > FULL:
        yield TABLE
