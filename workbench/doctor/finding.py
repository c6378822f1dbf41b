"""What the doctor looks at and finds: how well one point of the way is, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rejoinder.workbench.errors import StackError


class Level(StrEnum):
    """How well a point is."""

    GOOD = "good"
    """Nothing is to be done."""

    NOTICE = "notice"
    """It works, but somebody should look at it."""

    BAD = "bad"
    """Something does not work, or soon will not."""

    UNKNOWN = "unknown"
    """The point could not be checked."""

    SKIPPED = "skipped"
    """The point is not checked here, for a reason that is no fault of its own."""


FINE = (Level.GOOD, Level.SKIPPED)
"""The levels with which nothing is to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found at one point."""

    level: Level
    """How well it is."""

    what: str
    """What was seen, in one sentence."""

    cure: str = ""
    """What mends it: a command, or a place in a dashboard. Empty where nothing is to be done."""


On = TypeVar("On")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Generic[On]):
    """One point that is looked at, on what is examined: by the doctor, or by the check on AWS."""

    name: str
    """Its name in JSON. It stays the same from version to version."""

    title: str
    """Its name for people."""

    look: Callable[[On], Finding]
    """Looks at it."""

    channel: str = ""
    """The network that it is about; empty for all."""


def points(*rows: tuple[str, str, Callable[[On], Finding]], channel: str = "") -> tuple[Point[On], ...]:
    """Return points, each by its name, its title and what looks at it."""
    return tuple(Point(name=name, title=title, look=look, channel=channel) for name, title, look in rows)


class NotNow(StackError):
    """A point cannot be checked before another one is mended, or not on such a stack. The text says why."""


def good(what: str) -> Finding:
    """Return that all is well."""
    return Finding(level=Level.GOOD, what=what)


def notice(what: str, cure: str) -> Finding:
    """Return what somebody should look at."""
    return Finding(level=Level.NOTICE, what=what, cure=cure)


def bad(what: str, cure: str) -> Finding:
    """Return what does not work."""
    return Finding(level=Level.BAD, what=what, cure=cure)


def unknown(what: str, cure: str) -> Finding:
    """Return that a point could not be checked, and why."""
    return Finding(level=Level.UNKNOWN, what=f"could not be checked: {what}", cure=cure)


def skipped(why: str) -> Finding:
    """Return that a point is not checked here, and why."""
    return Finding(level=Level.SKIPPED, what=f"not checked here: {why}")
