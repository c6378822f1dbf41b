"""The test door: what it demands of a bot."""

import logging
import random
import socket
import sys
import threading
from datetime import datetime, timedelta
from typing import get_args

import pytest

from rejoinder import Bot, BotError, Chat, Reaction, Tap
from rejoinder.errors import BotFailed
from rejoinder.testing import Phone
from rejoinder.testing.watch import Point
from tests.unit.test_ask import asking, booking


def cause_of(phone: Phone, *words: str) -> str:
    """Return the text of what the bot raises on the last of `words`."""
    for word in words[:-1]:
        phone.says(word)
    with pytest.raises(BotFailed) as failed:
        phone.says(words[-1])
    return str(failed.value.__cause__)


# --- twice --------------------------------------------------------------------------------------------------


def test_words_that_differ_from_run_to_run_are_an_error_that_names_the_line() -> None:
    phone = asking(lambda chat: chat.say(str(random.random())))  # noqa: S311 - that is the point
    assert "test_phone.py:" in (cause := cause_of(phone, "x"))
    assert "chat.step" in cause


def test_a_branch_that_differs_from_run_to_run_is_one_too() -> None:
    runs: list[int] = []

    def handler(chat: Chat) -> None:
        runs.append(1)
        if len(runs) % 2:
            chat.say("odd")

    assert "not when it ran again" in cause_of(asking(handler), "x")


def test_a_converter_that_is_not_pure_is_one_too() -> None:
    asked: list[str] = []

    def convert(words: str) -> int:
        asked.append(words)
        return len(asked)

    def handler(chat: Chat) -> None:
        chat.data["n"] = chat.ask("?", convert)

    assert "get the answer 1 at test_phone.py" in cause_of(asking(handler), "x", "y").replace("'", "")


def test_data_that_differ_from_run_to_run_are_one_too() -> None:
    def handler(chat: Chat) -> None:
        chat.data["n"] = random.random()  # noqa: S311

    assert "chat.data" in cause_of(asking(handler), "x")


def test_what_changed_between_two_messages_is_found_when_the_answer_comes() -> None:
    stock = ["tea"]

    def handler(chat: Chat) -> None:
        chat.say(f"We have {stock[0]}.")
        chat.say(chat.ask("What would you like?"))

    phone = asking(handler)
    phone.says("x")
    stock[0] = "coffee"
    assert "We have tea." in cause_of(phone, "y")


def test_a_reaction_to_an_answer_is_the_same_although_an_earlier_answer_has_no_id() -> None:
    def handler(chat: Chat) -> None:
        chat.ask("The photo?")
        chat.say(Reaction(message_id=chat.message.id, emoji="👍"))
        chat.say("Thank you.", quote=chat.message)
        chat.say(chat.ask("Your name?"))

    phone = asking(handler)
    phone.says("x")
    assert phone.says("here") == ["< (reaction 👍)", "< Thank you.", "< Your name?"]
    assert phone.says("Ada") == ["< Ada"]


def test_a_new_bot_may_use_other_words() -> None:
    def bot(words: str) -> Bot:
        made = Bot()

        @made.otherwise
        def talk(chat: Chat) -> None:
            chat.say(words)
            chat.say(chat.ask("Name?"))

        return made

    phone = Phone(bot("Hello."))
    phone.says("x")
    phone.redeploys(bot("Good day."))
    assert phone.says("Ada") == ["< Ada"]


def test_steps_are_done_once_although_each_turn_is_run_twice() -> None:
    done: list[int] = []
    phone = asking(lambda chat: chat.say(str(chat.step(lambda: done.append(1)))))
    phone.says("x")
    assert done == [1]


# --- sockets ------------------------------------------------------------------------------------------------


