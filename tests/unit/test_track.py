"""The tracker. A status never goes backwards, and only the statuses of our own messages count."""

import itertools
from dataclasses import dataclass, field

import pytest

from rejoinder import Bot, Chat, Delivered, Echo, Payment, Read, Text
from rejoinder.model.delivery import Attempt, Callback, Detail, MessageRecord, Status, Step
from rejoinder.model.events import AccountEvent
from rejoinder.model.metrics import Metric
from rejoinder.testing.memory import MemoryMeter, MemoryStore
from tests.unit.worlds import World, inbound

ATTEMPT = Attempt(conversation_key="key", outbound_id="abc-1", number=1)
OURS = Callback(stack="test", attempt=ATTEMPT).encode()


def status(step: Step, *, callback: str = OURS, billed: str = "") -> Status:
    detail = Detail(network_id="wamid.1", billed_category=billed)
    return Status(step=step, at=float(len(step)), callback=callback, detail=detail)


def tracked(*statuses: Status | AccountEvent) -> tuple[MessageRecord, MemoryMeter]:
    world = World(Bot())
    for event in statuses:
        world.tracker().track(event)
    return world.store.read("key", "abc-1"), world.meter


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations([Step.SENT, Step.DELIVERED, Step.READ])),
    ids="-".join,
)
def test_statuses_in_any_order_and_twice_leave_the_same_record(order: tuple[Step, ...]) -> None:
    record, meter = tracked(*(status(step) for step in order + order))
    assert record.state is Step.READ
    assert set(record.steps[1]) == {Step.SENT, Step.DELIVERED, Step.READ}
    assert meter.counts[Metric.STATUSES_RECORDED] == 6


def test_failed_after_delivered_stays_delivered_and_both_are_kept() -> None:
    record, _ = tracked(status(Step.DELIVERED), status(Step.FAILED))
    assert record.state is Step.DELIVERED
    assert Step.FAILED in record.steps[1]


def test_failed_after_sent_is_failed() -> None:
    record, _ = tracked(status(Step.FAILED), status(Step.SENT))
    assert record.state is Step.FAILED


@dataclass
class NamingStore(MemoryStore):
    """A store that lists what is named. The first time it cannot name anything."""

    named: list[str] = field(default_factory=list)
    broken: bool = True

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        return super().write_step(attempt, step, at, Detail())

    def name(self, attempt: Attempt, network_id: str) -> None:
        if self.broken:
            self.broken = False
            raise ConnectionError
        self.named.append(network_id)


def test_the_status_sent_names_its_message_and_costs_no_count_when_that_fails() -> None:
    world = World(Bot(), store=NamingStore())
    sent = status(Step.SENT, billed="service")
    with pytest.raises(ConnectionError):
        world.tracker().track(sent)
    world.tracker().track_all([sent, status(Step.DELIVERED), status(Step.READ), status(Step.FAILED)])
    assert isinstance(world.store, NamingStore)
    assert world.store.named == ["wamid.1"]
    assert world.meter.counts[Metric.MESSAGES_BILLED] == 1


@pytest.mark.parametrize(
    "callback", ["", "order-42|node-7", "r1.other.key.abc-1.1", "r2.test.key.abc-1.1", "r1.test.key.abc-1.x"]
)
def test_statuses_that_are_not_of_this_stack_are_counted_and_dropped(callback: str) -> None:
    record, meter = tracked(status(Step.SENT, callback=callback))
    assert not record.steps
    assert meter.counts == {Metric.STATUSES_FOREIGN: 1}


def test_what_is_billed_is_counted_once_however_often_it_is_told() -> None:
    sent = status(Step.SENT, billed="service")
    _, meter = tracked(sent, sent, status(Step.DELIVERED, billed="service"))
    assert meter.counts[Metric.MESSAGES_BILLED] == 1


def test_a_payment_reaches_the_conversation_of_its_contact_once() -> None:
    bot, paid = Bot(), []

    @bot.on(Payment)
    def thank(chat: Chat) -> None:
        assert isinstance(chat.message.content, Payment)
        paid.append(chat.message.content.reference_id)
        chat.say("Thank you!")

    world = World(bot)
    world.process(inbound("hi"))
    payment = inbound(Payment(reference_id="order-1", status="captured"), id="payment-1")
    world.tracker().track(payment)
    world.tracker().track(payment)
    world.process(*world.updates.waiting)
    world.process(*world.updates.waiting)
    assert paid == ["order-1"]
    (conversation,) = world.store.conversations.values()
    assert world.outbox.turns[-1].conversation_key == conversation.key
    assert world.outbox.turns[-1].read_id == ""


def test_a_payment_during_a_handoff_comes_again_later() -> None:
    bot = Bot()
    world = World(bot)
    world.process(inbound(Echo(content=Text(body="I take over")), id="wamid.E1"))
    world.process(inbound(Payment(reference_id="order-1", status="captured"), id="payment-1"))
    (wake_up,) = world.wake_ups.waiting.values()
    assert wake_up.inbound.content == Payment(reference_id="order-1", status="captured")


@pytest.mark.parametrize("kind", [Delivered, Read])
def test_what_became_of_a_message_comes_after_the_handoff_that_followed_it(
    kind: type[Delivered | Read],
) -> None:
    world = World(Bot())
    told = kind(outbound_id="o-1", content=Text(body="A person will answer you."))
    world.process(inbound(Echo(content=Text(body="I take over")), id="wamid.E1"))
    world.process(inbound(told, id="delivered-o-1"))
    (wake_up,) = world.wake_ups.waiting.values()
    assert wake_up.inbound.content == told


def test_account_events_are_told() -> None:
    world, event = World(Bot()), AccountEvent(field="message_template_status_update")
    world.tracker().track(event)
    assert world.account_events.told == [event]


def test_account_events_are_counted() -> None:
    _, meter = tracked(AccountEvent(field="message_template_status_update"))
    assert meter.counts == {Metric.ACCOUNT_EVENTS: 1}


@dataclass
class PickyStore(MemoryStore):
    """A store that refuses one step."""

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        if step is Step.DELIVERED:
            raise ConnectionError
        return super().write_step(attempt, step, at, detail)


def test_one_event_that_cannot_be_noted_does_not_take_its_neighbours_along() -> None:
    store = PickyStore()
    world = World(Bot(), store=store)
    with pytest.raises(ConnectionError):
        world.tracker().track_all([status(Step.SENT), status(Step.DELIVERED), status(Step.READ)])
    assert set(store.read("key", "abc-1").steps[1]) == {Step.SENT, Step.READ}
