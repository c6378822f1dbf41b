"""A talk of several steps is a function that is read from top to bottom, also after a crash or a change."""

import enum
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder import Bot, BotError, Chat, Image, LimitExceeded, NoAnswer, Tap, Text
from rejoinder.bot.chat import Handler
from rejoinder.errors import BotFailed, SuspensionSwallowed
from rejoinder.model.conversation import Conversation
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.updates import Inbound, InboundContent, WakeUp
from rejoinder.testing import Phone
from rejoinder.testing.memory import MemoryOutbox, MemoryStore, MemoryWakeUps
from tests.unit.test_process import ForestalledStore, ThrottledStore
from tests.unit.worlds import World, inbound


def asking(handler: Handler) -> Phone:
    """Return a phone whose bot sends every message to `handler`."""
    bot = Bot()
    bot.otherwise(handler)
    return Phone(bot, name="Ada")


def booking() -> tuple[Bot, list[tuple[str, int]]]:
    """Return the bot of the docs, and the list of reservations that it makes."""
    bot = Bot()
    made: list[tuple[str, int]] = []

    def reserve(day: str, people: int) -> str:
        made.append((day, people))
        return f"R{len(made)}"

    @bot.on("hi", interrupts=True)
    def welcome(chat: Chat) -> None:
        chat.say(f"Hello {chat.contact.name}!", buttons={"Book a table": book})

    @bot.on("book")
    def book(chat: Chat) -> None:
        day = chat.ask("Which day?", ["Today", "Tomorrow"])
        people = chat.ask("For how many people?", int, retry="A number, please, such as 4.")
        ref = chat.step(reserve, day, people)
        chat.say(f"Done: {day.lower()}, {people} people. Your reference is {ref}.")

    return bot, made


def test_the_booking_bot_of_the_docs() -> None:
    bot, made = booking()
    phone = Phone(bot, name="Ada")
    assert phone.says("hi") == ["< Hello Ada! [Book a table]"]
    assert phone.taps("Book a table") == ["< Which day? [Today] [Tomorrow]"]
    assert phone.taps("Tomorrow") == ["< For how many people?"]
    assert phone.says("4 or 5") == ["< A number, please, such as 4."]
    assert phone.says("we are four") == ["< Done: tomorrow, 4 people. Your reference is R1."]
    assert made == [("Tomorrow", 4)]


class Size(enum.Enum):
    SMALL = "Small"
    LARGE = "Large"


@pytest.mark.parametrize(
    ("answer", "said", "value"),
    [
        (str, " hi ", "hi"),
        (int, "12", 12),
        (float, "2,5", 2.5),
        (date, "2026-12-24", date(2026, 12, 24)),
        (date, "24.12.2026", date(2026, 12, 24)),
        (["Tea", "Café"], "cafe", "Café"),
        (["Tea", "Café"], "2", "Café"),
        (["Tea", "Café"], "the second", "Café"),
        (["Yes", "No"], "ok", "Yes"),
        (["2 people", "4 people"], "4", "4 people"),
        (["x" * 30, "y" * 30], "2", "y" * 30),
        (int, "four people", 4),
        (float, "1,500", 1500.0),
        (date, "24/12/2026", date(2026, 12, 24)),
        (str, "\u2067Ada\u200b", "Ada"),
        ({"Tea": 1, "Coffee": 2}, "Coffee", 2),
        (Size, "large", Size.LARGE),
        (lambda words: words.split(), "a b", ["a", "b"]),
        (Image, Image(media_id="1"), Image(media_id="1")),
    ],
)
def test_an_answer_is_what_was_asked_for(answer: object, said: str | InboundContent, value: object) -> None:
    got: list[object] = []
    phone = asking(lambda chat: got.append(chat.ask("?", answer)))  # type: ignore[call-overload]
    phone.says("x")
    phone.sends(Text(body=said) if isinstance(said, str) else said)
    assert got == [value, value], "the test door runs each turn twice"


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (int, "x"),
        (float, "x"),
        (date, "soon"),
        (date, "31.2.2026"),
        (["Tea"], "Coffee"),
        (["Tea"], "2"),
        (["2 teas", "4 teas"], "1"),
        (int, "4 or 5"),
        (float, "1.500"),
        (date, "03/04/2030"),
        (str, "\u200b"),
        (Image, "x"),
    ],
)
def test_an_answer_that_does_not_fit_leaves_the_question_and_the_third_ends_it(
    answer: object, wrong: str
) -> None:
    reasons: list[str] = []

    def handler(chat: Chat) -> None:
        try:
            chat.ask("?", answer, retry="Again.")  # type: ignore[call-overload]
        except NoAnswer as none:
            reasons.append(none.reason)
            chat.say("Bye.")

    phone = asking(handler)
    phone.says("x")
    for _ in range(2):
        assert phone.says(wrong)[0].startswith("< Again.")
    assert phone.says(wrong) == ["< Bye."]
    assert set(reasons) == {"wrong"}


