"""What is measured of answers: how long a contact waits for one, closed windows, and words of no use."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from rejoinder import Bot, Chat, Reaction, Template
from rejoinder.bot.window import OutsideWindow
from rejoinder.errors import BotFailed, OutcomeUnknown, Rejected, SendError, WindowClosed
from rejoinder.model.contents import Tap
from rejoinder.model.delivery import Attempt, Callback, Detail, Remedy, Status, Step
from rejoinder.model.events import AccountAlert, AccountEvent, NumberName, NumberQuality
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.updates import InboundContent
from tests.unit.test_deliver import CLOSED, MoodyNetwork, deliver_all
from tests.unit.test_waiting import rests, writes
from tests.unit.test_waiting import world_of as world_with_news
from tests.unit.worlds import NOON, World, inbound

LATE = Template(name="order_ready", language="en")


def world_of(say: Callable[[Chat], None], *moods: SendError) -> World:
    bot = Bot()
    bot.otherwise(say)
    return World(bot, network=MoodyNetwork(moods=list(moods)))


def hello(chat: Chat) -> None:
    chat.say("one", apart=True)
    chat.say("two", apart=True)


def seconds(world: World) -> list[float]:
    return world.meter.times.get(Metric.ANSWER_SECONDS, [])


def told_seconds(caplog: pytest.LogCaptureFixture) -> list[float]:
    """Return what the log lines of accepted messages tell of how long the contact waited."""
    accepted = [vars(record) for record in caplog.records if record.message == "accepted"]
    return [line["seconds"] for line in accepted if "seconds" in line]


def test_an_answer_takes_from_when_the_contact_wrote_to_when_its_first_message_is_accepted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "rejoinder")
    world = world_of(hello)
    world.now = NOON + 2
    world.process(inbound(at=NOON))
    world.now = NOON + 5
    world.deliver()
    assert seconds(world) == [5]
    assert told_seconds(caplog) == [5, 5], "of each message"


def test_a_message_that_is_tried_again_took_all_that_time() -> None:
    world = world_of(hello, OutcomeUnknown(0, "no answer"))
    world.process(inbound())
    deliver_all(world)
    assert seconds(world) == [world.now - NOON]
    assert world.now > NOON + 10


def test_where_the_first_message_is_rejected_the_next_one_is_the_answer() -> None:
    world = world_of(hello, Rejected(100, "no"))
    world.process(inbound())
    world.now += 3
    world.deliver()
    assert seconds(world) == [3]


def test_a_turn_that_comes_again_is_measured_once() -> None:
    world = world_of(hello)
    world.process(inbound())
    world.deliver()
    world.now += 3600
    world.process(inbound())
    world.deliver()
    assert seconds(world) == [0]


def test_a_message_that_goes_out_again_after_a_late_failure_is_no_answer_of_an_hour(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "rejoinder")
    world = world_of(lambda chat: chat.say("Hello"))
    world.process(inbound())
    (turn,) = world.outbox.turns
    world.deliver()
    world.tracker().track(failed_late(turn, 130429, Remedy.AGAIN))
    world.now += 3600
    deliver_all(world)
    assert len(world.network.sent) == 2
    assert seconds(world) == [0]
    assert told_seconds(caplog) == [0]


def test_a_clock_that_is_behind_that_of_the_network_makes_no_negative_time() -> None:
    world = world_of(hello)
    world.process(inbound(at=NOON))
    world.now = NOON - 1
    world.deliver()
    assert seconds(world) == [0]


def test_nobody_waits_for_what_comes_due_nor_for_what_was_held_until_they_wrote() -> None:
    world = world_with_news()
    rests(world)
    world.now += 3600
    writes(world)
    world.now += 7
    rests(world)
    assert world.network.sent[-2:], "what had waited, and the answer"
    assert seconds(world) == [7]


def test_the_word_of_apology_is_an_answer_and_what_is_put_back_later_is_none() -> None:
    def fails(chat: Chat) -> None:
        raise RuntimeError

    world = world_of(fails)
    for tries in range(2):
        with pytest.raises(BotFailed):
            world.process(inbound(), received_before=tries > 0)
    world.now += 360
    world.process(inbound(), received_before=True)
    world.deliver()
    ((parked, _),) = world.parked.updates
    world.store.unpark(parked)
    with pytest.raises(BotFailed):  # it fails once more, and is still no answer when it goes well
        world.process(parked)
    world.bot = Bot()
    world.bot.otherwise(hello)
    world.now += 7_200
    world.process(parked)
    world.deliver()
    assert len(world.network.sent) == 3
    assert seconds(world) == [360]


def failed_late(turn: TurnMessages, code: int, remedy: Remedy) -> Status:
    """Return the status that tells that the first message of `turn` failed after it was accepted."""
    made = Attempt(conversation_key=turn.conversation_key, outbound_id=turn.messages[0].id, number=1)
    return Status(
        step=Step.FAILED,
        at=NOON,
        callback=Callback(stack="test", attempt=made).encode(),
        detail=Detail(error_code=code, error="why"),
        remedy=remedy,
    )


def misses(world: World) -> int:
    return world.meter.counts[Metric.WINDOW_MISSES]


@pytest.mark.parametrize("late", [LATE, None, "fail"], ids=["a template", "nothing", "fail"])
@pytest.mark.parametrize("knows", [True, False], ids=["we know it", "only the network does"])
def test_a_message_that_meets_a_closed_window_is_counted_once(*, knows: bool, late: OutsideWindow) -> None:
    world = world_of(lambda chat: chat.say("Hello", outside_window=late), *([] if knows else [CLOSED]))
    world.process(inbound())
    if knows:
        world.now += 25 * 3600
    (turn,) = world.outbox.turns
    world.deliver()
    world.sender().deliver(turn)
    assert misses(world) == 1


def test_a_template_of_unknown_outcome_is_the_same_miss_when_it_goes_out_again() -> None:
    world = world_of(lambda chat: chat.say("Hello", outside_window=LATE), OutcomeUnknown(0, "no answer"))
    world.process(inbound())
    world.now += 25 * 3600
    deliver_all(world)
    assert world.network.sent == [LATE]
    assert misses(world) == 1


@pytest.mark.parametrize("moods", [[], [CLOSED]], ids=["we know it", "only the network does"])
def test_a_message_that_waits_for_its_contact_is_a_miss_and_going_out_then_is_none(
    moods: list[WindowClosed],
) -> None:
    world = world_with_news()
    assert isinstance(world.network, MoodyNetwork)
    world.network.moods += moods
    if moods:
        (news,) = world.outbox.turns
        world.outbox.turns[:] = [replace(news, window_closes_at=world.now + 60)]
    rests(world)
    assert world.network.sent == []
    assert misses(world) == 1
    writes(world)
    rests(world)
    assert misses(world) == 1


@pytest.mark.parametrize("late", [LATE, None], ids=["a template", "nothing"])
def test_a_window_of_which_a_status_tells_late_is_a_miss_as_well(late: Template | None) -> None:
    world = world_of(lambda chat: chat.say("Hello", outside_window=late))
    world.process(inbound())
    (turn,) = world.outbox.turns
    world.deliver()
    for _ in range(2):
        world.tracker().track(failed_late(turn, 131047, Remedy.TEMPLATE))
    deliver_all(world)
    assert misses(world) == 1


def understood() -> Bot:
    bot = Bot()
    bot.on("menu", Reaction)(lambda chat: chat.say("Soup"))
    return bot


@pytest.mark.parametrize("has_otherwise", [True, False])
@pytest.mark.parametrize(
    ("content", "counted"),
    [
        ("menu", 0),
        ("blah", 1),
        (Reaction(message_id="x", emoji="!"), 0),
        (Tap(id="old", title="An old button"), 0),
    ],
    ids=["a word of the bot", "other words", "a reaction", "a tap"],
)
def test_words_that_no_handler_is_for_were_not_understood(
    content: InboundContent | str, counted: int, *, has_otherwise: bool
) -> None:
    bot = understood()
    if has_otherwise:
        bot.otherwise(lambda chat: chat.say("Sorry?"))
    world = World(bot)
    for _ in range(2):  # the second is a repetition
        world.process(inbound(content))
    assert world.meter.counts[Metric.NOT_UNDERSTOOD] == counted


def test_the_first_words_of_a_contact_need_not_be_understood_where_they_are_greeted() -> None:
    bot = understood()
    bot.start(lambda chat: chat.say("Welcome"))
    world = World(bot)
    world.process(inbound("blah", id="a"))
    world.process(inbound("blah", id="b"))
    assert world.meter.counts[Metric.NOT_UNDERSTOOD] == 1


def test_an_answer_to_a_question_is_not_looked_at_for_words() -> None:
    bot = understood()

    @bot.on("book")
    def book(chat: Chat) -> None:
        chat.ask("How many?", int)

    world = World(bot)
    world.process(inbound("book", id="a"))
    world.process(inbound("blah", id="b"))
    assert world.meter.counts[Metric.NOT_UNDERSTOOD] == 0


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        (NumberQuality(field="phone_number_quality_update", event="FLAGGED"), 1),
        (AccountAlert(field="account_alerts", severity="CRITICAL"), 1),
        (NumberName(field="phone_number_name_update"), 0),
        (AccountEvent(field="message_template_status_update"), 0),
    ],
    ids=lambda value: getattr(value, "field", ""),
)
def test_what_tells_of_the_health_of_a_number_or_an_account_is_counted(
    event: AccountEvent, counted: int
) -> None:
    world = World(Bot())
    world.tracker().track(event)
    assert world.meter.counts[Metric.HEALTH_CHANGED] == counted
