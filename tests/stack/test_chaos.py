"""A small drill of `make chaos`. It does everything that the large one does, at a tenth of the size."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.chaos.plan import PARKING
from rejoinder.workbench.cli.chaos import drill, orders_of, table

pytestmark = [pytest.mark.stack, pytest.mark.slow]

# A drill is long because it waits for each contact's turns. So each contact has few messages here, a killed
# worker's message comes back after a minute, and the network recovers soon.
SMALL = orders_of(
    updates=200,
    contacts=100,
    seed=1,
    kills=2,
    wrong=None,
    files=None,
    visibility=60,
    calm=20.0,
    patience=1500.0,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder for a stack of its own, because the stack of the other tests would see the faults."""
    folder = tools.HOUSE / ".rejoinder" / f"chaos-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_under_fire_nothing_is_lost_and_nothing_happens_twice_or_out_of_order(folder: Path) -> None:
    report = drill(SMALL, folder)
    lines = "\n".join(table(report))
    assert report.is_right, lines
    # The faults did happen.
    assert (report.tally.sent, report.duplicates) == (200, 40)
    assert (report.tally.files_sent, report.tally.files_said) == (6, 10)
    assert {"sender", "processor"} <= {*report.killed}
    assert report.tally.put_back == len(PARKING)
    assert report.tally.unknown > 0
    assert report.tally.settled == report.tally.unknown
