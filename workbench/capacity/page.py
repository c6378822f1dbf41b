"""Writes the tables of docs/scaling.md: `python -m rejoinder.workbench.capacity --page`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rejoinder.workbench.capacity import figures
from rejoinder.workbench.capacity.figures import Load, Parameters, Quotas
from rejoinder.workbench.capacity.study import Found, Paces, advised, limits, study
from rejoinder.workbench.cost.month import ACTIVE_HOURS, Bill
from rejoinder.workbench.cost.month import Paces as BilledPaces
from rejoinder.workbench.marks import replaced

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
SLOW = 5.0
"""How long a slow bot works in a turn, in seconds: it asks a model, or an old system."""

COUNTED = 1000
"""How many turns a run measures at least."""

LOADS = tuple(
    Load(turns=turns, bot_seconds=seconds, seconds=max(2.5, COUNTED / turns, 2 * seconds))
    for turns, seconds in ((25, 0), (250, 0), (1250, 0), (25, SLOW), (250, SLOW))
)
"""The loads of the page. A slow bot that is full answers in waves, so at least two of them are measured."""

Bills = Callable[[Load], Bill]


def tables(paces: Paces) -> dict[str, list[str]]:
    """Return the tables of the page that the model makes, by name."""
    return {
        "limits": list(_limits(paces)),
        "defaults": list(_defaults(paces)),
        "advised": list(_advised(paces)),
        "then": list(_then(paces)),
        "slow": list(_slow(paces)),
    }


def costs(bill: Bills) -> list[str]:
    """Return the table of what the loads cost."""
    rows = ["| turns a second | turns a month | $ an hour | $ a month |", "|---|---:|---:|---:|"]
    for load in LOADS:
        one = bill(load)
        hour = one.turns_usd / ACTIVE_HOURS
        rows.append(f"| {_named(load)} | {one.turns / 1e6:,.0f} million | {hour:,.2f} | {one.usd:,.0f} |")
    return rows


def turns_a_month(load: Load) -> int:
    """Return how many turns a month has in which the load comes whenever people write."""
    return round(load.turns * 3600 * ACTIVE_HOURS)


def with_bot(load: Load, paces: BilledPaces) -> BilledPaces:
    """Return how long the functions work, with the bot of a load."""
    processor = paces.by_function["processor"]
    slow = replace(processor, warm_ms=processor.warm_ms + load.bot_seconds * 1000)
    return replace(paces, by_function={**paces.by_function, "processor": slow})


def write(found: dict[str, list[str]], page: Path = PAGE) -> None:
    """Write tables between their markers."""
    text = page.read_text()
    for name, rows in found.items():
        text = replaced(text, _begin(name), _end(name), "\n\n" + "\n".join(rows) + "\n\n")
    page.write_text(text)


def read(name: str, page: Path = PAGE) -> list[str]:
    """Return a table of the page."""
    text = page.read_text().partition(_begin(name))[2].partition(_end(name))[0]
    return text.strip().splitlines()


def _begin(name: str) -> str:
    return f"<!-- capacity {name} -->"


def _end(name: str) -> str:
    return f"<!-- end {name} -->"


def _named(load: Load) -> str:
    return f"{load.turns:,}" + (f", a bot of {load.bot_seconds:.0f} s" if load.bot_seconds else "")


def _limits(paces: Paces) -> Iterator[str]:
    given, quotas = figures.parameters(), Quotas()
    quick, slow = (limits(Load(turns=1, bot_seconds=one), given, quotas, paces) for one in (0, SLOW))
    yield f"| limit | turns a second | with a bot of {SLOW:.0f} s |"
    yield "|---|---:|---:|"
    for name in sorted(quick, key=lambda one: quick[one]):
        yield f"| {name} | {int(quick[name]):,} | {int(slow[name]):,} |"


def _defaults(paces: Paces) -> Iterator[str]:
    yield "| turns a second | answered | median, s | p95, s | full |"
    yield "|---|---:|---:|---:|---|"
    for load in LOADS:
        found = study(load, figures.parameters(), Quotas(), paces)
        yield f"| {_named(load)} | {_answered(found)} | {', '.join(found.full) or 'nothing'} |"


def _answered(found: Found) -> str:
    if found.keeps_up:
        return f"all | {found.median:.2f} | {found.p95:.2f}"
    return f"{found.answered:,.0f} | grows | grows"


def _advised(paces: Paces) -> Iterator[str]:
    yield (
        "| turns a second | `WebhooksPerSecond` | `ProcessorConcurrency` | `SenderConcurrency` "
        "| `TrackerConcurrency` | executions of the account | write units | numbers at Meta |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    for load in LOADS:
        given, quotas = advised(load, paces)
        least, usual = figures.parameters(), Quotas()
        yield (
            f"| {_named(load)} | {_changed(given.webhooks_per_second, least.webhooks_per_second)} "
            f"| {_changed(given.processor, least.processor)} | {_changed(given.sender, least.sender)} "
            f"| {_changed(given.tracker, least.tracker)} | {_changed(quotas.executions, usual.executions)} "
            f"| {_changed(quotas.write_units, usual.write_units)} "
            f"| {quotas.numbers} of {quotas.messages_per_second:,.0f} messages a second |"
        )


def _changed(value: float, usual: float) -> str:
    """Return a value, bold if it is not the usual one."""
    return f"{value:,.0f}" if value == usual else f"**{value:,.0f}**"


def _then(paces: Paces) -> Iterator[str]:
    yield "| turns a second | answered | median, s | p95, s | full | executions | at most | write units |"
    yield "|---|---:|---:|---:|---|---:|---:|---:|"
    for load in LOADS:
        found = study(load, *advised(load, paces), paces)
        yield (
            f"| {_named(load)} | {_answered(found)} | {', '.join(found.full) or 'nothing'} "
            f"| {found.executions:,.0f} | {found.executions_peak:,} | {found.write_units:,.0f} |"
        )


def _slow(paces: Paces) -> Iterator[str]:
    yield "| `ProcessorConcurrency` | `IngressReserved` | webhooks answered 5xx, a second | turns answered |"
    yield "|---:|---:|---:|---:|"
    for given, quotas in slow_bot(paces):
        found = study(LOADS[-1], given, quotas, paces)
        set_to = f"{given.processor:,} | {given.ingress_reserved}"
        yield f"| {set_to} | {found.failed:,.0f} | {found.answered:,.0f} |"


def slow_bot(paces: Paces) -> Iterator[tuple[Parameters, Quotas]]:
    """Yield what is tried with a slow bot: no maximum to speak of, a reservation, and the default.

    The account has its usual 1,000 executions. All else has enough.
    """
    given, quotas = advised(replace(LOADS[-1], bot_seconds=0.0), paces)
    none = replace(given, processor=figures.MAXIMUM_CONCURRENCY)
    for one in (none, replace(none, ingress_reserved=100), given):
        yield one, replace(quotas, executions=Quotas().executions)