def connect() -> str:
    """Connect to a server of our own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    return "connected"


def test_a_connection_outside_a_step_is_refused() -> None:
    assert "use chat.step" in cause_of(asking(lambda chat: chat.say(connect())), "x")


def test_a_connection_in_a_step_is_made() -> None:
    assert asking(lambda chat: chat.say(chat.step(connect))).says("x") == ["< connected"]


def test_connections_of_others_are_not_concerned() -> None:
    asking(lambda _: None).says("x")
    assert connect() == "connected"


# --- crashes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", get_args(Point))
@pytest.mark.parametrize("line", ["book", "tomorrow", "4"])
def test_a_crash_at_any_point_leaves_the_transcript_as_promised(point: Point, line: str) -> None:
    bot = Bot()
    keys: list[str] = []

    def reserve(*, idempotency_key: str = "") -> str:
        keys.append(idempotency_key)
        return "R1"

    @bot.on("book")
    def book(chat: Chat) -> None:
        chat.step(reserve, name="look")
        chat.later(timedelta(hours=1), remind)
        day = chat.ask("Which day?", ["Today", "Tomorrow"])
        chat.step(reserve, name="hold")
        chat.later(timedelta(hours=1), remind)
        people = chat.ask("How many?", int)
        chat.later(timedelta(hours=1), remind)
        chat.say(f"{day}, {people}: {chat.step(reserve)}")

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say("Soon!", apart=True)

    phone = Phone(bot)
    for words in ("book", "tomorrow", "4"):
        if words == line:
            phone.crashes(point)
        phone.says(words)
    assert phone.waits(hours=1) == ["< Soon!"] * 3
    assert phone.lines[:6] == [
        "> book",
        "< Which day? [Today] [Tomorrow]",
        "> tomorrow",
        "< How many?",
        "> 4",
        "< Tomorrow, 4: R1",
    ]
    repeated = point in {"after step", "before commit"}
    assert len(keys) == (4 if repeated else 3), "only a crash between effect and commit repeats an effect"
    assert len(set(keys)) == 3, "and then under the same key"


def test_a_crash_that_never_comes_is_an_error() -> None:
    phone = asking(lambda chat: chat.say("hi"))
    phone.crashes("before step")
    with pytest.raises(BotError, match="before step"):
        phone.says("x")


# --- buttons ------------------------------------------------------------------------------------------------


def test_a_button_that_nothing_takes_is_an_error() -> None:
    phone = asking(lambda chat: chat.say("?", buttons=["Dead"]))
    with pytest.raises(BotError, match="no handler takes the button 'Dead'"):
        phone.says("x")


@pytest.mark.parametrize("title", ["Stop promotions", "Keine Werbung"])
def test_a_button_that_says_stop_needs_no_handler(title: str) -> None:
    phone = asking(lambda chat: chat.say("An offer!", buttons=[title]))
    phone.says("x")
    assert phone.taps(title)[0].startswith("< You will get no more offers")


def test_a_row_that_nothing_takes_is_one_too() -> None:
    phone = asking(lambda chat: chat.say("?", rows=["Dead"]))
    with pytest.raises(BotError, match="Dead"):
        phone.says("x")


def test_a_button_may_be_taken_by_its_title_by_its_id_or_by_a_question() -> None:
    bot = Bot()

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say("?", buttons=[("more", "Anything more"), "Menu"])

    @bot.on(Tap(id="more"))
    def more(chat: Chat) -> None:
        chat.say(chat.ask("Which?", ["Any"]))

    phone = Phone(bot)
    phone.says("menu")
    assert phone.taps("Anything more") == ["< Which? [Any]"]
    assert phone.taps("Any") == ["< Any"]


def test_a_plain_button_does_not_answer_a_question_and_needs_a_handler() -> None:
    bot = Bot()

    @bot.otherwise
    def more(chat: Chat) -> None:
        chat.say("!", buttons=["Any"])
        chat.ask("Which?")

    with pytest.raises(BotError, match="no handler takes the button 'Any'"):
        Phone(bot).says("x")


# --- ask and step in their place ----------------------------------------------------------------------------


def test_a_step_only_gives_back_a_result() -> None:
    def handler(chat: Chat) -> None:
        chat.step(lambda: chat.ask("?"), name="asking")

    assert "ask inside the step asking" in cause_of(asking(handler), "x")


def test_a_handler_does_nothing_in_another_thread() -> None:
    raised: list[Exception] = []

    def other(chat: Chat) -> None:
        try:
            chat.say("?")
        except BotError as error:
            raised.append(error)

    def handler(chat: Chat) -> None:
        thread = threading.Thread(target=other, args=(chat,))
        thread.start()
        thread.join()

    asking(handler).says("x")
    assert "another thread" in str(raised[0])


def test_a_step_is_named_by_its_function_or_by_its_name() -> None:
    def handler(chat: Chat) -> None:
        chat.say(chat.step(lambda: "a", name="first") + chat.step(greet, name="Ada"))

    def greet(name: str) -> str:
        return f" {name}"

    assert asking(handler).says("x") == ["< a Ada"]


def test_a_step_by_another_name_at_the_same_place_begins_again() -> None:
    def bot(name: str) -> Bot:
        made = Bot()

        @made.otherwise
        def talk(chat: Chat) -> None:
            chat.step(lambda: 1, name=name)
            chat.say(chat.ask("?"))

        return made

    phone = Phone(bot("one"))
    phone.says("x")
    phone.redeploys(bot("other"))
    assert phone.says("y") == ["< Sorry, we have to begin again.\n\n  ?"]


# --- logs, time, talks --------------------------------------------------------------------------------------


def test_lines_that_ran_before_log_nothing_when_they_run_again(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("a bot's own")

    def handler(chat: Chat) -> None:
        log.warning("before")
        answer = chat.ask("?")
        log.warning("after %s", answer)
        chat.ask("??")

    phone = asking(handler)
    phone.says("x")
    caplog.clear()
    phone.says("y")
    assert [record.getMessage() for record in caplog.records] == ["after y"]
    caplog.clear()
    phone.says("z")
    assert caplog.records == []
    assert log.isEnabledFor(logging.WARNING)


def test_the_clock_stands_still_but_for_waits() -> None:
    phone = Phone(asking_for_the_time(), at=datetime.fromisoformat("2026-12-24T18:00:00+00:00"))
    assert phone.says("x") == ["< 18:00:00"]
    assert phone.says("x") == ["< 18:00:00"]
    phone.waits(hours=1, minutes=30)
    assert phone.says("x") == ["< 19:30:00"]


def asking_for_the_time() -> Bot:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(f"{chat.now:%H:%M:%S}"))
    return bot


def test_a_written_talk_is_played() -> None:
    bot, made = booking()
    talk = """
