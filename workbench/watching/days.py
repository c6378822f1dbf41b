"""The figures of a day: what came in, what went out, what failed, and what is usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rejoinder.model.metrics import Metric
from rejoinder.workbench.watching.figures import QUARTER_SECONDS, Figures, Of, Parts, Times, total

DAYS = 7
"""Of how many days before today the mean is taken."""

ROWS: Mapping[str, tuple[Of, ...]] = {
    "in": (Of(metric=Metric.TURNS_DONE, service="processor"),),
    "out": (Of(metric=Metric.MESSAGES_ACCEPTED, service="sender"),),
    "failed": tuple(Of(metric=Metric.MESSAGES_FAILED, service=one) for one in ("sender", "tracker")),
    "not_understood": (Of(metric=Metric.NOT_UNDERSTOOD, service="processor"),),
    "parked": (Of(metric=Metric.UPDATES_PARKED, service="processor"),),
    "window_missed": tuple(Of(metric=Metric.WINDOW_MISSES, service=one) for one in ("sender", "tracker")),
    "waited_for_gate": (Of(metric=Metric.TURNS_WAITING, service="sender"),),
}
"""What is shown of a day, and which metrics it is the sum of."""


Span = tuple[datetime, datetime]
"""A beginning and an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure."""

    today: int
    """What was counted today."""

    yesterday: int
    """What was counted yesterday until this time of the day, to a quarter of an hour."""

    usual: float | None
    """The mean of the days before today that have something; None without such a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All figures of today."""

    since: datetime
    """The midnight with which it began, in the time zone of this machine."""

    until: datetime
    """When it was looked at."""

    days: int
    """How many days before today have something."""

    rows: Mapping[str, Row]
    """The figures."""

    billed: Mapping[str, Row]
    """The messages that were charged for, by category."""

    answers: Times | None
    """How long contacts waited for answers today; None when nobody did."""

    answers_before: Times | None
    """How long they waited in the days before."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted, neither today nor before."""
        return not self.days and not any(row.today for row in (*self.rows.values(), *self.billed.values()))


def day(figures: Figures, now: datetime) -> Day:
    """Return the figures of the day of `now`, which has the time zone of the person who asks."""
    since, *starts = [_midnight(now, before) for before in range(DAYS + 1)]
    first = starts[-1]
    soon = now + timedelta(minutes=1)
    billed = {
        category: (Of(metric=Metric.MESSAGES_BILLED, service="tracker", category=category),)
        for category in figures.categories()
    }
    wanted = {**ROWS, **billed}
    parts = figures.sums([of for ofs in wanted.values() for of in ofs], first, soon)
    days = [*zip(starts, [since, *starts], strict=False)]
    with_something = [one for one in days if any(total(found, *one) for found in parts.values())]
    rows = {
        name: _row([parts[of] for of in ofs], (since, now), days[0], with_something)
        for name, ofs in wanted.items()
    }
    return Day(
        since=since,
        until=now,
        days=len(with_something),
        rows={name: rows[name] for name in ROWS},
        billed={name: rows[name] for name in billed},
        answers=figures.times(since, soon),
        answers_before=figures.times(first, since),
    )


def _row(found: Sequence[Parts], today: Span, yesterday: Span, days: Sequence[Span]) -> Row:
    def summed(start: datetime, end: datetime) -> int:
        return sum(total(parts, start, end) for parts in found)

    since, now = today
    quarters = timedelta(seconds=(now - since) // timedelta(seconds=QUARTER_SECONDS) * QUARTER_SECONDS)
    mean = sum(summed(*one) for one in days) / len(days) if days else None
    return Row(
        today=summed(since, now + timedelta(days=1)),
        yesterday=summed(yesterday[0], yesterday[0] + quarters),
        usual=mean,
    )


def _midnight(now: datetime, before: int) -> datetime:
    """Return the midnight with which the day so many days before `now` began, by the clock of this machine.

    Its offset may differ from that of `now`: clocks are changed twice a year.
    """
    date = now.date() - timedelta(days=before)
    return datetime(date.year, date.month, date.day).astimezone()
