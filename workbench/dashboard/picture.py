"""Draws a dashboard as CloudWatch shows it, from the record of a run, as SVG."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rejoinder.workbench.dashboard.body import COLUMNS, Json
from rejoinder.workbench.dashboard.series import Line, Run, lines_of, numbers_of, table_of

UNIT, ROW, GAP = 50, 36, 8
"""The width and the height of one square of the grid, and what is left free between widgets, in pixels."""

PALETTE = (
    "#1f77b4",
    "#ff7f0e",
    "#2ca02c",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
)
"""The colours of series that have none of their own."""

STYLE = (
    "text{font:11px sans-serif;fill:#16191f}.title{font-size:12.5px;font-weight:bold}"
    ".small{font-size:10px;fill:#545b64}"
    ".number{font-size:20px}.page{fill:#f2f3f3}.widget{fill:#fff;stroke:#d5dbdb}.grid{stroke:#eaeded}"
    ".rings{fill:#fdf3f1;stroke:#d13212}.rang{fill:#fef8e7;stroke:#ff9900}.quiet{fill:#f2fbf2;stroke:#1d8102}"
    ".unknown{fill:#fafafa;stroke:#aab7b8}"
)
TOP, BOTTOM, SIDE, LINE = 30, 22, 34, 13
"""What a graph leaves free above, below and at its sides, and how high a line of text is, in pixels."""

MOST_GAPS = 6
"""Points that are farther apart than this part of a graph are not connected: nothing happened in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of the picture, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


def draw(dashboard: Json, run: Run, *, period: float, not_here: Sequence[str], told: str) -> str:
    """Return the picture of a dashboard.

    Args:
        dashboard: its body.
        run: what is shown.
        period: what one point of a graph adds up, in seconds, instead of the dashboard's own periods.
        not_here: the alarms that the local AWS does not have.
        told: a line about the run, below the dashboard.
    """
    widgets = dashboard["widgets"]
    height = max(widget["y"] + widget["height"] for widget in widgets) * ROW + 24
    inner = "\n".join(part for widget in widgets for part in _widget(widget, run, period, not_here))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * UNIT} {height}" role="img" '
        f'aria-label="The dashboard of a run">\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="{COLUMNS * UNIT}" height="{height}"/>\n{inner}\n'
        f"{_text(GAP, height - 9, told, 'small')}\n</svg>\n"
    )


def _widget(widget: Json, run: Run, period: float, not_here: Sequence[str]) -> Iterator[str]:
    box = Box(
        x=widget["x"] * UNIT + GAP / 2,
        y=widget["y"] * ROW + GAP / 2,
        width=widget["width"] * UNIT - GAP,
        height=widget["height"] * ROW - GAP,
    )
    properties = widget["properties"]
    size = f'width="{box.width:g}" height="{box.height:g}" rx="4"'
    yield f'<rect class="widget" x="{box.x:g}" y="{box.y:g}" {size}/>'
    yield _text(box.x + 10, box.y + 18, properties["title"], "title")
    match widget["type"], properties.get("view"):
        case "alarm", _:
            yield from _alarms(box, [*map(_name_in, properties["alarms"])], run, not_here)
        case "log", _:
            yield from _table(box, *table_of(properties["query"], run))
        case _, "singleValue":
            yield from _numbers(box, numbers_of(properties, run))
        case _:
            yield from _graph(box, lines_of(properties, run, period), run)


def _name_in(arn: str) -> str:
    return arn.removeprefix("${").partition(".")[0]


def _text(x: float, y: float, text: str, look: str = "", anchor: str = "start") -> str:
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _graph(box: Box, lines: Sequence[Line], run: Run) -> Iterator[str]:
    shown = [(line, line.colour or PALETTE[number]) for number, line in enumerate(lines)]
    legend = [*_legend(box, shown)]
    height = box.height - TOP - BOTTOM - LINE * len({y for y, _ in legend}) - 2
    plot = Box(x=box.x + SIDE, y=box.y + TOP, width=box.width - 2 * SIDE, height=height)
    yield from (part for _, part in legend)
    yield from _times(plot, run)
    if not any(line.points for line in lines):
        yield _text(plot.x + plot.width / 2, plot.y + plot.height / 2, "nothing happened", "small", "middle")
    for is_right in (False, True):
        of_side = [(line, colour) for line, colour in shown if line.is_right == is_right and line.points]
        top = _top([value for line, _ in of_side for _, value in line.points])
        if of_side:
            yield from _axis(plot, top, is_right=is_right)
        for line, colour in of_side:
            yield from _drawn(plot, line, colour, top, run)


