"""`make chaos`: the local stack under fire, and a table of what came through."""

import argparse
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench import tools
from workbench.chaos.drill import Drill, Orders, Report
from workbench.stack import StackError, up
from workbench.stack.local import folder_of

BOT = "workbench/chaos/bot"
SHOWN = 5
"""How many of the things that went wrong are named."""


def main(arguments: list[str]) -> int:
    """Run a drill; 0 only when nothing was lost, doubled or out of order."""
    orders = read(arguments)
    folder = folder_of(tools.ROOT) / "chaos"
    shutil.rmtree(folder / "aws", ignore_errors=True)  # every drill counts from nothing
    print(f"chaos: {orders.updates} updates of {orders.contacts} contacts, seed {orders.seed}", flush=True)
    report = drill(orders, folder)
    print(*table(report), sep="\n", flush=True)
    return 0 if report.is_right else 1


def drill(orders: Orders, folder: Path) -> Report:
    """A drill on a stack of its own, which keeps its state in `folder`."""
    with up(tools.ROOT, bot=BOT, folder=folder) as stack:
        return Drill(stack, orders, lambda line: print(line, flush=True)).run()


def read(arguments: list[str]) -> Orders:
    """The orders on the command line, or in the environment, where make puts them."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--updates", type=int, default=_number("UPDATES", 2000), help="(UPDATES)")
    parser.add_argument("--contacts", type=int, default=_number("CONTACTS", 100), help="(CONTACTS)")
    parser.add_argument("--seed", type=int, default=_number("SEED", 1), help="of plan and faults (SEED)")
    parser.add_argument("--kills", type=int, help="workers killed (one for 200 updates, two at least)")
    parser.add_argument("--visibility", type=int, help="seconds; instead of the queues' own 180 and 360")
    parser.add_argument("--patience", type=float, default=3600.0, help="seconds until it is given up")
    parser.add_argument("--calm", type=float, help="seconds behind the last webhook that the network fails")
    parser.add_argument("--lose", type=int, default=0, help="messages to take out of a queue: must be shown")
    asked = parser.parse_args(arguments)
    if not 0 < asked.contacts <= asked.updates:
        raise StackError("there must be contacts, and as many updates at least")
    return Orders(
        updates=asked.updates,
        contacts=asked.contacts,
        seed=asked.seed,
        kills=max(2, asked.updates // 200) if asked.kills is None else asked.kills,
        visibility=asked.visibility,
        patience=asked.patience,
        calm=asked.calm,
        loses=asked.lose,
    )


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if text and not text.isdecimal():
        raise StackError(f"{name} is a number, not {text!r}")
    return int(text or default)


def table(report: Report) -> Iterator[str]:
    """The table, and what went wrong by name."""
    tally = report.tally
    killed = ", ".join(f"{report.killed.count(name)} {name}" for name in sorted(set(report.killed)))
    rows = {
        "sent": f"{tally.sent}   and {report.duplicates} of them again, in {report.posts} webhooks "
        f"({report.repeated} brought again{': ' * bool(report.refusals)}{report.refusals})",
        "workers killed": f"{len(report.killed)}   {killed}",
        "handled": f"{tally.handled}",
        "lost": f"{tally.lost}   {len(tally.without_turn)} without a turn, "
        f"{len(tally.without_answer)} without an answer",
        "turns doubled": f"{tally.turns_doubled}",
        "sends doubled": f"{tally.sends_doubled}   {len(tally.wrongly_doubled)} of them although their "
        "outcome was known",
        "out of order": f"{len(tally.out_of_order)}",
        "unknown": f"{tally.unknown}   outcomes, {tally.settled} of them settled",
        "parked": f"{tally.parked}   and {tally.dead} in dead-letter queues",
        "drain time": f"{report.drain_seconds:.0f} s   of {report.seconds:.0f} s in all"
        + ("" if report.is_drained else ", NOT DRAINED"),
    }
    yield ""
    yield from (f"  {name:<16}{value.rstrip()}" for name, value in rows.items())
    wrong = {
        "without a turn": tally.without_turn,
        "without an answer": tally.without_answer,
        "wrongly doubled": tally.wrongly_doubled,
        "out of order": tally.out_of_order,
    }
    for name, cases in wrong.items():
        yield from (f"  {name}: {case}" for case in cases[:SHOWN])
    yield ""
    yield "  all promises kept" if report.is_right else "  NOT all promises kept"
