"""What comes without a word from the contact: reminders, the end of a question's time, and failures."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from rejoinder import Bot, BotError, Chat, Failed, NoAnswer, Reaction, Template
from rejoinder.errors import BotFailed
from rejoinder.model.own import Reminder, TimeUp
from rejoinder.testing import Phone
from tests.unit.worlds import NOON, World, inbound

LATE = Template(name="appointment_reminder", language="en", parameters=("Ada", "nine"))
HOUR = timedelta(hours=1)


def reminding(when: timedelta | datetime, template: Template | None = None) -> Bot:
    """Return a bot that reminds contacts of what they say."""
    bot = Bot()

    @bot.otherwise
    def remember(chat: Chat) -> None:
        chat.later(when, remind, words=chat.message.text)
        chat.say("I shall remind you.")

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say(f"You said {chat.given['words']}.", outside_window=template)

    return bot


def test_a_reminder_comes_when_its_time_has_come_and_once() -> None:
    phone = Phone(reminding(timedelta(hours=2)))
    assert phone.says("milk") == ["< I shall remind you."]
    assert phone.waits(hours=1) == []
    assert phone.waits(hours=1) == ["< You said milk."]
    assert phone.waits(days=3) == []
    assert phone.transcript.splitlines()[2:4] == ["... 1 hour", "... 1 hour"]


def test_reminders_come_in_the_order_of_their_times() -> None:
    bot = Bot()

    @bot.on("go")
    def plan(chat: Chat) -> None:
        for hours in (3, 1, 2):
            chat.later(timedelta(hours=hours), tell, hours=hours)

    @bot.on()
    def tell(chat: Chat) -> None:
        chat.say(f"{chat.given['hours']} at {chat.now:%H}")

    phone = Phone(bot, at=datetime(2026, 11, 22, 9, tzinfo=UTC))
    phone.says("go")
    assert phone.waits(hours=5) == ["< 1 at 10", "< 2 at 11", "< 3 at 12"]


def test_a_reminder_may_be_for_a_point_in_time() -> None:
    phone = Phone(reminding(datetime(2026, 11, 23, 8, tzinfo=UTC)), at=datetime(2026, 11, 22, 9, tzinfo=UTC))
    phone.says("milk")
    assert phone.waits(hours=22, minutes=59) == []
    assert phone.waits(minutes=1) == ["< You said milk."]


def test_a_time_that_is_over_is_now() -> None:
    phone = Phone(reminding(timedelta(hours=-1)))
    phone.says("milk")
    assert phone.waits(minutes=1) == ["< You said milk."]


def test_outside_the_window_a_reminder_goes_out_as_its_template() -> None:
    phone = Phone(reminding(timedelta(hours=25), LATE))
    phone.says("milk")
    assert phone.waits(hours=25) == ["< (template appointment_reminder en) Ada nine"]


def test_outside_the_window_a_reminder_without_a_template_is_an_error_of_the_test_door() -> None:
    phone = Phone(reminding(timedelta(hours=25)))
    phone.says("milk")
    with pytest.raises(BotError, match=r"outside_window=Template.*You said milk"):
        phone.waits(hours=25)


def test_in_production_it_fails_visibly_and_nothing_else_does() -> None:
    world = World(reminding(timedelta(hours=25)))
    world.process(inbound("milk"))
    world.deliver()
    world.now += 25 * 3600
    (wake_up,) = world.wake_ups.waiting.values()
    world.process(wake_up.inbound)
    world.deliver()
    (failure,) = world.updates.waiting
    assert isinstance(failure.content, Failed)
    assert failure.content.code == 131047
    world.process(failure)
    assert len(world.outbox.turns) == 0


@pytest.mark.parametrize(
    ("when", "given", "says"),
    [
        (datetime(2026, 1, 1), {}, "time zone"),  # noqa: DTZ001 - that is what is wrong with it
        (timedelta(days=10**7), {}, "366 days at most"),
        (datetime(9999, 1, 1, tzinfo=UTC), {}, "366 days at most"),
        (HOUR, {"when": datetime(2026, 1, 1, tzinfo=UTC)}, "which JSON does not bring back"),
    ],
)
def test_what_later_does_not_take_is_an_error_at_its_line(
    when: timedelta | datetime, given: dict[str, object], says: str
) -> None:
    bot = Bot()

    @bot.otherwise
    def plan(chat: Chat) -> None:
        chat.later(when, plan, **given)

    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("x")
    assert says in str(failed.value.__cause__)


def test_a_reminder_for_no_handler_of_the_bot_is_an_error_at_its_line() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.later(HOUR, print))
    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("x")
    assert "register it with on()" in str(failed.value.__cause__)


def test_a_reminder_whose_handler_is_gone_is_parked_and_the_contact_hears_nothing_of_it() -> None:
    world = World(reminding(HOUR))
    world.process(inbound("milk"))
    world.outbox.turns.clear()
    world.bot = Bot()
    (wake_up,) = world.wake_ups.waiting.values()
    for number in range(2):
        with pytest.raises(BotFailed, match="HandlerGone"):
            world.process(wake_up.inbound, received_before=number > 0)
    world.process(wake_up.inbound, received_before=True)
    assert [update.id for update, _ in world.parked.updates] == [wake_up.inbound.id]
    assert world.outbox.turns == []


def test_the_same_turn_queued_again_makes_the_same_wake_ups() -> None:
    world = World(reminding(HOUR))
    world.process(inbound("milk"))
    before = dict(world.wake_ups.waiting)
    world.wake_ups.waiting.clear()
    world.process(inbound("milk"))
    assert world.wake_ups.waiting == before


def test_a_wake_up_that_comes_twice_is_one_turn() -> None:
    world = World(reminding(HOUR))
    world.process(inbound("milk"))
    (wake_up,) = world.wake_ups.waiting.values()
    world.outbox.turns.clear()
    world.process(wake_up.inbound)
    world.process(wake_up.inbound)
    assert len(world.outbox.turns) == 1


def test_a_reminder_tells_nothing_new_of_its_contact_and_marks_nothing_as_read() -> None:
    world = World(reminding(HOUR))
    world.process(inbound("milk"))
    world.deliver()
    (before,) = world.store.conversations.values()
    world.now += 3600
    (wake_up,) = world.wake_ups.waiting.values()
    world.process(wake_up.inbound)
    world.deliver()
    (after,) = world.store.conversations.values()
    assert after.window_closes_at == before.window_closes_at
    assert world.network.receipts == ["wamid.1"]


def test_a_reminder_may_ask_outside_the_window_by_a_template() -> None:
    bot = Bot()

    @bot.otherwise
    def plan(chat: Chat) -> None:
        chat.later(timedelta(days=2), check)

    @bot.on()
    def check(chat: Chat) -> None:
        chat.say(f"So {chat.ask('Will you come?', ['Yes', 'No'], outside_window=LATE)}.")

    phone = Phone(bot)
    phone.says("x")
    assert phone.waits(days=2) == ["< (template appointment_reminder en) Ada nine"]
    assert phone.says("yes") == ["< So Yes."]


# --- beside a talk ------------------------------------------------------------------------------------------


def talking() -> Bot:
    """Return a bot that asks a question and has put something off before."""
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        chat.data["talked"] = True
        chat.later(HOUR, count)
        chat.say(f"{chat.ask('Name?')} {chat.data.get('count')}")

    @bot.on()
    def count(chat: Chat) -> None:
        chat.data["count"] = chat.data.get("count", 0) + 1
        chat.say(f"Counted {chat.data['count']}.")

    @bot.on("ask me")
    def soon(chat: Chat) -> None:
        chat.later(HOUR, asks)

    @bot.on()
    def asks(chat: Chat) -> None:
        chat.say(f"So {chat.ask('Still there?', ['Yes', 'No'])}.")

    @bot.on(Reaction)
    def thank(chat: Chat) -> None:
        chat.say("Thanks.")

    @bot.on("data")
    def show(chat: Chat) -> None:
        chat.say(str(sorted(chat.data.items())))

    return bot


def test_a_reminder_in_the_middle_of_a_talk_leaves_its_question() -> None:
    phone = Phone(talking())
    phone.says("x")
    assert phone.waits(hours=1) == ["< Counted 1."]
    assert phone.says("Ada") == ["< Ada 1"], "the talk sees what the reminder wrote"
    assert phone.says("data") == ["< [('count', 1), ('talked', True)]"], "and neither loses the other's"


def test_a_reminder_that_asks_takes_the_place_of_the_question() -> None:
    phone = Phone(talking())
    phone.says("ask me")
    phone.says("x")
    assert phone.waits(hours=1)[:2] == ["< (Never mind my question.)", "< Still there? [Yes] [No]"]
    assert phone.says("yes") == ["< So Yes."]


def test_what_wants_no_answer_is_handled_beside_the_talk() -> None:
    phone = Phone(talking())
    phone.says("x")
    assert phone.sends(Reaction(message_id="1", emoji="👍")) == ["< Thanks."]
    assert phone.says("Ada") == ["< Ada None"]


# --- the time of a question ---------------------------------------------------------------------------------


def timed(timeout: timedelta = HOUR) -> Bot:
    bot = Bot()

    @bot.on("order")
    def order(chat: Chat) -> None:
        try:
            chat.say(f"One {chat.ask('Tea or coffee?', ['Tea', 'Coffee'], timeout=timeout)}.")
        except NoAnswer as none:
            chat.say(f"No hurry ({none.reason}).")
            chat.say(f"You are {chat.ask('Your name, then?', timeout=timeout)}.")

    return bot


def test_a_question_whose_time_is_over_raises_at_its_line_and_the_handler_goes_on() -> None:
    phone = Phone(timed())
    phone.says("order")
    assert phone.waits(minutes=59) == []
    assert phone.waits(minutes=1) == ["< No hurry (timeout).\n\n  Your name, then?"]
    assert phone.says("Ada") == ["< You are Ada."]


def test_the_time_of_an_answered_question_changes_nothing() -> None:
    phone = Phone(timed())
    phone.says("order")
    assert phone.says("tea") == ["< One Tea."]
    assert phone.waits(hours=2) == []


def test_the_time_of_a_question_runs_on_over_wrong_answers() -> None:
    phone = Phone(timed())
    phone.says("order")
    phone.waits(minutes=50)
    phone.says("beer")
    assert phone.waits(minutes=10)[0].startswith("< No hurry (timeout).")


def test_the_time_of_an_earlier_question_does_not_end_a_later_one() -> None:
    phone = Phone(timed())
    phone.says("order")
    phone.says("tea")
    phone.waits(minutes=30)
    phone.says("order")
    assert phone.waits(minutes=30) == [], "the first question's time, but it was answered"
    assert phone.waits(minutes=30)[0].startswith("< No hurry")


def test_a_question_given_up_in_silence_ends_the_talk_with_a_word() -> None:
    bot = Bot(given_up="Bye for now.")
    bot.otherwise(lambda chat: chat.say(chat.ask("?", timeout=HOUR)))
    phone = Phone(bot)
    phone.says("x")
    assert phone.waits(hours=1) == ["< Bye for now."]
    assert phone.says("y") == ["< ?"]


def test_outside_the_window_that_word_is_not_said() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(chat.ask("?", timeout=timedelta(days=2))))
    phone = Phone(bot)
    phone.says("x")
    assert phone.waits(days=2) == []
    assert phone.says("y") == ["< ?"], "the talk is over all the same"


def test_a_bot_that_fails_when_a_questions_time_is_over_ends_the_talk() -> None:
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        try:
            chat.say(chat.ask("?", timeout=HOUR))
        except NoAnswer:
            raise RuntimeError from None

    world = World(bot)
    world.process(inbound())
    (wake_up,) = world.wake_ups.waiting.values()
    assert isinstance(wake_up.inbound.content, TimeUp)
    for number in range(3):
        with suppress(BotFailed):
            world.process(wake_up.inbound, received_before=number > 0)
    (conversation,) = world.store.conversations.values()
    assert conversation.journal is None


# --- failures -----------------------------------------------------------------------------------------------


def failing() -> Bot:
    bot = Bot()

    @bot.on("hi")
    def hello(chat: Chat) -> None:
        chat.say("Hello!")

    @bot.on(Failed)
    def failed(chat: Chat) -> None:
        assert isinstance(chat.message.content, Failed)
        chat.data["failed"] = chat.message.content.code
        chat.say(f"Could not send: {chat.message.content.content}"[:90])

    @bot.on("failed")
    def show(chat: Chat) -> None:
        chat.say(str(chat.data.get("failed")))

    return bot


def test_a_message_that_cannot_be_delivered_comes_to_its_handler() -> None:
    phone = Phone(failing())
    phone.refuses()
    assert phone.says("hi") == ["< Could not send: Text(body='Hello!', preview=False, kind='text')"]
    assert phone.says("failed") == ["< 131026"]


def test_what_is_said_of_a_failure_and_fails_as_well_is_not_told_again() -> None:
    phone = Phone(failing())
    phone.refuses()
    phone.refuses()
    assert phone.says("hi") == []


def test_without_such_a_handler_nothing_is_said_of_it() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say("Hello!"))
    phone = Phone(bot)
    phone.refuses()
    assert phone.says("hi") == []
    assert phone.says("hi") == ["< Hello!"]


def test_a_wake_up_comes_in_its_conversations_group() -> None:
    world = World(reminding(HOUR))
    world.process(inbound("milk"))
    (wake_up,) = world.wake_ups.waiting.values()
    assert wake_up.at == NOON + 3600
    assert wake_up.inbound.group == inbound().group
    assert isinstance(wake_up.inbound.content, Reminder)
