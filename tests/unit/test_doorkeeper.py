"""Turns that wait for a closed gate wait apart from the queue, and come back in order when it opens."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from rejoinder import Bot
from rejoinder.errors import GateClosed, RateLimited, RetryLater, SendError, TokenInvalid, Unreadable
from rejoinder.model.backoff import UNREADABLE_SECONDS
from rejoinder.model.contents import Text
from rejoinder.model.gate import Errand, Gate, LetThrough, Waiter, WatchGate
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account, Contact
from rejoinder.services import doorkeeper
from rejoinder.services.doorkeeper import Doorkeeper
from rejoinder.testing.memory_gates import MemoryErrands, MemoryGates, MemoryWaiting
from tests.unit.test_deliver import MoodyNetwork
from tests.unit.worlds import ACCOUNT, ADA, NOON, World, inbound

BEN = Contact(id="US.222", name="Ben", phone="15550002002", user_id="US.222")
EXPIRED = TokenInvalid(190, "expired")


def world_of(*words: str, contact: Contact = ADA, moods: tuple[SendError, ...] = ()) -> World:
    """Return a world in which turns of one contact are on their way to the sender."""
    bot = Bot()
    bot.otherwise(lambda chat: chat.say(chat.message.text))
    world = World(bot, network=MoodyNetwork(moods=[*moods]))
    for said in words:
        world.process(inbound(said, id=said, contact=contact))
    return world


def closed(*words: str, seconds: float = 31) -> World:
    """Return such a world, in which the gate has been closed for some time."""
    world = world_of(*words)
    world.gates.close(ACCOUNT, Gate.closed(190, NOON - seconds))
    return world


def put_off_probe(world: World) -> None:
    gate = world.gates.closed[str(ACCOUNT)]
    world.gates.closed[str(ACCOUNT)] = replace(gate, probe_at=world.now + 600)


def heard(world: World) -> list[str]:
    return [sent.body for sent in world.network.sent if isinstance(sent, Text)]


def pause_of(keeper: Doorkeeper) -> float:
    with pytest.raises(RetryLater) as later:
        keeper.watch(WatchGate(account=ACCOUNT), keeper.clock())
    return later.value.seconds


def key_of(world: World) -> str:
    return world.outbox.turns[0].conversation_key


def test_a_turn_waits_in_the_queue_at_first_and_then_apart() -> None:
    world = closed("a", seconds=29)
    put_off_probe(world)
    (turn,) = world.outbox.turns
    with pytest.raises(GateClosed):
        world.doorkeeper().deliver(turn, "1")
    assert world.waiting.turns == {}
    world.now += 1
    world.doorkeeper().deliver(turn, "1")
    assert world.waiting.turns == {turn.conversation_key: {"1": turn}}
    assert [*world.waiting.read(ACCOUNT)] == [Waiter(conversation_key=turn.conversation_key)]
    assert world.errands.errands == [WatchGate(account=ACCOUNT)]
    assert world.gates.closed[str(ACCOUNT)].watched_at == world.now
    assert world.meter.counts[Metric.TURNS_WAITING] == 1


def test_the_doorkeeper_is_called_once_an_hour_at_most() -> None:
    world = closed("a", "b", "c")
    put_off_probe(world)
    for number, turn in enumerate(world.outbox.turns):
        world.now += number * 1800
        put_off_probe(world)
        world.doorkeeper().deliver(turn, str(number))
    assert len(world.errands.errands) == 2


def test_the_doorkeeper_is_called_before_anybody_waits() -> None:
    """Else a crash between the two would leave somebody waiting for ever."""
    world = closed("a")
    put_off_probe(world)

    class Full(MemoryErrands):
        def put(self, errands: object, at: float) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace(world.doorkeeper(), errands=Full()).deliver(world.outbox.turns[0], "1")
    assert world.waiting.turns == {}
    assert world.gates.closed[str(ACCOUNT)].watched_at == 0


def test_nobody_waits_for_a_gate_that_has_opened_meanwhile() -> None:
    world = closed("a")
    put_off_probe(world)

    class Opening(MemoryGates):
        def watch(self, account: object, at: float) -> bool:
            return False

    with pytest.raises(RetryLater):
        replace(world.doorkeeper(), gates=Opening()).deliver(world.outbox.turns[0], "1")
    assert world.waiting.turns == {}


def test_nobody_waits_for_the_gate_before_the_one_that_closed_meanwhile() -> None:
    """That one had a doorkeeper. This one has none yet, and some senders still believe that it is open."""
    world = world_of("a")
    (turn,) = world.outbox.turns
    world.gates.close(ACCOUNT, Gate.closed(190, NOON - 600))
    world.gates.watch(ACCOUNT, NOON - 500)
    world.gates.open(ACCOUNT, NOON - 400)

    class Closing(MoodyNetwork):
        """While a message goes out, the gate is removed, and another message closes it anew."""

        def mark_read(self, account: object, network_id: str) -> None:
            world.gates.closed.clear()
            world.gates.close(ACCOUNT, Gate.closed(190, NOON))

    world.network = Closing()
    two = replace(turn, messages=(*turn.messages, replace(turn.messages[0], id="2")))
    with pytest.raises(GateClosed):
        world.doorkeeper().deliver(two, "1")
    assert world.waiting.turns == {}
    world.now += 31
    put_off_probe(world)
    world.doorkeeper().deliver(two, "1")
    assert world.errands.errands == [WatchGate(account=ACCOUNT)]
    assert world.waiting.are_there(turn.conversation_key)


def test_what_comes_for_a_conversation_with_waiting_turns_waits_behind_them_even_when_the_gate_is_open() -> (
    None
):
    world = closed("a", "b")
    put_off_probe(world)
    first, second = world.outbox.turns
    world.doorkeeper().deliver(first, "1")
    world.gates.open(ACCOUNT, world.now)
    world.doorkeeper().deliver(second, "2")
    assert heard(world) == []
    world.doorkeeper().let_through(
        LetThrough(account=ACCOUNT, conversation_key=first.conversation_key), world.now
    )
    assert heard(world) == ["a", "b"]
    assert [*world.waiting.read(ACCOUNT)] == []


def test_while_others_wait_for_an_open_gate_nobody_else_does() -> None:
    world = closed("a")
    put_off_probe(world)
    world.doorkeeper().deliver(world.outbox.turns[0], "1")
    world.gates.open(ACCOUNT, world.now)
    world.process(inbound("b", id="b", contact=BEN))
    world.doorkeeper().deliver(world.outbox.turns[1], "1")
    assert heard(world) == ["b"]


def test_one_conversation_is_let_through_to_probe_and_goes_back_when_the_probe_fails() -> None:
    world = closed("a", "b")
    put_off_probe(world)
    for place, turn in enumerate(world.outbox.turns):
        world.doorkeeper().deliver(turn, str(place))
    assert pause_of(world.doorkeeper()) > 200, "it is not time for a probe"
    world.now += 600
    assert 5 <= pause_of(world.doorkeeper()) <= 10
    errand = LetThrough(account=ACCOUNT, conversation_key=key_of(world))
    assert world.errands.errands[1:] == [errand]
    assert isinstance(world.network, MoodyNetwork)
    world.network.moods.append(EXPIRED)
    world.doorkeeper().let_through(errand, world.now)
    assert len(world.waiting.turns[key_of(world)]) == 2
    assert [waiter.let_at for waiter in world.waiting.read(ACCOUNT)] == [world.now - doorkeeper.LET_SECONDS]
    assert world.gates.closed[str(ACCOUNT)].probes == 1
    world.now += 600
    world.doorkeeper().let_through(errand, world.now)
    assert heard(world) == ["a", "b"]


def test_what_waits_for_something_of_its_own_stays_with_its_errand() -> None:
    world = closed("a")
    put_off_probe(world)
    world.doorkeeper().deliver(world.outbox.turns[0], "1")
    world.gates.open(ACCOUNT, world.now)
    assert isinstance(world.network, MoodyNetwork)
    world.network.moods.append(RateLimited(130429, "slow"))
    with pytest.raises(RetryLater):
        world.doorkeeper().let_through(LetThrough(account=ACCOUNT, conversation_key=key_of(world)), world.now)
    assert world.waiting.are_there(key_of(world))


def test_a_conversation_with_many_turns_makes_room_for_others_now_and_then() -> None:
    words = [f"{number:02}" for number in range(doorkeeper.MAX_TURNS + 1)]
    world = closed(*words)
    put_off_probe(world)
    for word, turn in zip(words, world.outbox.turns, strict=True):
        world.doorkeeper().deliver(turn, word)
    world.gates.open(ACCOUNT, world.now)
    errand = LetThrough(account=ACCOUNT, conversation_key=key_of(world))
    with pytest.raises(RetryLater):
        world.doorkeeper().let_through(errand, world.now)
    assert heard(world) == words[:-1]
    assert [waiter.let_at for waiter in world.waiting.read(ACCOUNT)] == [world.now], "it is under way"
    world.doorkeeper().let_through(errand, world.now)
    assert heard(world) == words
    assert [*world.waiting.read(ACCOUNT)] == []


def waiters(world: World, *keys: str) -> None:
    for key in keys:
        world.waiting.write(ACCOUNT, Waiter(conversation_key=key))


def let(world: World) -> list[str]:
    found: list[Errand] = world.errands.errands
    return [errand.conversation_key for errand in found if isinstance(errand, LetThrough)]


def test_a_few_are_let_through_at_a_time_and_the_next_when_those_are_through() -> None:
    world = closed()
    waiters(world, *"abcdefghi")
    world.gates.watch(ACCOUNT, world.now)
    world.gates.open(ACCOUNT, world.now)
    assert pause_of(world.doorkeeper(senders=2)) <= 2
    assert let(world) == [*"abcd"], "two for each sender"
    pause_of(world.doorkeeper(senders=2))
    assert let(world) == [*"abcd"], "four are under way"
    world.waiting.strike(ACCOUNT, "a")
    pause_of(world.doorkeeper(senders=2))
    assert let(world) == [*"abcde"]


def test_who_waits_for_something_else_keeps_nobody_back_and_is_let_through_again_after_a_while() -> None:
    world = closed()
    waiters(world, *"abcd")
    world.gates.open(ACCOUNT, world.now)
    pause_of(world.doorkeeper())
    world.now += doorkeeper.LET_SECONDS + 1
    pause_of(world.doorkeeper())
    assert let(world) == [*"abcd"]
    for key in "bcd":
        world.waiting.strike(ACCOUNT, key)
    world.now += doorkeeper.AGAIN_SECONDS + 1
    pause_of(world.doorkeeper())
    assert let(world) == [*"abcda"]
    world.now += doorkeeper.LET_SECONDS
    assert pause_of(world.doorkeeper()) == doorkeeper.IDLE_SECONDS, "nobody is under way"


def test_who_was_let_through_to_probe_comes_first_when_the_gate_is_open() -> None:
    world = closed()
    waiters(world, "a")
    pause_of(world.doorkeeper())
    world.now += 1
    world.gates.watch(ACCOUNT, world.now)
    world.gates.open(ACCOUNT, world.now)
    pause_of(world.doorkeeper())
    assert let(world) == ["a", "a"]


def test_the_next_time_others_probe_a_closed_gate() -> None:
    """Else a message whose outcome stays unknown would be sent ten times to one contact, and then fail."""
    world = closed()
    waiters(world, *"abcdefg")
    for _ in range(4):
        world.now += 1200
        pause_of(world.doorkeeper())
        for waiter in [*world.waiting.read(ACCOUNT)]:
            if waiter.let_at == world.now:  # what its errand does when the gate is closed again
                back = replace(waiter, let_at=world.now - doorkeeper.LET_SECONDS)
                world.waiting.write(ACCOUNT, back)
    assert let(world) == [*"abcdefga"]


def test_while_some_are_on_their_way_to_probe_no_more_are_let_through() -> None:
    world = closed()
    waiters(world, *"abcdefg")
    for _ in range(3):
        world.now += 1
        assert pause_of(world.doorkeeper()) <= 10
    assert let(world) == [*"ab"]


def test_the_looks_at_several_gates_do_not_fall_together() -> None:
    world = closed()
    waiters(world, "a")
    world.gates.open(ACCOUNT, world.now)
    pauses = {pause_of(world.doorkeeper()) for _ in range(8)}
    assert len(pauses) == 8
    assert all(1 <= pause <= 2 for pause in pauses)


@pytest.mark.parametrize("let_at", [0.0, NOON], ids=["who wait", "who are under way"])
def test_no_more_of_a_long_list_is_read_than_may_be_under_way(let_at: float) -> None:
    world = closed()
    world.gates.watch(ACCOUNT, world.now)
    world.gates.open(ACCOUNT, world.now)
    read: list[Waiter] = []

    class Long(MemoryWaiting):
        def read(self, account: Account) -> Iterator[Waiter]:
            for number in range(100):
                read.append(Waiter(conversation_key=f"{number:02}", let_at=let_at))
                yield read[-1]

    pause_of(replace(world.doorkeeper(), waiting=Long()))
    assert len(read) == 2


def test_who_is_through_at_once_is_not_put_on_the_list_again() -> None:
    """With a thousand at a time, the first are through before the last is on the way."""
    world = closed()
    waiters(world, *"abc")
    world.gates.watch(ACCOUNT, world.now)
    world.gates.open(ACCOUNT, world.now)

    class Quick(MemoryErrands):
        def put(self, errands: Sequence[Errand], at: float) -> None:
            for errand in errands:
                assert isinstance(errand, LetThrough)
                world.doorkeeper().let_through(errand, world.now)

    pause_of(replace(world.doorkeeper(), errands=Quick()))
    assert [waiter.conversation_key for waiter in world.waiting.read(ACCOUNT)] == ["c"]


def test_an_open_gate_is_removed_when_nobody_has_waited_for_a_while() -> None:
    world = closed()
    world.gates.watch(ACCOUNT, world.now)
    world.gates.open(ACCOUNT, world.now)
    assert pause_of(world.doorkeeper()) == doorkeeper.IDLE_SECONDS
    world.now += doorkeeper.QUIET_SECONDS
    world.doorkeeper().watch(WatchGate(account=ACCOUNT), world.now)
    assert world.gates.closed == {}
    world.doorkeeper().watch(WatchGate(account=ACCOUNT), world.now)


def test_a_closed_gate_without_anybody_to_probe_it_opens() -> None:
    """Else its doorkeeper would look at it for ever. The next message shows whether it may go out."""
    world = closed()
    world.gates.watch(ACCOUNT, world.now)
    assert pause_of(world.doorkeeper()) == doorkeeper.IDLE_SECONDS
    assert not world.gates.closed[str(ACCOUNT)].is_closed


def test_each_look_at_a_closed_gate_is_counted_so_that_its_alarm_stays_on() -> None:
    world = closed()
    put_off_probe(world)
    pause_of(world.doorkeeper())
    assert world.meter.counts[Metric.GATE_CLOSED] == 1


def test_an_errand_is_replaced_before_it_is_as_old_as_what_rings_the_alarm_of_the_queue() -> None:
    world = closed()
    put_off_probe(world)
    assert pause_of(world.doorkeeper()) == doorkeeper.REPLACED_SECONDS
    world.doorkeeper().watch(WatchGate(account=ACCOUNT), world.now - doorkeeper.REPLACED_SECONDS)
    assert world.errands.errands == [WatchGate(account=ACCOUNT)]
    assert world.gates.closed[str(ACCOUNT)].watched_at == world.now, "so nobody calls another one"


def test_who_is_refused_at_a_gate_that_opens_at_that_moment_comes_again_soon() -> None:
    """One of several probes. The others were told the pause of a closed gate, which may be 21 minutes."""
    world = closed("a")
    put_off_probe(world)
    world.doorkeeper().deliver(world.outbox.turns[0], "1")

    class Racing(MemoryGates):
        """Another message is elected, and its success opens the gate at once."""

        def elect(self, account: Account, before: Gate, after: Gate) -> bool:
            self.open(account, world.now)
            return False

    world.gates = Racing(closed=world.gates.closed)
    world.now += 601
    errand = LetThrough(account=ACCOUNT, conversation_key=key_of(world))
    with pytest.raises(RetryLater) as later:
        world.doorkeeper().let_through(errand, world.now)
    assert later.value.seconds == doorkeeper.PACE_SECONDS


def test_those_who_call_the_doorkeeper_at_the_same_moment_call_one() -> None:
    """The queue takes equal errands of equal times once within five minutes."""
    world = closed("a", "b")
    put_off_probe(world)
    called: list[float] = []

    class Slow(MemoryErrands):
        """Before it has taken the first, another sender calls."""

        def put(self, errands: Sequence[Errand], at: float) -> None:
            called.append(at)
            if len(called) == 1:
                world.now += 0.2
                replace(world.doorkeeper(), errands=self).deliver(world.outbox.turns[1], "2")

    replace(world.doorkeeper(), errands=Slow()).deliver(world.outbox.turns[0], "1")
    assert len(called) == 2
    assert called[0] == called[1]


def test_what_this_version_cannot_deliver_blocks_nobody_for_longer_than_an_hour() -> None:
    world = closed("a", "b")
    put_off_probe(world)
    for place, turn in enumerate(world.outbox.turns):
        strange = replace(turn, account=replace(turn.account, channel="none")) if place == 0 else turn
        world.doorkeeper().turns.keep(strange, str(place))
    world.gates.open(ACCOUNT, world.now)
    errand = LetThrough(account=ACCOUNT, conversation_key=key_of(world))
    with pytest.raises(Unreadable):
        world.doorkeeper().let_through(errand, world.now)
    world.doorkeeper().let_through(errand, world.now - UNREADABLE_SECONDS)
    assert heard(world) == ["b"]
    assert len(world.dead_letters.messages) == 1


def test_an_errand_that_came_late_looks_before_it_is_replaced() -> None:
    """A queue with much work gives it out late: else it would never look, and nobody would come back."""
    world = closed()
    waiters(world, "a")
    world.gates.open(ACCOUNT, world.now)
    late = WatchGate(account=ACCOUNT)
    with pytest.raises(RetryLater):
        world.doorkeeper().handle(late, place="1", came_at=world.now)
    assert let(world) == ["a"]


def test_those_who_wait_for_a_probe_do_not_come_back_all_at_once() -> None:
    world = closed(*"abcdefgh", seconds=0)
    pauses = set()
    for turn in world.outbox.turns:
        with pytest.raises(GateClosed) as waits:
            world.doorkeeper().deliver(turn, "1")
        pauses.add(waits.value.seconds)
    assert len(pauses) == 8
    assert all(30 <= pause <= 37.5 for pause in pauses)


def test_who_comes_while_the_gate_goes_is_not_forgotten() -> None:
    """The gate is removed between two looks of the doorkeeper: at the list before, and at the list after."""
    world = closed()
    world.gates.watch(ACCOUNT, world.now)
    world.gates.open(ACCOUNT, world.now)
    world.now += doorkeeper.QUIET_SECONDS

    class Going(MemoryGates):
        def read(self, account: Account) -> Gate | None:
            return world.gates.read(account)

        def remove(self, account: Account, gate: Gate) -> bool:
            waiters(world, "late")
            return world.gates.remove(account, gate)

    assert pause_of(replace(world.doorkeeper(), gates=Going())) <= 2
    assert world.gates.closed == {}
    pause_of(world.doorkeeper())
    assert let(world) == ["late"]


def test_who_waits_for_a_gate_that_went_meanwhile_calls_its_doorkeeper() -> None:
    world = closed("a")
    put_off_probe(world)
    world.gates.watch(ACCOUNT, world.now)

    class Gone(MemoryGates):
        def read(self, account: Account) -> Gate | None:
            return None

    replace(world.doorkeeper(), gates=Gone()).deliver(world.outbox.turns[0], "1")
    assert world.errands.errands == [WatchGate(account=ACCOUNT)]


def test_what_cannot_be_read_goes_to_the_dead_letters_after_an_hour_and_the_rest_goes_on() -> None:
    world = closed("a", "b", "c")
    put_off_probe(world)
    for place, turn in enumerate(world.outbox.turns):
        world.doorkeeper().deliver(turn, str(place))
    world.gates.open(ACCOUNT, world.now)

    class Newer(MemoryWaiting):
        def first(self, conversation_key: str) -> tuple[str, TurnMessages] | None:
            found = super().first(conversation_key)
            if found and found[0] == "1":
                raise Unreadable("turn: its format is none that this version knows")
            return found

    newer = Newer(turns=world.waiting.turns, listed=world.waiting.listed)
    keeper = replace(world.doorkeeper(), turns=newer)
    errand = LetThrough(account=ACCOUNT, conversation_key=key_of(world))
    with pytest.raises(Unreadable):
        keeper.let_through(errand, world.now)
    assert [*world.waiting.read(ACCOUNT)] != [], "it waits for a version that can read it"
    assert world.dead_letters.messages == []
    keeper.let_through(errand, world.now - UNREADABLE_SECONDS)
    assert heard(world) == ["a", "c"]
    assert [letter.group for letter in world.dead_letters.messages] == [key_of(world)]
    assert [*world.waiting.read(ACCOUNT)] == []
