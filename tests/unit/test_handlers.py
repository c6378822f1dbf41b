"""The mistakes in a handler that can be found when it is registered."""

import threading
import warnings
from collections.abc import Callable

import pytest

from rejoinder import Bot, Chat
from rejoinder.bot.handlers import check

LOCK = threading.Lock()


def in_a_with(chat: Chat) -> None:
    chat.say("Hello.")
    with LOCK:
        chat.ask("?")


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
