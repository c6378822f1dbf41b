"""The sender: the window, the order, and what happens when the network refuses or does not answer."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from rejoinder import Bot, Chat, Template, Text
from rejoinder.channels import Networks
from rejoinder.errors import (
    OutcomeUnknown,
    PairRateLimited,
    Refused,
    Rejected,
    RetryLater,
    SendError,
    Unreadable,
    WindowClosed,
)
from rejoinder.model.contents import Reaction
from rejoinder.model.conversation import NO_WINDOW
from rejoinder.model.delivery import MAX_UNKNOWN, Attempt, Callback, Detail, MessageRecord, Step
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.own import Failed, Preference
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import InboundContent
from rejoinder.testing.memory import MemoryNetwork, MemoryStore
from rejoinder.testing.memory_files import MemoryMedia
from tests.unit.worlds import NOON, World, inbound

ORDER_READY = Template(name="order_ready", language="en", parameters=("tea",))


@dataclass
class MoodyNetwork(MemoryNetwork):
    """A network that answers the next requests with `moods`, and then accepts."""

    moods: list[SendError] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    receipt_mood: BaseException | None = None

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        self.callbacks.append(callback)
        self.requests.append("send")
        if self.moods:
            raise self.moods.pop(0)
        return super().send(account, contact, content, callback, quote=quote)

    def mark_read(self, account: Account, message_id: str) -> None:
        self.requests.append("read")
        if self.receipt_mood:
            raise self.receipt_mood
        super().mark_read(account, message_id)


def talk(*moods: SendError, say: Callable[[Chat], None] = lambda chat: chat.say("Hello")) -> World:
    """Return a world in which one turn waits for the sender, and the network has `moods`."""
    bot = Bot()
    bot.otherwise(say)
    world = World(bot, network=MoodyNetwork(moods=list(moods)))
    world.process(inbound())
    return world


def requests(world: World) -> list[str]:
    """Return what the network was asked to do, in order."""
    assert isinstance(world.network, MoodyNetwork)
    return world.network.requests


def deliver_all(world: World) -> None:
    """Deliver until nothing waits for the sender. Each pause is waited for."""
    while world.outbox.turns:
        try:
            world.deliver()
        except RetryLater as later:
            world.now += later.seconds


def state(world: World, number: int = 1) -> Step | None:
    return world.store.read("", f"{inbound().hashed_id}-{number}").state


def attempt_of(turn: TurnMessages) -> Attempt:
    """Return the first attempt at the first message of `turn`."""
    return Attempt(conversation_key=turn.conversation_key, outbound_id=turn.messages[0].id, number=1)


def says_two(chat: Chat) -> None:
    chat.say("one", apart=True)
    chat.say("two", apart=True)


def test_a_turn_is_answered_in_order_and_read_after_its_first_answer() -> None:
    world = talk(say=says_two)
    world.deliver()
    assert world.network.sent == [Text(body="one"), Text(body="two")]
    assert requests(world) == ["send", "read", "send"]
    assert world.network.receipts == ["wamid.1"]
    assert state(world) is Step.ACCEPTED


@pytest.mark.parametrize(
    ("moods", "expected"),
    [
        ([Rejected(100, "no")], ["send", "send", "read"]),
        ([Rejected(100, "no"), Rejected(100, "no")], ["send", "send"]),
        ([Refused(4, "busy")], ["send", "send", "read", "send"]),
        ([OutcomeUnknown(0, "no answer")], ["send", "send", "read", "send"]),
    ],
    ids=["the first is rejected", "all are rejected", "the first is refused", "the first is unknown"],
)
def test_a_turn_is_read_once_the_network_has_accepted_a_message_of_it(
    moods: list[SendError], expected: list[str]
) -> None:
    world = talk(*moods, say=says_two)
    deliver_all(world)
    assert requests(world) == expected


def test_a_turn_is_read_once_though_its_second_message_comes_later() -> None:
    world = talk(say=says_two)
    assert isinstance(world.network, MoodyNetwork)
    times = iter([True, False, True, True])
    world.has_time = lambda *_: next(times)
    deliver_all(world)
    assert requests(world) == ["send", "read", "send"]


def test_a_receipt_that_fails_changes_nothing() -> None:
    world = talk(say=says_two)
    assert isinstance(world.network, MoodyNetwork)
    world.network.receipt_mood = Rejected(131009, "too old")
    world.deliver()
    assert requests(world) == ["send", "read", "send"]
    assert world.network.sent == [Text(body="one"), Text(body="two")]
    assert (state(world, 1), state(world, 2)) == (Step.ACCEPTED, Step.ACCEPTED)
    assert (world.meter.counts[Metric.MESSAGES_ACCEPTED], world.meter.counts[Metric.MESSAGES_FAILED]) == (
        2,
        0,
    )
    assert world.gates.closed == {}


def test_a_sender_that_is_killed_before_the_receipt_sends_nothing_twice_and_the_rest_once() -> None:
    world = talk(say=says_two)
    assert isinstance(world.network, MoodyNetwork)
    world.network.receipt_mood = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        world.deliver()
    assert state(world) is Step.ACCEPTED
    world.deliver()
    assert world.network.sent == [Text(body="one"), Text(body="two")]


def test_what_goes_out_again_after_a_late_failure_marks_nothing_as_read() -> None:
    world = talk()
    world.deliver()
    turn = world.store.read("", f"{inbound().hashed_id}-1").turn
    assert turn
    assert turn.read_id == ""


def test_delivering_a_turn_again_sends_nothing_again() -> None:
    world = talk()
    turn = world.outbox.turns[0]
    world.deliver()
    world.sender().deliver(turn)
    assert world.network.sent == [Text(body="Hello")]


def test_the_callback_names_stack_conversation_message_and_attempt() -> None:
    world = talk(Refused(4, "busy"))
    turn = world.outbox.turns[0]
    with pytest.raises(RetryLater):
        world.deliver()
    world.deliver()
    assert isinstance(world.network, MoodyNetwork)
    callbacks = [Callback.decode(callback) for callback in world.network.callbacks]
    assert [callback and callback.attempt.number for callback in callbacks] == [1, 2]
    assert callbacks[0] == Callback(stack="test", attempt=attempt_of(turn))


def test_a_refused_message_holds_back_those_behind_it() -> None:
    def say(chat: Chat) -> None:
        chat.say("one", apart=True)
        chat.say("two", apart=True)

    world = talk(Refused(131057, "in maintenance"), say=say)
    with pytest.raises(RetryLater) as pause:
        world.deliver()
    assert pause.value.seconds == 10
    assert world.network.sent == []
    world.deliver()
    assert world.network.sent == [Text(body="one"), Text(body="two")]


def test_pauses_grow_and_the_networks_own_wish_wins() -> None:
    asked = [Refused(4, "", retry_after_seconds=seconds) for seconds in (77, 3600, 0)]
    world = talk(*[PairRateLimited(131056, "too many")] * 5, *asked)
    pauses = []
    for _ in range(8):
        with pytest.raises(RetryLater) as pause:
            world.deliver()
        pauses.append(pause.value.seconds)
    assert pauses == [4, 16, 64, 256, 1024, 77, 3600, 1260], "0 is no pause at all"


def test_a_rejected_message_fails_visibly_and_the_next_one_goes_out() -> None:
    def say(chat: Chat) -> None:
        chat.say("one", apart=True)
        chat.say("two", apart=True)

    world = talk(Rejected(100, "Invalid parameter"), say=say)
    world.deliver()
    assert (state(world, 1), state(world, 2)) == (Step.FAILED, Step.ACCEPTED)
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 1


def test_an_unknown_outcome_waits_and_is_settled_by_a_status() -> None:
    world = talk(OutcomeUnknown(0, "no answer"))
    with pytest.raises(RetryLater):
        world.deliver()
    with pytest.raises(RetryLater):
        world.deliver()
    world.store.write_step(attempt_of(world.outbox.turns[0]), Step.SENT, NOON, Detail())
    world.deliver()
    assert world.network.sent == [], "it had been accepted: nothing goes out twice"


def test_an_unknown_outcome_goes_out_again_only_after_the_grace_period() -> None:
    world = talk(OutcomeUnknown(131000, "Something went wrong"))
    with pytest.raises(RetryLater):
        world.deliver()
    world.now += 59
    with pytest.raises(RetryLater):
        world.deliver()
    world.now += 2
    world.deliver()
    assert world.network.sent == [Text(body="Hello")]


def test_a_message_that_must_not_go_out_twice_is_given_up_visibly() -> None:
    world = World(Bot(), network=MoodyNetwork(moods=[OutcomeUnknown(0, "no answer")]))
    turn = TurnMessages(
        account=inbound().account,
        contact=inbound().contact,
        conversation_key="key",
        correlation_id="c",
        read_id="wamid.1",
        window_closes_at=NOON + 60,
        messages=(Outbound(id="code-1", content=Text(body="123456"), policy=Policy.AT_MOST_ONCE),),
    )
    with pytest.raises(RetryLater):
        world.sender().deliver(turn)
    world.now += 61
    world.sender().deliver(turn)
    assert world.network.sent == []
    assert world.store.read("key", "code-1").state is Step.FAILED


def test_a_send_that_was_killed_half_way_is_unknown_too() -> None:
    world = talk()
    turn = world.outbox.turns[0]
    world.store.claim(attempt_of(turn), NOON - 1, turn)
    with pytest.raises(RetryLater):
        world.deliver()
    assert world.network.sent == []


def test_a_message_whose_outcome_is_never_known_is_given_up_and_the_bot_is_told() -> None:
    world = talk(*[OutcomeUnknown(131000, "no answer")] * 100)
    while world.outbox.turns:
        try:
            world.deliver()
        except RetryLater as later:
            world.now += later.seconds
    network = world.network
    assert isinstance(network, MoodyNetwork)
    assert len(network.callbacks) == MAX_UNKNOWN
    assert world.now - NOON < 2.5 * 3600
    assert state(world) is Step.FAILED
    (told,) = world.updates.waiting
    assert isinstance(told.content, Failed)
    assert world.gates.closed == {}, "one message is no reason to stop the account"


@dataclass
class Named(MemoryStore):
    """A store that knows which messages were named, and does not name them by itself, like the table."""

    named: list[tuple[str, str]] = field(default_factory=list)

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        return super().write_step(attempt, step, at, replace(detail, network_id=""))

    def name(self, attempt: Attempt, network_id: str) -> None:
        self.named.append((attempt.outbound_id, network_id))


BOT = Account(channel="telegram", id="7000000001")
"""An account of a network that tells no statuses."""


def without_statuses(*moods: SendError, policy: Policy = Policy.AT_LEAST_ONCE) -> tuple[World, TurnMessages]:
    """Return a world and a turn to deliver over a network that has `moods` and tells no statuses."""
    world = World(Bot(), network=MoodyNetwork(moods=list(moods)), store=Named())
    turn = TurnMessages(
        account=BOT,
        contact=Contact(id="5000000001"),
        conversation_key="key",
        correlation_id=inbound().hashed_id,
        read_id="",
        window_closes_at=NO_WINDOW,
        messages=(Outbound(id=f"{inbound().hashed_id}-1", content=Text(body="Hello"), policy=policy),),
    )
    world.outbox.put(turn)
    return world, turn


def test_without_statuses_a_message_is_named_once_it_is_accepted() -> None:
    world, turn = without_statuses()
    world.deliver()
    assert isinstance(world.store, Named)
    assert [id for id, network_id in world.store.named if network_id] == [turn.messages[0].id]
    other = talk()
    other.store = Named()
    other.deliver()
    assert other.store.named == [], "a status tells the id again: the tracker names it"


def test_without_statuses_an_unknown_outcome_is_followed_by_the_next_attempt_at_once() -> None:
    world, turn = without_statuses(OutcomeUnknown(0, "no answer"))
    with pytest.raises(RetryLater) as later:
        world.deliver()
    assert later.value.seconds == 0
    world.deliver()
    assert world.network.sent == [Text(body="Hello")]
    assert world.store.read("key", turn.messages[0].id).attempt == 2


def test_without_statuses_a_message_that_must_not_go_out_twice_is_given_up_at_once() -> None:
    world, turn = without_statuses(OutcomeUnknown(0, "no answer"), policy=Policy.AT_MOST_ONCE)
    with pytest.raises(RetryLater) as later:
        world.deliver()
    assert later.value.seconds == 0
    world.deliver()
    assert world.network.sent == []
    assert world.store.read("key", turn.messages[0].id).state is Step.FAILED
    assert isinstance(world.updates.waiting[0].content, Failed)


def test_without_statuses_a_network_that_never_answers_is_asked_as_often_as_one_with_them() -> None:
    world, turn = without_statuses(*[OutcomeUnknown(0, "no answer")] * 100)
    deliver_all(world)
    assert len(requests(world)) == MAX_UNKNOWN
    assert 3600 < world.now - NOON < 2.5 * 3600, "it may fail for a while"
    assert world.store.read("key", turn.messages[0].id).state is Step.FAILED


@pytest.mark.parametrize("content", [Preference(value="stop"), Reaction(message_id="wamid.0", emoji="x")])
def test_what_is_no_message_is_not_marked_as_read(content: InboundContent) -> None:
    bot = Bot()
    bot.on(Preference)(lambda chat: chat.say("Noted"))
    bot.on(Reaction)(lambda chat: chat.say("Nice"))
    world = World(bot)
    world.process(inbound(id="wamid.0"))
    world.process(inbound(content, id="made up"))
    world.deliver()
    assert "made up" not in world.network.receipts


def test_what_is_to_be_said_once_is_a_message_of_its_own_and_is_never_sent_again() -> None:
    def say(chat: Chat) -> None:
        chat.say("Your code:")
        chat.say("123", once=True)
        chat.say("It is good for an hour.")

    world = talk(say=say)
    (turn,) = world.outbox.turns
    assert [message.policy is Policy.AT_MOST_ONCE for message in turn.messages] == [False, True, False]
    assert isinstance(world.network, MoodyNetwork)
    world.network.moods = [Rejected(1, "no"), OutcomeUnknown(0, "no answer")]
    while world.outbox.turns:
        try:
            world.deliver()
        except RetryLater as later:
            world.now += later.seconds
    assert len(world.network.callbacks) == 3
    assert state(world, 2) is Step.FAILED
    assert [told.content.kind for told in world.updates.waiting] == ["failed", "failed"]


CLOSED = WindowClosed(131047, "Re-engagement message")


def says_hello(template: Template | None) -> Callable[[Chat], None]:
    """Return a handler whose words have `template` for use outside the window."""
    return lambda chat: chat.say("Hello", outside_window=template)


def steps(world: World) -> dict[int, set[Step]]:
    """Return the steps that each attempt at the first message has reached."""
    record = world.store.read("", f"{inbound().hashed_id}-1")
    return {number: set(reached) for number, reached in record.steps.items()}


def test_a_window_that_has_closed_only_for_the_network_is_answered_by_the_template_at_once() -> None:
    world = talk(CLOSED, say=says_hello(ORDER_READY))
    (turn,) = world.outbox.turns
    assert world.now < turn.window_closes_at, "as far as we know it is open"
    world.deliver()
    assert world.network.sent == [ORDER_READY]
    assert steps(world) == {1: {Step.SENDING, Step.REFUSED}, 2: {Step.SENDING, Step.ACCEPTED}}
    assert isinstance(world.network, MoodyNetwork)
    callbacks = [Callback.decode(callback) for callback in world.network.callbacks]
    assert [callback and callback.attempt.number for callback in callbacks] == [1, 2]
    record = world.store.read("", f"{inbound().hashed_id}-1")
    assert record.turn
    assert record.turn.messages == (turn.messages[0].as_said(ORDER_READY),), "what may go out once more"
    assert world.updates.waiting == []
    assert world.meter.counts[Metric.MESSAGES_ACCEPTED] == 1
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 0
    world.sender().deliver(turn)
    assert world.network.sent == [ORDER_READY], "it is settled"


@pytest.mark.parametrize("knows", [True, False], ids=["we know it", "only the network does"])
def test_the_template_of_a_long_text_stands_for_all_of_it(knows: bool) -> None:  # noqa: FBT001
    words = "\n\n".join(["x" * 3000, "y" * 3000])
    moods = () if knows else (CLOSED,)
    world = talk(*moods, say=lambda chat: chat.say(words, outside_window=ORDER_READY))
    if knows:
        world.now += 25 * 3600
        world.outbox.turns[0] = replace(world.outbox.turns[0], window_closes_at=NOON)
    world.deliver()
    assert world.network.sent == [ORDER_READY]
    assert world.updates.waiting == []
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 0


def test_the_rest_of_a_long_text_of_which_the_first_part_went_out_fails_visibly() -> None:
    words = "\n\n".join(["x" * 3000, "y" * 3000])
    world = talk(say=lambda chat: chat.say(words, outside_window=ORDER_READY))
    assert isinstance(world.network, MoodyNetwork)
    (turn,) = world.outbox.turns
    world.sender().deliver(replace(turn, messages=turn.messages[:1]))
    world.network.moods = [CLOSED]
    world.deliver()
    assert world.network.sent == [Text(body="x" * 3000)]
    assert len(world.updates.waiting) == 1


def test_a_window_that_has_closed_only_for_the_network_is_a_failure_without_a_template() -> None:
    world = talk(CLOSED, say=says_hello(None))
    world.deliver()
    assert world.network.sent == []
    assert steps(world) == {1: {Step.SENDING, Step.FAILED}}
    (told,) = world.updates.waiting
    assert told.content == Failed(
        outbound_id=f"{inbound().hashed_id}-1",
        content=Text(body="Hello"),
        code=131047,
        reason="Re-engagement message",
    )
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 1


@pytest.mark.parametrize(
    ("say", "moods", "said"),
    [
        (lambda chat: chat.say(ORDER_READY), [CLOSED], ORDER_READY),
        (says_hello(ORDER_READY), [CLOSED, CLOSED], Text(body="Hello")),
    ],
    ids=["said", "instead"],
)
def test_a_template_for_which_the_window_has_closed_is_a_failure(
    say: Callable[[Chat], None], moods: list[SendError], said: OutboundContent
) -> None:
    world = talk(*moods, say=say)
    world.deliver()
    assert world.network.sent == []
    assert steps(world)[len(moods)] == {Step.SENDING, Step.FAILED}
    (told,) = world.updates.waiting
    assert isinstance(told.content, Failed)
    assert (told.content.code, told.content.content) == (131047, said), "what was to be said"


def test_a_template_whose_outcome_is_unknown_goes_out_again_as_the_template() -> None:
    world = talk(CLOSED, OutcomeUnknown(0, "no answer"), CLOSED, say=says_hello(ORDER_READY))
    with pytest.raises(RetryLater):
        world.deliver()
    assert steps(world) == {1: {Step.SENDING, Step.REFUSED}, 2: {Step.SENDING, Step.UNKNOWN}}
    world.now += 61
    world.deliver()
    assert world.network.sent == [ORDER_READY]
    assert state(world) is Step.ACCEPTED


ELSEWHERE = Account(channel="carrier_pigeon", id="1")


@pytest.mark.parametrize("closes_at", [NOON + 60, 0.0], ids=["open window", "closed window"])
def test_a_turn_of_an_unknown_channel_is_unreadable_before_anything_is_claimed(closes_at: float) -> None:
    world = talk()
    turn = replace(world.outbox.turns[0], account=ELSEWHERE, window_closes_at=closes_at)
    with pytest.raises(Unreadable):
        world.sender().deliver(turn)
    assert world.store.steps == {}
    assert world.store.turns == {}
    assert world.network.sent == []
    assert world.updates.waiting == []


class MemoryConnection(MemoryNetwork, MemoryMedia):
    """A network with its files, in memory."""

    def __init__(self) -> None:
        MemoryNetwork.__init__(self)
        MemoryMedia.__init__(self)


def test_what_goes_to_an_unknown_channel_is_unreadable_and_goes_to_no_other_network() -> None:
    network = MemoryConnection()
    networks, contact = Networks({"whatsapp": network}), inbound().contact
    with pytest.raises(Unreadable):
        networks.send(ELSEWHERE, contact, Text(body="Hello"), "callback")
    with pytest.raises(Unreadable):
        networks.mark_read(ELSEWHERE, "wamid.1")
    assert (network.sent, network.receipts) == ([], [])
    networks.send(inbound().account, contact, Text(body="Hello"), "callback")
    networks.mark_read(inbound().account, "wamid.1")
    assert (network.sent, network.receipts) == ([Text(body="Hello")], ["wamid.1"])
