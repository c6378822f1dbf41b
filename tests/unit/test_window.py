"""`chat.window`: the service window of each account, and the free time after an advertisement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rejoinder import Bot, Chat, Failed, Referral, Text
from rejoinder.errors import BotError
from rejoinder.model.conversation import Conversation
from rejoinder.model.own import Echo
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound
from rejoinder.testing import Phone
from tests.unit.worlds import ACCOUNT, NOON, WINDOW_SECONDS, World, inbound

HOUR = 3600.0
FREE = 72 * HOUR
AD = Referral(source_type="ad", source_id="1")


def answering() -> Bot:
    bot = Bot()

    @bot.otherwise
    def answer(chat: Chat) -> None:
        if chat.message.text != "silence":
            chat.say("Welcome")

    return bot


def from_ad(words: str = "hi", id: str = "wamid.1", at: float = NOON, referral: Referral = AD) -> Inbound:  # noqa: A002
    return replace(inbound(words, id=id, at=at), referral=referral)


def conversation(world: World) -> Conversation:
    (one,) = world.store.conversations.values()
    return one


def test_the_answer_to_somebody_from_an_advertisement_begins_72_free_hours() -> None:
    world = World(answering(), now=NOON + 60)
    world.process(from_ad())
    assert conversation(world).free_until == NOON + 60 + FREE
    assert conversation(world).window_closes_at == NOON + WINDOW_SECONDS, "the window is not longer"
    world.now += HOUR
    world.process(inbound(id="wamid.2", at=world.now))
    assert conversation(world).free_until == NOON + 60 + FREE, "the first answer counts"


def test_without_an_answer_nothing_is_free_and_a_later_one_begins_it() -> None:
    world = World(answering())
    world.process(from_ad("silence"))
    assert (conversation(world).entered_at, conversation(world).free_until) == (NOON, 0.0)
    world.now += 5 * HOUR
    world.process(inbound(id="wamid.2", at=world.now))
    assert (conversation(world).entered_at, conversation(world).free_until) == (0.0, world.now + FREE)


def test_an_answer_a_day_later_begins_nothing() -> None:
    world = World(answering())
    world.process(from_ad("silence"))
    world.now += 24 * HOUR
    world.process(inbound(id="wamid.2", at=world.now))
    assert (conversation(world).entered_at, conversation(world).free_until) == (0.0, 0.0)


def test_who_comes_from_a_post_is_not_free() -> None:
    world = World(answering())
    world.process(from_ad(referral=Referral(source_type="post")))
    assert conversation(world).free_until == 0.0


def test_who_comes_from_an_advertisement_again_is_free_for_longer() -> None:
    world = World(answering())
    world.process(from_ad())
    world.now += 50 * HOUR
    world.process(from_ad(id="wamid.2", at=world.now))
    assert conversation(world).free_until == world.now + FREE


def test_a_person_who_answers_by_hand_begins_it_as_well() -> None:
    world = World(answering())
    world.process(from_ad("silence"))
    world.now += HOUR
    echo = inbound(Echo(content=Text(body="Hello")), id="echo", at=world.now - 5)
    world.process(echo)
    assert conversation(world).free_until == world.now - 5 + FREE


def test_an_answer_from_before_the_advertisement_begins_nothing() -> None:
    world = World(answering())
    world.process(from_ad("silence"))
    world.process(inbound(Echo(content=Text(body="Hello")), id="echo", at=NOON - 5))
    assert conversation(world).entered_at == NOON


def test_a_word_of_apology_is_an_answer() -> None:
    bot = Bot()

    @bot.otherwise
    def fails(chat: Chat) -> None:
        raise BotError("no")

    world = World(bot)
    world.process(from_ad())
    assert conversation(world).free_until == NOON + FREE


def test_windows_and_free_times_are_per_account() -> None:
    world = World(answering())
    other = Account(channel="whatsapp", id="100000000000002")
    world.process(from_ad())
    world.now += HOUR
    world.process(replace(inbound(id="wamid.2", at=world.now), account=other))
    by_account = {turn.account: turn.window_closes_at for turn in world.outbox.turns}
    assert by_account == {ACCOUNT: NOON + WINDOW_SECONDS, other: NOON + HOUR + WINDOW_SECONDS}
    one, two = world.store.conversations.values()
    assert (one.contact_ids, one.free_until, two.free_until) == (two.contact_ids, NOON + FREE, 0.0)


def test_chat_window_tells_both_and_the_same_again_when_the_handler_runs_again() -> None:
    bot, seen = Bot(), []

    @bot.otherwise
    def talk(chat: Chat) -> None:
        seen.append((chat.window.closes_at, chat.window.free_until))
        chat.ask("How?")
        seen.append((chat.window.closes_at, chat.window.free_until))
        chat.ask("And?")

    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    phone = Phone(bot, at=at)
    phone.sends(Text(body="hi"), referral=AD)
    phone.waits(hours=1)
    phone.says("well")
    closes, free = timedelta(seconds=WINDOW_SECONDS), timedelta(hours=72)
    first, later = (at + closes, None), (at + timedelta(hours=1) + closes, at + free)
    assert list(dict.fromkeys(seen)) == [first, later]
    phone.waits(hours=80)
    phone.says("bye")
    phone.says("hi")
    assert seen[-1][1] is None, "it is over"


def parking(outside: object) -> Bot:
    bot = Bot()

    @bot.on("order")
    def order(chat: Chat) -> None:
        chat.later(timedelta(days=2), ready)
        chat.say("Two days")

    @bot.on()
    def ready(chat: Chat) -> None:
        chat.say("It is ready", outside_window=outside)  # type: ignore[arg-type]

    @bot.on(Failed)
    def failed(chat: Chat[Failed]) -> None:
        chat.data["failed"] = chat.message.content.reason

    @bot.otherwise
    def answer(chat: Chat) -> None:
        chat.say(f"Yes? {'failed' in chat.data}")

    return bot


TALK = """\
> order
< Two days
... 3 days
> anybody there?
< It is ready
< Yes? False
... 40 days
> and now?
< Yes? False"""


def test_a_test_sees_parked_words_when_the_contact_writes_again() -> None:
    phone = Phone(parking("park"))
    phone.says("order")
    assert phone.waits(days=3) == []
    assert phone.says("anybody there?") == ["< It is ready", "< Yes? False"]
    Phone(parking("park")).plays(TALK)


def test_a_test_sees_a_crash_while_parked_words_go_out() -> None:
    phone = Phone(parking("park"))
    phone.says("order")
    phone.waits(days=3)
    phone.crashes("after commit")
    assert phone.says("anybody there?") == ["< It is ready", "< Yes? False"]


@pytest.mark.parametrize("outside", [timedelta(days=5), "fail"])
def test_a_test_sees_that_words_fail_when_nobody_writes_in_time(outside: object) -> None:
    phone = Phone(parking(outside))
    phone.says("order")
    assert phone.waits(days=8) == []
    assert phone.says("hello?") == ["< Yes? True"]


def test_a_test_fails_where_the_bot_does_not_say_what_becomes_of_its_words() -> None:
    phone = Phone(parking(None))
    phone.says("order")
    with pytest.raises(BotError, match="outside_window=Template"):
        phone.waits(days=3)
