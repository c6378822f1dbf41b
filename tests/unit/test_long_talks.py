"""What a talk keeps has one limit. It is the contact who meets it, not the bot."""

from dataclasses import replace

import pytest

from rejoinder import Chat, NoAnswer
from tests.unit.production import SORRY, TOO_LONG, Production
from tests.unit.test_steps import bot_of


@pytest.mark.parametrize(
    "words", ["ض" * 11_000, "क" * 65_536, "😀" * 65_536, "\ud83d" * 65_536, '"\n' * 32_768]
)
def test_long_words_are_the_limit_of_the_contact(words: str) -> None:
    def talk(chat: Chat) -> None:
        chat.data["big"] = "x" * 65_000
        for number in range(4):
            try:
                chat.ask(f"{number}?", int if number == 1 else str)
            except NoAnswer:
                chat.say("Never mind.")
        chat.say("End.")

    phone = Production(bot_of(talk))
    answers = [phone.says(words) for _ in range(13)]
    while answers[-1] != ["< End."]:
        answers.append(phone.says("1"))
        assert len(answers) < 20
    assert SORRY not in answers
    assert phone.says("x") == ["< 0?"]
    assert [phone.says("x" * 33_000), phone.says("x" * 30_000)] == [TOO_LONG, ["< 1?"]]


def test_after_long_answers_shorter_ones_still_fit() -> None:
    def talk(chat: Chat) -> None:
        while True:
            chat.ask("Go on.")

    phone = Production(bot_of(talk))
    phone.says("x" * 65_536)
    for length in range(15, 11, -1):
        for _ in range(2):
            phone.says("x" * 2**length)
    assert [phone.says("x" * 500) for _ in range(6)] == [["< Go on."]] * 6


def test_a_contact_cannot_fill_a_talk_so_that_the_bot_fails() -> None:
    def talk(chat: Chat) -> None:
        while True:
            chat.ask("Go on.")

    phone = Production(bot_of(talk))
    phone.says("x" * 65_536)
    for length in range(15, 4, -1):
        for _ in range(2):
            assert phone.says("x" * 2**length) != SORRY
    assert phone.says("yes") == ["< Go on."]


@pytest.mark.parametrize("wanted", [str, ["Yes", "No", "I do not know"]])
def test_a_loop_of_1_000_questions_works(wanted: object) -> None:
    def talk(chat: Chat) -> None:
        for number in range(1_000):
            chat.say(f"Round {number}.")
            chat.step(len, str(number))
            chat.ask("Go on?", wanted)  # type: ignore[call-overload]
        chat.say("End.")

    phone = Production(bot_of(talk))
    phone.says("x")
    for _ in range(20):
        phone.says("yes")
    said, step, answered = phone.talk.entries[:3]
    asked = phone.talk.entries[-3:]
    phone.reads_as(replace(phone.talk, entries=(said, step, answered) * 998 + asked))
    assert "Round 999." in phone.says("yes")[0]
    assert phone.says("yes") == ["< End."]
