"""What people type is understood, and what can be read in two ways is not. The list is in typed.txt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from rejoinder.bot.choices import chosen
from rejoinder.bot.courtesy import says
from rejoinder.bot.dates import date_of
from rejoinder.bot.numbers import decimal, whole
from rejoinder.bot.phrases import phrases_of

TODAY = date(2026, 11, 25)
ASK_AGAIN = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that somebody types."""

    kind: str
    """What it is typed at."""

    language: str
    """The language of the bot."""

    setting: str
    """The trigger, or the titles."""

    typed: str
    """What is typed."""

    right: str
    """Its right reading; ASK_AGAIN when there is none."""

    @property
    def read(self) -> str:
        """Return how it is read; ASK_AGAIN when it is not read."""
        try:
            return READERS[self.kind](self)
        except ValueError:
            return ASK_AGAIN


def _choice(line: Line) -> str:
    titles = line.setting.split(" / ")
    place = chosen(line.typed, titles, numbered=line.kind == "lines", phrases=phrases_of(line.language))
    return ASK_AGAIN if place is None else titles[place]


READERS: dict[str, Callable[[Line], str]] = {
    "word": lambda line: "taken" if says(line.typed, line.setting) else ASK_AGAIN,
    "yesno": _choice,
    "choice": _choice,
    "lines": _choice,
    "whole": lambda line: str(whole(line.typed, line.language)),
    "number": lambda line: f"{decimal(line.typed, line.language):.15g}",
    "date": lambda line: date_of(line.typed, line.language, TODAY).isoformat(),
}


def _lines() -> list[Line]:
    text = (Path(__file__).parent / "typed.txt").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line and not line.startswith("#")]
    return [
        Line(
            kind=kind,
            language=language,
            setting=setting,
            typed=typed.replace("\\u202f", "\u202f"),
            right=right,
        )
        for kind, language, setting, typed, right in rows
    ]


LINES = _lines()
HALVES = pytest.mark.parametrize("half", [LINES[::2], LINES[1::2]], ids=["tuned", "held out"])


def test_the_list_has_something_of_everything() -> None:
    assert len(LINES) >= 300
    assert {line.kind for line in LINES} == READERS.keys()
    assert {line.language[:2] for line in LINES} == {"en", "de", "es", "fr", "it", "pt"}
    assert len({(line.kind, line.language, line.setting, line.typed) for line in LINES}) == len(LINES)


@HALVES
def test_nine_of_ten_are_understood(half: Sequence[Line]) -> None:
    meant = [line for line in half if line.right != ASK_AGAIN]
    missed = [line for line in meant if line.read == ASK_AGAIN]
    assert 1 - len(missed) / len(meant) >= 0.9, missed


@HALVES
def test_none_is_misread(half: Sequence[Line]) -> None:
    assert [(line, line.read) for line in half if line.read not in (line.right, ASK_AGAIN)] == []
