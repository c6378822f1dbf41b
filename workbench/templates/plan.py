"""What Meta has against what the files say, and what a push does about it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from rejoinder.model.written import Category, Wording, WrittenTemplate
from rejoinder.workbench.graph.client import Json
from rejoinder.workbench.templates.answers import Shown
from rejoinder.workbench.templates.filed import compared, differences

DAY_SECONDS = 24 * 3600
"""An approved template may be changed once in that time, and ten times in 30 days."""

CHANGEABLE = ("approved", "rejected", "paused")
"""The statuses in which Meta lets a template be changed."""

Deed = Literal["create", "edit", "delete", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A template in one language: as its file has it, and as Meta has it."""

    name: str
    language: str
    here: WrittenTemplate | None
    """The file; None when no file has this language."""

    there: Shown | None
    """What Meta has; None when it has nothing."""

    lines: tuple[str, ...] = ()
    """What differs, as lines of the file."""

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.here is None or self.there is None or bool(self.lines)

    @property
    def only_category(self) -> bool:
        """Whether nothing but the category differs."""
        return bool(self.lines) and all(
            line[1:].startswith("category:") for line in self.lines if line[0] in "+-"
        )

    def __str__(self) -> str:
        return f"{self.name} {self.language}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a push does about one template in one language."""

    pair: Pair
    deed: Deed
    """What it does; empty when it can do nothing."""

    note: str = ""
    """What a person must know of it; empty for nothing."""


def pairs(files: Mapping[str, WrittenTemplate], at_meta: Iterable[Shown]) -> list[Pair]:
    """Return every template in every language, with what differs."""
    there = {(one.name, one.language): one for one in at_meta}
    here = {(one.name, language): one for one in files.values() for language in one.languages}
    return [
        _pair(name, language, here.get((name, language)), there.get((name, language)))
        for name, language in sorted({*here, *there})
    ]


def _pair(name: str, language: str, here: WrittenTemplate | None, there: Shown | None) -> Pair:
    lines: list[str] = []
    if here and there:
        # Examples are for reviewers: who has approved a template needs no others.
        examples = there.status != "approved"
        ttl = here.ttl_seconds if there.ttl_seconds is not None else None
        lines = differences(
            _comparable(here.category, ttl, here.languages[language], examples=examples),
            _comparable(there.category, ttl and there.ttl_seconds, there.wording, examples=examples),
        )
    return Pair(name=name, language=language, here=here, there=there, lines=tuple(lines))


def _comparable(category: Category, ttl: int | None, wording: Wording, *, examples: bool) -> Json:
    first: Json = {"category": category} | ({"ttl_seconds": ttl} if ttl else {})
    return first | compared(wording, is_code=category == "authentication", examples=examples)


def steps(found: Iterable[Pair], names: Collection[str], now: float) -> Iterator[Step]:
    """Yield what a push does. With names, it looks at those templates only.

    A rejected template that is named is sent to review again, also when nothing differs.
    """
    for pair in found:
        if pair.here is None or (names and pair.name not in names):
            continue
        again = pair.there is not None and pair.there.status == "rejected" and pair.name in names
        if pair.differs or again:
            yield _step(pair, now)


def deletions(found: Iterable[Pair], names: Collection[str]) -> Iterator[Step]:
    """Yield what is deleted of some templates: the languages that no file has."""
    for pair in found:
        if pair.name in names and pair.there and pair.here is None:
            yield Step(pair=pair, deed="delete", note="its name is locked for 30 days")


def _step(pair: Pair, now: float) -> Step:
    there = pair.there
    if there is None:
        return Step(pair=pair, deed="create")
    if there.status not in CHANGEABLE:
        return Step(pair=pair, deed="", note=_why_not(there.status))
    if there.status != "approved":
        return Step(pair=pair, deed="edit", note=f"it is {there.status}")
    if pair.only_category:
        cure = f"set `category: {there.category}`, or give the template another name"
        return Step(pair=pair, deed="", note=f"Meta changes the category of no approved template: {cure}")
    return Step(pair=pair, deed="edit", note=_soon(there, now))


def _why_not(status: str) -> str:
    if status in ("pending", "in_appeal"):
        return "it is in review: push again when that is over"
    return f"it is {status}, and Meta lets nobody change it: give the file another name"


def _soon(there: Shown, now: float) -> str:
    """Return a note about the limit of changes, if the last one is less than a day ago."""
    if now - there.changed_at >= DAY_SECONDS:
        return ""
    return f"Meta allows one change in 24 hours: it may refuse this until {moment(again_at(there))}"


def again_at(there: Shown) -> float:
    """Return when an approved template may be changed again for sure, in Unix seconds."""
    return there.changed_at + DAY_SECONDS


def moment(at: float) -> str:
    """Return a time for people, in this machine's zone."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
