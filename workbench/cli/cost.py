"""`make cost TURNS=1000000`: what a month costs on AWS, by measured calls and bytes and a list of prices."""

import argparse
import json
from collections.abc import Iterator

from rejoinder.workbench.cost.month import Bill, after_free, as_json, bill, load_paces, remarks
from rejoinder.workbench.cost.page import write_page
from rejoinder.workbench.cost.prices import Prices, load_prices
from rejoinder.workbench.cost.stack import read_stack
from rejoinder.workbench.cost.turn import measure
from rejoinder.workbench.stack.errors import StackError

MILLION = 1_000_000


def main(arguments: list[str]) -> int:
    """Print the bill, or write docs/costs.md."""
    parser = argparse.ArgumentParser(prog="make cost", description=__doc__)
    parser.add_argument("turns", nargs="?", default="", help=f"in a month; {MILLION:,} unless said")
    parser.add_argument("--json", action="store_true", help="print it for other programs")
    parser.add_argument("--free", action="store_true", help="without what AWS gives for nothing")
    parser.add_argument("--page", action="store_true", help="write docs/costs.md")
    options = parser.parse_args(arguments)
    turns = _number(options.turns or str(MILLION))
    turn, stack, paces, prices = measure(), read_stack(), load_paces(), load_prices()
    if options.page:
        write_page(turn, stack, paces, prices)
        return 0
    one = bill(turns, turn, stack, paces, prices)
    one = after_free(one, prices) if options.free else one
    if options.json:
        print(json.dumps(as_json(one), indent=2))
        return 0
    for line in table(one, remarks(paces, stack), prices, free=options.free):
        print(line)
    return 0


def _number(text: str) -> int:
    digits = text.replace("_", "").replace(",", "")
    if not digits.isdecimal() or not int(digits):
        raise StackError(f"TURNS must be a number of turns, such as 1000000, not {text!r}")
    return int(digits)


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
