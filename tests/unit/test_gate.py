"""The gate of an account. While nothing can be sent, nothing goes out; then everything goes out by itself."""

from contextlib import suppress
from dataclasses import replace

import pytest

from rejoinder import Bot, Template
from rejoinder.errors import (
    AccountBlocked,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Rejected,
    RetryLater,
    SendError,
    TokenInvalid,
    WindowClosed,
)
from rejoinder.model.backoff import PROBE
from rejoinder.model.contents import Text
from rejoinder.model.delivery import Step
from rejoinder.model.gate import Gate
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account
from rejoinder.services.gatekeeper import MAX_SERVER_ERRORS, Gatekeeper, until_probe
from rejoinder.testing.memory_gates import MemoryGates
from tests.unit.test_deliver import MoodyNetwork
from tests.unit.worlds import ACCOUNT, NOON, World, inbound

OTHER = Account(channel="whatsapp", id="2")
EXPIRED = TokenInvalid(190, "expired")


def waiting(*moods: SendError, turns: int = 3) -> World:
    """Return a world in which turns of several contacts wait for the sender, and the network has `moods`."""
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(chat.message.text))
    world = World(bot, network=MoodyNetwork(moods=list(moods)))
    for number in range(turns):
        world.process(inbound(f"m{number}", id=f"m{number}"))
    return world


def pause_of(world: World, number: int = 0) -> float:
    """Return how long one turn must wait, in seconds."""
    with pytest.raises(RetryLater) as later:
        world.sender().deliver(world.outbox.turns[number])
    return later.value.seconds


@pytest.mark.parametrize("error", [EXPIRED, AccountBlocked(131042, "payment")])
def test_what_stops_the_account_closes_its_gate_and_nobody_asks_again(error: SendError) -> None:
    world = waiting(error)
    pause_of(world, 0)
    assert all(30 <= pause_of(world, number) <= 37.5 for number in (1, 2))
    network = world.network
    assert isinstance(network, MoodyNetwork)
    assert len(network.callbacks) == 1, "the network was asked once"
    assert world.store.read("", f"{inbound('m1', id='m1').hashed_id}-1").attempt == 0, "no attempt is counted"
    assert world.meter.counts[Metric.GATE_CLOSED] == 3


@pytest.mark.parametrize(
    "error", [RateLimited(130429, "slow"), Rejected(131026, "no"), WindowClosed(131047, "closed")]
)
def test_what_concerns_one_message_leaves_the_gate_open(error: SendError) -> None:
    world = waiting(error)
    with suppress(RetryLater):
        world.sender().deliver(world.outbox.turns[0])
    assert world.gates.closed == {}


def test_one_probe_goes_out_and_its_success_opens_the_gate() -> None:
    world = waiting(EXPIRED)
    pause_of(world)
    world.now += 30
    world.deliver()
    assert [sent.body for sent in world.network.sent if isinstance(sent, Text)] == ["m0", "m1", "m2"]
    assert world.gates.closed == {}


def test_a_probe_that_fails_keeps_the_gate_closed_for_longer_and_longer() -> None:
    world = waiting(*[EXPIRED] * 8)
    pause_of(world)
    pauses = []
    for _ in range(7):
        (gate,) = world.gates.closed.values()
        pauses.append(gate.probe_at - world.now)
        world.now = gate.probe_at
        pause_of(world)
        world.now += 1
    assert [round(pause) for pause in pauses] == [30, 59, 119, 239, 479, 959, 1259]


def test_only_one_of_many_probes() -> None:
    world = waiting(EXPIRED, EXPIRED)
    pause_of(world)
    world.now += 30
    keepers = [world.gatekeeper() for _ in range(3)]
    assert [keeper.is_closed(ACCOUNT) for keeper in keepers] == [True] * 3
    assert keepers[0].admit(ACCOUNT)
    for other in keepers[1:]:
        with pytest.raises(RetryLater):
            other.admit(ACCOUNT)


def test_a_message_that_is_settled_does_not_use_up_the_probe() -> None:
    world = waiting(turns=1)
    (turn,) = world.outbox.turns
    world.sender().deliver(turn)
    world.gates.close(ACCOUNT, Gate.closed(190, NOON))
    world.now += 30
    world.sender().deliver(turn)
    (gate,) = world.gates.closed.values()
    assert gate.probes == 0


