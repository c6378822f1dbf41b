"""A model of Lambda's times: how long a contact waits for the first answer, with and without the early start.

What a function itself needs is measured (`make bench`), and given to the model. The rest is AWS's, and drawn
at random. `ASSUMES` says what the model assumes. Run it with the measured times, in milliseconds:

    python -m rejoinder.workbench.bench.lambda_times --ingress 150 20 --processor 300 90 --sender 300 60 \
        --pywa 500 200 --publish 100
"""

import argparse
import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

ROUNDS = 10_000
"""How many first messages are drawn."""

ASSUMES = """\
The model takes the times of the functions as they were measured on this machine, and draws all others at
random. How long a message takes from a topic and from a FIFO queue to a function was measured in eu-west-1
in 2022 (Luc van Donkersgoed, [Serverless Messaging: Latency
Compared](https://bitesizedserverless.com/bite/serverless-messaging-latency-compared/)). For the rest we
found no measurement, so it is assumed: 100 ms until a new sandbox starts the function (Lambda's engineers
write of cold starts "as low as 50 ms" in "On-demand Container Loading in AWS Lambda", USENIX ATC 2023), 10
ms in API Gateway, 6 ms for a call of AWS or a new connection, all in the median, and a spread of -10 to +25
% between sandboxes. Lambda makes several sandboxes at once as fast as one.

A message may come before the sandbox that was started early is ready. Then Lambda may let it wait for that
one, or start another one. Its documentation says that each concurrent request gets an environment of its
own, and that Lambda can use one that becomes available while it initializes another one. So the truth is
between the two rows.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """A distribution, by four of its percentiles. Between them, and beyond, the logarithm is interpolated."""

    p10: float
    p50: float
    p90: float
    p99: float

    def draw(self, chance: random.Random) -> float:
        """Return a value. None is beyond the percentiles 1 and 99.9."""
        at = [_normal(part) for part in (0.1, 0.5, 0.9, 0.99)]
        logs = [math.log(value) for value in (self.p10, self.p50, self.p90, self.p99)]
        z = _normal(chance.uniform(0.01, 0.999))
        first = 0 if z < at[1] else 1 if z < at[2] else 2
        slope = (logs[first + 1] - logs[first]) / (at[first + 1] - at[first])
        return math.exp(logs[first] + slope * (z - at[first]))


_normal = statistics.NormalDist().inv_cdf

QUEUE = Percentiles(p10=21.9, p50=28.1, p90=61.2, p99=645)
"""From sending to a FIFO queue until the function gets the message, in ms. Measured; see `ASSUMES`."""

TOPIC = Percentiles(p10=62, p50=73, p90=125, p99=225)
"""From publishing on a topic until the function gets the message, in ms. Measured; see `ASSUMES`."""

SANDBOX = Percentiles(p10=60, p50=100, p90=200, p99=500)
"""From the need of a sandbox until the function's process starts in it, in ms. Assumed."""

API = Percentiles(p10=7, p50=10, p90=20, p99=60)
"""From the webhook until API Gateway has called Lambda, in ms. Assumed."""

CALL = Percentiles(p10=3, p50=6, p90=15, p99=60)
"""The network and AWS, in a call of a function, in ms. Assumed; the measured times are without it."""

