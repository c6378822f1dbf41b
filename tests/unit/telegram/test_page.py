"""docs/telegram.md shows both networks as the code of both channels is."""

from typing import get_args

from rejoinder.model.said import OutboundContent
from tests.networks.page import PAGE, page
from tests.networks.samples import SAMPLES


def test_the_tables_of_both_networks_are_those_of_the_code() -> None:
    """Whoever changes a channel runs `python -m tests.networks`."""
    assert PAGE.read_text() == page(PAGE.read_text())


def test_the_tables_have_everything_that_a_bot_may_say_once() -> None:
    assert sorted(map(str, map(type, SAMPLES))) == sorted(map(str, get_args(OutboundContent)))
