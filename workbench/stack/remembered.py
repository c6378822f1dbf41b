"""The ports of the last run, to take again: queue URLs and bookmarks hold them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.stack import ports
from workbench.stack.errors import StackError

NAME = "ports.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Of the local AWS and of the simulator."""

    aws: int
    simulator: int


def last(folder: Path) -> Ports | None:
    """What the last run used; None when there was none."""
    try:
        return Ports(**json.loads((folder / NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def choose(folder: Path, *, aws: int | None, simulator: int | None) -> Ports:
    """
    The ports asked for, else those of the last run, else free ones; noted for the next run.

    StackError when one that was asked for is taken.
    """
    before = last(folder)
    first = _port("AWS_PORT", aws, before.aws if before else None, but=None)
    second = _port("SIM_PORT", simulator, before.simulator if before else None, but=first)
    chosen = Ports(aws=first, simulator=second)
    (folder / NAME).write_text(json.dumps(asdict(chosen)))
    return chosen


def _port(name: str, asked: int | None, before: int | None, *, but: int | None) -> int:
    if asked is not None:
        if asked == but or not ports.is_free(asked):
            raise StackError(f"port {asked} is taken: choose another with {name}=, or leave {name} out")
        return asked
    if before is not None and before != but and ports.is_free(before):
        return before
    return ports.any_free(but=but)