def test_five_server_errors_in_a_row_close_the_gate() -> None:
    keeper = Gatekeeper(gates := MemoryGates(), World(Bot()).meter, lambda: NOON)
    for number in range(MAX_SERVER_ERRORS - 1):
        keeper.failed(ACCOUNT, OutcomeUnknown(0, "500"), f"m{number}", probing=False)
    keeper.went_through(ACCOUNT, probing=False)
    for number in range(MAX_SERVER_ERRORS):
        assert gates.closed == {}, number
        keeper.failed(OTHER, OutcomeUnknown(0, "500"), "the same", probing=False)
        keeper.failed(ACCOUNT, OutcomeUnknown(0, "500"), f"m{number % 2}", probing=False)
    assert [*gates.closed] == [str(ACCOUNT)], "the other account had one such message, tried again and again"


def test_an_open_gate_is_believed_to_be_open_for_a_moment() -> None:
    now = [NOON]
    keeper = Gatekeeper(gates := MemoryGates(), World(Bot()).meter, lambda: now[0])
    assert not keeper.is_closed(ACCOUNT)
    gates.close(ACCOUNT, Gate.closed(190, NOON))
    assert not keeper.is_closed(ACCOUNT)
    now[0] += 10
    assert keeper.is_closed(ACCOUNT)
    gates.open(ACCOUNT, NOON)
    assert not keeper.is_closed(ACCOUNT), "a closed one is looked at each time"


def test_a_refused_probe_is_no_end_of_its_message() -> None:
    world = waiting(EXPIRED, EXPIRED, turns=1)
    pause_of(world)
    world.now += 30
    pause_of(world)
    world.now += 60
    world.deliver()
    assert world.store.read("", f"{inbound('m0', id='m0').hashed_id}-1").state is Step.ACCEPTED


def test_a_message_that_has_to_wait_does_not_use_up_the_probe() -> None:
    world = waiting(OutcomeUnknown(131000, "500"), turns=1)
    pause_of(world)
    world.gatekeeper().close(ACCOUNT, 131000)
    world.now += 30
    assert pause_of(world) == 15, "for a status, as if the gate were open"
    assert world.gates.closed[str(ACCOUNT)].probes == 0


@pytest.mark.parametrize("error", [PairRateLimited(131056, "you two"), RateLimited(130429, "all of you")])
def test_a_probe_that_is_asked_to_slow_down_opens_the_gate(error: SendError) -> None:
    world = waiting(EXPIRED, error)
    pause_of(world)
    world.now += 30
    pause_of(world)
    assert world.gates.closed == {}


@pytest.mark.parametrize("who_probes", ["itself", "others"])
def test_what_waits_for_a_gate_is_given_out_a_thousand_times_in_no_less_than_14_days(
    who_probes: str,
) -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(Template(name="still_there", language="en")))
    world = World(bot, network=MoodyNetwork(moods=[EXPIRED] * 2000))
    world.process(inbound())
    pause_of(world)
    for _ in range(1000):
        gate = world.gates.closed[str(ACCOUNT)]
        if who_probes == "others" and world.now >= gate.probe_at:
            assert world.gates.elect(ACCOUNT, gate, gate.probed(world.now))
        world.now += pause_of(world)
    assert world.now - NOON > 14 * 24 * 3600


def test_a_reply_whose_window_has_closed_does_not_use_up_the_probe() -> None:
    world = waiting(EXPIRED, turns=2)
    pause_of(world)
    world.now += 25 * 3600
    world.sender().deliver(world.outbox.turns[1])
    assert world.gates.closed[str(ACCOUNT)].probes == 0
    assert [told.content.kind for told in world.updates.waiting] == ["failed"]


@pytest.mark.parametrize("turns", [2, 8])
def test_an_hour_in_which_the_network_fails_loses_no_reply(turns: int) -> None:
    world = waiting(turns=turns)
    keepers = [world.gatekeeper() for _ in range(2)]
    due, waits = dict.fromkeys(range(turns), 0.0), [*world.outbox.turns]
    while due:
        number = min(due, key=lambda one: due[one])
        world.now = max(world.now, NOON + due[number])
        network = world.network
        assert isinstance(network, MoodyNetwork)
        network.moods = [OutcomeUnknown(503, "down")] if world.now < NOON + 3600 else []
        try:
            replace(world.sender(), gatekeeper=keepers[number % 2]).deliver(waits[number])
        except RetryLater as later:
            due[number] = world.now - NOON + max(later.seconds, 1.0)
        else:
            del due[number]
    assert len(world.network.sent) == turns
    assert world.updates.waiting == []


def test_nobody_waits_longer_for_a_probe_than_the_longest_pause_between_two() -> None:
    gate = Gate(why=190, closed_at=NOON, probe_at=NOON + PROBE.max_seconds)
    assert until_probe(gate, NOON) == PROBE.max_seconds
