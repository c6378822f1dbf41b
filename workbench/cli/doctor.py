"""`rejoinder doctor`: shows how well each point of a deployment is, and what mends it."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from rejoinder.workbench.deployment.deployed import Where, deployed, local_stack
from rejoinder.workbench.doctor.examine import CHECKS, examine
from rejoinder.workbench.doctor.facts import Patient
from rejoinder.workbench.doctor.finding import FINE, Finding, Level, Point, bad
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.terminal import console, plain

Examined = Sequence[tuple[Point[Any], Finding]]

WORDS = {
    Level.GOOD: ("ok", "green"),
    Level.NOTICE: ("look", "yellow"),
    Level.BAD: ("WRONG", "red"),
    Level.UNKNOWN: ("unknown", "yellow"),
    Level.SKIPPED: ("skipped", "dim"),
}
"""The word and the colour of each level."""


def main(where: Where, *, waba: str = "", as_json: bool = False) -> int:
    """Look at a deployment. Return 0 when nothing is to be done, 1 otherwise."""
    if not as_json and (where.env or where.stack):
        print("looking; CloudFormation may need a minute …", file=sys.stderr)
    examined = look(where, waba)
    if as_json:
        print(json.dumps(as_objects(examined), indent=2))
    else:
        show(examined)
        if any("`rejoinder " in finding.cure for _, finding in examined) and (
            options := _options(where, waba)
        ):
            print(f"  Give these commands {options}, too.")
    return 0 if is_well(examined) else 1


def look(where: Where, waba: str = "") -> Examined:
    """Look at a deployment. That it cannot be found is a finding, too."""
    is_local = not (where.env or where.stack)
    try:
        with deployed(where) as place:
            bot = Path(local_stack().bot) if is_local else _bot()
            return examine(Patient(place=place, is_local=is_local, bot=bot, waba=waba))
    except StackError as error:
        stack = next(check for check in CHECKS if check.name == "stack")
        return [(stack, bad(str(error), "then run `rejoinder doctor` again"))]


def _options(where: Where, waba: str) -> str:
    """Return the options that name the deployment, for the commands that mend it."""
    named = {"env": where.env, "stack": where.stack, "profile": where.profile, "waba": waba}
    return " ".join(f"--{name} {value}" for name, value in named.items() if value)


def _bot() -> Path | None:
    try:
        return Project.find(Path.cwd()).bot
    except StackError:
        return None


def is_well(examined: Examined) -> bool:
    """Whether nothing is to be done."""
    return all(finding.level in FINE for _, finding in examined)


def as_objects(examined: Examined) -> list[dict[str, str]]:
    """Return what was found, for other programs."""
    return [
        {"check": check.name, "level": finding.level.value, "what": finding.what, "cure": finding.cure}
        for check, finding in examined
    ]


def show(examined: Examined) -> None:
    """Print what was found: a line for each point, then what mends it, then how many are well."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check, finding in examined:
        word, style = WORDS[finding.level]
        table.add_row(plain(f"  {word}", style), plain(check.title), plain(finding.what))
        if finding.cure:
            table.add_row("", "", plain(f"-> {finding.cure}", "bold"))
    console().print(table)
    print(f"\n  {summary(examined)}")


def summary(examined: Examined) -> str:
    """Return how many points are at each level, as a sentence."""
    counts = [(level, sum(finding.level is level for _, finding in examined)) for level in Level]
    told = ", ".join(f"{count} {WORDS[level][0]}" for level, count in counts if count)
    return f"{told}. {'All is well.' if is_well(examined) else 'Something is to be done.'}"