def test_a_question_without_a_fitting_answer_ends_the_talk_with_a_word() -> None:
    phone = asking(lambda chat: chat.say(str(chat.ask("?", int))))
    answers = [phone.says("x") for _ in range(4)][-1]
    assert answers == ["< Let us leave it there. Write again whenever you like."]
    assert phone.says("x") == ["< ?"], "the talk is over: a new one begins"


def test_a_handler_of_no_answer_says_something_better() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(str(chat.ask("?", int))))

    @bot.on(NoAnswer)
    def give_up(chat: Chat) -> None:
        chat.say("Call us.")

    phone = Phone(bot)
    assert [phone.says("x") for _ in range(4)][-1] == ["< Call us."]


@pytest.mark.parametrize(
    ("count", "form"),
    [(3, "< ? [1st] [2nd] [3rd]"), (10, "< ? [1st] [2nd] [3rd] [4th]"), (11, "< ?\n\n  1. 1st\n  2. 2nd")],
)
def test_choices_are_buttons_then_a_list_then_numbers(count: int, form: str) -> None:
    titles = [f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n, 'th') }" for n in range(1, count + 1)]
    phone = asking(lambda chat: chat.say(chat.ask("?", titles)))
    assert phone.says("x")[0].startswith(form)
    assert phone.says(str(count)) == [f"< {titles[-1]}"]


def test_choices_too_long_for_buttons_and_lists_are_numbered() -> None:
    phone = asking(lambda chat: chat.say(chat.ask("?", ["x" * 30, "y" * 30])))
    assert phone.says("x") == [f"< ?\n\n  1. {'x' * 30}\n  2. {'y' * 30}"]


def test_yesterdays_button_does_not_answer_todays_question() -> None:
    def handler(chat: Chat) -> None:
        first = chat.ask("First?", ["Yes", "No"])
        second = chat.ask("Second?", ["Yes", "No"])
        chat.say(f"{first} {second}")

    phone = asking(handler)
    phone.says("x")
    (stale,) = (b.id for b in phone.newest_buttons() if b.title == "No")
    phone.says("yes")
    assert phone.sends(Tap(id=stale, title="No")) == ["< That button belongs to an earlier message."]
    assert phone.says("no") == ["< Yes No"]


def test_an_interrupting_handler_ends_the_talk_and_another_does_not() -> None:
    bot, _ = booking()
    phone = Phone(bot, name="Ada")
    phone.says("book")
    assert phone.says("book")[0].startswith("< Sorry"), "taken as an answer"
    assert phone.says("HI") == ["< Hello Ada! [Book a table]"]
    assert phone.says("today") == [], "no question waits any more"


def test_cancel_always_ends_the_talk() -> None:
    bot, made = booking()
    phone = Phone(bot)
    phone.says("book")
    assert phone.says(" Cancel ") == ["< Cancelled."]
    assert phone.says("today") == []
    assert made == []


def test_go_begins_another_handler_with_nothing_left_but_data() -> None:
    bot = Bot()

    @bot.otherwise
    def menu(chat: Chat) -> None:
        chat.data["rounds"] = chat.data.get("rounds", 0) + 1
        if chat.ask(f"Round {chat.data['rounds']}. Again?", ["Yes", "No"]) == "Yes":
            chat.go(menu)
        chat.say("Bye.")

    phone = Phone(bot)
    assert phone.says("x") == ["< Round 1. Again? [Yes] [No]"]
    assert phone.says("yes") == ["< Round 2. Again? [Yes] [No]"]
    assert phone.says("no") == ["< Bye."]


