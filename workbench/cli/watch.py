"""`rejoinder watch`: how the bot is doing, again and again."""

import math
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rejoinder.workbench.cli.aws_account import refusals
from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.pages import RUNBOOK
from rejoinder.workbench.terminal import console, plain
from rejoinder.workbench.watching.alarms import Alarm
from rejoinder.workbench.watching.queues import Queue
from rejoinder.workbench.watching.state import (
    BOT_ERRORS,
    IN,
    MINUTES,
    OUT,
    PARKED,
    Observer,
    State,
    local_now,
    many,
)
from rejoinder.workbench.watching.verdict import Answer, verdict

LOCAL_PAUSE_SECONDS = 2.0
"""The pause between two looks at the local stack."""

PAUSE_SECONDS = 10.0
"""The pause between two looks on AWS, where each asks for metrics that cost."""

MOST_CAUSES = 5
"""How many causes of failures are named, the most frequent ones."""

WHAT_TO_DO = f"what to do: {RUNBOOK}"
"""It fits into the 80 columns of a terminal."""

RED, YELLOW, GREEN = "bold red", "yellow", "green"
STYLES = {Answer.YES: GREEN, Answer.PERHAPS: YELLOW, Answer.NO: RED, Answer.QUIET: ""}

Row = tuple[str, str, str]
"""A name, what is said, and its style."""


def main(where: Where, *, once: bool) -> int:
    """Print until Ctrl-C. With `once` print one look, and return 1 if somebody is to get up."""
    is_local = not (where.env or where.stack)
    with deployed(where) as place:
        if once:
            return show(place)
        _follow(Observer(place=place), where.profile, LOCAL_PAUSE_SECONDS if is_local else PAUSE_SECONDS)
    return 0


def show(place: Deployed) -> int:
    """Print one look at a deployment. Return 1 if an alarm wakes somebody, or contacts are not answered."""
    state = Observer(place=place, search_seconds=math.inf).look(local_now())
    console().print(shown(place.stack_name, state))
    answer, _ = verdict(state)
    return 1 if answer is Answer.NO or any(alarm.wakes for alarm in state.alarms) else 0


def _follow(observer: Observer, profile: str | None, pause: float) -> None:
    """Show one look after another: on a terminal in the same place, elsewhere below each other.

    What AWS refuses is shown, and the next look may succeed.
    """
    screens = console()
    if not screens.is_terminal:
        while True:
            screens.print(looked(observer, profile), "")
            screens.file.flush()
            time.sleep(pause)
    with Live(Text("looking …"), console=screens, auto_refresh=False) as live:
        while True:
            seen = looked(observer, profile)
            footer = Text(f"a look every {pause:.0f} seconds; Ctrl-C ends", style="dim")
            live.update(Group(seen, "", footer), refresh=True)
            time.sleep(pause)


def looked(observer: Observer, profile: str | None) -> RenderableType:
    """Return what is shown of a look of many, or what mends it."""
    now = local_now()
    try:
        with refusals(profile):
            return shown(observer.place.stack_name, observer.look(now))
    except StackError as error:
        return plain(f"{now:%H:%M:%S} {error}", RED)


def shown(name: str, state: State) -> RenderableType:
    """Return what is shown of one look: a table on a terminal, lines elsewhere."""
    head, body = f"{state.at:%Y-%m-%d %H:%M:%S %Z}", rows(state)
    if not console().is_terminal:
        return plain("\n".join(f"{title:<14} {said}" for title, said, _ in [(name, head, ""), *body]))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    table.add_row(plain(name), plain(head))
    for title, said, style in body:
        words, has_page, anchor = said.partition(f" {RUNBOOK}")
        text = plain(words, style)
        if has_page:  # a long address would break in two
            text.stylize(f"link {RUNBOOK}{anchor}")
        table.add_row(title, text)
    return Group(table, "", plain(WHAT_TO_DO)) if state.alarms else table


