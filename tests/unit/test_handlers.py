"""The mistakes in a handler that can be found when it is registered."""

import functools
import re
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Any, Literal, Union

import pytest

from rejoinder import Bot, BotError, Buttons, Chat, Document, Image, Intent, Media, Tap, Template, Text
from rejoinder.bot.chat import Handler
from rejoinder.bot.handlers import check, check_result, name_of
from rejoinder.bot.router import Rule, Rules, matcher
from rejoinder.model.own import Reminder, TimeUp
from rejoinder.testing import BotFailed, Phone

LOCK = threading.Lock()


def in_a_with(chat: Chat) -> None:
    chat.say("Hello.")
    with LOCK:
        chat.ask("?")


def in_a_lock_of_steps(chat: Chat) -> None:
    with LOCK:
        chat.say("Hello.")


def in_a_try(chat: Chat) -> None:
    try:
        chat.say(chat.ask("?"))
    finally:
        chat.data["over"] = True


def in_an_except(chat: Chat) -> None:
    try:
        chat.say("?")
    except ValueError:
        if chat.data:
            chat.ask("?")
    finally:
        chat.data["over"] = True


def outside(chat: Chat) -> None:
    with LOCK:
        chat.data["locked"] = True
    try:
        chat.ask("?")
    except ValueError:
        chat.say("!")
    try:
        chat.say("!")
    finally:
        chat.ask("?")


@pytest.mark.parametrize(
    ("handler", "block", "line"),
    [(in_a_with, "`with`", 3), (in_a_try, "`try … finally`", 2), (in_an_except, "`try … finally`", 5)],
)
def test_an_ask_that_cleans_up_each_time_it_waits_is_warned_of_at_its_line(
    handler: Callable[[Chat], None], block: str, line: int
) -> None:
    with pytest.warns(UserWarning, match=block) as warned:
        Bot().on("x")(handler)
    assert warned[0].filename == __file__
    assert warned[0].lineno == handler.__code__.co_firstlineno + line


def test_an_ask_elsewhere_is_not() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(outside)


def test_a_source_is_read_only_where_there_is_an_ask_and_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def lines_of(handler: Handler) -> tuple[list[str], int]:
        read.append(handler)
        return ["pass"], 1

    monkeypatch.setattr("rejoinder.bot.handlers.inspect.getsourcelines", lines_of)
    for handler in (in_a_lock_of_steps, in_a_with, lambda chat: chat.ask("?")):
        check(handler)
    assert read == [in_a_with]


def test_what_has_no_source_is_taken_as_it_is() -> None:
    made: dict[str, Callable[[Chat], None]] = {}
    exec("def handler(chat):\n    with open('x'):\n        chat.ask('?')", made)  # noqa: S102
    check(made["handler"])
    check([].append)


def test_an_async_handler_is_refused() -> None:
    async def handler(chat: Chat) -> None:
        """Do nothing."""

    with pytest.raises(TypeError, match="async"):
        check(handler)


def test_a_handler_without_a_chat_is_refused() -> None:
    with pytest.raises(TypeError, match="one argument"):
        check(lambda: None)


# --- handlers that would run without doing anything ---


async def coroutine(chat: Chat) -> None:
    chat.say("Hello.")


def generator(chat: Chat) -> Iterator[None]:
    chat.say("Hello.")
    yield


async def async_generator(chat: Chat) -> AsyncIterator[None]:
    chat.say("Hello.")
    yield


class Called:
    """An object that can be called."""

    def __init__(self, word: str = "Hello.") -> None:
        self.word = word

    def __call__(self, chat: Chat) -> None:
        chat.say(self.word)

    def menu(self, chat: Chat) -> None:
        chat.say(self.word)

    async def later(self, chat: Chat) -> None:
        chat.say(self.word)

    def lists(self, chat: Chat) -> Iterator[None]:
        chat.say(self.word)
        yield

    def lonely(self) -> None:
        """Take a chat for the object."""

    @classmethod
    def made(cls, chat: Chat) -> None:
        chat.say("made")

    @staticmethod
    def alone(chat: Chat) -> None:
        chat.say("alone")


