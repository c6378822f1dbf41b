"""The script of a demo."""

from pathlib import Path

import pytest

from rejoinder.workbench import development
from rejoinder.workbench.cli import demo
from rejoinder.workbench.cli.demo import Exchange
from rejoinder.workbench.cli.handset import Handset
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.telegram.api import BotApi
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


def test_a_button_that_was_taken_away_is_typed_and_another_one_is_tapped() -> None:
    """Telegram takes a keyboard away once it was tapped."""
    person, token = "7700002", development.TELEGRAM_BOT_TOKEN
    buttons = [[{"text": "Book", "callback_data": "b"}, {"text": "Hours", "callback_data": "h"}]]
    with Simulator() as simulator, BotApi(simulator.url, token) as api:
        handset = Handset(simulator.url, person, channel="telegram")
        handset.say("hi")
        sent = api.call(
            "sendMessage", chat_id=int(person), text="What?", reply_markup={"inline_keyboard": buttons}
        )
        played = demo._Played(handset, Path())
        played._say("[Book]")
        api.call("editMessageReplyMarkup", chat_id=int(person), message_id=sent["message_id"])
        played._say("[Hours]")
        shown = [str(message) for message in handset.shows()]
    assert shown == ["> hi", "< What?", "> [Book]", "> Hours"]


def test_the_script_of_a_bot_can_be_read() -> None:
    assert demo.read(DEPLOYED / "demo.chat", "demo.chat")
