"""A channel is one object. The toy needs nothing outside its own folder except a row in the table."""

import subprocess
import sys
from pathlib import Path

import pytest

from rejoinder import Bot, Chat, channels
from rejoinder.channels import Row, channel_at, channel_named, channel_of
from rejoinder.errors import BotFailed, Unreadable
from rejoinder.model.people import Account, Contact
from rejoinder.testing import Phone

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(channels.TABLE, "toy", Row(package="tests.architecture.toy", route="toy"))


def test_a_bot_talks_over_the_toy_as_over_any_channel() -> None:
    bot = Bot()

    @bot.on("book")
    def book(chat: Chat) -> None:
        day = chat.ask("Which day?", ["Today", "Tomorrow"])
        chat.say(f"Done: {day}")

    phone = Phone(bot, contact_id="42", channel="toy")
    assert phone.says("book") == ["< Which day?\n\n  1. Today\n  2. Tomorrow"]
    phone.waits(days=400)
    assert phone.says("2") == ["< Done: Tomorrow"], "no window closes"


def test_what_breaks_a_limit_of_the_toy_is_an_error_at_its_line() -> None:
    bot = Bot()

    @bot.otherwise
    def much(chat: Chat) -> None:
        chat.say("x" * 201)

    assert Phone(bot).says("hi") == ["< " + "x" * 201]
    with pytest.raises(BotFailed) as failed:
        Phone(bot, channel="toy").says("hi")
    assert "200 characters" in str(failed.value.__cause__)


def test_a_number_of_the_toy_is_no_phone_number() -> None:
    contact = channel_named("toy").contact_of("15550002001")
    assert contact == Contact(id="15550002001", phone=None)
    assert not contact.has_phone("15550002001")
    known = channel_named("whatsapp").contact_of("+1 555 000-2001")
    assert known == Contact(id="15550002001", phone="15550002001")


def test_the_table_leads_from_an_account_and_from_a_path_to_a_channel() -> None:
    assert channel_of(Account(channel="toy", id="1")).name == "toy"
    assert channel_at("/toy/7") == "toy"
    assert channel_at("/webhook") == "whatsapp"
    assert channel_at("/elsewhere") is None
    with pytest.raises(Unreadable):
        channel_named("hologram")


def test_the_toy_imports_nothing_of_another_channel() -> None:
    code = "import tests.architecture.toy.channel, sys; print(*sorted(sys.modules))"
    paths = f"{ROOT}:{ROOT / 'layers' / 'rejoinder'}"
    started = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True
    )
    assert "rejoinder.channels.whatsapp" not in started.stdout.split()
