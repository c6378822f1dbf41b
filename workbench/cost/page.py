"""Writes the figures of docs/costs.md and its picture: `rejoinder.workbench repository cost --page`."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rejoinder.workbench.cost.month import Bill, Paces, after_free, bill, remarks
from rejoinder.workbench.cost.picture import Curve, draw
from rejoinder.workbench.cost.prices import Prices
from rejoinder.workbench.cost.stack import Stack
from rejoinder.workbench.cost.turn import Turn
from rejoinder.workbench.marks import replaced

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- written by the command: begin -->", "<!-- written by the command: end -->"
VOLUMES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
POINTS = tuple(round(1_000 * 10 ** (step / 8)) for step in range(33))
MILLION = 1_000_000
MESSAGES = 2
"""How many messages of a turn AWS End User Messaging charges for: one in, one out."""

Bills = Callable[[int], Bill]
Usd = Callable[[int], float]


def write_page(turn: Turn, stack: Stack, paces: Paces, prices: Prices, docs: Path = DOCS) -> None:
    """Write the figures into docs/costs.md, and the picture beside it."""
    page = docs / "costs.md"

    def of(turns: int) -> Bill:
        return bill(turns, turn, stack, paces, prices)

    parts = (
        _origin(remarks(paces, stack), prices),
        _volumes(of, prices),
        _turn(of(MILLION)),
        _idle(of(MILLION), prices),
    )
    figures = "\n\n".join("\n".join(part) for part in (*parts, _prices(prices)))
    page.write_text(replaced(page.read_text(), BEGIN, END, f"\n\n{figures}\n\n"))
    (docs / "costs.svg").write_text(draw(_curves(of, prices)))


def _origin(remarks_: str, prices: Prices) -> Iterator[str]:
    yield f"Prices of {prices.region}, {prices.date}, before taxes. {remarks_}"


def _volumes(of: Bills, prices: Prices) -> Iterator[str]:
    yield "| turns in a month | $ a month | with the free allowances | $ for 1,000 turns | cold starts |"
    yield "|---:|---:|---:|---:|---:|"
    for turns in VOLUMES:
        one = of(turns)
        free = after_free(one, prices).usd
        yield (
            f"| {turns:,} | {one.usd:,.2f} | {free:,.2f} | {one.usd * 1000 / turns:,.3f} | {one.cold:.0%} |"
        )


def _turn(one: Bill) -> Iterator[str]:
    yield f"### What {one.turns:,} turns cost"
    yield ""
    yield "| | a turn | $ | share |"
    yield "|---|---|---:|---:|"
    for line in one.lines:
        yield f"| {line.what} | {line.shown} | {line.usd:.2f} | {line.usd / one.turns_usd:.0%} |"
    yield f"| **all** | | **{one.turns_usd:.2f}** | |"


def _idle(one: Bill, prices: Prices) -> Iterator[str]:
    yield "### What a month costs in which nobody writes"
    yield ""
    yield "| | $ | with the free allowances |"
    yield "|---|---:|---:|"
    free = after_free(one, prices)
    for line, left in zip(one.idle, free.idle, strict=True):
        yield f"| {line.what} | {line.usd:.2f} | {left.usd:.2f} |"
    yield f"| **all** | **{one.idle_usd:.2f}** | **{free.idle_usd:.2f}** |"


def _prices(prices: Prices) -> Iterator[str]:
    yield "### The prices"
    yield ""
    yield "| | $ | for | found |"
    yield "|---|---:|---:|---|"
    for price in prices.by_name.values():
        found = f"[here]({price.source})" if price.certain else f"not found; [look here]({price.source})"
        yield f"| {price.what} | {price.usd:.10f}".rstrip("0").rstrip(".") + f" | {price.per:,} | {found} |"


def _curves(of: Bills, prices: Prices) -> Sequence[Curve]:
    def curve(name: str, usd: Usd) -> Curve:
        return Curve(name=name, points=tuple((turns, usd(turns)) for turns in POINTS))

    return (
        curve(
            "AWS End User Messaging, its fee alone",
            lambda turns: prices.usd("end_user_messaging", MESSAGES * turns),
        ),
        curve("rejoinder", lambda turns: of(turns).usd),
        curve("rejoinder, with the free allowances", lambda turns: after_free(of(turns), prices).usd),
        curve("a server of 2 GB, alone", lambda _: prices.usd("server", 1)),
    )