SPREAD = Percentiles(p10=0.9, p50=1, p90=1.25, p99=1.8)
"""The factor between the measured time of a function and that in one sandbox. Assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """The times of a function that starts cold, in ms."""

    init: float
    """From the start of its process until it asks for an event."""

    first: float
    """From its first event to what it does for the answer: the next queue, or the Graph API."""

    init_calls: int = 0
    """How many calls of AWS, and connections to it or to the Graph API, are in `init`."""

    first_calls: int = 0
    """How many are in `first`. The call that puts a message on a queue is in `QUEUE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What was measured."""

    ingress: Function
    processor: Function
    sender: Function
    pywa: Function

    publish: float
    """From the start of the ingress's process until it publishes the early start, in ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The time from the webhook to the request that answers it, in ms."""

    name: str
    median: float
    p95: float

    ratio: float
    """The median, as a ratio to that of pywa."""


NAMES = (
    "pywa, one start",
    "the chain, without an early start",
    "with it; a message waits for the sandbox",
    "with it; a message starts another sandbox",
)


@dataclass(frozen=True, slots=True)
class _Start:
    """One sandbox of a function, as it was drawn."""

    sandbox: float
    init: float
    first: float

    @classmethod
    def draw(cls, function: Function, chance: random.Random) -> "_Start":
        def calls(number: int) -> float:
            return sum(CALL.draw(chance) for _ in range(number))

        spread = SPREAD.draw(chance)
        return cls(
            SANDBOX.draw(chance),
            function.init * spread + calls(function.init_calls),
            function.first * spread + calls(function.first_calls),
        )

    @property
    def ready(self) -> float:
        return self.sandbox + self.init


def _one(times: Times, chance: random.Random) -> tuple[float, ...]:
    """Return what one first message takes, in the order of `NAMES`."""
    api, ingress, pywa = API.draw(chance), *(_Start.draw(f, chance) for f in (times.ingress, times.pywa))
    queued = api + ingress.ready + ingress.first
    published = api + ingress.sandbox + min(times.publish * ingress.init / times.ingress.init, ingress.init)
    cold = waits = another = queued
    for function in (times.processor, times.sender):
        queue, early, late = QUEUE.draw(chance), *(_Start.draw(function, chance) for _ in range(2))
        early_at = published + TOPIC.draw(chance) + early.ready
        cold += queue + late.ready + late.first
        waits = max(waits + queue, early_at) + early.first
        another += queue
        another += early.first if early_at <= another else late.ready + late.first
    return api + pywa.ready + pywa.first, cold, waits, another


def model(times: Times, *, rounds: int = ROUNDS, seed: int = 11) -> list[Row]:
    """Return how long the first answer takes, in the order of `NAMES`. The same seed gives the same rows."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    drawn = list(zip(*(_one(times, chance) for _ in range(rounds)), strict=True))
    medians = [statistics.median(each) for each in drawn]
    return [
        Row(name=name, median=median, p95=statistics.quantiles(each, n=20)[-1], ratio=median / medians[0])
        for name, median, each in zip(NAMES, medians, drawn, strict=True)
    ]


def measured(
    *,
    ingress: Sequence[float],
    processor: Sequence[float],
    sender: Sequence[float],
    pywa: Sequence[float],
    publish: float,
) -> Times:
    """Return the times, each from an init and a first time in ms, with the calls of AWS in them."""
    return Times(
        ingress=Function(init=ingress[0], first=ingress[1], init_calls=2),
        processor=Function(init=processor[0], first=processor[1], init_calls=2, first_calls=2),
        sender=Function(init=sender[0], first=sender[1], init_calls=3, first_calls=2),
        pywa=Function(init=pywa[0], first=pywa[1], first_calls=1),
        publish=publish,
    )


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| webhook to Graph request, modelled | median, ms | p95, ms | ratio |", "|---|---:|---:|---:|"]
    lines += [f"| {row.name} | {row.median:,.0f} | {row.p95:,.0f} | {row.ratio:.2f} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Print the table for the times in the arguments."""
    parser = argparse.ArgumentParser(prog="python -m rejoinder.workbench.bench.lambda_times")
    for name in ("ingress", "processor", "sender", "pywa"):
        parser.add_argument(f"--{name}", type=float, nargs=2, required=True, metavar=("INIT", "FIRST"))
    parser.add_argument("--publish", type=float, required=True)
    print(table(model(measured(**vars(parser.parse_args())))))
    print(f"\n{ASSUMES}", end="")


if __name__ == "__main__":
    main()