class CalledAsync:
    async def __call__(self, chat: Chat) -> None:
        chat.say("Hello.")


class CalledGenerator:
    def __call__(self, chat: Chat) -> Iterator[None]:
        chat.say("Hello.")
        yield


def with_word(chat: Chat, *, word: str) -> None:
    chat.say(word)


def two(chat: Chat, word: str) -> None:
    chat.say(word)


async def two_async(word: str, chat: Chat) -> None:
    chat.say(word)


CANNOT_WORK: dict[str, tuple[Any, str]] = {
    "a coroutine": (coroutine, "coroutine is async"),
    "an async method": (Called().later, "Called.later is async"),
    "an object called async": (CalledAsync(), "CalledAsync is async"),
    "a partial of a coroutine": (partial(two_async, "x"), "two_async is async"),
    "a partial of an async object": (partial(CalledAsync()), "CalledAsync is async"),
    "a static coroutine": (staticmethod(coroutine), "coroutine is async"),
    "an async generator": (async_generator, "async_generator is async"),
    "a generator": (generator, "generator has a yield"),
    "a generator method": (Called().lists, "Called.lists has a yield"),
    "an object called as a generator": (CalledGenerator(), "CalledGenerator has a yield"),
    "a partial of a generator": (partial(partial(generator)), "generator has a yield"),
    "a lambda that yields": (lambda chat: (yield chat), "has a yield"),
    "a class": (Called, "a handler is a function"),
    "words": ("hello", r"a handler is a function, def name\(chat\), not 'hello'"),
    "nothing": (None, "a handler is a function"),
    "a class method that is not bound": (Called.__dict__["made"], "a handler is a function"),
    "a method without its object": (Called.menu, r"bot.on\(…\)\(self.menu\)"),
    "a method that would take the chat for its object": (Called.lonely, r"bot.on\(…\)\(self.lonely\)"),
    "a bound method without a chat": (Called().lonely, "must take one argument"),
    "no argument": (lambda: None, "must take one argument"),
    "two arguments": (two, "must take one argument"),
    "a named argument without a default": (with_word, "must take one argument"),
    "a function of C without a signature": (max, "max does not say what it takes"),
}


@pytest.mark.parametrize("name", CANNOT_WORK)
def test_a_handler_that_cannot_work_is_refused_when_it_is_registered(name: str) -> None:
    handler, why = CANNOT_WORK[name]
    bot = Bot()
    for register in (bot.on("x"), bot.start(always=True), bot.otherwise):
        with pytest.raises(TypeError, match=why):
            register(handler)


WORKS: dict[str, tuple[Any, str]] = {
    "a bound method": (Called("I am.").menu, "I am."),
    "a class method": (Called.made, "made"),
    "a static method": (Called.alone, "alone"),
    "a static method as it stands in its class": (Called.__dict__["alone"], "alone"),
    "an object": (Called("An object."), "An object."),
    "a partial": (partial(with_word, word="A partial."), "A partial."),
    "a partial of an object": (partial(Called("Both.")), "Both."),
    "a decorated function that takes more": (
        functools.wraps(two)(lambda chat: two(chat, "Given.")),
        "Given.",
    ),
    "a lambda": (lambda chat: chat.say("A lambda."), "A lambda."),
    "more arguments with defaults": (lambda chat, word="More.", **_: chat.say(word), "More."),
}


@pytest.mark.parametrize("name", WORKS)
def test_what_takes_a_chat_is_a_handler_and_can_be_reached_by_a_button(name: str) -> None:
    handler, says = WORKS[name]
    bot = Bot()
    bot.on("go")(handler)
    bot.on("menu")(menu_to(handler))
    phone = Phone(bot)
    assert phone.says("go") == [f"< {says}"]
    phone.says("menu")
    assert phone.taps("Go") == [f"< {says}"]


