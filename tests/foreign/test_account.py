"""Every call of an unmodified pywa for the account, its numbers, templates and Flows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.foreign.account import PAGE, REFUSED, calls, written
from tests.foreign.installed import python_command
from tests.foreign.running import SETTINGS, Running
from tests.unit.simulator.kit import SECOND_NUMBER


@pytest.mark.slow
def test_an_unmodified_pywa_manages_the_account() -> None:
    settings = replace(SETTINGS, unverified=(SECOND_NUMBER,))
    with Running(python_command("pywa_account"), settings) as running:
        running.say({"text": "hi"})  # only who wrote can be blocked
        running.send_everything()
        wrong = {name: told for name, told in running.sent.items() if "success" not in told}
        assert {name: told.get("code", 0) for name, told in wrong.items()} == {
            name: told["code"] for name, told in REFUSED.items()
        }, wrong
        assert list(running.sent) == calls()


def test_the_page_says_which_calls_work() -> None:
    page = PAGE.read_text()
    assert written(page) == page, "run: python -m tests.foreign.account"
