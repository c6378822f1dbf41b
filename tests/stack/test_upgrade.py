"""An upgrade and the way back: talks in progress and all that waits goes on with the other version."""

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.stack import LocalStack, lock
from tests.stack.make_run import left_running
from tests.stack.releases import TODAY, TOMORROW, Release, source_of_today, source_of_tomorrow
from tests.stack.wake_ups import let_it_be_time

pytestmark = [pytest.mark.stack, pytest.mark.slow]

BOT = """from datetime import timedelta
from secrets import token_hex

from rejoinder import Bot, Chat, Template

bot = Bot()


@bot.on("book")
def book(chat: Chat) -> None:
    room = chat.step(token_hex, 4)
    chat.say(f"Room {room} is held.")
    people = chat.ask("For how many?", int)
    chat.say(f"Room {room}, {people} people, {chat.ask('Your name?')}.")


@bot.on("remind me")
def plan(chat: Chat) -> None:
    chat.later(timedelta(hours=1), remind, words="milk")
    chat.say("I shall.")


@bot.on("order")
def order(chat: Chat) -> None:
    words = {"customer_name": "Ada", "order_number": "7", "order_state": "on its way"}
    template = Template(name="order_update", language="en", parameters=words)
    chat.say("It is on its way.", outside_window=template)


@bot.on()
def remind(chat: Chat) -> None:
    words = chat.given["words"]
    template = Template(name="appointment_reminder", language="en", parameters=("Ada", words))
    chat.say(f"You wanted {words}.", outside_window=template)


@bot.on("person")
def person(chat: Chat) -> None:
    chat.say("Somebody comes.")
    chat.hand_over()


@bot.on("repair")
def repair(chat: Chat) -> None:
    chat.data["whole"] = "whole"
    chat.say("Repaired.")


@bot.on("break")
def fragile(chat: Chat) -> None:
    chat.say(f"Now {chat.data['whole']}.")


@bot.otherwise
def count(chat: Chat) -> None:
    chat.data["count"] = int(str(chat.data.get("count", 0))) + 1
    chat.say(f"Message {chat.data['count']}.")
"""
PROJECT = f"""# the project of an author
[project]
name = "hotel"
version = "1.0.0"
dependencies = ["rejoinder=={TODAY}"]  # one version

[tool.rejoinder]
bot = "bot"
"""
SECONDS = 240.0
"""How long to wait for anything, in seconds. A refused message and a schedule take longest."""

# A simulator that was started anew has not heard from anybody: for it, every service window is closed.
REMINDER = "(template appointment_reminder en) Ada milk"
ORDER = "(template order_update en) Ada 7 on its way"

ROOM = r"Room \w{8} is held\.\n\nFor how many\?"
AGAIN = "Sorry, we have to begin again."

_numbers = itertools.count(15550004000)


def starts(stack: LocalStack, words: str, answer: str) -> str:
    """Let somebody new say something and be answered. Return their number."""
    contact = str(next(_numbers))
    asks(stack, contact, words, answer)
    return contact


def asks(stack: LocalStack, contact: str, words: str, answer: str) -> None:
    """Let a contact say something. The message that comes then must match `answer`, a pattern."""
    phone = Handset(stack.simulator_url, contact)
    before = len(phone.heard())
    phone.say(words)
    hears(stack, contact, answer, after=before)


def hears(stack: LocalStack, contact: str, answer: str, *, after: int) -> None:
    """Wait until a contact's phone shows one more message, which `answer` must match."""
    phone = Handset(stack.simulator_url, contact)
    wait_for(lambda: len(phone.heard()) > after or None, seconds=SECONDS)
    heard = [message.text for message in phone.heard()[after:]]
    assert heard, f"{contact} waited for {answer!r} and heard nothing"
    assert re.fullmatch(answer, heard[0], re.DOTALL), f"{contact} waited for {answer!r}, heard {heard}"