def test_go_gives_the_other_handler_what_it_is_given() -> None:
    bot = Bot()

    @bot.otherwise
    def first(chat: Chat) -> None:
        chat.go(second, name=chat.message.text)

    @bot.on()
    def second(chat: Chat) -> None:
        chat.say(f"{chat.ask('?')} {chat.given['name']}")

    phone = Phone(bot)
    phone.says("Ada")
    assert phone.says("hi") == ["< hi Ada"]


def test_steps_of_a_loop_within_one_turn_are_done_each_time() -> None:
    drawn: list[int] = []

    def draw() -> int:
        drawn.append(len(drawn))
        return drawn[-1]

    bot = Bot()

    @bot.otherwise
    def loop(chat: Chat) -> None:
        if chat.step(draw) < 3:
            chat.go(loop)
        chat.say("three")

    assert Phone(bot).says("x") == ["< three"]
    assert drawn == [0, 1, 2, 3]


def test_two_handlers_of_one_name_cannot_ask() -> None:
    bot = Bot()
    bot.on("a")(lambda chat: chat.say(chat.ask("?")))
    bot.on("b")(lambda chat: chat.say(chat.ask("??")))
    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("b")
    assert "two handlers are named" in str(failed.value.__cause__)


def test_handlers_that_go_in_a_circle_are_an_error() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.go(round_and_round))

    @bot.on("x")
    def round_and_round(chat: Chat) -> None:
        chat.go(round_and_round)

    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("y")
    assert "circle" in str(failed.value.__cause__)


def test_data_is_kept_while_a_question_waits_and_counted_once() -> None:
    def handler(chat: Chat) -> None:
        chat.data["n"] = chat.data.get("n", 0) + 1
        chat.ask("?")
        chat.ask("??")
        chat.say(str(chat.data["n"]))

    phone = asking(handler)
    phone.says("x")
    phone.says("x")
    assert phone.says("x") == ["< 1"]


def test_the_time_is_the_same_when_the_handler_runs_again() -> None:
    seen: list[set[float]] = [set(), set()]

    def handler(chat: Chat) -> None:
        seen[0].add(chat.now.timestamp())
        chat.ask("?")
        seen[1].add(chat.now.timestamp())
        chat.ask("??")

    bot = Bot()
    bot.otherwise(handler)
    world = World(bot)
    for number in range(3):
        world.now += 100
        world.process(inbound(id=str(number), at=world.now))
    assert [len(times) for times in seen] == [1, 1]
    assert seen[0] != seen[1]


def test_the_message_is_the_newest_answer() -> None:
    def handler(chat: Chat) -> None:
        words = [chat.message.text]
        chat.ask("?")
        words.append(chat.message.text)
        chat.say(" ".join(words))

    phone = asking(handler)
    phone.says("one")
    assert phone.says("two") == ["< one two"]


def test_what_ask_raises_cannot_be_swallowed_unseen() -> None:
    def handler(chat: Chat) -> None:
        try:
            chat.ask("?")
        except BaseException:
            chat.say("caught")

    with pytest.raises(BotFailed) as failed:
        asking(handler).says("x")
    assert isinstance(failed.value.__cause__, SuspensionSwallowed)
    assert "test_ask.py:" in str(failed.value.__cause__)


def test_an_ordinary_except_does_not_catch_a_question() -> None:
    def handler(chat: Chat) -> None:
        try:
            chat.say(chat.ask("?"))
        except Exception:
            chat.say("caught")

    phone = asking(handler)
    assert phone.says("x") == ["< ?"]
    assert phone.says("y") == ["< y"]


@pytest.mark.parametrize("answer", [[], {}, 5, "words"])
def test_what_ask_does_not_take_is_an_error_at_its_line(answer: object) -> None:
    with pytest.raises(BotFailed) as failed:
        asking(lambda chat: chat.ask("?", answer)).says("x")  # type: ignore[call-overload]
    assert isinstance(failed.value.__cause__, BotError)


def test_a_prompt_that_is_too_long_is_asked_in_several_messages() -> None:
    phone = asking(lambda chat: chat.say(chat.ask("x" * 5000)))
    assert phone.says("x") == ["< " + "x" * 4096, "< " + "x" * 904]
    assert phone.says("y") == ["< y"]


