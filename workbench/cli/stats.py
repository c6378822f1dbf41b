"""`rejoinder stats`: today's figures, and what is usual."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.table import Table

from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.terminal import console, plain
from rejoinder.workbench.times import local_now
from rejoinder.workbench.watching.days import Day, Row, day
from rejoinder.workbench.watching.figures import Figures, Times
from rejoinder.workbench.watching.queues import Queue, queues

TITLES = {
    "in": "in (turns of the bot)",
    "out": "out (accepted)",
    "failed": "failed for good",
    "not_understood": "not understood",
    "parked": "parked",
    "window_missed": "met a closed window",
    "waited_for_gate": "waited for a gate",
}
"""What a person reads for each figure."""

NOTHING = """\
nothing was counted yet. Metrics come when contacts write; on AWS a minute or two later."""


def main(where: Where, *, as_json: bool) -> int:
    """Print them."""
    with deployed(where) as place:
        show(place, as_json=as_json)
    return 0


def show(place: Deployed, *, as_json: bool) -> None:
    """Print the figures of a deployment."""
    now = local_now()
    found = day(Figures(place.client("cloudwatch"), place.stack_name), now)
    waiting = queues(place, now)
    if as_json:
        print(json.dumps(_json(place, found, waiting), indent=2))
        return
    print(f"{place.stack_name}, today since {found.since:%Y-%m-%d %H:%M %Z}, until {found.until:%H:%M}")
    if found.is_empty:
        print(NOTHING)
    else:
        print()
        _print(found)
    print()
    print(f"{'waits now':<24}{_waiting(waiting)}")


def _print(found: Day) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", min_width=22)
    before = ("yesterday by now", f"mean of {found.days} days") if found.days else ()
    for title in ("today", *before):
        table.add_column(title, justify="right")
    for name, row in _rows(found):
        style = "red" if name == TITLES["failed"] and row.today else ""
        usual = () if row.usual is None else (f"{row.yesterday:,}", f"{row.usual:,.1f}")
        cells = (name, f"{row.today:,}", *usual)
        table.add_row(*(plain(cell, style) for cell in cells))
    console().print(table)
    print()
    print(f"{'answered, today':<24}{_times(found.answers)}")
    print(f"{'answered, before':<24}{_times(found.answers_before)}")


def _rows(found: Day) -> Iterator[tuple[str, Row]]:
    for name, row in found.rows.items():
        yield TITLES[name], row
    for category, row in found.billed.items():
        yield f"charged as {category}", row


def _times(times: Times | None) -> str:
    if times is None:
        return "no answer was measured"
    return f"half within {times.p50:.1f} s, 95 % within {times.p95:.1f} s, of {times.count:,}"


def _waiting(found: list[Queue]) -> str:
    return ", ".join(f"{queue.name} {queue.depth:,}" for queue in found)


def _json(place: Deployed, found: Day, waiting: list[Queue]) -> Mapping[str, Any]:
    return {
        "stack": place.stack_name,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(timespec="seconds"),
        "days_before": found.days,
        "counts": {name: asdict(row) for name, row in found.rows.items()},
        "charged": {name: asdict(row) for name, row in found.billed.items()},
        "answer_seconds": found.answers and asdict(found.answers),
        "answer_seconds_before": found.answers_before and asdict(found.answers_before),
        "waits_now": {queue.name: queue.depth for queue in waiting},
    }
