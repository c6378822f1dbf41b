"""The script of a demo."""

from pathlib import Path

import pytest

from rejoinder.workbench.cli import demo
from rejoinder.workbench.cli.demo import Exchange
from rejoinder.workbench.stack import StackError
from tests.own_bots import DEPLOYED

SCRIPT = """# greeting
> hi
< Hello! [Hours]
> [Hours]
< Monday to Friday.

  And Saturday.
< Bye.
> thanks
"""


def test_a_script_is_what_is_said_and_what_is_to_come_of_it(tmp_path: Path) -> None:
    (tmp_path / "demo.chat").write_text(SCRIPT)
    assert demo.read(tmp_path / "demo.chat", "demo.chat") == [
        Exchange(said="hi", expected=["< Hello! [Hours]"]),
        Exchange(said="[Hours]", expected=["< Monday to Friday.\n\n  And Saturday.", "< Bye."]),
        Exchange(said="thanks", expected=[]),
    ]


@pytest.mark.parametrize("script", ["< Hello!\n", "hello\n", "> hi\n... 2 hours\n"])
def test_a_script_that_is_none_says_where(tmp_path: Path, script: str) -> None:
    (tmp_path / "demo.chat").write_text(script)
    with pytest.raises(StackError, match=r"^demo\.chat: "):
        demo.read(tmp_path / "demo.chat", "demo.chat")


def test_the_script_of_a_bot_can_be_read() -> None:
    assert demo.read(DEPLOYED / "demo.chat", "demo.chat")
