"""`rejoinder understand`: an author sees what the intents make of some words."""

import json
from pathlib import Path

import pytest

from rejoinder import Bot, Intent
from rejoinder.workbench.cli import understand
from rejoinder.workbench.stack import StackError
from tests.own_bots import INTENTS

ORDER = Intent(name="order", examples=["where is my order 1001"], slots={"number": "[0-9]{4}"})
HOURS = Intent(name="hours", examples=["when are you open"])


def bot() -> Bot:
    bot = Bot()
    bot.on("hours", HOURS)(lambda chat: chat.say("9 to 17"))
    bot.on(ORDER)(lambda chat: chat.say("on its way"))
    return bot


def test_every_intent_is_shown_with_its_score_and_the_one_that_wins() -> None:
    assert list(understand.report("where is my order 4711", bot())) == [
        "1.00  order",
        "0.00  hours",
        "order takes them: the least score is 0.70, number = 4711",
    ]


def test_what_no_intent_takes_is_said_to_be_taken_by_none() -> None:
    *_, last = understand.report("do not send my order", bot())
    assert last == "no intent takes them: the least score is 0.70"


def test_words_of_a_handler_are_not_asked_for() -> None:
    *_, last = understand.report("hours please", bot())
    assert last == "a handler of these very words takes them: the intents are not asked"


def test_the_bot_of_a_folder_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert understand.main(INTENTS, "where is my order 1001?", as_json=False) == 0
    assert "order takes them" in capsys.readouterr().out


def test_the_scores_are_there_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert understand.main(INTENTS, "where is my order 1001?", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["order"] > 0.9


@pytest.mark.parametrize("words", ["", "\u200b"])
def test_without_words_the_command_says_how_to_give_them(words: str) -> None:
    with pytest.raises(StackError, match="say what a contact may write"):
        understand.main(INTENTS, words, as_json=False)


def test_a_bot_without_intents_and_a_folder_without_a_bot_are_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no intent"):
        list(understand.report("hi", Bot()))
    with pytest.raises(StackError, match=r"no bot\.py"):
        understand.main(tmp_path, "hi", as_json=False)
