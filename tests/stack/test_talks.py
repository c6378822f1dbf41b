"""Talks on the deployed stack: a question's time, a reminder, a failure, and a handler that changes."""

import itertools
import os
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.cli import run_telegram
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, up
from rejoinder.workbench.stack.watch import BotWatch
from rejoinder.workbench.telegram import commands
from rejoinder.workbench.telegram.api import BotApi
from tests.stack.wake_ups import let_it_be_time, waiting_wake_ups

pytestmark = [pytest.mark.stack, pytest.mark.slow]

BOT = """from datetime import timedelta

from rejoinder import Bot, Chat, Failed, NoAnswer

bot = Bot()


@bot.on("order")
def order(chat: Chat) -> None:
    try:
        chat.say(f"One {chat.ask('Tea or coffee?', ['Tea', 'Coffee'], timeout=timedelta(hours=1))}.")
    except NoAnswer as none:
        chat.say(f"No hurry ({none.reason}).")
        chat.say(f"You are {chat.ask('Your name, then?')}.")


@bot.on("remind me")
def plan(chat: Chat) -> None:
    chat.later(timedelta(hours=1), remind, words="milk")
    chat.say("I shall.")


@bot.on()
def remind(chat: Chat) -> None:
    chat.say(f"You wanted {chat.given['words']}.")


@bot.on(Failed)
def failed(chat: Chat) -> None:
    chat.say(f"Let me say it otherwise ({chat.message.content.code}).")


@bot.on("talk")
def talk(chat: Chat) -> None:
    chat.say(f"Hello {chat.ask('Your name?')}.")
"""
SCHEDULE_SECONDS = 40.0
"""How long a schedule may be late, in seconds. The local AWS looks at its schedules every ten seconds."""

_numbers = itertools.count(int(time.time()) % 100_000)


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """Start a stack with the bot above."""
    folder = tools.HOUSE / ".rejoinder" / f"test-{os.getpid()}-talks"
    bot = folder / "bot"
    bot.mkdir(parents=True)
    (bot / "bot.py").write_text(BOT)
    try:
        with up(Project(root=tools.HOUSE, bot=bot), folder=folder, quiet=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def handset(stack: LocalStack) -> Handset:
    """Return the phone of a contact that no other test has."""
    return Handset(stack.simulator_url, f"1555{next(_numbers):07d}", "Ada")


def hears(handset: Handset, count: int, *, seconds: float = 40.0) -> list[str]:
    """Wait for `count` messages from the bot, and return their texts."""
    enough = wait_for(lambda: len(handset.heard()) >= count or None, seconds=seconds)
    heard = [message.text for message in handset.heard()]
    assert enough, heard
    return heard


def test_the_end_of_a_questions_time_raises_at_its_line_and_the_talk_goes_on(
    handset: Handset, stack: LocalStack
) -> None:
    handset.say("order")
    hears(handset, 1)
    let_it_be_time(stack)
    said = hears(handset, 2, seconds=SCHEDULE_SECONDS)
    assert said == ["Tea or coffee?", "No hurry (timeout).\n\nYour name, then?"]
    handset.say("Ada")
    assert hears(handset, 3)[2] == "You are Ada."


def test_the_end_of_an_answered_questions_time_changes_nothing(handset: Handset, stack: LocalStack) -> None:
    handset.say("order")
    hears(handset, 1)
    handset.say("tea")
    hears(handset, 2)
    let_it_be_time(stack)
    assert wait_for(lambda: not waiting_wake_ups(stack) or None, seconds=SCHEDULE_SECONDS), (
        "deleted when it has fired"
    )
    time.sleep(3)
    assert len(handset.heard()) == 2


def test_a_reminder_comes_also_when_everything_was_stopped_meanwhile(
    handset: Handset, stack: LocalStack
) -> None:
    handset.say("remind me")
    hears(handset, 1)
    stack.restart()
    let_it_be_time(stack)
    assert hears(handset, 2, seconds=SCHEDULE_SECONDS) == ["I shall.", "You wanted milk."]
    assert wait_for(lambda: not waiting_wake_ups(stack) or None, seconds=SCHEDULE_SECONDS)


def test_a_handler_that_is_changed_in_mid_talk_begins_again(handset: Handset, stack: LocalStack) -> None:
    watch = BotWatch(Project(root=tools.HOUSE, bot=Path(stack.bot)), stack)
    handset.say("talk")
    assert hears(handset, 1) == ["Your name?"]
    changed = BOT.replace(
        "def talk(chat: Chat) -> None:", "def talk(chat: Chat) -> None:\n    chat.say('Hi.')"
    )
    (Path(stack.bot) / "bot.py").write_text(changed)
    assert "live in" in (wait_for(watch.poll, seconds=30) or "")
    handset.say("Ada")
    assert hears(handset, 2)[1] == "Sorry, we have to begin again.\n\nHi.\n\nYour name?"
    handset.say("Ada")
    assert hears(handset, 3)[2] == "Hello Ada."


def test_an_edit_that_is_made_while_the_stack_starts_is_deployed(handset: Handset, stack: LocalStack) -> None:
    edited = (Path(stack.bot) / "bot.py").read_text().replace("Your name?", "What is your name?")
    show = partial(run_telegram.show_commands, stack)
    edited = edited.replace('on("talk"', 'on("new talk", "talk"')
    (Path(stack.bot) / "bot.py").write_text(edited)
    watch = BotWatch(Project(root=tools.HOUSE, bot=Path(stack.bot)), stack, then=show)
    assert "bot.py changed: live in" in (wait_for(watch.poll, seconds=30) or "")
    with BotApi(stack.telegram_url, stack.telegram_bot_token) as api:
        assert "new_talk" in [one["command"] for one in commands.at_telegram(api)], (
            "the menu follows the edit"
        )
    assert watch.poll() is None
    handset.say("talk")
    assert "What is your name?" in hears(handset, 1)[0]


def test_a_message_that_the_network_rejects_comes_to_the_bot(handset: Handset, stack: LocalStack) -> None:
    faults = [{"kind": "error", "code": 131026, "times": 1, "to": handset.contact}]
    httpx.post(f"{stack.simulator_url}/sim/faults", json=faults, trust_env=False).raise_for_status()
    handset.say("remind me")
    assert hears(handset, 1)[0] == "Let me say it otherwise (131026)."
