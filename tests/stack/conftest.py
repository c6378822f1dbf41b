"""The deployed stack: brought up once per run, in a folder of its own beside a developer's."""

import os
import shutil
from collections.abc import Iterator

import pytest

from workbench import tools
from workbench.stack import LocalStack, up


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """Everything on the local AWS, with the bot of `bot/`; empty at first, and gone afterwards."""
    folder = tools.ROOT / ".rejoinder" / f"test-{os.getpid()}"
    try:
        with up(tools.ROOT, folder=folder, quiet=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
