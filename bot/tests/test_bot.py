"""Tests of the bot on a phone in memory. The .chat files here and demo.chat are tests too."""

import pytest
from rejoinder.testing import Phone


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


def test_a_day_later_the_reminder_is_a_template_where_the_window_is_closed(phone: Phone) -> None:
    for words in ("hi", "book", "tomorrow", "4"):
        phone.says(words)
    (reminder,) = phone.waits(days=1)
    if phone.channel == "telegram":  # there is no service window
        assert reminder == "< See you soon! Your table for 4 is waiting."
        return
    assert reminder.startswith("< (template appointment_reminder en) Hello Ada, this is a reminder of your ")
    assert reminder.endswith("day. See you then! [Confirm] [Change]")
    assert phone.taps("Confirm") == ["< Thank you. See you then!"]
    assert phone.taps("Change") == ["< Which day? [Today] [Tomorrow]"]


def test_three_answers_that_do_not_fit_book_nothing(phone: Phone) -> None:
    for words in ("hi", "book", "perhaps", "later"):
        phone.says(words)
    assert phone.says("never") == ["< I have not booked anything. [Book a table]"]
