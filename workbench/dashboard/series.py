"""Computes what the widgets of a dashboard show, from the record of a run.

Only what our dashboard uses is here: four statistics, two expressions, one kind of query.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rejoinder.workbench.dashboard.body import NAMESPACE, Json

Points = Sequence[tuple[float, float]]
"""The values of a series, each with the time of its period."""

Key = tuple[str, ...]
"""A metric, as `body.metrics_in` yields it."""

_USD = re.compile(r"([\d.]+) \* FILL\((\w+), 0\) \+ ([\d.]+)")
_BILLED = re.compile(r"SEARCH\('\{\"(.+)\",(\w+),(\w+)\} MetricName=\"(\w+)\"', 'Sum', \d+\)")
_QUERY = re.compile(r"filter (\w+) in (\[.*?\]) \| stats count\(\*\) as (\w+) by ([\w, ]+) \|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A series, as a widget shows it."""

    label: str
    """Its name in the legend."""

    points: Points
    """Its values."""

    colour: str = ""
    """Its colour; empty where the dashboard leaves it to CloudWatch."""

    is_right: bool = False
    """Whether it has the axis on the right."""


@dataclass(slots=True, kw_only=True)
class Run:
    """What was recorded of a run."""

    values: dict[Key, list[tuple[float, float]]] = field(default_factory=dict)
    """The values of each metric, each with its time."""

    lines: list[Json] = field(default_factory=list)
    """The other lines of the functions' logs."""

    alarms: dict[str, str] = field(default_factory=dict)
    """The alarms that rang at some time: each with the state that it had at the end."""

    @property
    def began(self) -> float:
        """The time of the first value."""
        return min(at for values in self.values.values() for at, _ in values)

    @property
    def ended(self) -> float:
        """The time of the last value."""
        return max(at for values in self.values.values() for at, _ in values)


def read(lines: Iterable[str]) -> Run:
    """Return the run of which a record tells."""
    run = Run()
    for line in map(json.loads, lines):
        if "_aws" in line:
            _take(line, run)
        elif "alarms" in line:
            run.alarms = dict.fromkeys(run.alarms, "OK") | line["alarms"]
        else:
            run.lines += [line, *line.get("further", [])]
    return run


def _take(line: Json, run: Run) -> None:
    at = line["_aws"]["Timestamp"] / 1000
    for directive in line["_aws"]["CloudWatchMetrics"]:
        namespace = directive["Namespace"]
        namespace = NAMESPACE if namespace.startswith("Rejoinder/") else namespace
        for names in directive["Dimensions"]:
            dimensions = [part for name in names for part in (name, str(line[name]))]
            for metric in directive["Metrics"]:
                given = line[metric["Name"]]
                values = given if isinstance(given, list) else [given]
                kept = run.values.setdefault((namespace, metric["Name"], *dimensions), [])
                kept += [(at, float(value)) for value in values]


def lines_of(properties: Json, run: Run, period: float) -> list[Line]:
    """Return the series of a graph, added up over so many seconds each."""
    return [
        Line(
            label=look["label"],
            points=_points(run.values.get(tuple(names), []), look.get("stat", properties["stat"]), period),
            colour=look.get("color", ""),
            is_right=look.get("yAxis") == "right",
        )
        for *names, look in properties["metrics"]
    ]


def numbers_of(properties: Json, run: Run) -> dict[str, str]:
    """Return the single values of a widget, by their names, of the whole run as if it were a day."""
    totals = {
        look["id"]: sum(value for _, value in run.values.get(tuple(names), []))
        for *names, look in properties["metrics"]
        if names
    }
    numbers: dict[str, str] = {}
    for entry in properties["metrics"]:
        expression, label = entry[-1].get("expression", ""), entry[-1]["label"]
        if found := _USD.fullmatch(expression):
            numbers[label] = f"{float(found[1]) * totals[found[2]] + float(found[3]):.2f}"
        elif found := _BILLED.fullmatch(expression):
            numbers |= _by_category(found[4], run)
        elif expression:
            raise ValueError(f"nobody computes {expression} here")
    return numbers


def _by_category(metric: str, run: Run) -> dict[str, str]:
    totals: Counter[str] = Counter()
    for key, values in run.values.items():
        if key[1] == metric and "category" in key:
            totals[key[key.index("category") + 1]] += round(sum(value for _, value in values))
    return {category: f"{total:,}" for category, total in sorted(totals.items())}


def table_of(query: str, run: Run) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the head and the rows of what a query finds in the logs of a run, the most frequent first."""
    found = _QUERY.search(query)
    if not found:
        raise ValueError(f"nobody can ask this here: {query}")
    wanted, by = json.loads(found[2]), found[4].split(", ")
    rows = Counter(
        tuple(str(line.get(name, "")) for name in by) for line in run.lines if line.get(found[1]) in wanted
    )
    return [*by, found[3]], [(*row, str(times)) for row, times in rows.most_common()]


def _points(values: Points, stat: str, period: float) -> Points:
    """Return what a statistic makes of the values in each period; nothing for a period without any."""
    by_period: dict[float, list[float]] = {}
    for at, value in values:
        by_period.setdefault(math.floor(at / period) * period, []).append(value)
    return [(at, _statistic(stat, by_period[at])) for at in sorted(by_period)]


def _statistic(stat: str, values: list[float]) -> float:
    simple: Mapping[str, Any] = {"Sum": sum, "Maximum": max}
    if stat in simple:
        return float(simple[stat](values))
    place = math.ceil(float(stat.removeprefix("p")) / 100 * len(values)) - 1
    return sorted(values)[max(place, 0)]