# A table for four.
> book
< Which day? [Today] [Tomorrow]
... 2 days
> [Tomorrow]
< For how many people?
> 4
< Done: tomorrow, 4 people. Your reference is R1.
"""
    Phone(bot).plays(talk)
    assert made == [("Tomorrow", 4)]
    with pytest.raises(AssertionError, match=r"- < Done.*R1\.\n\+ < Done.*R2\."):
        Phone(bot).plays(talk)


def test_a_message_of_several_lines_is_played_as_one() -> None:
    asking(lambda chat: chat.say(chat.message.text)).plays("> a\n  b\n\n  c\n< a\n  b\n\n  c\n")


def test_a_talk_that_goes_wrong_is_not_played_on() -> None:
    phone = asking(lambda chat: chat.say("a"))
    with pytest.raises(AssertionError):
        phone.plays("> x\n< b\n> [Nothing]\n< c\n")
    assert phone.lines == ["> x", "< a"]


def test_an_intent_is_given_its_slots() -> None:
    from rejoinder import Intent  # noqa: PLC0415

    bot = Bot()

    @bot.on(Intent(name="order", examples=["where is my order"], slots={"order": "[0-9]{4}"}))
    def order(chat: Chat) -> None:
        chat.say(f"Order {chat.given.get('order')}")

    @bot.otherwise
    def lost(chat: Chat) -> None:
        chat.say("?")

    phone = Phone(bot)
    assert phone.says("where is my order 1234?") == ["< Order 1234"]
    assert phone.says("the weather is fine today") == ["< ?"]


def test_what_a_bot_prints_and_logs_is_shown_once_although_each_turn_runs_twice(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    bot = Bot()

    @bot.otherwise
    def answer(chat: Chat) -> None:
        print("printed")
        print("complained", file=sys.stderr)
        logging.getLogger("bot").warning("logged")
        chat.say("Hello")

    assert Phone(bot).says("hi") == ["< Hello"]
    assert capsys.readouterr() == ("printed\n", "complained\n")
    assert [record.message for record in caplog.records if record.name == "bot"] == ["logged"]
    logging.getLogger("bot").warning("later")
    assert caplog.records[-1].message == "later"


def test_a_point_where_no_machine_stops_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"a machine may stop at before step, .*, not at 'after comit'"):
        Phone(Bot()).crashes("after comit")  # type: ignore[arg-type]
