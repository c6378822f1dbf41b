"""`rejoinder repository cost`: what a month costs on AWS, by measured calls and a list of prices."""

import json
from collections.abc import Iterator

from rejoinder.workbench.cost.month import Bill, after_free, bill, figures, load_paces, remarks
from rejoinder.workbench.cost.page import write_page
from rejoinder.workbench.cost.prices import Prices, load_prices
from rejoinder.workbench.cost.stack import read_stack
from rejoinder.workbench.cost.turn import measure

MILLION = 1_000_000


def main(turns: int, *, as_json: bool, free: bool, page: bool) -> int:
    """Print the bill of so many turns, or write docs/costs.md."""
    turn, stack, paces, prices = measure(), read_stack(), load_paces(), load_prices()
    if page:
        write_page(turn, stack, paces, prices)
        return 0
    one = bill(turns, turn, stack, paces, prices)
    one = after_free(one, prices) if free else one
    if as_json:
        print(json.dumps(figures(one), indent=2))
        return 0
    for line in table(one, remarks(paces, stack), prices, free=free):
        print(line)
    return 0


def table(one: Bill, told: str, prices: Prices, *, free: bool) -> Iterator[str]:
    """Yield the lines of the table for a terminal."""
    yield f"{one.turns:,} turns in a month: a text, an answer, and three statuses each"
    yield ""
    yield f"{'':24} {'a turn':38} {'$ a million':>11} {'share':>6} {'$ a month':>10}"
    for line in one.lines:
        million, share = line.usd * MILLION / one.turns, line.usd / one.turns_usd
        yield f"{line.what:24} {line.shown:38} {million:11.2f} {share:6.0%} {line.usd:10.2f}"
    million = one.turns_usd * MILLION / one.turns
    yield f"{'the turns':24} {'':38} {million:11.2f} {1:6.0%} {one.turns_usd:10.2f}"
    yield ""
    for line in one.idle:
        yield f"{line.what:24} {'':38} {'':11} {'':6} {line.usd:10.2f}"
    yield f"{'while nobody writes':24} {'':38} {'':11} {'':6} {one.idle_usd:10.2f}"
    yield ""
    yield f"{'the month':24} {'':38} {'':11} {'':6} {one.usd:10.2f}"
    yield ""
    yield f"Prices of {prices.region}, {prices.date}, before taxes (workbench/cost/prices.toml)."
    yield (
        "Without what AWS gives each account for nothing."
        if free
        else "AWS gives each account some of it for nothing: see --free."
    )
    yield f"{told} (workbench/cost/measured.json)"
    yield f"{one.cold:.0%} of the turns start the functions, because nobody wrote for 10 minutes before."
    yield "Meta's own fees are the same whatever runs the bot, and are not in it."