def is_told(stack: LocalStack, contact: str, text: str) -> None:
    """Wait until a contact's phone shows a text that they have not asked for."""
    phone = Handset(stack.simulator_url, contact)
    told = wait_for(lambda: text in [message.text for message in phone.heard()] or None, seconds=SECONDS)
    assert told, phone.heard()


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is in progress, by the number of the contact."""

    asked: str
    """They were asked one question, and have not answered."""

    untouched: str
    """The same. They answer only after another change of the version."""

    answering: str
    """They answered the first question, and have not answered the second."""

    room: str
    """What the step gave the one who is answering."""

    reminded: str
    """They wait for a reminder."""

    handed_over: str
    """A person talks to them."""

    parked: str
    """The bot failed on their message."""

    unsent: str
    """The network does not take the answer to them."""

    @classmethod
    def on(cls, stack: LocalStack) -> "Begun":
        """Begin all of it. What would not wait for long comes last."""
        asked = starts(stack, "book", ROOM)
        untouched = starts(stack, "book", ROOM)
        answering = starts(stack, "book", ROOM)
        room = Handset(stack.simulator_url, answering).heard()[0].text.split()[1]
        asks(stack, answering, "2", r"Your name\?")
        handed_over = starts(stack, "person", r"Somebody comes\.")
        parked = starts(stack, "break", "Sorry.*")
        unsent = str(next(_numbers))
        refuse(stack, unsent)
        Handset(stack.simulator_url, unsent).say("order")
        assert wait_for(lambda: waiting(stack).get("outbound_queue"), seconds=SECONDS)
        return cls(
            asked=asked,
            untouched=untouched,
            answering=answering,
            room=room,
            handed_over=handed_over,
            parked=parked,
            unsent=unsent,
            reminded=starts(stack, "remind me", r"I shall\."),
        )

    def goes_on(self, stack: LocalStack, release: Release, project: Path) -> None:
        """Everything that is no talk goes on with another version."""
        is_told(stack, self.unsent, ORDER)
        let_it_be_time(stack)
        is_told(stack, self.reminded, REMINDER)
        Handset(stack.simulator_url, self.handed_over).say("are you there")
        assert "parked: text" in release.call(project, "redrive")
        asks(stack, self.parked, "repair", r"Repaired\.")
        assert "1 put back" in release.call(project, "redrive", "all")
        hears(stack, self.parked, r"Now whole\.", after=1)
        assert not Handset(stack.simulator_url, self.handed_over).heard()
        release.call(project, "release", self.handed_over)
        assert wait_for(lambda: release.call(project, "release").endswith(" 0\n") or None, seconds=SECONDS), (
            "the handoff ends"
        )
        asks(stack, self.handed_over, "hello", r"Message 1\.")


def refuse(stack: LocalStack, contact: str) -> None:
    """Let the network take nothing for a contact: it says that we are too fast."""
    fault = {"kind": "error", "code": 130429, "times": None, "to": contact}
    httpx.post(f"{stack.simulator_url}/sim/faults", json=[fault], trust_env=False).raise_for_status()


def waiting(stack: LocalStack) -> dict[str, int]:
    """Return how many messages each queue holds, if any."""
    sqs, counts = stack.client("sqs"), {}
    for name in ("inbound", "outbound", "events"):
        for queue in (f"{name}_queue", f"{name}_dlq"):
            url = getattr(stack, f"{queue}_url")
            told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            counts[queue] = sum(int(told[key]) for key in told if key.startswith("ApproximateNumberOf"))
    return {queue: count for queue, count in counts.items() if count}


@contextmanager
def running(release: Release, project: Path) -> Iterator[LocalStack]:
    """Run a project on a version. It must be that version which is deployed."""
    run = release.run(project)
    try:
        assert run.is_up(), run.said()
        stack = LocalStack(**json.loads((project / ".rejoinder" / lock.RECORD).read_text()))
        outputs = stack.deployment.outputs() or {}
        assert outputs["RejoinderVersion"] == release.version
        assert ("OutputOfTomorrow" in outputs) == (release.version == TOMORROW)
        try:
            yield stack
        except BaseException:
            print(run.said())  # pytest shows it
            raise
    finally:
        run.stop()
    assert not left_running(project)


def test_every_talk_goes_on_after_an_upgrade_and_nothing_is_stuck_after_the_way_back(tmp_path: Path) -> None:
    tools.Tools(tools.HOUSE).ensure("sam", "ministack")
    today = Release.install(source_of_today(tmp_path / "today"), tmp_path / "first")
    tomorrow = Release.install(source_of_tomorrow(tmp_path / "tomorrow"), tmp_path / "second")
    assert (today.version, tomorrow.version) == (TODAY, TOMORROW)
    project = tmp_path / "hotel"
    (project / "bot").mkdir(parents=True)
    (project / "bot" / "bot.py").write_text(BOT)
    (project / "pyproject.toml").write_text(PROJECT)

    with running(today, project) as stack:
        first = Begun.on(stack)
        left = {"inbound_dlq": 1, "outbound_queue": 1}
        assert wait_for(lambda: waiting(stack) == left or None, seconds=SECONDS), waiting(stack)

    told = tomorrow.call(project, "upgrade")
    assert f"For authors, {TOMORROW}:\n\n- Talks glow.\n" in told
    assert (project / "pyproject.toml").read_text() == PROJECT.replace(TODAY, TOMORROW)
    with running(tomorrow, project) as stack:
        asks(stack, first.asked, "4", r"Your name\?")  # this talk is stored in tomorrow's format now
        asks(stack, first.answering, "Ada", rf"Room {first.room}, 2 people, Ada\.")
        first.goes_on(stack, tomorrow, project)
        assert wait_for(lambda: not waiting(stack) or None, seconds=SECONDS), waiting(stack)
        second = Begun.on(stack)

    assert f"back from {TOMORROW} to {TODAY}" in today.call(project, "upgrade")
    assert (project / "pyproject.toml").read_text() == PROJECT
    with running(today, project) as stack:
        asks(stack, first.untouched, "4", r"Your name\?")  # tomorrow's version has not touched this talk
        asks(stack, first.untouched, "Ada", r"Room \w{8}, 4 people, Ada\.")
        for contact in (first.asked, second.asked, second.answering, second.untouched):
            asks(stack, contact, "3", rf"{AGAIN}\n\n{ROOM}")
            asks(stack, contact, "3", r"Your name\?")
            asks(stack, contact, "Ada", r"Room \w{8}, 3 people, Ada\.")
        second.goes_on(stack, today, project)
        assert wait_for(lambda: not waiting(stack) or None, seconds=SECONDS), waiting(stack)
