"""The deployed stack. It is started once per run, in a folder of its own beside a developer's."""

import os
import shutil
from collections.abc import Iterator

import pytest

from workbench import tools
from workbench.stack import LocalStack, up


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """Start everything on the local AWS, with the bot of `bot/`. It is empty, and removed afterwards."""
    folder = tools.ROOT / ".rejoinder" / f"test-{os.getpid()}"
    try:
        with up(tools.ROOT, folder=folder, quiet=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
