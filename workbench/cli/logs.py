"""`rejoinder logs`: prints what the functions of a deployment log, in the order of time."""

import json
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import typer
from botocore.exceptions import BotoCoreError
from rich.console import Console

from rejoinder.workbench.called import called
from rejoinder.workbench.deployment.deployed import Where, deployed, local_stack
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack.logs import Entry, GroupReader, LogReader
from rejoinder.workbench.terminal import console, plain

RANKS = {"TRACE": -1, "DEBUG": 0, "INFO": 1, "WARN": 2, "WARNING": 2, "ERROR": 3, "CRITICAL": 4, "FATAL": 4}
STYLES = {2: "yellow", 3: "red", 4: "bold red"}

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

POLL_SECONDS = 2.0
"""The pause between two looks on AWS. FilterLogEvents allows a few requests a second for a whole account."""

LOCAL_POLL_SECONDS = 0.3

HELD_SECONDS = 5.0
"""How long a line waits for earlier ones of other functions, which CloudWatch shows later."""

LOCAL_HELD_SECONDS = 1.0


class Reader(Protocol):
    """Reads new records."""

    def read(self) -> list[Entry]:
        """Return the records that came since the last call."""
        ...


def duration(text: str) -> timedelta:
    """Return a duration that is written as `30s`, `10m`, `2h` or `1d`."""
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in UNITS:
        raise typer.BadParameter(f"a duration is a number and one of s, m, h or d, such as 10m, not {text!r}")
    return timedelta(seconds=int(number) * UNITS[unit])


def main(
    where: Where,
    *,
    since: timedelta = timedelta(minutes=10),
    follow: bool = True,
    functions: Collection[str] = (),
    level: str = "DEBUG",
    as_json: bool = False,
) -> int:
    """Print the records of the last time, and with `follow` the new ones until Ctrl-C."""
    printer = Printer(console=console(), level=level, functions={*functions}, as_json=as_json)
    since_ms = int((datetime.now(UTC) - since).timestamp() * 1000)
    if not (where.env or where.stack):
        stack = local_stack()
        try:
            reader = LogReader(stack, since_ms=since_ms)
            _print(reader, printer, follow=follow, poll=LOCAL_POLL_SECONDS, held=LOCAL_HELD_SECONDS)
        except (BotoCoreError, OSError):
            raise StackError(f"the local AWS has ended: start it with `{called('run')}`") from None
        return 0
    with deployed(where) as place:
        chosen = {name: real for name, real in place.functions.items() if not functions or name in functions}
        on_aws = GroupReader(place.client("logs"), chosen, since_ms=since_ms)
        _print(on_aws, printer, follow=follow, poll=POLL_SECONDS, held=HELD_SECONDS)
    return 0


def _print(reader: Reader, printer: "Printer", *, follow: bool, poll: float, held: float) -> None:
    in_order = InOrder(seconds=held)
    try:
        with console(stderr=True).status("reading the logs"):
            in_order.add(reader.read())
        while follow:
            printer.print(in_order.ready(datetime.now(UTC)))
            time.sleep(poll)
            in_order.add(reader.read())
    finally:
        printer.print(in_order.rest())


@dataclass(slots=True, kw_only=True)
class InOrder:
    """Holds records for some seconds, so that those of several functions come in the order of time.

    What comes later than that is given at once, out of its order.
    """

    seconds: float
    _held: list[Entry] = field(default_factory=list)

    def add(self, entries: Iterable[Entry]) -> None:
        """Take new records."""
        self._held = sorted([*self._held, *entries], key=lambda entry: entry.at)

    def ready(self, now: datetime) -> list[Entry]:
        """Return the records that nobody has to wait for any more."""
        until = now - timedelta(seconds=self.seconds)
        ready = [entry for entry in self._held if entry.at <= until]
        self._held = self._held[len(ready) :]
        return ready

    def rest(self) -> list[Entry]:
        """Return all that is still held."""
        rest, self._held = self._held, []
        return rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """Prints the records that a person wants to see."""

    console: Console
    level: str
    functions: Collection[str]
    as_json: bool

    def print(self, entries: Iterable[Entry]) -> None:
        """Print the records, one line each; as JSON with all that they say."""
        for entry in filter(self._wants, entries):
            if self.as_json:
                self.console.print(plain(_json(entry)))
            else:
                self.console.print(plain(str(entry), STYLES.get(_rank(entry.level), "")))
        self.console.file.flush()

    def _wants(self, entry: Entry) -> bool:
        return _rank(entry.level) >= _rank(self.level) and (
            not self.functions or entry.function in self.functions
        )


def _rank(level: str) -> int:
    return RANKS.get(level.upper(), RANKS["INFO"])


def _json(entry: Entry) -> str:
    own = {"function": entry.function, "at": entry.at.isoformat(), "level": entry.level}
    return json.dumps({**own, **entry.fields, "message": entry.message})
