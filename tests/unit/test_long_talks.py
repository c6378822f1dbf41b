"""What a talk keeps has one limit. It is the contact who meets it, not the bot."""

import json
import sys
from dataclasses import replace
from enum import Enum, StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder import Chat, NoAnswer, Text
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.model.room import at_most, size_of
from rejoinder.model.talk import Answered, Asked, Entry, Journal, StepDone
from tests.unit.production import SORRY, TOO_LONG, Production
from tests.unit.test_steps import bot_of
from tests.unit.test_stored import TALK


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


# --- what a turn of a long talk costs -----------------------------------------------------------------------


def stored(entries: str) -> str:
    """Return a journal as it is stored, with these entries."""
    head, data, _ = dump_talk(TALK).split("\n")
    return f'{head}\n{data}\n"entries": [{entries}]}}'


def test_entries_that_were_read_are_written_again_as_they_were() -> None:
    odd = '["answered",   "str", 1.5,     "Ada"]'
    asked = dump_talk(replace(TALK, entries=(Asked(name="str"),))).partition('"entries": [')[2][:-2]
    talk = read_talk(stored(f"{odd},\r{odd},\r{asked}"))
    assert isinstance(talk, Journal)
    answered = Answered(name="str", content=Text(body="Bob"), at=2.0)
    longer = replace(talk, entries=(*talk.entries[:-1], answered, talk.asked))
    written = dump_talk(longer)
    assert written.count(odd) == 2
    assert read_talk(written) == longer
    shorter = replace(talk, entries=(answered, talk.asked))
    assert odd not in dump_talk(shorter), "they are not the first entries of this talk"
    assert read_talk(dump_talk(shorter)) == shorter


def test_a_journal_without_our_lines_is_read_as_well() -> None:
    text = json.dumps(json.loads(dump_talk(TALK)))
    assert read_talk(text) == TALK == read_talk(dump_talk(TALK))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_journal_with_a_broken_text_is_read_and_raises_nothing(data: st.DataObject) -> None:
    text = dump_talk(TALK)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(['"', ",", "\r", "\n", "{", "]", "\\", "1", ""]))
    read_talk(text[:place] + other + text[place + 1 :])


@given(st.lists(st.sampled_from(TALK.entries), max_size=8), st.text(max_size=50))
def test_entries_that_are_not_measured_are_no_longer_than_is_thought(
    entries: list[Entry], words: str
) -> None:
    answered = Answered(name="str", content=Text(body=words), at=1.5, value=json.dumps(words))
    step = StepDone(name="s", result=json.dumps(words), arguments="a" * 26, key="k" * 26)
    some = replace(TALK, entries=(*entries, answered, step, TALK.asked))
    read = read_talk(dump_talk(some))
    assert isinstance(read, Journal)
    assert read.read.entries == some.entries[:-1]
    none = replace(TALK, entries=())
    measured = size_of(replace(none, entries=read.read.entries)) - size_of(none)
    assert measured <= at_most(read.read)


def calls_in_turn(asks: int) -> int:
    """Return how many functions are called by a turn that takes one more answer after so many."""

    def talk(chat: Chat) -> None:
        for number in range(1_000):
            chat.ask(f"Question {number}?")

    phone = Production(bot_of(talk))
    for _ in range(asks + 1):
        phone.says("yes")
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        phone.says("yes")
    finally:
        sys.setprofile(None)
    return calls


def test_what_a_turn_does_again_for_an_answer_is_little() -> None:
    few, many = calls_in_turn(20), calls_in_turn(120)
    assert (many - few) / 100 <= 18


class Colour(StrEnum):
    RED = "red"
    BLUE = " blue "


class Size(Enum):
    SMALL = "Small"
    LARGE = "A  large one"


@pytest.mark.parametrize(
    ("choices", "said", "value"),
    [
        ([Colour.RED, Colour.BLUE], "red", Colour.RED),
        ([Colour.RED, Colour.BLUE], "blue", Colour.BLUE),
        (["red", " blue "], "blue", " blue "),
        (("red", "blue"), "blue", "blue"),
        ({"red": None, "blue": 0}, "red", None),
        ({"red": None, "blue": 0}, "blue", 0),
        ({" red ": 1, "blue": 2}, "red", 1),
        (Size, "small", Size.SMALL),
        (Size, "a large one", Size.LARGE),
        (Colour, "blue", Colour.BLUE),
    ],
)
def test_a_choice_is_the_same_value_again(choices: Any, said: str, value: object) -> None:
    seen: list[object] = []

    def talk(chat: Chat) -> None:
        seen.append(chat.ask("Which?", choices))
        chat.ask("Sure?")

    phone = Production(bot_of(talk))
    for words in ("x", said, "yes"):
        phone.says(words)
    assert [(type(one), one) for one in seen] == [(type(value), value)] * 2