def test_a_prompt_that_says_nothing_is_an_error_at_its_line() -> None:
    with pytest.raises(BotFailed) as failed:
        asking(lambda chat: chat.say(chat.ask(" "))).says("x")
    assert isinstance(failed.value.__cause__, LimitExceeded)


def test_a_handler_that_was_changed_in_mid_talk_begins_again() -> None:
    def before(chat: Chat) -> None:
        chat.ask("Name?")
        chat.ask("Age?", int)

    def after(chat: Chat) -> None:
        chat.say("Welcome.")
        chat.say(chat.ask("Your name?"))

    before.__qualname__ = after.__qualname__ = "talk"
    phone = asking(before)
    phone.says("x")
    changed = Bot()
    changed.otherwise(after)
    phone.redeploys(changed)
    assert phone.says("Ada") == ["< Sorry, we have to begin again.\n\n  Welcome.\n\n  Your name?"]
    assert phone.says("Ada") == ["< Ada"]


def test_words_that_were_changed_in_mid_talk_change_nothing() -> None:
    def before(chat: Chat) -> None:
        chat.say("Hello.")
        chat.say(chat.ask("Name?"))

    def after(chat: Chat) -> None:
        chat.say("Good day.")
        chat.say(f"So you are {chat.ask('What is your name?')}.")

    before.__qualname__ = after.__qualname__ = "talk"
    phone = asking(before)
    phone.says("x")
    changed = Bot()
    changed.otherwise(after)
    phone.redeploys(changed)
    assert phone.says("Ada") == ["< So you are Ada."]


def test_another_question_at_the_same_place_begins_again_and_takes_no_answer() -> None:
    def bot(answer: Any) -> Bot:
        made = Bot()
        made.otherwise(lambda chat: chat.say(str(chat.ask("?", answer))))
        return made

    phone = Phone(bot(int))
    assert phone.says("x") == ["< ?"]
    phone.redeploys(bot(["A", "B"]))
    assert phone.says("A") == ["< Sorry, we have to begin again.", "< ? [A] [B]"]


def test_a_handler_that_is_gone_in_mid_talk_leaves_the_message_to_the_others() -> None:
    phone = asking(lambda chat: chat.say(chat.ask("?")))
    phone.says("x")
    changed = Bot()

    @changed.otherwise
    def lost(chat: Chat) -> None:
        chat.say("What?")

    phone.redeploys(changed)
    assert phone.says("Ada") == ["< What?"]


def test_a_step_is_done_once_although_the_handler_runs_again() -> None:
    done: list[str] = []

    def effect(words: str) -> int:
        done.append(words)
        return len(done)

    def handler(chat: Chat) -> None:
        number = chat.step(effect, chat.ask("?"))
        chat.ask("??")
        chat.say(str(number))

    phone = asking(handler)
    answers = [phone.says(words) for words in ("x", "one", "two")][-1]
    assert done == ["one"]
    assert answers == ["< 1"]


def test_a_finished_step_survives_a_failure_of_the_same_turn() -> None:
    done: list[str] = []
    failing = [True]

    def effect() -> str:
        done.append("x")
        return "kept"

    def handler(chat: Chat) -> None:
        result = chat.step(effect)
        if failing:
            failing.pop()
            raise RuntimeError
        chat.say(result)

    bot = Bot()
    bot.otherwise(handler)
    world = World(bot)
    with pytest.raises(BotFailed):
        world.process(inbound())
    world.process(inbound(), received_before=True)
    assert done == ["x"]
    assert texts(world.outbox.turns[0]) == ["kept"]


def test_a_finished_step_survives_a_commit_that_fails() -> None:
    done: list[str] = []
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(str(chat.step(lambda: done.append("x")))))
    world = World(bot, store=ThrottledStore(times=2))
    for number in range(2):
        with pytest.raises(ConnectionError):
            world.process(inbound(), received_before=number > 0)
    world.process(inbound(), received_before=True)
    assert done == ["x"]


def test_a_finished_step_survives_a_commit_that_somebody_forestalls() -> None:
    done: list[str] = []
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(str(chat.step(lambda: done.append("x")))))
    world = World(bot, store=ForestalledStore(times=2))
    world.process(inbound())
    assert done == ["x"]


