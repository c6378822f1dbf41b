"""The bot, tried out on a phone held in memory."""

from pathlib import Path

import pytest

from rejoinder.loading import load_bot
from rejoinder.testing import Phone
from rejoinder.transcript import read

FOLDER = Path(__file__).parents[1]


@pytest.fixture
def phone() -> Phone:
    return Phone(load_bot(FOLDER), name="Demo")


def test_the_demo_goes_as_written(phone: Phone) -> None:
    written = read((FOLDER / "demo.chat").read_text().splitlines())
    for line in (line.removeprefix("> ") for line in written if line.startswith(">")):
        if line.startswith("["):
            phone.taps(line.strip("[]"))
        else:
            phone.says(line)
    assert phone.transcript == "\n".join(written)


@pytest.mark.parametrize("words", ["HOURS", "opening hours", " Hours "])
def test_hours_in_any_spelling(phone: Phone, words: str) -> None:
    phone.says("hi")
    assert "9 to 17" in phone.says(words)[0]


def test_the_count_is_kept(phone: Phone) -> None:
    phone.says("hi")
    assert [phone.says("count me") for _ in range(3)] == [
        ["< That makes 1."],
        ["< That makes 2."],
        ["< That makes 3."],
    ]