def menu_to(handler: Any) -> Callable[[Chat], None]:
    def menu(chat: Chat) -> None:
        chat.say("?", buttons={"Go": handler})

    return menu


def test_a_method_is_the_same_handler_each_time_it_is_named() -> None:
    """Python makes a new object each time that a bound method is named."""

    class Shop:
        def __init__(self, bot: Bot) -> None:
            bot.on("menu")(self.menu)
            bot.on("shop", "hours", interrupts=True)(self.hours)

        def menu(self, chat: Chat) -> None:
            chat.say("?", buttons={"Hours": self.hours, "Again": self.menu})
            chat.later(timedelta(hours=1), self.hours)

        def hours(self, chat: Chat) -> None:
            if chat.ask("Today?", ["Yes", "No"]) == "Yes":
                chat.go(self.hours)
            chat.say("9 to 17.")

    bot = Bot()
    Shop(bot)
    phone = Phone(bot)
    phone.says("menu")
    assert phone.taps("Hours") == ["< Today? [Yes] [No]"]
    assert phone.taps("Yes") == ["< Today? [Yes] [No]"]
    assert phone.taps("No") == ["< 9 to 17."]
    assert phone.waits(hours=1) == ["< Today? [Yes] [No]"]


def test_a_method_that_is_registered_twice_interrupts_by_its_button_too() -> None:
    shop, bot = Called("Here is the menu."), Bot()
    bot.on("menu")(shop.menu)
    bot.on("stop", interrupts=True)(shop.menu)
    bot.on("first")(menu_to(shop.menu))

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        chat.say(chat.ask("?"))

    phone = Phone(bot)
    phone.says("first")
    phone.says("ask")
    assert phone.taps("Go") == ["< Here is the menu."]


@pytest.mark.parametrize("left", [coroutine, generator, async_generator], ids=lambda f: f.__name__)
def test_a_result_that_still_has_to_run_is_an_error(left: Callable[..., Any]) -> None:
    with pytest.raises(BotError, match=r"x gave back a.*nothing in it has run"):
        check_result("x", left(None))


@pytest.mark.parametrize("result", [None, 1, "words", [1], range(3)], ids=repr)
def test_other_results_are_not(result: object) -> None:
    check_result("x", result)


# --- handlers that cannot be told apart ---


def make(word: str) -> Callable[[Chat], None]:
    def handler(chat: Chat) -> None:
        chat.say(word)

    return handler


def elsewhere(place: str) -> Callable[[Chat], None]:
    """Return the handler `book` of another file."""
    made: dict[str, Callable[[Chat], None]] = {}
    exec(compile("def book(chat):\n    chat.ask('?')\n", f"/bot/{place}.py", "exec"), made)  # noqa: S102
    return made["book"]