def _legend(box: Box, shown: Sequence[tuple[Line, str]]) -> Iterator[tuple[float, str]]:
    """Yield the names of the series from the lowest line up, each with the height of its line."""
    rows: list[list[tuple[float, Line, str]]] = [[]]
    x = 0.0
    for line, colour in shown:
        width = 26 + 6.2 * len(line.label)
        if x + width > box.width - 20:
            rows.append([])
            x = 0.0
        rows[-1].append((x, line, colour))
        x += width
    for number, row in enumerate(rows):
        y = box.bottom - 8 - LINE * (len(rows) - 1 - number)
        for x, line, colour in row:
            name = line.label if line.points else f"{line.label} –"
            square = f'<rect x="{box.x + 10 + x:.1f}" y="{y - 8:.1f}" width="9" height="9" fill="{colour}"/>'
            yield y, f"{square}{_text(box.x + 22 + x, y, name, 'small')}"


def _times(plot: Box, run: Run) -> Iterator[str]:
    seconds = max(run.ended - run.began, 1.0)
    for number in range(4):
        x = plot.x + plot.width * number / 3
        minutes, rest = divmod(round(seconds * number / 3), 60)
        yield _text(x, plot.bottom + 14, f"{minutes}:{rest:02}", "small", "middle")


def _axis(plot: Box, top: float, *, is_right: bool) -> Iterator[str]:
    for share in (0.0, 0.5, 1.0):
        y = plot.bottom - plot.height * share
        if not is_right:
            yield f'<path class="grid" d="M{plot.x:.1f} {y:.1f}H{plot.right:.1f}"/>'
        x, anchor = (plot.right + 4, "start") if is_right else (plot.x - 4, "end")
        yield _text(x, y + 3, f"{top * share:g}", "small", anchor)


def _drawn(plot: Box, line: Line, colour: str, top: float, run: Run) -> Iterator[str]:
    seconds = max(run.ended - run.began, 1.0)
    places = [
        (
            plot.x + plot.width * min(max((at - run.began) / seconds, 0.0), 1.0),
            plot.bottom - plot.height * value / top,
        )
        for at, value in line.points
    ]
    far = plot.width / MOST_GAPS
    parts = [
        f"{'L' if number and x - places[number - 1][0] <= far else 'M'}{x:.1f} {y:.1f}"
        for number, (x, y) in enumerate(places)
    ]
    yield f'<path d="{"".join(parts)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{colour}"/>' for x, y in places)


def _top(values: Sequence[float]) -> float:
    """Return the end of an axis: 1, 2, 4 or 10 times a power of ten."""
    most, power = max(values, default=0.0), 1.0
    while most > 10 * power:
        power *= 10
    return next(step * power for step in (1.0, 2.0, 4.0, 10.0) if most <= step * power)


def _numbers(box: Box, numbers: dict[str, str]) -> Iterator[str]:
    for number, (label, value) in enumerate(numbers.items()):
        x, y = box.x + 14 + 128 * (number % 3), box.y + 62 + 66 * (number // 3)
        yield _text(x, y, value, "number")
        yield _text(x, y + 16, label, "small")


def _table(box: Box, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    room = int((box.height - 46) // (LINE + 2))
    for number, row in enumerate([head, *rows[:room]]):
        y = box.y + 40 + (LINE + 2) * number
        for column, cell in enumerate(row):
            yield _text(
                box.x + 12 + column * (box.width - 20) / len(head), y, cell, "" if number else "small"
            )
    if len(rows) > room:
        yield _text(box.right - 10, box.y + 18, f"and {len(rows) - room} more", "small", "end")


def _alarms(box: Box, names: Sequence[str], run: Run, not_here: Sequence[str]) -> Iterator[str]:
    """Yield a field for each alarm. CloudWatch itself does not remember which rang before."""
    columns, width = 5, (box.width - 16) / 5
    for number, name in enumerate(sorted(names, key=lambda name: (run.alarms.get(name, "-") == "-", name))):
        x, y = box.x + 8 + width * (number % columns), box.y + 30 + 30 * (number // columns)
        look, state = _state(name, run, not_here)
        yield f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{width - 6:.1f}" height="26" rx="3"/>'
        yield _text(x + 6, y + 11, re.sub(r"Alarm$", "", name))
        yield _text(x + 6, y + 22, state, "small")


def _state(name: str, run: Run, not_here: Sequence[str]) -> tuple[str, str]:
    if name in not_here:
        return "unknown", "not on the local AWS"
    state = run.alarms.get(name)
    if state is None:
        return "quiet", "OK"
    return ("rings", "rings") if state == "ALARM" else ("rang", "OK, rang before")
