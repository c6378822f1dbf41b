"""The deployed stack. It is started once per run, in a folder of its own beside a developer's."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, up
from tests.own_bots import DEPLOYED

LONGEST = ("test_upgrade.py", "test_chaos.py", "test_installed.py")
"""The files that take minutes. Others fill the time beside them, if they begin first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    items.sort(key=lambda item: not (item.path.parent == here and item.path.name in LONGEST))


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """Start everything on the local AWS, with a bot of our own. It is empty, and removed afterwards."""
    folder = tools.HOUSE / ".rejoinder" / f"test-{os.getpid()}"
    try:
        with up(Project.find(tools.HOUSE, DEPLOYED), folder=folder, quiet=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return the folder of a test that starts and stops a stack of its own. It is removed afterwards."""
    path = tools.HOUSE / ".rejoinder" / f"test-{os.getpid()}-{request.node.name.partition('[')[0][:40]}"
    yield path
    shutil.rmtree(path, ignore_errors=True)
