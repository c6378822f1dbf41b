"""A small drill of `make chaos`: everything it does, at a tenth of the size."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import tools
from workbench.cli.chaos import drill, read, table

pytestmark = [pytest.mark.stack, pytest.mark.slow]

# What makes a drill long is waiting, contact by contact: so few messages for each contact, a killed worker's
# message back after a minute, and a network that recovers.
SMALL = "--updates 200 --contacts 100 --kills 2 --visibility 60 --calm 20 --patience 600"


@pytest.fixture
def folder() -> Iterator[Path]:
    """For a stack of its own: the other tests' stack would see the faults."""
    folder = tools.ROOT / ".rejoinder" / f"chaos-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_under_fire_nothing_is_lost_and_nothing_happens_twice_or_out_of_order(folder: Path) -> None:
    report = drill(read(SMALL.split()), folder)
    lines = "\n".join(table(report))
    assert report.is_right, lines
    # The fire was real.
    assert (report.tally.sent, report.duplicates, len(report.killed)) == (200, 40, 2)
    assert report.tally.unknown > 0
    assert report.tally.settled == report.tally.unknown
