"""Messages that were accepted and failed later. They are tried again if that helps, else the bot is told."""

from dataclasses import replace

import pytest

from rejoinder import Bot, Chat, Failed, Template, Text
from rejoinder.channels.whatsapp.codes import remedy_of
from rejoinder.errors import AccountBlocked, RateLimited, RetryLater, SendError
from rejoinder.model.delivery import Attempt, Callback, Detail, Remedy, Status, Step
from rejoinder.model.messages import Policy, TurnMessages
from rejoinder.model.metrics import Metric
from tests.unit.test_deliver import MoodyNetwork
from tests.unit.worlds import World, inbound

LATE = Template(name="order_ready", language="en")


def sent(
    template: Template | None = None, policy: Policy = Policy.AT_LEAST_ONCE
) -> tuple[World, TurnMessages]:
    """Return a world in which one message was accepted, and its turn."""
    bot = Bot()

    @bot.otherwise
    def hello(chat: Chat) -> None:
        chat.say("Hello", outside_window=template)

    world = World(bot)
    world.process(inbound())
    (turn,) = world.outbox.turns
    if policy is Policy.AT_MOST_ONCE:
        turn = replace(turn, messages=(replace(turn.messages[0], policy=policy),))
        world.outbox.turns[:] = [turn]
    world.deliver()
    world.network.sent.clear()
    return world, turn


def fails(world: World, turn: TurnMessages, code: int, attempt: int = 1) -> None:
    """Let the network report that an attempt has failed."""
    track(world, turn, Step.FAILED, attempt, code)


def track(world: World, turn: TurnMessages, step: Step, attempt: int = 1, code: int | None = None) -> None:
    made = Attempt(conversation_key=turn.conversation_key, outbound_id=turn.messages[0].id, number=attempt)
    status = Status(
        step=step,
        at=world.now,
        callback=Callback(stack="test", attempt=made).encode(),
        detail=Detail(error_code=code, error="why"),
        remedy=remedy_of(code),
    )
    world.tracker().track(status)


def state(world: World, turn: TurnMessages) -> Step | None:
    return world.store.read(turn.conversation_key, turn.messages[0].id).state


@pytest.mark.parametrize("code", [130429, 131056, 131000])
def test_what_may_go_through_later_is_sent_again_after_a_pause(code: int) -> None:
    world, turn = sent()
    fails(world, turn, code)
    with pytest.raises(RetryLater) as later:
        world.deliver()
    assert later.value.seconds == 20
    world.now += 20
    world.deliver()
    assert world.network.sent == [Text(body="Hello")]
    assert world.updates.waiting == []


def test_outside_the_window_the_template_goes_out_late_as_well() -> None:
    world, turn = sent(LATE)
    fails(world, turn, 131047)
    world.now += 20
    world.deliver()
    assert world.network.sent == [LATE]
    assert state(world, turn) is Step.ACCEPTED


def test_a_late_failure_is_counted_once_and_only_when_it_is_final() -> None:
    world, turn = sent()
    fails(world, turn, 130429)  # it is sent again
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 0
    world, turn = sent()
    for _ in range(2):
        fails(world, turn, 131026)
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 1


def test_what_is_said_to_have_failed_after_it_arrived_is_not_counted() -> None:
    world, turn = sent()
    track(world, turn, Step.DELIVERED)
    fails(world, turn, 131026)
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 0


@pytest.mark.parametrize("code", [131047, 131026, 131050])
def test_what_nothing_helps_is_told_to_the_bot_once(code: int) -> None:
    world, turn = sent()
    for _ in range(2):
        fails(world, turn, code)
    assert world.outbox.turns == []
    told = {update.id: update for update in world.updates.waiting}.values()
    (failure,) = [update for update in told if isinstance(update.content, Failed)]
    assert isinstance(failure.content, Failed)
    assert failure.content.code == code
    assert failure.content.content == Text(body="Hello")
    assert state(world, turn) is Step.FAILED


