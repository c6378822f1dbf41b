"""Prints what a load needs, or writes docs/scaling.md: `python -m rejoinder.workbench.capacity`."""

import argparse
from collections.abc import Iterator
from dataclasses import fields

from rejoinder.workbench.capacity import page
from rejoinder.workbench.capacity.figures import Load, Parameters, Quotas, measured, parameters
from rejoinder.workbench.capacity.study import Found, advised, limits, study
from rejoinder.workbench.cost.month import Bill, bill, load_paces
from rejoinder.workbench.cost.prices import load_prices
from rejoinder.workbench.cost.stack import read_stack
from rejoinder.workbench.cost.turn import measure


def main() -> None:
    """Read the arguments, and print or write."""
    parser = argparse.ArgumentParser(prog="python -m rejoinder.workbench.capacity")
    parser.add_argument("--turns", type=float, help="turns a second: try one load, not those of the page")
    parser.add_argument("--bot-seconds", type=float, default=0.0, help="how long the bot works in a turn")
    parser.add_argument("--together", type=float, default=1.0, help="messages of contacts in a webhook")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to measure, in virtual time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", action="store_true", help="write the tables into docs/scaling.md")
    asked = parser.parse_args()
    if asked.page:
        page.write(page.tables(measured()) | {"costs": page.costs(_bills())})
    elif asked.turns is None:
        for rows in page.tables(measured()).values():
            print("\n".join(rows), end="\n\n")
    else:
        load = Load(
            turns=asked.turns,
            bot_seconds=asked.bot_seconds,
            together=asked.together,
            seconds=asked.seconds,
        )
        print("\n".join(_told(load, asked.seed)))


def _bills() -> page.Bills:
    """Return what tells the month of a load. It runs an ordinary turn, which takes seconds."""
    turn, stack, prices, paces = measure(), read_stack(), load_prices(), load_paces()

    def of(load: Load) -> Bill:
        return bill(page.turns_a_month(load), turn, stack, page.with_bot(load, paces), prices)

    return of


def _told(load: Load, seed: int) -> Iterator[str]:
    """Yield what one load needs, in lines."""
    paces = measured()
    yield "turns a second that each limit allows, with the defaults:"
    allowed = limits(load, parameters(), Quotas(), paces)
    for name in sorted(allowed, key=lambda one: allowed[one]):
        yield f"  {int(allowed[name]):>8,}  {name.strip('`')}"
    for title, (given, quotas) in (
        ("with the defaults", (parameters(), Quotas())),
        ("with these", advised(load, paces)),
    ):
        yield f"{title}: {_listed(given)}; {_listed(quotas)}"
        yield f"  {_short(study(load, given, quotas, paces, seed=seed))}"


def _listed(values: Parameters | Quotas) -> str:
    return ", ".join(f"{one.name} {getattr(values, one.name):,.0f}" for one in fields(values))


def _short(found: Found) -> str:
    """Return what was found, in a line."""
    waits = f"median {found.median:.2f} s, p95 {found.p95:.2f} s" if found.keeps_up else "what waits grows"
    full = ", ".join(found.full).replace("`", "") or "nothing"
    return f"answered {found.answered:,.0f} of {found.came:,.0f} turns a second; {waits}; full: {full}"


if __name__ == "__main__":
    main()
