"""Bugs that talks once had. Each has a test, so that none comes back."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from rejoinder import Bot, BotError, Chat, NoAnswer, Tap, Template
from rejoinder.errors import BotFailed, SuspensionSwallowed, VersionConflict
from rejoinder.model.people import Contact
from rejoinder.testing import Phone
from tests.unit.test_ask import asking
from tests.unit.test_process import ForestalledStore
from tests.unit.worlds import World, inbound

HOUR = timedelta(hours=1)


def one(handler: Any, name: str = "talk") -> Bot:
    """Return a bot with one handler. A changed bot can use the same name for its handler."""
    handler.__qualname__ = name
    bot = Bot()
    bot.otherwise(handler)
    return bot


def test_a_talk_that_begins_again_when_its_time_is_up_has_a_time_of_its_own() -> None:
    def before(chat: Chat) -> None:
        chat.ask("Name?", timeout=HOUR)

    def after(chat: Chat) -> None:
        chat.say("Hi.")
        try:
            chat.ask("Name?", timeout=HOUR)
        except NoAnswer:
            chat.say("Too late.")

    phone = Phone(one(before))
    phone.says("x")
    phone.redeploys(one(after))
    assert phone.waits(hours=1) == ["< Sorry, we have to begin again.\n\n  Hi.\n\n  Name?"]
    assert phone.waits(minutes=59) == []
    assert phone.waits(minutes=1) == ["< Too late."]
    assert phone.waits(days=3) == []


def test_what_a_talk_changes_back_is_changed_back() -> None:
    bot = Bot()

    @bot.on("talk")
    def talk(chat: Chat) -> None:
        chat.data |= {"busy": True, "draft": "x", "none": None, "zero": 0}
        chat.language = "de"
        chat.ask("?")
        chat.data["busy"] = False
        chat.data["zero"] = False
        del chat.data["draft"]
        chat.language = "en"

    @bot.on("show")
    def show(chat: Chat) -> None:
        chat.say(f"{sorted(chat.data.items())} {chat.language}")

    phone = Phone(bot)
    phone.says("talk")
    phone.says("x")
    assert phone.says("show") == ["< [('busy', False), ('none', None), ('zero', False)] en"]


def test_what_something_else_stored_stays_when_a_talk_begins_again() -> None:
    def bot(greeting: str) -> Bot:
        made = Bot()

        @made.on("talk")
        def talk(chat: Chat) -> None:
            chat.later(HOUR, pay)
            if greeting:
                chat.say(greeting)
            chat.say(f"{chat.ask('?')} {chat.data}")

        @made.on()
        def pay(chat: Chat) -> None:
            chat.data["paid"] = True

        return made

    phone = Phone(bot(""))
    phone.says("talk")
    phone.waits(hours=1)
    phone.redeploys(bot("Hi."))
    phone.says("x")
    assert phone.says("y") == ["< y {'paid': True}"]


def test_a_title_that_is_a_number_means_itself() -> None:
    phone = asking(lambda chat: chat.say(chat.ask("How many?", ["0", "1", "2", "3"])))
    phone.says("x")
    assert phone.says("1") == ["< 1"]


def choosing(days: Sequence[str]) -> Bot:
    """Return a bot that asks for one of `days`, and then for a name."""

    def talk(chat: Chat) -> None:
        day = chat.ask("Which day?", days)
        chat.say(f"{day} {chat.ask('Name?')}")

    return one(talk)


@pytest.mark.parametrize("answer", ["[Today]", "today"])
def test_answers_keep_their_meaning_when_choices_change_places(answer: str) -> None:
    phone = Phone(choosing(["Today", "Tomorrow"]))
    phone.says("x")
    phone.taps("Today") if answer.startswith("[") else phone.says(answer)
    phone.redeploys(choosing(["Tomorrow", "Today"]))
    assert phone.says("Ada") == ["< Today Ada"]


def test_an_answer_that_is_no_choice_any_more_begins_the_talk_again() -> None:
    phone = Phone(choosing(["Today", "Tomorrow"]))
    phone.says("x")
    phone.says("today")
    phone.redeploys(choosing(["Tomorrow", "Sunday"]))
    assert phone.says("Ada")[0].startswith("< Sorry, we have to begin again.")


def test_a_partial_is_named_by_its_function() -> None:
    def reserve(people: int, day: str) -> str:
        return f"{day}{people}"

    def talk(chat: Chat) -> None:
        chat.say(chat.step(partial(reserve, 4), chat.ask("?")))

    phone = asking(talk)
    phone.says("x")
    assert phone.says("y") == ["< y4"]
    (conversation,) = phone._store.conversations.values()
    assert conversation.journal is None


def test_a_button_of_an_earlier_message_answers_no_question() -> None:
    bot = Bot()

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say("?", buttons={"Menu": menu})

    @bot.otherwise
    def talk(chat: Chat) -> None:
        day = chat.ask("Which day?", ["Today", "Menu"])
        chat.say(f"{day} {chat.ask('Name?')}")

    phone = Phone(bot)
    phone.says("menu")
    phone.says("x")
    (today, _) = phone.newest_buttons()
    assert phone.sends(Tap(id="go:" + menu.__qualname__, title="Menu")) == [
        "< That button belongs to an earlier message."
    ]
    phone.taps("Today")
    assert phone.sends(Tap(id=today.id, title="Today")) == ["< That button belongs to an earlier message."]
    assert phone.says("Ada") == ["< Today Ada"]


def test_the_window_that_a_handler_saw_is_the_one_that_it_sees_again() -> None:
    late = Template(name="appointment_reminder", language="en", parameters=("Ada", "nine"))
    bot = Bot()

    @bot.on("plan")
    def plan(chat: Chat) -> None:
        chat.later(timedelta(days=2), remind)

    @bot.on()
    def remind(chat: Chat) -> None:
        if chat.window.closes_at < chat.now:
            chat.say(late)
        chat.say(f"So {chat.ask('Will you come?', outside_window=late)}.")

    phone = Phone(bot)
    phone.says("plan")
    assert len(phone.waits(days=2)) == 2
    assert phone.says("yes") == ["< So yes."]


def test_a_swallowed_suspension_is_found_at_the_next_thing_that_the_handler_does() -> None:
    def handler(chat: Chat) -> None:
        try:
            name = chat.ask("Name?")
        except BaseException:
            name = ""
        chat.ask(f"{name}?")

    with pytest.raises(BotFailed) as failed:
        asking(handler).says("x")
    assert isinstance(failed.value.__cause__, SuspensionSwallowed)


def test_results_that_are_too_large_together_are_an_error_that_names_the_handler() -> None:
    def handler(chat: Chat) -> None:
        for number in range(8):
            chat.step(lambda: "x" * 60_000, name=f"s{number}")

    with pytest.raises(BotFailed) as failed:
        asking(handler).says("x")
    assert "handler has more than" in str(failed.value.__cause__)


def test_a_wake_up_goes_to_the_contact_as_they_are_now() -> None:
    bot = Bot()

    @bot.on("plan")
    def plan(chat: Chat) -> None:
        chat.later(HOUR, remind)

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say(f"Now, {chat.contact.name}!")

    world = World(bot)
    world.process(inbound("plan", id="a"))
    moved = Contact(id="US.111", name="Ada L.", phone="15550009999", user_id="US.111")
    world.process(inbound("x", id="b", contact=moved))
    (wake_up,) = world.wake_ups.waiting.values()
    world.process(wake_up.inbound)
    assert world.outbox.turns[-1].contact == moved
    assert getattr(world.outbox.turns[-1].messages[0].content, "body", "") == "Now, Ada L.!"


def test_a_choice_may_be_called_like_a_way_out() -> None:
    bot = Bot()

    @bot.on("menu", interrupts=True)
    def menu(chat: Chat) -> None:
        chat.say("menu")

    @bot.otherwise
    def talk(chat: Chat) -> None:
        chat.say(f"so {chat.ask('Sure?', ['Cancel', 'Menu'])}")

    phone = Phone(bot)
    phone.says("x")
    assert phone.taps("Cancel") == ["< so Cancel"]
    phone.says("x")
    assert phone.taps("Menu") == ["< so Menu"]
    phone.says("x")
    assert phone.says("cancel") == ["< so Cancel"], "a choice that is shown comes first"
    phone.says("x")
    assert phone.says("menu") == ["< so Menu"]


@pytest.mark.parametrize(("answer", "wrong"), [(Decimal, "x"), (float, "nan"), (float, "inf")])
def test_what_ordinary_converters_refuse_is_a_wrong_answer(answer: Any, wrong: str) -> None:
    phone = asking(lambda chat: chat.say(str(chat.ask("?", answer, retry="Again."))))
    phone.says("x")
    assert phone.says(wrong) == ["< Again."]


@pytest.mark.parametrize("timeout", [60, "1h"])
def test_a_time_that_is_none_is_an_error_that_says_so(timeout: Any) -> None:
    with pytest.raises(BotFailed) as failed:
        asking(lambda chat: chat.say(chat.ask("?", timeout=timeout))).says("x")
    assert "a time is a timedelta" in str(failed.value.__cause__)


def test_bool_is_no_converter() -> None:
    with pytest.raises(BotFailed) as failed:
        asking(lambda chat: chat.say(str(chat.ask("?", bool)))).says("x")
    assert "bool" in str(failed.value.__cause__)


def test_cancel_words_are_several() -> None:
    with pytest.raises(BotError, match="tuple"):
        Bot(cancel="stop")  # type: ignore[arg-type]


def test_two_buttons_may_lead_to_one_handler() -> None:
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        chat.say("?", buttons={"Yes": talk, "Sure": talk})

    phone = Phone(bot)
    assert phone.says("x") == phone.taps("Sure") == ["< ? [Yes] [Sure]"]


def test_what_is_given_is_small() -> None:
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        chat.later(HOUR, talk, words="x" * 20_000)

    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("x")
    assert "16384 at most" in str(failed.value.__cause__)


def test_a_third_failure_whose_commit_is_forestalled_is_not_tried_a_fourth_time() -> None:
    runs: list[int] = []
    bot = Bot()

    @bot.otherwise
    def fail(chat: Chat) -> None:
        runs.append(1)
        raise RuntimeError

    store = ForestalledStore(times=0)
    world = World(bot, store=store)
    for number in range(2):
        with pytest.raises(BotFailed):
            world.process(inbound(), received_before=number > 0)
    store.times = 2
    try:
        world.process(inbound(), received_before=True)
    except VersionConflict:
        world.process(inbound(), received_before=True)
    assert len(runs) == 3
    assert len(world.parked.updates) == 1
