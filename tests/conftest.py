"""What all tests share."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.log_scanner import pytest_configure

__all__ = ["pytest_configure"]

# A machine with other work takes long now and then. No test is about time.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

BOT = Path(__file__).parents[1] / "bot"

# Commands say "make run" below make. The tests are of those that an author types.
os.environ.pop("MAKELEVEL", None)

# A shell that starts us in the background (as some CI does) makes us ignore Ctrl-C. Each program that a test
# starts and interrupts would ignore it too. With a handler of our own, programs begin with the default again.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a warning in a test of `bot/` be no error: those tests are the author's, and so are their rules."""
    for item in items:
        if item.path.is_relative_to(BOT):
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Put loggers back after a test that started a function: a function sets them up for its process."""
    loggers = [
        logging.getLogger(name) for name in ("rejoinder", "botocore", "boto3", "urllib3", "s3transfer")
    ]
    before = [(logger, list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    root_level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(root_level)
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
