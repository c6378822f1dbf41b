"""The ports of the last run. They are used again, because queue URLs and bookmarks contain them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rejoinder.workbench.called import below_make
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack import ports

NAME = "ports.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports of one run."""

    aws: int
    """The port of the local AWS."""

    simulator: int
    """The port of the simulator."""


def last(folder: Path) -> Ports | None:
    """Return the ports of the last run; None when there was none."""
    try:
        return Ports(**json.loads((folder / NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def choose(folder: Path, *, aws: int | None, simulator: int | None) -> Ports:
    """
    Return the ports asked for, else those of the last run, else free ones. They are stored for the next run.

    Raises StackError when a port that was asked for is in use.
    """
    before = last(folder)
    first = _port("aws-port", aws, before.aws if before else None, but=None)
    second = _port("sim-port", simulator, before.simulator if before else None, but=first)
    chosen = Ports(aws=first, simulator=second)
    (folder / NAME).write_text(json.dumps(asdict(chosen)))
    return chosen


def _port(name: str, asked: int | None, before: int | None, *, but: int | None) -> int:
    if asked is not None:
        if asked == but or not ports.is_free(asked):
            option = f"{name.upper().replace('-', '_')}=" if below_make() else f"--{name}"
            raise StackError(f"port {asked} is taken: choose another with {option}, or leave it out")
        return asked
    if before is not None and before != but and ports.is_free(before):
        return before
    return ports.any_free(but=but)