def rows(state: State) -> list[Row]:
    """Return what is said of one look, in the order in which somebody wants to know it.

    A terminal with few lines shows no more than the first ones.
    """
    return [
        _answering(state),
        *_alarms(state),
        *_gates(state),
        _traffic(state),
        *_failures(state),
        _queues(state),
        _letters(state),
    ]


def _answering(state: State) -> Row:
    answer, said = verdict(state)
    times = state.answers
    if times:
        said += f"; half of the answers within {times.p50:.1f} s, 95 % within {times.p95:.1f} s"
    return "answering", said, STYLES[answer]


def _traffic(state: State) -> Row:
    last = state.last_minute
    said = f"{state.counts[IN]:,} in, {state.counts[OUT]:,} out in {MINUTES} minutes; "
    return "traffic", said + f"{last[IN]:,} in, {last[OUT]:,} out in the last full minute", ""


def _failures(state: State) -> Iterator[Row]:
    failed, errors, parked = state.failed, state.counts[BOT_ERRORS], state.counts[PARKED]
    if not (failed or errors or parked or state.causes or state.unfinished):
        yield "failures", f"none in {MINUTES} minutes", ""
        return
    said = f"{many(failed, 'message')} failed for good, {many(errors, 'error')} of the bot, "
    said += f"{many(parked, 'update')} parked in {MINUTES} minutes"
    yield "failures", said, RED if failed or parked else YELLOW
    for cause, count in state.causes[:MOST_CAUSES]:
        yield "", f"{count:,} × {cause}", YELLOW
    if rest := state.causes[MOST_CAUSES:]:
        yield "", f"{sum(count for _, count in rest):,} × {many(len(rest), 'other cause')}", YELLOW
    for service, count in state.unfinished.items():
        yield "", f"{count:,} × the {service} could not finish something, which comes again", RED


def _queues(state: State) -> Row:
    told = [_queue(queue) for queue in state.queues if not queue.is_for_letters]
    return "queues", ", ".join(told), ""


def _queue(queue: Queue) -> str:
    at_work = f" and {queue.at_work:,} at work" if queue.at_work else ""
    oldest = f" (oldest {spoken(queue.oldest_seconds)})" if queue.oldest_seconds and queue.depth else ""
    return f"{queue.name} {queue.waiting:,}{at_work}{oldest}"


def _letters(state: State) -> Row:
    if not state.letters:
        return "dead letters", "none", ""
    told = ", ".join(f"{queue.name} {queue.depth:,}" for queue in state.queues if queue.is_for_letters)
    return "dead letters", f"{told}; `rejoinder redrive` lists them", YELLOW


def _gates(state: State) -> Iterator[Row]:
    if state.is_searching:
        yield "gates", "one was closed lately; the table is searched for all that are closed", YELLOW
    elif not state.gates:
        yield "gates", "open", ""
    for account, gate in state.gates.items():
        count = state.at_gates[account]
        waits = f"; waiting: {many(count, 'conversation')}" if count else ""
        probe = datetime.fromtimestamp(gate.probe_at).astimezone()
        why = f"by error {gate.why}" if gate.why else "because the network answers nothing, or 5xx"
        said = f"closed {why}; {many(gate.probes, 'probe')}, the next from {probe:%H:%M:%S}"
        is_closed, said = gate.is_closed, said if gate.is_closed else "open again"
        yield "gates", f"{account} is {said}{waits}", RED if is_closed else YELLOW


def _alarms(state: State) -> Iterator[Row]:
    if not state.alarms:
        yield "alarms", "none is on", ""
    for alarm in state.alarms:
        yield "alarms" if alarm.wakes else "notices", _alarm(alarm, state.at), RED if alarm.wakes else YELLOW


def _alarm(alarm: Alarm, now: datetime) -> str:
    since = alarm.since.astimezone()
    ago = spoken((now - since) / timedelta(seconds=1))
    return f"{alarm.name} since {since:%H:%M:%S} ({ago}): {' '.join(alarm.about.split())}"


def spoken(seconds: float) -> str:
    """Return a length of time in its largest fitting unit."""
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"
