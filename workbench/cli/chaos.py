"""`rejoinder repository chaos`: disturbs the local stack while contacts write, and counts."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rejoinder.workbench.chaos.drill import Drill, Orders, Report
from rejoinder.workbench.chaos.plan import FILES, PARKING, PASSING
from rejoinder.workbench.dashboard.recording import Recorder
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError, up
from rejoinder.workbench.tools import HOUSE

SHOWN = 5
"""How many cases of each kind of error are printed."""


def main(orders: Orders, record: Path | None = None) -> int:
    """Run a drill, and record its metrics into a file. Return 0 only when all promises were kept."""
    folder = _project().state / "chaos"
    shutil.rmtree(folder / "aws", ignore_errors=True)  # a drill counts its own messages only
    print(f"chaos: {orders.updates} updates of {orders.contacts} contacts, seed {orders.seed}", flush=True)
    report = drill(orders, folder, record)
    print(*table(report), sep="\n", flush=True)
    return 0 if report.is_right else 1


def drill(orders: Orders, folder: Path, record: Path | None = None) -> Report:
    """Run a drill on a stack of its own, which keeps its state in `folder`. `record` keeps its metrics."""
    with up(_project(), folder=folder) as stack:
        if record is None:
            return Drill(stack, orders, lambda line: print(line, flush=True)).run()
        recorder = Recorder.of(stack, record)
        report = Drill(stack, orders, lambda line: print(line, flush=True), recorder.look).run()
        recorder.look(at_once=True)
        return report


def orders_of(
    *, updates: int, contacts: int, kills: int | None, wrong: int | None, files: int | None, **others: Any
) -> Orders:
    """Return the orders of a drill, with what was not said. StackError when they make no sense."""
    if not 0 < contacts <= updates:
        raise StackError("there must be at least one contact, and at least as many updates as contacts")
    usual = max(len(PARKING + PASSING), updates // 150)
    return Orders(
        updates=updates,
        contacts=contacts,
        kills=max(2, updates // 200) if kills is None else kills,
        wrong=min(usual if wrong is None else wrong, updates),
        files=min(max(len(FILES), updates // 20) if files is None else files, updates),
        **others,
    )


def _project() -> Project:
    return Project(root=HOUSE, bot=HOUSE / "workbench" / "chaos" / "bot")


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
        "files of contacts": f"{tally.files_sent}   {len(tally.not_saved)} not saved, "
        f"{len(tally.saved_otherwise)} saved with other bytes",
        "files of the bot": f"{tally.files_said}   {len(tally.not_arrived)} lost, "
        f"{len(tally.rejected)} rejected by the network, "
        f"{len(tally.arrived_otherwise)} arrived with other bytes",
        "unknown": f"{tally.unknown}   outcomes, {tally.settled} of them settled",
        "parked": f"{tally.put_back}   {len(tally.wrongly_parked)} of them without a fault of the bot",
        "after the mend": f"{tally.parked}   still parked, {tally.dead} in dead-letter queues",
        "errands failed": f"{len(report.failed)}",
        "drain time": f"{report.drain_seconds:.0f} s   of {report.seconds:.0f} s in all"
        + ("" if report.is_drained else ", NOT DRAINED"),
    }
    yield ""
    yield from (f"  {name:<18} {value.rstrip()}" for name, value in rows.items())
    wrong = {
        "without a turn": tally.without_turn,
        "without an answer": tally.without_answer,
        "without a word": tally.without_word,
        "wrongly parked": tally.wrongly_parked,
        "failed errand": report.failed,
        "wrongly doubled": tally.wrongly_doubled,
        "out of order": tally.out_of_order,
        "not saved": tally.not_saved,
        "saved with other bytes": tally.saved_otherwise,
        "file lost": tally.not_arrived,
        "arrived with other bytes": tally.arrived_otherwise,
    }
    for name, cases in wrong.items():
        yield from (f"  {name}: {case}" for case in cases[:SHOWN])
    yield ""
    yield "  all promises kept" if report.is_right else "  NOT all promises kept"