def test_a_late_failure_that_is_told_twice_is_one_more_attempt() -> None:
    world, turn = sent()
    fails(world, turn, 130429)
    world.now += 20
    world.deliver()
    fails(world, turn, 130429)
    world.now += 60
    world.deliver()
    assert len(world.network.sent) == 1


def test_an_attempt_that_fails_while_the_next_is_under_way_ends_nothing() -> None:
    world, turn = sent()
    fails(world, turn, 130429)
    world.now += 20
    world.deliver()
    fails(world, turn, 131026, attempt=1)
    assert state(world, turn) is Step.ACCEPTED
    assert world.updates.waiting == []


def test_five_late_failures_are_enough() -> None:
    world, turn = sent()
    for attempt in range(1, 6):
        fails(world, turn, 131000, attempt)
        world.now += 1000
        world.deliver()
    assert len(world.network.sent) == 4
    assert len(world.updates.waiting) == 1
    assert state(world, turn) is Step.FAILED


def test_a_one_time_code_is_not_sent_late() -> None:
    world, turn = sent(policy=Policy.AT_MOST_ONCE)
    fails(world, turn, 130429)
    assert world.outbox.turns == []
    assert state(world, turn) is Step.FAILED


def test_a_late_refusal_of_the_whole_account_closes_its_gate() -> None:
    world, turn = sent()
    fails(world, turn, 131042)
    assert world.gates.closed
    with pytest.raises(RetryLater):
        world.deliver()
    world.now += 30
    world.deliver()
    assert world.network.sent == [Text(body="Hello")]


def test_a_message_that_arrives_by_two_attempts_is_counted_as_a_double() -> None:
    world, turn = sent()
    fails(world, turn, 131000)
    world.now += 20
    world.deliver()
    track(world, turn, Step.DELIVERED, 2)
    assert world.meter.counts[Metric.MESSAGES_DOUBLED] == 0
    for _ in range(2):
        track(world, turn, Step.DELIVERED, 1)
    assert world.meter.counts[Metric.MESSAGES_DOUBLED] == 1


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (131047, Remedy.TEMPLATE),
        (130429, Remedy.AGAIN),
        (131056, Remedy.AGAIN),
        (131000, Remedy.AGAIN),
        (131042, Remedy.AGAIN_WHEN_OPEN),
        (190, Remedy.AGAIN_WHEN_OPEN),
        (131026, Remedy.NONE),
        (999999, Remedy.NONE),
        (0, Remedy.NONE),
        (None, Remedy.NONE),
    ],
)
def test_each_code_has_its_remedy(code: int | None, remedy: Remedy) -> None:
    assert remedy_of(code) is remedy


@pytest.mark.parametrize("refused", [RateLimited(130429, "slow"), AccountBlocked(131042, "payment")])
def test_attempts_that_were_refused_at_once_are_no_late_failures(refused: SendError) -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say("Hello", outside_window=LATE))
    for code, content in ((131000, Text(body="Hello")), (131047, LATE)):
        world = World(bot, network=MoodyNetwork(moods=[refused] * 6))
        world.process(inbound())
        (turn,) = world.outbox.turns
        _deliver_all(world)
        fails(world, turn, code, attempt=7)
        world.network.sent.clear()
        _deliver_all(world)
        assert world.network.sent == [content]


def _deliver_all(world: World) -> None:
    while world.outbox.turns:
        try:
            world.deliver()
        except RetryLater as later:
            world.now += later.seconds


def test_what_goes_out_again_after_the_template_is_the_template() -> None:
    world, turn = sent(LATE)
    fails(world, turn, 131047)
    _deliver_all(world)
    fails(world, turn, 131000, attempt=2)
    _deliver_all(world)
    assert world.network.sent == [LATE, LATE]
    fails(world, turn, 131026, attempt=3)
    (told,) = world.updates.waiting
    assert isinstance(told.content, Failed)
    assert told.content.content == Text(body="Hello"), "the bot is told what was to be said"
