"""The debugger runs a talk again from its journal: what it shows, asks and refuses. It writes nothing."""

import io
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rejoinder import Bot, Chat, NoAnswer
from rejoinder.bot.loading import load_bot
from rejoinder.model.conversation import Conversation
from rejoinder.model.talk import Journal
from rejoinder.testing import Phone
from rejoinder.workbench.debugger.session import Debugged, debug
from tests.own_bots import DEPLOYED
from tests.unit.worlds import ACCOUNT, ADA, inbound

ROOT = Path(__file__).parents[3]
FOLDERS = [DEPLOYED, *sorted(file.parent for file in ROOT.glob("examples/*/bot.py"))]
TALKS = [(folder, talk) for folder in FOLDERS for talk in sorted(folder.rglob("*.chat"))]

Debug = Callable[..., str]


@pytest.fixture
def debugs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Debug:
    """Return a function that debugs, with what a person types, and returns what they see."""

    def debugs(bot: Bot, debugged: Debugged, *typed: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        capsys.readouterr()
        debug(bot, debugged)
        return capsys.readouterr().out

    return debugs


def talk_of(phone: Phone) -> Conversation:
    """Return the conversation of a phone as it is stored."""
    (conversation,) = phone._store.conversations.values()
    return conversation


def waiting(phone: Phone) -> Debugged:
    """Return the talk of a phone that waits for an answer."""
    return Debugged(account=phone._account, conversation=talk_of(phone))


done: list[str] = []


def reserve(day: str) -> str:
    done.append(day)
    return f"R-{day}"


def booking(*, ends: Callable[[Chat, str], None] = lambda chat, ref: chat.say(f"Done: {ref}")) -> Bot:
    bot = Bot()

    @bot.on("book")
    def book(chat: Chat) -> None:
        chat.say("Let us see.")
        chat.data["seen"] = chat.now.isoformat()
        day = chat.ask("Which day?", ["Today", "Tomorrow"])
        ref = chat.step(reserve, day)
        people = chat.ask("For how many?", int, retry="A number, please.")
        ends(chat, f"{ref}, {people}")

    return bot


@pytest.fixture
def phone() -> Iterator[Phone]:
    """Return a phone whose talk waits for its second answer."""
    phone = Phone(booking(), at=datetime(2026, 11, 25, 12, tzinfo=UTC))
    phone.says("book")
    phone.taps("Today")
    done.clear()
    yield phone
    assert not done, "a step was done"


def test_a_talk_stops_at_the_first_line_of_its_handler_and_says_again_what_it_said(
    phone: Phone, debugs: Debug
) -> None:
    seen = debugs(phone.bot, waiting(phone), "c")
    first, _, rest = seen.partition("(Pdb) ")
    assert 'chat.say("Let us see.")' in first
    assert rest.splitlines() == [
        "(not sent) < Let us see.",
        "(not sent) < Which day? [Today] [Tomorrow]",
        "> [Today]",
        "(not sent) < For how many?",
        "(the talk waits here for an answer: type one, or leave with Ctrl-D)",
        "> ",
    ]


def test_steps_answers_and_times_come_from_the_journal(phone: Phone, debugs: Debug) -> None:
    seen = debugs(phone.bot, waiting(phone), *"nnnn", "p (day, ref, chat.data['seen'])", "q")
    assert "('Today', 'R-Today', '2026-11-25T12:00:00+00:00')" in seen


def test_a_typed_answer_goes_on_and_one_that_does_not_fit_is_asked_again(phone: Phone, debugs: Debug) -> None:
    seen = debugs(phone.bot, waiting(phone), "c", "many", "", "/wait 2 days", "4")
    assert "(not sent) < A number, please." in seen
    assert seen.count("! type what the contact answers") == 2
    assert "(not sent) < Done: R-Today, 4" in seen
    assert seen.endswith("(the handler has ended)\n")


def test_a_step_that_the_journal_lacks_is_not_done_and_the_person_gives_its_result(debugs: Debug) -> None:
    phone = Phone(booking())
    phone.says("book")
    done.clear()
    seen = debugs(phone.bot, waiting(phone), "c", "Tomorrow", "R1", '"R1"', "2")
    assert "the journal has no result of the step reserve, and it is not done here" in seen
    assert "`debug` its function" in seen
    assert "! that is no JSON" in seen
    assert "(not sent) < Done: R1, 2" in seen
    assert debugs(phone.bot, waiting(phone), "c", "Tomorrow", "q").endswith("q to leave: ")
    assert not done


def test_the_result_of_a_step_may_be_any_value_that_a_journal_keeps(debugs: Debug) -> None:
    bot = Bot()

    @bot.on("when")
    def when(chat: Chat) -> None:
        chat.ask("Shall I look?")
        day = chat.step(date.today)
        chat.say(f"In {day.year}")

    phone = Phone(bot)
    phone.says("when")
    seen = debugs(bot, waiting(phone), "c", "yes", '{"$date": "1999-12-24"}')
    assert "(not sent) < In 1999" in seen


@pytest.mark.parametrize("typed", [["q"], ["n", "q"], [], ["c"], ["n", "n", "n", "q"]])
def test_leaving_ends_quietly(typed: list[str], phone: Phone, debugs: Debug) -> None:
    seen = debugs(phone.bot, waiting(phone), *typed)
    assert "Traceback" not in seen
    assert "has ended" not in seen


def test_a_handler_that_catches_everything_cannot_catch_that_the_person_leaves(debugs: Debug) -> None:
    bot = Bot()

    @bot.on("go")
    def go(chat: Chat) -> None:
        try:
            chat.ask("What?")
        except Exception:
            chat.say("caught")

    phone = Phone(bot)
    phone.says("go")
    assert "caught" not in debugs(bot, waiting(phone), "n", "q")


def test_breakpoint_in_a_handler_stops_there(debugs: Debug) -> None:
    bot = Bot()

    @bot.on("go")
    def go(chat: Chat) -> None:
        word = "inner"
        breakpoint()  # noqa: T100
        chat.ask(f"What is {word}?")

    phone = Phone(bot)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.breakpointhook", lambda *_: None)
        phone.says("go")
    seen = debugs(bot, waiting(phone), "c", "p word", "n", "c")
    assert "(Pdb) 'inner'" in seen
    assert "(not sent) < What is inner?" in seen


def test_stepping_never_enters_our_own_code(phone: Phone, debugs: Debug) -> None:
    seen = debugs(phone.bot, waiting(phone), *["s"] * 6)
    assert "rejoinder/bot" not in seen
    assert "debugger" not in seen.replace("test_debugger", "")


def test_an_error_is_looked_at_on_its_line(debugs: Debug) -> None:
    phone = Phone(booking(ends=lambda chat, ref: chat.say(chat.data[f"no {ref}"])))
    phone.says("book")
    phone.taps("Today")
    seen = debugs(phone.bot, waiting(phone), "c", "3", "p ref", "q")
    assert "KeyError: 'no R-Today, 3'" in seen
    assert "(Pdb) 'R-Today, 3'" in seen


def test_an_error_of_ours_is_looked_at_on_the_line_of_the_bot(debugs: Debug) -> None:
    phone = Phone(booking(ends=lambda chat, ref: chat.say("x" * 99_999, buttons=["A"], footer=ref)))
    phone.says("book")
    phone.taps("Today")
    seen = debugs(phone.bot, waiting(phone), "c", "3", "p ref", "q")
    assert "LimitExceeded" in seen
    assert "(Pdb) 'R-Today, 3'" in seen


SEES: Callable[[Chat], object] = lambda chat: chat.say("Let us see.")  # noqa: E731
READS_TIME: Callable[[Chat], object] = lambda chat: chat.now  # noqa: E731
CHANGES: dict[str, tuple[list[Callable[[Chat], object]], str]] = {
    "a step in place of a question": (
        [SEES, READS_TIME, lambda chat: chat.step(reserve, "x")],
        "entry 3 of 5 of the journal is the question for choices; today it would be the step reserve",
    ),
    "another step": (
        [SEES, READS_TIME, lambda chat: chat.step(len, chat.ask("Which day?", ["Today", "Tomorrow"]))],
        "entry 4 of 5 of the journal is the step reserve; today it would be the step len",
    ),
    "another answer": (
        [SEES, READS_TIME, lambda chat: chat.ask("Which day?", int)],
        "entry 3 of 5 of the journal is the question for choices; today it would be the question for int",
    ),
    "something said before": (
        [SEES, lambda chat: chat.say("Now.")],
        "entry 2 of 5 of the journal is the time read: now; today it would be something said",
    ),
    "an earlier end": (
        [SEES],
        "entry 2 of 5 of the journal is the time read: now; today it would be the end of the handler",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_todays_handler_does_else_is_told(change: str, phone: Phone, debugs: Debug) -> None:
    does, told = CHANGES[change]
    changed = Bot()

    def book(chat: Chat) -> None:
        for one in does:
            one(chat)

    journal = talk_of(phone).journal
    assert journal
    book.__qualname__ = journal.handler
    changed.on("book")(book)
    seen = debugs(changed, waiting(phone), "c", "q")
    assert f"today's handler does not fit the journal: {told}" in seen
    assert "Traceback" not in seen


def test_a_handler_that_is_gone_is_told(phone: Phone, debugs: Debug) -> None:
    seen = debugs(Bot(), waiting(phone))
    assert "(today's bot has no handler booking.<locals>.book)" in seen


def test_a_connection_outside_a_step_is_refused(debugs: Debug) -> None:
    opens = {"it": False}
    bot = Bot()

    @bot.on("go")
    def go(chat: Chat) -> None:
        if opens["it"]:
            socket.create_connection(("127.0.0.1", 9))
        chat.ask("What?")

    phone = Phone(bot)
    phone.says("go")
    opens["it"] = True
    assert "a handler opens a connection outside a step" in debugs(bot, waiting(phone), "c", "q")


def in_a_thread() -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(socket.create_connection, ("127.0.0.1", 9)).result()


@pytest.mark.parametrize("what", ["opens a connection", "starts a program"])
def test_neither_a_thread_nor_another_program_reaches_anything(what: str, debugs: Debug) -> None:
    reach = {"opens a connection": in_a_thread, "starts a program": lambda: subprocess.call(["true"])}
    does: list[Callable[[], object]] = []
    bot = Bot()

    @bot.on("go")
    def go(chat: Chat) -> None:
        for one in does:
            one()
        chat.ask("What?")

    phone = Phone(bot)
    phone.says("go")
    does.append(reach[what])
    assert f"a handler {what} outside a step" in debugs(bot, waiting(phone), "c", "q")


def test_what_is_planned_linked_or_handed_over_is_only_told(debugs: Debug) -> None:
    bot = Bot()

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say("Now!")

    @bot.on()
    def then(chat: Chat) -> None:
        chat.link_code()
        chat.hand_over()

    @bot.on("go")
    def go(chat: Chat) -> None:
        chat.opt_in()
        chat.later(timedelta(hours=1), remind)
        try:
            chat.ask("Sure?", ["Yes", "No"])
        except NoAnswer:
            chat.say("Never mind.")
        chat.go(then)

    phone = Phone(bot)
    phone.says("go")
    seen = debugs(bot, waiting(phone), "c", "[Yes]", "c", '"ABCD2345"')
    assert "remind for 1:00:00: it is not planned here)" in seen
    assert "(goes to " in seen
    assert "the journal has no result of the step chat.link_code" in seen
    assert "(hands over to a person: nobody is told)" in seen
    assert seen.count("(Pdb)") == 2
    seen = debugs(bot, waiting(phone), "c", "a", "b", "c")
    assert "(not sent) < Never mind." in seen


# --- an update on which the bot failed ----------------------------------------------------------------------


def failed(what: str, **about: Any) -> Debugged:
    """Return an update with which no talk was in progress, and on which the bot failed."""
    conversation = Conversation.begin(ACCOUNT, ADA)
    return replace(
        Debugged(account=ACCOUNT, conversation=conversation, update=inbound(what), cause="KeyError"), **about
    )


def greeting() -> Bot:
    bot = Bot()

    @bot.start
    def start(chat: Chat) -> None:
        chat.say("Hello!")

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        chat.say(f"It is {chat.now:%Y-%m-%d %H:%M}.")

    return bot


def test_only_what_was_the_first_word_of_a_contact_is_greeted_again(debugs: Debug) -> None:
    assert "(not sent) < Hello!" in debugs(greeting(), failed("hi", is_first=True), "c")
    seen = debugs(greeting(), failed("hi"), "c")
    assert "Hello" not in seen
    assert "(not sent) < It is " in seen


def test_the_time_is_that_at_which_the_bot_failed(debugs: Debug) -> None:
    at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC).timestamp()
    assert "(not sent) < It is 2026-03-04 05:06." in debugs(greeting(), failed("hi", at=at), "c")


def test_an_update_comes_again_also_while_a_person_has_taken_over(debugs: Debug) -> None:
    conversation = replace(Conversation.begin(ACCOUNT, ADA), handoff=True)
    seen = debugs(greeting(), failed("hi", conversation=conversation), "c")
    assert "(not sent) < It is " in seen


def test_what_a_handler_only_looks_up_is_not_asked_of_the_person(debugs: Debug) -> None:
    bot = Bot()

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        chat.say(f"consent {chat.consent()}, linked {len(chat.linked)}")

    seen = debugs(bot, failed("hi"), "c")
    assert "(not sent) < consent None, linked 0" in seen
    assert "its result as JSON" not in seen


@pytest.mark.parametrize("typed", ["c", "q"], ids=["it ends", "the person leaves"])
def test_ctrl_c_and_breakpoint_do_after_a_session_what_they_did_before(
    typed: str, debugs: Debug, monkeypatch: pytest.MonkeyPatch
) -> None:
    def theirs(*_: object) -> None:
        """Do nothing."""

    meanwhile: list[object] = []
    bot = Bot()

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        meanwhile.append(signal.getsignal(signal.SIGINT))

    monkeypatch.setattr("sys.breakpointhook", theirs)
    before = signal.signal(signal.SIGINT, theirs)
    try:
        debugs(bot, failed("hi"), typed)
        assert (sys.breakpointhook, signal.getsignal(signal.SIGINT)) == (theirs, theirs)
    finally:
        signal.signal(signal.SIGINT, before)
    assert meanwhile == ([signal.default_int_handler] if typed == "c" else [])


# --- every example ------------------------------------------------------------------------------------------


class Debugging(Phone):
    """A phone that debugs the talk in progress after each message, and compares what was said."""

    def __init__(self, bot: Bot, debugs: Debug, channel: str) -> None:
        self.compared = 0
        self._debugs = debugs
        self._retries: list[str] = []
        super().__init__(bot, name="Ada" if bot.folder == DEPLOYED else "", channel=channel)

    def _answers(self, before: int) -> list[str]:
        answers = super()._answers(before)
        for conversation in self._store.conversations.values():
            if isinstance(conversation.journal, Journal):
                if conversation.journal.asked.wrong:
                    self._retries += answers
                self._compare(Debugged(account=self._account, conversation=conversation))
        return answers

    def _compare(self, debugged: Debugged) -> None:
        seen = self._debugs(self.bot, debugged, "c")
        again = _words(line for line in _lines(seen) if line.startswith("(not sent) < "))
        said = _words(line for line in self.lines if line.startswith("<") and line not in self._retries)
        assert again
        assert said[-len(again) :] == again
        self.compared += 1


def _lines(seen: str) -> Iterator[str]:
    """Yield what is seen, a message at a time."""
    parts = seen.replace("(Pdb) ", "\n").split("\n(")
    yield from (f"({part}".partition("\n> ")[0] for part in parts)


def _words(lines: Any) -> list[str]:
    return " ".join(line.removeprefix("(not sent) ").removeprefix("< ") for line in lines).split()


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
@pytest.mark.parametrize(("folder", "talk"), TALKS, ids=[f"{a.name}-{b.stem}" for a, b in TALKS])
def test_every_talk_of_every_example_says_the_same_again(
    folder: Path, talk: Path, channel: str, debugs: Debug
) -> None:
    phone = Debugging(load_bot(folder), debugs, channel)
    phone.plays(talk.read_text())
    assert phone.compared or "ask(" not in (folder / "bot.py").read_text()
