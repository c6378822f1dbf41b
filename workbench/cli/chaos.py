"""`make chaos`: disturbs the local stack while contacts write, and prints a table of the results."""

import argparse
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from rejoinder.workbench import tools
from rejoinder.workbench.chaos.drill import Drill, Orders, Report
from rejoinder.workbench.chaos.plan import PARKING, PASSING
from rejoinder.workbench.stack import StackError, up
from rejoinder.workbench.stack.local import folder_of

BOT = "workbench/chaos/bot"

SHOWN = 5
"""How many cases of each kind of error are printed."""


def main(arguments: list[str]) -> int:
    """Run a drill. Return 0 only when nothing was lost, doubled or out of order."""
    orders = read(arguments)
    folder = folder_of(tools.ROOT) / "chaos"
    shutil.rmtree(folder / "aws", ignore_errors=True)  # a drill counts its own messages only
    print(f"chaos: {orders.updates} updates of {orders.contacts} contacts, seed {orders.seed}", flush=True)
    report = drill(orders, folder)
    print(*table(report), sep="\n", flush=True)
    return 0 if report.is_right else 1


def drill(orders: Orders, folder: Path) -> Report:
    """Run a drill on a stack of its own, which keeps its state in `folder`."""
    with up(tools.ROOT, bot=BOT, folder=folder) as stack:
        return Drill(stack, orders, lambda line: print(line, flush=True)).run()


def read(arguments: list[str]) -> Orders:
    """Return the orders from the command line, or from the environment, where make puts them."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--updates", type=int, default=_number("UPDATES", 2000), help="how many (UPDATES)")
    parser.add_argument("--contacts", type=int, default=_number("CONTACTS", 100), help="how many (CONTACTS)")
    parser.add_argument("--seed", type=int, default=_number("SEED", 1), help="for plan and faults (SEED)")
    parser.add_argument(
        "--kills", type=int, help="how many workers to kill (one per 200 updates, at least 2)"
    )
    parser.add_argument("--visibility", type=int, help="the queues' timeout in seconds (60 and 120)")
    parser.add_argument("--patience", type=float, default=3600.0, help="seconds until the drill is given up")
    parser.add_argument("--calm", type=float, help="seconds that the network fails after the last webhook")
    parser.add_argument("--wrong", type=int, help="updates on which the bot fails (one of 150, at least 7)")
    parser.add_argument("--lose", type=int, default=0, help="messages to delete; the table must show them")
    asked = parser.parse_args(arguments)
    if not 0 < asked.contacts <= asked.updates:
        raise StackError("there must be at least one contact, and at least as many updates as contacts")
    return Orders(
        updates=asked.updates,
        contacts=asked.contacts,
        seed=asked.seed,
        kills=max(2, asked.updates // 200) if asked.kills is None else asked.kills,
        visibility=asked.visibility,
        patience=asked.patience,
        calm=asked.calm,
        wrong=min(_wrong(asked.updates) if asked.wrong is None else asked.wrong, asked.updates),
        loses=asked.lose,
    )


def _wrong(updates: int) -> int:
    return max(len(PARKING + PASSING), updates // 150)


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if text and not text.isdecimal():
        raise StackError(f"{name} must be a number, not {text!r}")
    return int(text or default)


def table(report: Report) -> Iterator[str]:
    """Yield the lines of the table, and then the cases that went wrong."""
    tally = report.tally
    killed = ", ".join(f"{report.killed.count(name)} {name}" for name in sorted(set(report.killed)))
    rows = {
        "sent": f"{tally.sent}   and {report.duplicates} of them twice, in {report.posts} webhooks "
        f"({report.repeated} repeated{': ' * bool(report.refusals)}{report.refusals})",
        "workers killed": f"{len(report.killed)}   {killed}",
        "handled": f"{tally.handled}",
        "lost": f"{tally.lost}   {len(tally.without_turn)} without a turn, "
        f"{len(tally.without_answer)} without an answer, {len(tally.without_word)} without a word of apology",
        "turns doubled": f"{tally.turns_doubled}",
        "sends doubled": f"{tally.sends_doubled}   {len(tally.wrongly_doubled)} of them although their "
        "outcome was known",
        "out of order": f"{len(tally.out_of_order)}",
        "unknown": f"{tally.unknown}   outcomes, {tally.settled} of them settled",
        "parked": f"{tally.put_back}   {len(tally.wrongly_parked)} of them without a fault of the bot",
        "after the mend": f"{tally.parked}   still parked, {tally.dead} in dead-letter queues",
        "errands failed": f"{len(report.failed)}",
        "drain time": f"{report.drain_seconds:.0f} s   of {report.seconds:.0f} s in all"
        + ("" if report.is_drained else ", NOT DRAINED"),
    }
    yield ""
    yield from (f"  {name:<16}{value.rstrip()}" for name, value in rows.items())
    wrong = {
        "without a turn": tally.without_turn,
        "without an answer": tally.without_answer,
        "without a word": tally.without_word,
        "wrongly parked": tally.wrongly_parked,
        "failed errand": report.failed,
        "wrongly doubled": tally.wrongly_doubled,
        "out of order": tally.out_of_order,
    }
    for name, cases in wrong.items():
        yield from (f"  {name}: {case}" for case in cases[:SHOWN])
    yield ""
    yield "  all promises kept" if report.is_right else "  NOT all promises kept"
