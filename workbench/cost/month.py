"""The bill of a month: what a turn uses, at some volume, and what is paid while nobody writes."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rejoinder.workbench.cost.house import QUEUES
from rejoinder.workbench.cost.prices import Prices
from rejoinder.workbench.cost.stack import POLLERS, Stack
from rejoinder.workbench.cost.turn import STATUSES, Turn

MEASURED = Path(__file__).with_name("measured.json")

MONTH_HOURS = 730
ACTIVE_HOURS = 365
"""People write during 12 hours of a day."""

KEPT_WARM_HOURS = 1 / 6
"""How long an idle function stays ready to run. AWS does not say it; 10 minutes is what many have seen."""

POLLS_PER_HOUR = 180
"""How often a poller asks an idle queue: it waits for 20 s each time. Five pollers were seen to get 15 empty
answers a minute (github.com/getlift/lift/issues/132)."""

SQS_BYTES = 64 * 1024
"""How many bytes of a message are one request."""

READS_PER_HOUR = {"secret": 12, "gate": 360}
"""How often a function reads again, at most: it keeps the secret for 5 minutes, the gate for 10 s."""

SECRET_READERS = 2
"""The ingress and the sender read the secret. The processor does only for turns with files, or typing."""

OUT_BYTES = 4096
"""What a turn sends to the internet: two requests to the Graph API and four answers. An assumption."""

LOG_EVENT_BYTES = 26
"""What CloudWatch adds to each line that it keeps (aws.amazon.com/cloudwatch/pricing)."""

GB = 1024**3
FREE = {
    "lambda_request": 1_000_000.0,
    "lambda_gb_second": 400_000.0,
    "sqs": 1_000_000.0,
    "dynamodb_storage": 25.0,
    "logs_ingested": 5.0,
    "metric": 10.0,
    "alarm_metric": 10.0,
    "dashboard": 3.0,
}
"""What AWS gives each account for nothing, every month and without an end, by the beginning of the prices'
names (aws.amazon.com/cloudwatch/pricing, aws.amazon.com/dynamodb/pricing,
cloudburn.io/blog/amazon-sqs-pricing, cloudchipr.com/blog/aws-lambda-pricing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a function works."""

    warm_ms: float
    """The billed time of an invocation, in milliseconds; of the tracker: for one status."""

    cold_ms: float
    """The billed time of a start and the first invocation, in milliseconds."""

    memory_mb: int
    """The memory with which it was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """How long the functions work, as `make bench` measured it."""

    by_function: Mapping[str, Pace]
    """By function."""

    source: str
    """Where the figures come from, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the bill."""

    what: str
    """What is paid for."""

    price: str
    """The name of its price."""

    units: float
    """How many units the month has."""

    usd: float
    """What they cost, in US dollars."""

    shown: str = ""
    """What a turn uses, in words; empty for what is paid while nobody writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A month."""

    turns: int
    """How many turns it has."""

    cold: float
    """The share of turns that start the functions."""

    lines: Sequence[Line]
    """What the turns cost."""

    idle: Sequence[Line]
    """What is paid while nobody writes."""

    @property
    def turns_usd(self) -> float:
        """What the turns cost, in US dollars."""
        return sum(line.usd for line in self.lines)

    @property
    def idle_usd(self) -> float:
        """What is paid while nobody writes, in US dollars."""
        return sum(line.usd for line in self.idle)

    @property
    def usd(self) -> float:
        """What the month costs, in US dollars."""
        return self.turns_usd + self.idle_usd


def load_paces(file: Path = MEASURED) -> Paces:
    """Return what `make bench` wrote, or the placeholders of before."""
    content = json.loads(file.read_text())
    paces = {name: Pace(**fields) for name, fields in content["functions"].items()}
    if content["placeholder"]:
        return Paces(by_function=paces, source="PLACEHOLDERS: nobody has measured them yet")
    source = f"measured by `make bench`, {content['machine']}, {content['date']}"
    return Paces(by_function=paces, source=source)


def remarks(paces: Paces, stack: Stack) -> str:
    """Return where the billed milliseconds come from, in a sentence or two."""
    others = [name for name, pace in paces.by_function.items() if pace.memory_mb != stack.memory_mb.get(name)]
    differ = f" In template.yaml the memory is another one: {', '.join(others)}." if others else ""
    return f"Billed milliseconds: {paces.source}.{differ}"


def cold_share(turns: int) -> float:
    """Return the share of turns before which nobody wrote for so long that the functions must start again.

    Turns come at random, so the pauses between them are exponential.
    """
    return math.exp(-turns / ACTIVE_HOURS * KEPT_WARM_HOURS)


def gathered(turns: int, stack: Stack) -> float:
    """Return how many statuses the tracker gets at once. Each poller gathers its own."""
    if not stack.window_seconds:
        return 1.0
    per_second = STATUSES * turns / (ACTIVE_HOURS * 3600)
    return min(stack.gathered, 1 + per_second * stack.window_seconds / POLLERS)


def bill(turns: int, turn: Turn, stack: Stack, paces: Paces, prices: Prices) -> Bill:
    """Return the bill of a month with so many turns."""
    month = _Month(turns, turn, stack, paces, prices)
    return Bill(
        turns=turns, cold=cold_share(turns), lines=tuple(month.lines()), idle=tuple(idle(stack, prices))
    )


def idle(stack: Stack, prices: Prices) -> Iterator[Line]:
    """Yield what is paid while nobody writes."""

    def line(what: str, price: str, units: float) -> Line:
        return Line(what=what, price=price, units=units, usd=prices.usd(price, units))

    yield line(f"{stack.alarm_metrics} metrics of alarms", "alarm_metric", stack.alarm_metrics)
    yield line("the dashboard", "dashboard", stack.dashboards)
    yield line("the secret", "secret", stack.secrets)
    for queue, pollers in stack.pollers.items():
        polls = pollers * POLLS_PER_HOUR * MONTH_HOURS
        yield line(f"{pollers} pollers ask {queue}", "sqs_fifo" if QUEUES[queue] else "sqs_standard", polls)


def after_free(one: Bill, prices: Prices) -> Bill:
    """Return a bill without what AWS gives for nothing, if nothing else in the account uses it."""
    left = dict(FREE)

    def paid(lines: Iterable[Line]) -> tuple[Line, ...]:
        return tuple(_without(line, left, prices) for line in lines)

    cheapest_last = paid(one.idle), paid(one.lines)
    return replace(one, idle=cheapest_last[0], lines=cheapest_last[1])


def _without(line: Line, left: dict[str, float], prices: Prices) -> Line:
    pool = next((name for name in FREE if line.price == name or line.price.startswith(f"{name}_")), None)
    if pool is None:
        return line
    taken = min(left[pool], line.units)
    left[pool] -= taken
    units = line.units - taken
    return replace(line, units=units, usd=prices.usd(line.price, units))


class _Month:
    """Works out the lines of a bill."""

    def __init__(self, turns: int, turn: Turn, stack: Stack, paces: Paces, prices: Prices) -> None:
        self._turns = turns
        self._turn = turn
        self._stack = stack
        self._paces = paces
        self._prices = prices
        self._cold = cold_share(turns)
        self._hours = ACTIVE_HOURS * -math.expm1(-turns / ACTIVE_HOURS)
        self._invocations: dict[str, float] = {
            name: work.invocations for name, work in turn.work.items() if name != "tracker"
        }
        self._invocations["tracker"] = STATUSES / gathered(turns, stack)

    def lines(self) -> Iterator[Line]:
        """Yield the lines."""
        webhooks = self._invocations["ingress"]
        yield self._line("API Gateway", "http_api", webhooks, f"{webhooks:.0f} requests")
        invoked = sum(self._invocations.values())
        yield self._line("Lambda, invocations", "lambda_request", invoked, f"{invoked:.1f} invocations")
        for function in self._invocations:
            yield self._time(function)
        yield from self._queues()
        yield from self._table()
        yield from self._logs()
        yield from self._kept_up()

    def _line(self, what: str, price: str, each: float, shown: str) -> Line:
        """Return the line of something of which each turn needs so much."""
        return self._of_month(what, price, each * self._turns, shown)

    def _of_month(self, what: str, price: str, units: float, shown: str) -> Line:
        return Line(what=what, price=price, units=units, usd=self._prices.usd(price, units), shown=shown)

    def _time(self, function: str) -> Line:
        pace = self._paces.by_function[function]
        warm = STATUSES if function == "tracker" else self._invocations[function]
        ms = pace.warm_ms * (warm - self._cold) + pace.cold_ms * self._cold
        seconds = ms / 1000 * pace.memory_mb / 1024
        price = f"lambda_gb_second_{self._stack.architecture}"
        return self._line(f"Lambda, {function}", price, seconds, f"{ms:.0f} ms of {pace.memory_mb} MB")

    def _queues(self) -> Iterator[Line]:
        chunks = math.ceil(self._turn.body_bytes / SQS_BYTES)
        fifo = 3 * chunks * sum(number for queue, number in self._turn.queued.items() if QUEUES[queue])
        yield self._line("SQS, FIFO", "sqs_fifo", fifo, f"{fifo} requests: send, receive, delete")
        events = self._turn.queued["events"] * 2 * chunks + self._invocations["tracker"]
        yield self._line("SQS, statuses", "sqs_standard", events, f"{events:.1f} requests")

    def _table(self) -> Iterator[Line]:
        turn = self._turn
        gate = min(1.0, READS_PER_HOUR["gate"] * self._hours / max(1, self._turns))
        yield self._line(
            "DynamoDB, writes", "dynamodb_write", turn.write_units, f"{turn.write_units:g} units"
        )
        reads = turn.read_units + gate
        yield self._line("DynamoDB, reads", "dynamodb_read", reads, f"{reads:.1f} units")
        kept = turn.stored_bytes / GB  # markers and records live for a month
        shown = f"{turn.stored_bytes:,} bytes for a month"
        yield self._line("DynamoDB, storage", "dynamodb_storage", kept, shown)
        yield self._line("DynamoDB, backup", "dynamodb_backup", kept, shown)

    def _logs(self) -> Iterator[Line]:
        ours, lines = self._our_lines()
        system = sum(self._stack.system_line_bytes) * sum(self._invocations.values())
        access = self._stack.access_line_bytes * self._invocations["ingress"]
        written = ours + system + access
        shown = f"{written:,.0f} bytes, {ours:,.0f} of them ours"
        yield self._line("CloudWatch, logs", "logs_ingested", written / GB, shown)
        kept = written * self._turn.packed + LOG_EVENT_BYTES * (lines + self._invocations["ingress"])
        months = self._stack.retention_days * 24 / MONTH_HOURS
        yield self._line(
            "CloudWatch, kept logs",
            "logs_kept",
            kept * months / GB,
            f"{kept:,.0f} bytes for {self._stack.retention_days} days",
        )

    def _our_lines(self) -> tuple[float, float]:
        """Return the bytes and the number of the functions' own lines in a turn.

        Of the tracker, each status and each invocation adds a part. Two measurements tell them apart.
        """
        alone, together = self._turn.work["tracker"], self._turn.gathered
        fewer = alone.invocations - together.invocations
        each = ((alone.bytes - together.bytes) / fewer, (alone.lines - together.lines) / fewer)
        saved = alone.invocations - self._invocations["tracker"]
        works = self._turn.work.values()
        return (
            sum(work.bytes for work in works) - saved * each[0],
            sum(work.lines for work in works) - saved * each[1],
        )

    def _kept_up(self) -> Iterator[Line]:
        """Yield what depends on the hours in which somebody writes, and what goes out."""
        months = self._turn.metrics * self._hours / MONTH_HOURS
        shown = f"{self._turn.metrics} metrics in {self._hours:.0f} hours"
        yield self._of_month("CloudWatch, metrics", "metric", months, shown)
        reads = SECRET_READERS * min(self._turns, READS_PER_HOUR["secret"] * self._hours)
        yield self._of_month("Secrets Manager, reads", "secret_read", reads, f"{reads:,.0f} in the month")
        yield self._line("data to the internet", "data_out", OUT_BYTES / GB, f"{OUT_BYTES:,} bytes, assumed")


def figures(one: Bill) -> dict[str, Any]:
    """Return a bill for other programs."""

    def lines(of: Sequence[Line]) -> list[dict[str, Any]]:
        return [{"what": line.what, "price": line.price, "units": line.units, "usd": line.usd} for line in of]

    return {
        "turns": one.turns,
        "cold_share": one.cold,
        "usd": one.usd,
        "turns_usd": one.turns_usd,
        "idle_usd": one.idle_usd,
        "lines": lines(one.lines),
        "idle": lines(one.idle),
    }
