"""The bugs that the simulation has found. Each has a name and a small story."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from rejoinder import Bot, Chat
from rejoinder.errors import BotFailed, OutcomeUnknown, Refused, RetryLater, SendError
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Callback, Detail, Remedy, Status, Step
from rejoinder.model.marker import Marker
from rejoinder.model.metrics import Metric
from rejoinder.model.own import Echo
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import Inbound
from rejoinder.testing.memory import MemoryNetwork, MemoryStore
from tests.unit.worlds import World, inbound, said


class Machine:
    """A time limit that surrounds each run of the bot. It kills the function when told to."""

    kills = 0

    @contextmanager
    def limit(self) -> Iterator[None]:
        if self.kills:
            self.kills -= 1
            raise KeyboardInterrupt
        yield


def killed(world: World, machine: Machine, *updates: Inbound, received_before: bool) -> None:
    machine.kills = 1
    with pytest.raises(KeyboardInterrupt):
        world.process(*updates, received_before=received_before)


def state(world: World, update: Inbound) -> str:
    marker = world.store.markers.get(update.hashed_id)
    return marker.state if marker else "none"


def failing(times: int) -> tuple[World, Machine]:
    """Return a world and its machine. The world's bot raises `times` times over a message `once`."""
    machine, bot, left = Machine(), Bot(), [times]

    @bot.on("once")
    def once(chat: Chat) -> None:
        if left[0]:
            left[0] -= 1
            raise RuntimeError

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        chat.say("Hello")

    return World(bot, time_limit=machine.limit), machine


def test_an_update_whose_bot_raised_and_whose_function_was_killed_once_is_tried_a_third_time() -> None:
    world, machine = failing(times=1)
    update = inbound("once")
    with pytest.raises(BotFailed):
        world.process(update)
    killed(world, machine, update, received_before=True)
    world.process(update, received_before=True)
    assert state(world, update) == "done"


def test_an_update_is_not_charged_for_the_tries_of_its_neighbour() -> None:
    world, machine = failing(times=1)
    first, second = inbound("once", id="a"), inbound("hello", id="b")
    with pytest.raises(BotFailed):
        world.process(first, second)
    world.process(first, received_before=True)
    killed(world, machine, first, second, received_before=True)
    killed(world, machine, first, second, received_before=True)
    world.process(first, second, received_before=True)
    assert state(world, second) == "done", "killed twice, parked"


def test_an_update_that_is_parked_during_a_handoff_says_nothing_and_is_kept() -> None:
    world, machine = failing(times=0)
    world.process(inbound(Echo(), id="echo"))
    update = inbound("hello")
    killed(world, machine, update, received_before=False)
    for _ in range(3):
        killed(world, machine, update, received_before=True)
    world.process(update, received_before=True)
    assert state(world, update) == "parked"
    assert world.outbox.turns == []
    (conversation,) = world.store.conversations.values()
    assert [message.id for message in conversation.missed] == [update.id]


@dataclass
class Moody(MemoryNetwork):
    """A network that answers the next requests with `moods`, and then accepts."""

    moods: list[SendError] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        if self.moods:
            raise self.moods.pop(0)
        self.meanwhile()
        return super().send(account, contact, content, callback, quote=quote)


def status(world: World, number: int, step: Step, *, remedy: Remedy = Remedy.NONE) -> Status:
    """Return a status about attempt `number` at the only message."""
    key = next(iter(world.store.conversations))
    attempt = Attempt(conversation_key=key, outbound_id=f"{inbound().hashed_id}-1", number=number)
    callback = Callback(stack="test", attempt=attempt).encode()
    code = 131000 if step is Step.FAILED else None
    return Status(step=step, at=world.now, callback=callback, detail=Detail(error_code=code), remedy=remedy)


def deliver_until_empty(world: World) -> None:
    """Run the sender until no turn waits."""
    for _ in range(20):
        try:
            world.deliver()
        except RetryLater as later:
            world.now += later.seconds
    assert not world.outbox.turns


def one_message(*moods: SendError) -> tuple[World, Moody]:
    """Return a world in which one message waits for a network with these moods."""
    bot, network = Bot(), Moody(moods=list(moods))
    bot.otherwise(lambda chat: chat.say("Hello"))
    world = World(bot, network=network)
    world.process(inbound())
    return world, network


def test_a_late_failure_of_an_attempt_is_not_the_end_when_the_next_was_refused() -> None:
    world, network = one_message(OutcomeUnknown(131000, ""), Refused(4, "busy"))
    for _ in range(20):  # until the second attempt has been refused
        try:
            world.deliver()
        except RetryLater as later:
            world.now += later.seconds
        if not network.moods:
            break
    world.tracker().track(status(world, 1, Step.SENT))
    deliver_until_empty(world)  # the message is settled, so the queue forgets it
    world.tracker().track(status(world, 1, Step.FAILED, remedy=Remedy.AGAIN))
    deliver_until_empty(world)
    assert world.network.sent or world.updates.waiting, "neither sent nor told of"


def test_a_double_is_counted_when_the_first_success_is_told_while_the_second_attempt_is_under_way() -> None:
    world, network = one_message(OutcomeUnknown(131000, ""))
    network.meanwhile = lambda: world.tracker().track(status(world, 1, Step.SENT))
    deliver_until_empty(world)
    for step in (Step.SENT, Step.DELIVERED):
        world.tracker().track(status(world, 2, step))
    assert world.meter.counts[Metric.MESSAGES_DOUBLED] == 1


@dataclass
class OvertakenStore(MemoryStore):
    """A store in which another machine does something just before the next commit."""

    meanwhile: list[Callable[[], None]] = field(default_factory=list)

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        if self.meanwhile:
            self.meanwhile.pop()()
        super().commit(inbound, before, after, marker)


def test_two_machines_that_take_one_answer_do_the_step_under_one_key_and_one_goes_on() -> None:
    """Seed 6024262. The messages of one contact under two ids are in two groups of the queue."""
    keys, bot, store = list[str](), Bot(), OvertakenStore()

    def pay(*, idempotency_key: str = "") -> None:
        keys.append(idempotency_key)

    @bot.on("order")
    def order(chat: Chat) -> None:
        first = chat.ask("First?")
        chat.step(pay)
        chat.say(f"{first} {chat.ask('Second?')}")

    world = World(bot, store=store)
    world.process(inbound("order", id="order"))
    by_phone = Contact(id="15550002001", phone="15550002001")
    store.meanwhile = [lambda: world.process(inbound("overtakes", id="by phone", contact=by_phone))]
    world.process(inbound("overtaken", id="by user id"))
    assert len(keys) == 2
    assert len(set(keys)) == 1, "the one who is paid would not know that it is the same payment"
    assert [said(turn) for turn in world.outbox.turns] == [["First?"], ["Second?"], ["overtakes overtaken"]]
