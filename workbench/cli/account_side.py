"""What the commands for numbers and webhooks share: which number is meant, and changes that are asked for."""

import dataclasses
import getpass
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from rejoinder.workbench import terminal
from rejoinder.workbench.deployment.deployed import Where
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.changes import Change
from rejoinder.workbench.graph.client import Graph, Json
from rejoinder.workbench.graph.cures import cured
from rejoinder.workbench.graph.numbers import Number, number, numbers
from rejoinder.workbench.graph.reach import Reached, reach
from rejoinder.workbench.questions import Questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A business account at Meta, and the person who asks something of it."""

    reached: Reached
    """The account."""

    asked: str = ""
    """The number that was asked for, by its id or by its digits; empty for the only one."""

    is_agreed: bool = False
    """Whether changes are made without a question."""

    def number(self) -> Number:
        """Return the number that is meant. Raises StackError when that is none or several."""
        asked = self.asked
        if asked and not self.reached.secret.get("waba_id"):
            return number(self.reached.graph, asked)
        found = list(numbers(self.reached.graph, self.reached.waba_id))
        meant = [one for one in found if not asked or _digits(asked) in ({one.id, _digits(one.phone)} - {""})]
        if len(meant) == 1:
            return meant[0]
        if not found:
            raise StackError("the account has no number: add one in WhatsApp Manager")
        there = ", ".join(f"{one.id} ({one.phone})" for one in found)
        if asked:
            raise StackError(f"the account has no number {asked}; it has {there}")
        raise StackError(f"the account has several numbers: name one with --number ID: {there}")

    def make(self, change: Change, graph: Graph | None = None) -> Json:
        """Show a request, ask whether it is to be made, and make it. Raises StackError when it is not.

        `graph` is another client than the account's.
        """
        self.agree(change.shown())
        return change.make(graph or self.reached.graph)

    def agree(self, request: str) -> None:
        """Show a request, and ask whether it is to be made. Raises StackError when it is not."""
        screen = terminal.console()
        screen.print(terminal.plain(request, "bold"))
        if not self.is_agreed and not Questions(screen=screen).yes("Do it?"):
            raise StackError("nothing was changed")


@contextmanager
def desk(where: Where, *, waba: str = "", number: str = "", yes: bool = False) -> Iterator[Desk]:
    """Yield the account of a deployment. An error of Meta in the block becomes one line with the cure."""
    with cured(), reach(where, waba=waba) as reached:
        yield Desk(reached=reached, asked=number, is_agreed=yes)


def hidden(question: str) -> str:
    """Return what is typed without being shown. Raises StackError when nothing is."""
    try:
        typed = getpass.getpass(f"{question}: ").strip()
    except EOFError:
        typed = ""
    if not typed:
        raise StackError("nothing was changed, because nothing was typed")
    return typed


def six_digits(question: str) -> str:
    """Return six digits that are typed without being shown. Spaces and dashes between them do not count."""
    typed = hidden(question).replace("-", "").replace(" ", "")
    if len(typed) != 6 or not (typed.isascii() and typed.isdecimal()):
        raise StackError("nothing was changed: six digits are needed")
    return typed


def new_pin() -> str:
    """Return a new PIN, which is typed twice."""
    pin = six_digits("New PIN, six digits")
    if six_digits("Once more") != pin:
        raise StackError("nothing was changed: the two PINs differ")
    return pin


def check_length(what: str, text: str, limit: int) -> None:
    """Raise StackError when a text has more characters than Meta takes."""
    if len(text) > limit:
        raise StackError(f"{what} has {len(text)} characters; Meta takes {limit}")


def rows(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for line in lines:
        table.add_row(*map(terminal.plain, line))
    terminal.console().print(table)


def as_json(values: object) -> None:
    """Print values as JSON."""
    print(json.dumps(values, indent=2, default=_plain, ensure_ascii=False))


def _plain(value: Any) -> object:
    return dataclasses.asdict(value)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())