TWINS: dict[str, tuple[Any, Any, str]] = {
    "two functions of one name": (
        elsewhere("hotel"),
        elsewhere("taxi"),
        r"named book \(hotel.py:1 and taxi.py:1\).*Rename one of them",
    ),
    "one method of two objects": (Called().menu, Called().menu, "one method of two objects"),
    "two objects of one class": (Called(), Called(), "two handlers are named Called"),
    "two out of one function": (make("a"), make("b"), "__qualname__"),
    "two partials": (partial(with_word, word="a"), partial(with_word, word="b"), "__qualname__"),
    "a function and its wrapper": (
        outside,
        functools.wraps(outside)(lambda chat: chat.go(outside)),
        "two handlers are named outside",
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_two_handlers_of_one_name_are_refused_when_they_are_registered(name: str) -> None:
    one, other, why = TWINS[name]
    bot = Bot()
    bot.on("a")(one)
    for register in (bot.on("b"), bot.on(), bot.start, bot.otherwise):
        with pytest.raises(BotError, match=why):
            register(other)


@pytest.mark.parametrize("name", TWINS)
def test_two_handlers_of_one_name_are_refused_when_a_bot_is_included(name: str) -> None:
    one, other, why = TWINS[name]
    hotel, taxi, bot = Bot(), Bot(), Bot()
    hotel.on("hotel")(one)
    taxi.otherwise(other)
    bot.include(hotel)
    with pytest.raises(BotError, match=why):
        bot.include(taxi)
    assert Phone(bot).says("anything") == []


def test_a_name_of_its_own_tells_handlers_of_one_function_apart() -> None:
    bot = Bot()
    handlers: list[Any] = [
        make("Tea."),
        make("Coffee."),
        partial(with_word, word="Milk."),
        partial(with_word, word="Water."),
    ]
    names = ["tea", "coffee", "milk", "water"]
    for handler, name in zip(handlers, names, strict=True):
        handler.__qualname__ = name
        bot.on(name)(handler)
    bot.otherwise(lambda chat: chat.say("?", rows=dict(zip(names, handlers, strict=True))))
    phone = Phone(bot)
    for name in names:
        phone.says("?")
        assert phone.taps(name) == [f"< {name.capitalize()}."]


def test_one_handler_may_be_registered_as_often_as_one_likes() -> None:
    bot, part = Bot(), Bot()
    shop = Called("Hello.")

    @part.on("a")
    @part.on("b")
    @part.otherwise
    def ask(chat: Chat) -> None:
        chat.say(chat.ask("?"))

    part.on("c")(shop.menu)
    part.on("d")(shop.menu)
    other = Bot()
    other.include(part)
    for one in (part, other, part):
        bot.include(one)
    phone = Phone(bot)
    assert phone.says("a") == ["< ?"]
    assert phone.says("words") == ["< words"]
    assert phone.says("d") == ["< Hello."]


def test_an_intent_that_comes_by_two_ways_is_included_once() -> None:
    hours = Intent(name="hours", examples=["when are you open"])
    common, hotel, taxi, bot = Bot(), Bot(), Bot(), Bot()
    common.on(hours)(outside)
    for part in (hotel, taxi):
        part.include(common)
        bot.include(part)
    assert Phone(bot).says("when are you open?") == ["< ?"]


def test_lambdas_need_no_names_until_one_has_to_be_found_again() -> None:
    bot = Bot()
    bot.on("a")(lambda chat: chat.say("A"))
    bot.on("b")(lambda chat: chat.say("B"))
    bot.on("c")(lambda chat: chat.say(chat.ask("?")))
    phone = Phone(bot)
    assert phone.says("a") + phone.says("b") == ["< A", "< B"]
    with pytest.raises(BotFailed) as failed:
        phone.says("c")
    assert "two handlers are named" in str(failed.value.__cause__)


def test_a_lambda_that_got_a_twin_is_not_found_rather_than_mistaken() -> None:
    rules = Rules()
    one: Handler = lambda chat: chat.say("1")  # noqa: E731
    other: Handler = lambda chat: chat.say("2")  # noqa: E731
    rules.add(one)
    assert rules.named(name_of(one)) is one
    rules.add(other)
    assert rules.named(name_of(one)) is None


def test_a_decorator_above_on_hides_the_handler_and_the_error_says_so() -> None:
    bot = Bot()

    @bot.on("a")
    def a(chat: Chat) -> None:
        chat.say("?")

    hidden = functools.wraps(a)(lambda chat: chat.go(a))
    bot.on("b")(menu_to(hidden))
    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("b")
    assert "put on() above its other decorators" in str(failed.value.__cause__)


@pytest.mark.parametrize("role", ["start", "otherwise", "no_answer"])
def test_a_role_has_one_handler(role: Literal["start", "otherwise", "no_answer"]) -> None:
    rules = Rules()
    rules.add_only(role, outside)
    rules.add_only(role, outside)
    with pytest.raises(BotError, match=f"outside and in_a_lock are both for {role}"):
        rules.add_only(role, in_a_lock)
    assert (getattr(rules, role), rules.handlers) == (outside, [outside])


def in_a_lock(chat: Chat) -> None:
    chat.say("Hello.")


# --- triggers that nothing can fit ---


class Size(Enum):
    SMALL = "small"


NEVER: dict[str, tuple[Any, str]] = {
    "no words": ("", "no word to compare"),
    "spaces": (" \n", "no word to compare"),
    "a tuple of types": ((Image, Document), r"not in a tuple: on\(…, …\)"),
    "a list of words": (["hi", "hello"], r"not in a list: on\(…, …\)"),
    "a set of words": ({"hi"}, "not in a set"),
    "a pattern of bytes": (re.compile(b"hi"), "pattern of bytes"),
    "a tap without an id": (Tap(""), "no button has the id ''"),
    "a tap with spaces": (Tap("more "), "no button has the id 'more '"),
    "a tap on a button of ours": (Tap("go:book#0"), "rejoinder's own"),
    "a number": (5, "on() takes words"),
    "nothing": (None, "on() takes words"),
    "a function": (outside, r"the function outside: write @bot.on\(…\)"),
    "an enum member": (Size.SMALL, "on() takes words"),
    "a ready content": (Text(body="hi"), "on() takes words"),
    "buttons": (Buttons, r"on\(Buttons\) would never run"),
    "a template": (Template, "what a bot says"),
    "str": (str, r"write on\(Text\)"),
    "an intent without examples": (Intent, r"on\(Intent\) would never run"),
    "an error": (ValueError, "would never run"),
    "object": (object, "would never run"),
    "a reminder": (Reminder, "would never run"),
    "the end of a time": (TimeUp, "would never run"),
    "a union with a stranger": (Image | int, r"on\(int\) would never run"),
    "an optional type": (Image | None, "would never run"),
    "a typing": (list[Image], "on() takes words"),
}


@pytest.mark.parametrize("name", NEVER)
def test_a_trigger_that_nothing_can_fit_is_refused(name: str) -> None:
    trigger, why = NEVER[name]
    with pytest.raises((TypeError, BotError), match=why.replace("on()", r"on\(\)")):
        Bot().on("hello", trigger)


@pytest.mark.parametrize("trigger", [Image | Document, Union[Image, Document], Media], ids=str)  # noqa: UP007
def test_several_kinds_of_content_are_one_trigger(trigger: Any) -> None:
    bot = Bot()

    @bot.on(trigger)
    def file(chat: Chat) -> None:
        chat.say("Thank you.")

    phone = Phone(bot)
    assert phone.sends(Image(media_id="1")) == ["< Thank you."]
    assert phone.sends(Document(media_id="2")) == ["< Thank you."]
    assert phone.says("hi") == []


def rule(trigger: Any, handler: Handler, *, interrupts: bool = False) -> Rule:
    return Rule(matchers=(matcher(trigger),), intents=(), handler=handler, interrupts=interrupts)


@pytest.mark.parametrize(
    "earlier",
    ["menu", "MENU", re.compile("^m"), Text, Text | Image],
    ids=["it", "case", "a pattern", "a type", "a union"],
)
def test_a_word_that_an_earlier_handler_takes_always_is_warned_of(earlier: Any) -> None:
    rules = Rules()
    rules.add_rule(rule(earlier, outside))
    with pytest.warns(UserWarning, match="'menu', typed, never reaches in_a_lock: outside") as warned:
        rules.warn_of_dead_words(["menu", Image], in_a_lock, interrupts=False)
    assert [(one.filename, one.lineno) for one in warned] == [(__file__, in_a_lock.__code__.co_firstlineno)]


@pytest.mark.parametrize(
    ("earlier", "interrupts"),
    [
        (rule("men", in_a_lock), False),
        (rule("menu", outside), True),
        (rule("menu", in_a_lock), False),
        (rule(Image, outside), False),
    ],
    ids=["another word", "the later one interrupts", "the same handler", "a picture"],
)
def test_other_words_are_not_warned_of(earlier: Rule, interrupts: bool) -> None:  # noqa: FBT001 - of the table
    rules = Rules()
    rules.add_rule(earlier)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rules.warn_of_dead_words(["menu"], in_a_lock, interrupts=interrupts)