def test_a_retry_that_says_nothing_is_an_error_at_its_line() -> None:
    phone = asking(lambda chat: chat.say(str(chat.ask("?", int, retry=" "))))
    phone.says("x")
    with pytest.raises(BotFailed) as failed:
        phone.says("y")
    assert isinstance(failed.value.__cause__, LimitExceeded)


def test_a_result_that_is_too_large_is_an_error_that_names_the_step() -> None:
    def large() -> str:
        return "x" * 70_000

    with pytest.raises(BotFailed) as failed:
        asking(lambda chat: chat.say(str(len(chat.step(large))))).says("x")
    assert "large is 70002 bytes" in str(failed.value.__cause__)


def test_a_step_is_given_the_same_key_however_often_it_is_tried() -> None:
    keys: list[str] = []

    def effect(*, idempotency_key: str = "") -> None:
        keys.append(idempotency_key)
        if len(keys) < 3:
            raise KeyboardInterrupt  # the machine stops after the effect and before we record it

    bot = Bot()
    bot.otherwise(lambda chat: chat.step(effect))
    world = World(bot)
    for number in range(2):
        with pytest.raises(KeyboardInterrupt):
            world.process(inbound(), received_before=number > 0)
    world.process(inbound(), received_before=True)
    world.process(inbound(id="another"))
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]


def test_a_result_that_is_no_json_is_an_error_that_names_the_step() -> None:
    with pytest.raises(BotFailed) as failed:
        asking(lambda chat: chat.say(str(chat.step(object)))).says("x")
    assert "the result of step object cannot be kept" in str(failed.value.__cause__)


def test_a_parked_update_ends_the_talk() -> None:
    bot = Bot(sorry="Sorry!")

    @bot.otherwise
    def handler(chat: Chat) -> None:
        chat.ask("?")
        raise RuntimeError

    world = World(bot)
    world.process(inbound(id="a"))
    for number in range(2):
        with pytest.raises(BotFailed):
            world.process(inbound(id="b"), received_before=number > 0)
    world.process(inbound(id="b"), received_before=True)
    world.process(inbound(id="c"))
    assert [texts(turn) for turn in world.outbox.turns] == [["?"], ["Sorry!"], ["?"]]


def texts(turn: TurnMessages) -> list[str]:
    return [message.content.body for message in turn.messages if isinstance(message.content, Text)]


def test_200_contacts_in_mid_talk_do_not_touch_each_other() -> None:
    bot = Bot()

    @bot.otherwise
    def handler(chat: Chat) -> None:
        chat.say(f"{chat.contact.name} {chat.ask('?')} {chat.ask('??')}")

    phones = [Phone(bot, name=f"N{n}", contact_id=f"1555{n:07d}") for n in range(200)]
    said = [[phone.says(f"{words}{n}") for n, phone in enumerate(phones)] for words in ("x", "a", "b")]
    assert said[-1] == [[f"< N{n} a{n} b{n}"] for n in range(200)]


# --- any handler, any crashes -------------------------------------------------------------------------------

Maybe = Callable[[], None]
"""Stops the machine, perhaps."""


@dataclass
class Effects:
    """The effects of steps: the key of each call."""

    keys: list[str] = field(default_factory=list)

    def effect(self, name: str, *, idempotency_key: str = "") -> str:
        self.keys.append(idempotency_key)
        return name.upper()


Line = tuple[str, int]
LINES = st.lists(
    st.tuples(
        st.sampled_from(["say", "ask", "step", "branch", "go", "later", "timed", "set", "unset"]),
        st.integers(0, 3),
    ),
    max_size=9,
)


