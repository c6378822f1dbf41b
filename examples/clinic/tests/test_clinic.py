"""Tests of the clinic's bot on phones in memory."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from rejoinder import Bot
from rejoinder.bot.loading import load_bot
from rejoinder.testing import Phone

FOLDER = Path(__file__).parents[1]
SUNDAY = datetime.fromisoformat("2031-06-01T12:00:00+02:00")
BOOKED = "< Booked: Dr. Silva, 05 June at 10:30.\n\n  We shall remind you the day before."
REMINDER = "< A word about tomorrow: Dr. Silva expects you at 10:30. Will you come? [Confirm] [Change]"
FREE = "< These times are free. Which one would you like?"


@pytest.fixture
def bot() -> Bot:
    return load_bot(FOLDER)


@pytest.fixture
def phone(bot: Bot) -> Phone:
    return known(bot)


def known(bot: Bot, name: str = "Ada", contact_id: str = "15550001111") -> Phone:
    """Return the phone of a contact who has chosen English, on Sunday 1 June 2031 at noon."""
    phone = Phone(bot, name=name, contact_id=contact_id, at=SUNDAY)
    phone.says("hi")
    phone.taps("English")
    return phone


def book(phone: Phone, day: str = "5.6.2031") -> list[str]:
    """Book Dr. Silva at half past ten."""
    for words in ("new appointment", "Dr. Silva", day, "10:30"):
        phone.says(words)
    return phone.taps("Yes, please")


# --- languages ----------------------------------------------------------------------------------------------


def test_what_rejoinder_says_by_itself_follows_the_language(phone: Phone) -> None:
    phone.says("Sprache")
    phone.taps("Deutsch")
    phone.says("neuer termin")
    assert phone.says("wem?")[0].startswith("< Das habe ich leider nicht verstanden.")
    assert phone.says("abbrechen") == ["< Abgebrochen."]


def test_the_language_may_be_changed_in_the_middle_of_a_talk(phone: Phone) -> None:
    phone.says("new appointment")
    phone.says("SPRACHE")
    assert phone.taps("Deutsch") == ["< Was können wir für Sie tun? [Neuer Termin] [Mein Termin] [Sprache]"]


def test_a_title_is_understood_in_any_language(phone: Phone) -> None:
    assert phone.says("mein termin") == ["< You have no appointment with us. [New appointment]"]


# --- booking ------------------------------------------------------------------------------------------------


def test_an_appointment_is_booked_and_known_afterwards(phone: Phone) -> None:
    assert book(phone) == [BOOKED]
    yours = ["< You will see Dr. Silva on Thursday, 05 June 2031 at 10:30. [Change]"]
    assert phone.says("my appointment") == yours
    assert phone.says("new appointment") == yours, "one at a time"
    phone.waits(days=5)
    assert phone.says("my appointment") == ["< You have no appointment with us. [New appointment]"]


@pytest.mark.parametrize("day", ["30.5.2031", "1.6.2031", "7.6.2031", "2019-12-24"])
def test_a_day_that_is_over_or_has_no_hours_is_asked_for_again(phone: Phone, day: str) -> None:
    phone.says("new appointment")
    phone.taps("Dr. Silva")
    assert "Monday to Friday" in phone.says(day)[0]
    assert phone.says("2.6.2031") == [f"{FREE} [09:00] [10:30] [14:00]"]


def test_a_day_that_was_to_come_when_the_talk_began_may_be_over_now(phone: Phone) -> None:
    phone.waits(hours=11, minutes=30)
    phone.says("new appointment")
    phone.taps("Dr. Silva")
    phone.waits(minutes=45)
    assert "Monday to Friday" in phone.says("2.6.2031")[0]


def test_a_time_that_is_taken_is_not_offered(bot: Bot, phone: Phone) -> None:
    book(phone)
    other = known(bot, name="Bob", contact_id="15550002222")
    for words in ("new appointment", "Dr. Silva"):
        other.says(words)
    assert other.says("5.6.2031") == [f"{FREE} [09:00] [14:00]"]


def test_whoever_is_slower_looks_for_another_time(bot: Bot, phone: Phone) -> None:
    other = known(bot, name="Bob", contact_id="15550002222")
    for words in ("hello", "new appointment", "Dr. Silva", "5.6.2031", "10:30"):
        other.says(words)
    book(phone)
    assert other.taps("Yes, please")[0].startswith("< I am sorry, somebody was quicker.")


def test_a_full_day_is_said_to_be_full(bot: Bot) -> None:
    for number, time in enumerate(("09:00", "10:30", "14:00")):
        phone = known(bot, contact_id=f"1555000333{number}")
        for words in ("new appointment", "Dr. Silva", "5.6.2031", time, "yes, please"):
            phone.says(words)
    last = known(bot)
    for words in ("new appointment", "Dr. Silva"):
        last.says(words)
    assert last.says("5.6.2031")[0].startswith("< That day is full already.")


def test_an_hour_of_silence_ends_the_talk_and_books_nothing(phone: Phone) -> None:
    for words in ("new appointment", "Dr. Silva", "5.6.2031", "10:30"):
        phone.says(words)
    assert phone.waits(hours=1) == ["< Let us leave it there; nothing was changed. Do write again!"]
    assert "no appointment" in phone.says("my appointment")[0]


# --- the day before -----------------------------------------------------------------------------------------


def test_the_reminder_comes_the_day_before_as_a_template(phone: Phone) -> None:
    book(phone)
    assert phone.waits(days=2, hours=20, minutes=59) == []
    (reminder,) = phone.waits(minutes=1)
    assert reminder.endswith("your appointment on 05.06.2031, 10:30. See you then! [Confirm] [Change]")
    assert phone.taps("Confirm") == ["< Thank you. See you at 10:30!"]
    assert phone.waits(days=7) == []


def test_it_comes_in_words_when_they_wrote_within_a_day(phone: Phone) -> None:
    book(phone)
    phone.waits(days=2)
    phone.says("hello")
    assert phone.waits(hours=21) == [REMINDER]
    assert phone.taps("Confirm") == ["< Thank you. See you at 10:30!"]


def test_it_comes_in_german(phone: Phone) -> None:
    phone.says("language")
    phone.taps("Deutsch")
    for words in ("neuer termin", "dr. silva", "3.6.2031", "10:30", "ja, bitte"):
        phone.says(words)
    assert phone.waits(hours=21) == [
        "< Morgen um 10:30 Uhr haben Sie einen Termin bei Dr. Silva. Kommen Sie? [Bestätigen] [Ändern]"
    ]
    assert phone.taps("Bestätigen") == ["< Danke. Bis um 10:30 Uhr!"]


def test_the_template_comes_in_german_too(phone: Phone) -> None:
    phone.says("language")
    phone.taps("Deutsch")
    for words in ("neuer termin", "dr. silva", "5.6.2031", "10:30", "ja, bitte"):
        phone.says(words)
    (reminder,) = phone.waits(days=2, hours=21)
    assert reminder.startswith("< (template appointment_reminder de) Guten Tag Ada, wir erinnern Sie")
    assert phone.taps("Bestätigen") == ["< Danke. Bis um 10:30 Uhr!"]


@pytest.mark.parametrize("day", ["2.6.2031", "3.6.2033"])
def test_for_tomorrow_or_years_ahead_there_is_none(phone: Phone, day: str) -> None:
    assert "remind" not in book(phone, day)[0]
    assert phone.waits(days=800) == []


def test_for_what_was_cancelled_there_is_none(phone: Phone) -> None:
    book(phone)
    phone.says("change")
    assert phone.taps("Cancel it") == ["< Your appointment is cancelled. Thank you for telling us."]
    assert phone.waits(days=7) == []
    assert phone.says("confirm") == ["< You have no appointment with us. [New appointment]"]


def test_who_cancels_and_books_the_same_again_is_reminded_once(phone: Phone) -> None:
    book(phone)
    phone.says("change")
    phone.taps("Cancel it")
    assert book(phone) == [BOOKED]
    assert len(phone.waits(days=7)) == 1


def moves(phone: Phone) -> None:
    """Begin to move the appointment, until the bot shows the free times."""
    phone.says("change")
    doctors = "[Dr. Okafor] [Dr. Lindner] [Dr. Silva]"
    assert phone.taps("Another time") == [f"< Whom would you like to see? {doctors}"]
    phone.taps("Dr. Silva")
    assert phone.says("5.6.2031") == [f"{FREE} [09:00] [14:00]"]


def test_who_moves_an_appointment_has_one_and_is_reminded_once(bot: Bot, phone: Phone) -> None:
    book(phone)
    moves(phone)
    phone.taps("14:00")
    assert phone.taps("Yes, please")[0].startswith("< Booked: Dr. Silva, 05 June at 14:00.")
    assert book(known(bot, contact_id="15550002222")) == [BOOKED], "the former time is free"
    assert len(phone.waits(days=7)) == 1


def test_who_falls_silent_over_another_time_keeps_the_one_they_have(phone: Phone) -> None:
    book(phone)
    moves(phone)
    assert phone.waits(hours=1) == ["< Let us leave it there; nothing was changed. Do write again!"]
    assert "Dr. Silva on Thursday, 05 June" in phone.says("my appointment")[0]
    assert len(phone.waits(days=7)) == 1


def test_who_keeps_it_is_told_so(phone: Phone) -> None:
    book(phone)
    phone.says("change")
    assert phone.taps("Keep it")[0].startswith("< You will see Dr. Silva")


# --- what may go wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["after step", "after commit"])
def test_a_machine_that_stops_over_the_booking_books_once(
    phone: Phone, point: Literal["after step", "after commit"]
) -> None:
    for words in ("new appointment", "Dr. Silva", "5.6.2031", "10:30"):
        phone.says(words)
    phone.crashes(point)
    assert phone.taps("Yes, please") == [BOOKED], "and not that somebody was quicker: itself"
    assert len(phone.waits(days=7)) == 1, "one reminder"


def test_a_new_deployment_in_the_middle_of_a_talk_is_not_noticed(phone: Phone) -> None:
    for words in ("new appointment", "Dr. Silva", "5.6.2031"):
        phone.says(words)
    phone.redeploys(load_bot(FOLDER))
    phone.taps("10:30")
    assert phone.taps("Yes, please") == [BOOKED]
