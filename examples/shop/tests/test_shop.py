"""Tests of the shop's bot on a phone in memory, with the real orders.py behind it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import requests
from rejoinder import Image
from rejoinder.bot.loading import load_bot
from rejoinder.testing import Phone

FOLDER = Path(__file__).parents[1]
ASKED = "< What is the number of your order? It has four digits."
SORRY = "< I am sorry, I cannot reach our system right now. Please try again in a few minutes."
PHOTO = Image(media_id="photo-1")


@pytest.fixture
def server() -> Iterator[str]:
    """Yield the address of orders.py, which runs on a free port."""
    command = [sys.executable, str(FOLDER / "orders.py"), "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout
        yield running.stdout.readline().strip()
        running.terminate()


@pytest.fixture
def phone(server: str, monkeypatch: pytest.MonkeyPatch) -> Phone:
    monkeypatch.setenv("SHOP_SYSTEM", server)
    return Phone(load_bot(FOLDER), name="Ada")


@pytest.fixture
def lonely(monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Return a phone whose bot cannot reach the shop's system."""
    monkeypatch.setenv("SHOP_SYSTEM", "http://127.0.0.1:1")
    return Phone(load_bot(FOLDER), name="Ada")


def tasks(server: str) -> list[str]:
    """Return the tasks of the shop's people."""
    listed: list[str] = requests.get(f"{server}/tasks", timeout=3).json()
    return listed


# --- orders -------------------------------------------------------------------------------------------------


def test_an_order_is_looked_up(phone: Phone) -> None:
    phone.says("hi")
    assert phone.taps("Where is my order?") == [ASKED]
    assert phone.says("what?") == ["< Four digits, please, such as 1001."]
    assert phone.says("it is 1001") == ["< Your order 1001 is on its way to you. [Talk to a person]"]


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("1002", "< Your order 1002 is being packed."),
        ("4004", "< I cannot find an order 4004. Is it the number in our letter to you?"),
        ("5000", SORRY),
        pytest.param("6000", SORRY, marks=pytest.mark.slow),
    ],
    ids=["found", "unknown", "broken", "too slow"],
)
def test_whatever_the_system_does_there_is_an_answer(phone: Phone, number: str, answer: str) -> None:
    assert phone.says(f"where is my order {number}?") == [f"{answer} [Talk to a person]"]


def test_when_nobody_is_there_it_says_so(lonely: Phone) -> None:
    assert lonely.says("Where's my order 1001?") == [f"{SORRY} [Talk to a person]"]


def test_a_new_deployment_in_the_middle_of_a_talk_is_not_noticed(phone: Phone) -> None:
    phone.says("order")
    phone.redeploys(load_bot(FOLDER))
    assert phone.says("1003") == ["< Your order 1003 is waiting for your payment. [Talk to a person]"]


# --- wishes in their own words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("Hello, where is my order please?", ASKED),
        ("has my order been sent", ASKED),
        ("I would like to send my order 1001 back", "< I am sorry to hear that."),
        ("When are you open?", "< We are open"),
        ("what are your openning hours", "< We are open"),
        ("can I talk to a person", "< One of us will call you."),
        ("Which teas do you have?", "< Which one shall I tell you about?"),
        ("The moon is round", "< Welcome to the tea shop!"),
    ],
)
def test_a_wish_is_understood_however_it_is_worded(lonely: Phone, words: str, begins: str) -> None:
    assert lonely.says(words)[0].startswith(begins)


# --- returns ------------------------------------------------------------------------------------------------


def test_a_return_is_passed_on_with_its_photo(phone: Phone, server: str) -> None:
    phone.says("I want to send my order 1001 back")
    assert phone.taps("Not what I ordered") == ["< Please send me a photo."]
    assert phone.says("I have none") == ["< I need a photo."]
    assert phone.sends(PHOTO) == ["< Thank you. You will hear from us within a day."]
    assert tasks(server) == ["return of 1001: Not what I ordered, photo photo-1"]


def test_who_sends_no_photo_in_time_may_begin_again(phone: Phone, server: str) -> None:
    phone.says("I want to send my order 1001 back")
    phone.taps("It is damaged")
    assert phone.waits(hours=12) == ["< Without a photo I cannot go on. Write “return” when you have one."]
    assert tasks(server) == []


@pytest.mark.parametrize("point", ["after step", "after commit"])
def test_a_machine_that_stops_over_a_return_passes_it_on_once(
    phone: Phone, server: str, point: Literal["after step", "after commit"]
) -> None:
    phone.says("I want to send my order 1001 back")
    phone.taps("It is damaged")
    phone.crashes(point)
    assert phone.sends(PHOTO) == ["< Thank you. You will hear from us within a day."]
    assert tasks(server) == ["return of 1001: It is damaged, photo photo-1"]


def test_a_return_that_cannot_be_passed_on_is_not_promised(lonely: Phone) -> None:
    lonely.says("I want to send my order 1001 back")
    lonely.taps("It is damaged")
    assert lonely.sends(PHOTO) == [SORRY]


# --- people -------------------------------------------------------------------------------------------------


def test_a_person_is_told_whom_to_call(phone: Phone, server: str) -> None:
    phone.says("person")
    assert phone.says("My grandmother's tea cup") == ["< Thank you. We will call you today."]
    assert tasks(server) == ["call Ada 15550001111: My grandmother's tea cup"]


def test_a_person_hears_of_what_could_not_be_delivered(phone: Phone, server: str) -> None:
    phone.refuses()
    assert phone.says("hours") == []
    assert tasks(server) == ["does not get our messages: Ada 15550001111"]