def program(lines: list[Line], effects: Effects, before_line: Maybe) -> Bot:  # noqa: C901 - a small interpreter
    """Return a bot whose handler does `lines`, one after another."""
    bot = Bot()

    def talk(chat: Chat) -> None:  # noqa: C901 - as above
        heard = ""
        for number, (what, detail) in enumerate(lines):
            before_line()
            if what == "say":
                chat.say(f"{number} {heard}")
            elif what == "ask":
                heard += chat.ask(f"{number}?")
            elif what == "step":
                heard += chat.step(effects.effect, f"{chat.message.hashed_id}-{number}")[-1]
            elif what == "branch" and len(heard) % 2 == detail % 2:
                chat.say(f"{number} branch")
            elif what == "later":
                chat.later(timedelta(hours=detail), reminded, heard=heard)
            elif what == "timed":
                heard += timed(chat, detail)
            elif what == "set":
                chat.data[f"k{detail}"] = number
            elif what == "unset":
                chat.data.pop(f"k{detail}", None)
            elif what == "go" and chat.data.get("went") is None:
                chat.data["went"] = detail
                chat.go(other)
        chat.say(f"end {sorted(chat.data.items())}")

    def timed(chat: Chat, hours: int) -> str:
        try:
            return chat.ask("soon?", timeout=timedelta(hours=hours + 1))
        except NoAnswer as none:
            return none.reason

    @bot.on()
    def other(chat: Chat) -> None:
        chat.say(f"other {chat.ask('other?')} {chat.data.get('went')}")

    @bot.on()
    def reminded(chat: Chat) -> None:
        chat.data["reminded"] = chat.data.get("reminded", 0) + 1
        chat.say(f"reminded {chat.data['reminded']} {chat.given['heard']} {chat.step(effects.effect, 'r')}")

    bot.otherwise(talk)
    return bot


@dataclass
class CrashingStore(MemoryStore):
    """A store before and after whose commit the machine may stop."""

    maybe: Maybe = lambda: None

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        self.maybe()
        super().commit(inbound, before, after, marker)
        self.maybe()


@dataclass
class CrashingOutbox(MemoryOutbox):
    """An outbox before and after whose queueing the machine may stop."""

    maybe: Maybe = lambda: None

    def put(self, turn: TurnMessages) -> None:
        self.maybe()
        super().put(turn)
        self.maybe()


@dataclass
class CrashingWakeUps(MemoryWakeUps):
    """A scheduler before and after whose scheduling the machine may stop."""

    maybe: Maybe = lambda: None

    def put(self, wake_up: WakeUp) -> None:
        self.maybe()
        super().put(wake_up)
        self.maybe()


@dataclass
class Machine:
    """A machine that stops now and then by `chance`, at most twice for one update."""

    chance: random.Random | None
    stops: int = 0

    def maybe(self) -> None:
        if self.chance and self.stops < 2 and self.chance.random() < 0.15:
            self.stops += 1
            raise KeyboardInterrupt

    def handles(self, world: World, update: Inbound) -> None:
        """Handle `update`. When a machine stops, another goes on. Sometimes the update comes once more."""
        self.stops, received = 0, 0
        while True:
            try:
                world.process(update, received_before=received > 0)
                break
            except KeyboardInterrupt:
                received += 1
        if self.chance and self.chance.random() < 0.3:
            self.handles(world, update)


def run(lines: list[Line], chance: random.Random | None) -> tuple[list[list[str]], Effects]:
    """Return what is said after six messages and reminders. With `chance`, machines stop."""
    effects, machine = Effects(), Machine(chance)
    world = World(
        program(lines, effects, machine.maybe),
        store=CrashingStore(maybe=machine.maybe),
        outbox=CrashingOutbox(maybe=machine.maybe),
        wake_ups=CrashingWakeUps(maybe=machine.maybe),
    )
    for number in range(6):
        machine.handles(world, inbound(f"m{number}", id=f"m{number}"))
        world.now += 3600
        while wake_up := world.wake_ups.next(world.now):
            machine.handles(world, wake_up.inbound)
    return [texts(turn) for turn in world.outbox.turns], effects


@settings(max_examples=100, deadline=None)
@given(LINES, st.integers())
def test_any_handler_says_under_crashes_what_it_says_undisturbed(lines: list[Line], seed: int) -> None:
    undisturbed, effects = run(lines, None)
    disturbed, repeated = run(lines, random.Random(seed))  # noqa: S311 - no secret
    assert disturbed == undisturbed
    assert list(dict.fromkeys(repeated.keys)) == effects.keys, "what is repeated is repeated under its key"


@settings(max_examples=30, deadline=None)
@given(LINES)
def test_any_step_of_an_undisturbed_run_is_done_once(lines: list[Line]) -> None:
    _, effects = run(lines, None)
    assert len(set(effects.keys)) == len(effects.keys)
