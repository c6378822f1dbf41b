"""The results of a drill, as a table for a terminal and as one for docs/drill.md."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rejoinder.workbench.bench.report import machine
from rejoinder.workbench.drill.drill import Result
from rejoinder.workbench.marks import replaced

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- written by the command: begin -->", "<!-- written by the command: end -->"

CELL = 150
"""How many characters of what a command said are in the table of the page."""


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yield the results, a few lines for each fault."""
    for result in results:
        yield f"{'ok   ' if not result.wrong else 'WRONG'} {_what(result)}"
        yield f"        rang      {_rang(result)}"
        yield from (f"        {name:<9} {line}" for name, line in result.told.items() if line)
        yield f"        cure      {result.fault.cured_by}; {_cured(result)}"
        yield from (f"        WRONG     {line}" for line in result.wrong)
    wrong = sum(bool(result.wrong) for result in results)
    yield (
        f"{len(results)} faults, {wrong} of them with something wrong"
        if wrong
        else f"{len(results)} faults: all well"
    )


def write_page(results: Sequence[Result], docs: Path = DOCS) -> None:
    """Write the results into docs/drill.md."""
    page = docs / "drill.md"
    page.write_text(replaced(page.read_text(), BEGIN, END, "\n\n" + "\n".join(_markdown(results)) + "\n\n"))


def _markdown(results: Sequence[Result]) -> Iterator[str]:
    yield f"Measured by `make drill`, {machine()}, {datetime.now(UTC):%Y-%m-%d}."
    yield ""
    names = [*dict.fromkeys(name for result in results for name in result.told)]
    head = [
        "the fault",
        "rang after",
        *(f"`rejoinder {name}`" for name in names),
        "cure",
        "off, by its rule, after",
    ]
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for result in results:
        told = [_cell(result.told[name]) for name in names]
        cure = f"{result.fault.cured_by}; {_cured(result)}"
        yield f"| {' | '.join([_what(result), _rang(result), *told, cure, _off(result)])} |"


def _cell(words: str) -> str:
    """Return what a command said as the cell of a table. The rest of many words is left out."""
    kept = words if len(words) <= CELL else f"{words[:CELL].rpartition(' ')[0]} …"
    return kept.replace("|", "\\|").replace("<", "&lt;").replace("`", "")


def _what(result: Result) -> str:
    return result.fault.what + " *" * result.fault.in_metrics


def _rang(result: Result) -> str:
    return ", ".join(
        f"{one.alarm.name} ({'wakes' if one.alarm.wakes else 'informs'}) {one.after:.0f} s"
        for one in result.rung
    )


def _cured(result: Result) -> str:
    return "not answered" if result.cured_after is None else f"answered after {result.cured_after:.0f} s"


def _off(result: Result) -> str:
    return ", ".join(f"{one.alarm.seconds / 60:.0f} min" for one in result.rung)
