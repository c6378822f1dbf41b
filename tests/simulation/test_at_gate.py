"""An account that is blocked for long, with more turns than its queue looks at, holds up nobody else.

The queue here looks at its first 40 messages; SQS looks at 120,000. Time is virtual.
"""

import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, cast

import pytest

from rejoinder.aws.consume import Fifo, consume, outbound_of
from rejoinder.aws.outbox import SqsErrands, SqsOutbox
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.bot.bot import Bot
from rejoinder.errors import AccountBlocked, GateClosed, OutcomeUnknown, SendError
from rejoinder.model.backoff import PROBE
from rejoinder.model.contents import Text
from rejoinder.model.ids import digest
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.ports import QueueMessage
from rejoinder.services import doorkeeper
from rejoinder.services.doorkeeper import Doorkeeper
from rejoinder.services.gatekeeper import LATER, Gatekeeper
from rejoinder.testing.memory import MemoryNetwork
from rejoinder.testing.memory_gates import MemoryGates
from tests.simulation.queues import FifoQueue, Held
from tests.unit.worlds import NOON, World

BLOCKED, OTHER = (Account(channel="whatsapp", id=id) for id in ("1", "2"))
LOOKS_AT, SENDERS, SEND_SECONDS = 40, 4, 0.5
MAX_LATE_SECONDS = 15.0


@dataclass
class Net(MemoryNetwork):
    """A network that refuses one account for a time, and notes when it accepts what."""

    clock: list[float] = field(default_factory=lambda: [NOON])
    blocked_until: float = 0.0
    turns_at: Sequence[float] = ()
    """When the network begins to refuse the account, and when it accepts it again, and so on."""
    accepted: list[tuple[str, str, float]] = field(default_factory=list)
    error: SendError = field(default_factory=lambda: AccountBlocked(131042, "payment"))
    asked: Counter[str] = field(default_factory=Counter)

    def send(
        self,
        account: Account,
        contact: Contact,
        content: OutboundContent,
        callback: str,
        *,
        quote: str = "",
    ) -> str:
        is_blocked = self.clock[0] < self.blocked_until or bisect(self.turns_at, self.clock[0]) % 2
        if account == BLOCKED and is_blocked:
            self.asked[contact.id] += 1
            raise self.error
        assert isinstance(content, Text)
        self.accepted.append((contact.id, content.body, self.clock[0]))
        return f"wamid.{len(self.accepted)}"


@dataclass
class Put:
    """The port `Queue`."""

    run: "Run"

    def put(self, messages: Sequence[QueueMessage]) -> None:
        for one in messages:
            self.run.queue.put(one.group, one.deduplication_id, one.body, self.run.now)


@dataclass
class Comes:
    """Stands in for an `SqsReceipt`."""

    run: "Run"
    held: Held

    def come_again(self, seconds: float) -> None:
        self.held.visible_at = self.run.now + max(1, round(seconds))


class Crash(Exception):
    """A process that ends in the middle of its work."""


CRASHES = 0.02
"""How often one of these calls is the last of its process: half of them before it, half of them after it."""


@dataclass
class Crashing:
    """Stands before a port, whose calls crash now and then."""

    port: object
    run: "Run"

    def __getattr__(self, name: str) -> Callable[..., object]:
        call: Callable[..., object] = getattr(self.port, name)

        def crashing(*given: object, **named: object) -> object:
            self.crash()
            answer = call(*given, **named)
            self.crash()
            return answer

        return crashing

    def crash(self) -> None:
        if self.run.now < self.run.crashes_until and self.run.random.random() < CRASHES / 2:
            raise Crash


class Run:
    """Some senders on one queue, in virtual time."""

    def __init__(self, seed: int, blocked_for: float) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a seeded run
        self.net = Net(blocked_until=NOON + blocked_for)
        self.world = World(Bot(), network=self.net)
        self.queue = FifoQueue("outbound", 180, looks_at=LOOKS_AT)
        port = cast(SqsQueue, Put(self))
        self.outbox, self.errands = SqsOutbox(port), SqsErrands(port)
        self.keepers = [
            Gatekeeper(self.world.gates, self.world.meter, lambda: self.now) for _ in range(SENDERS)
        ]
        self.busy_until = [NOON] * SENDERS
        self.said: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self.crashes_until = 0.0

    @property
    def now(self) -> float:
        return self.net.clock[0]

    def say(self, account: Account, who: str, window_seconds: float = 86400.0) -> None:
        """Let the bot say something to a contact, whose service window is open for so long from noon on."""
        body = f"{who} {len(self.said[who])}"
        self.said[who].append((body, self.now))
        turn = TurnMessages(
            account=account,
            contact=Contact(id=who, phone=who),
            conversation_key=digest("key", who),
            correlation_id=digest(body),
            read_id="",
            window_closes_at=NOON + window_seconds,
            messages=(Outbound(id=f"{digest(body)}-1", content=Text(body=body)),),
        )
        self.outbox.put(turn)

    def step(self) -> None:
        """Let half a second pass, in which each sender that is free takes a message."""
        self.world.now = self.net.clock[0] = self.now + 0.5
        for number in range(SENDERS):
            ready = [held for held in self.queue.heads() if held.visible_at <= self.now]
            if self.busy_until[number] <= self.now and ready:
                self._handle(number, self.random.choice(ready))

    def _handle(self, number: int, held: Held) -> None:
        held.received += 1
        held.first_received_at = held.first_received_at or self.now
        held.visible_at = self.now + 180
        sent = len(self.net.accepted)
        fifo = Fifo(
            receipt=lambda _: cast(SqsReceipt, Comes(self, held)), dead_letters=cast(SqsQueue, Put(self))
        )
        keeper = self._doorkeeper(number)
        answer = consume(
            {"Records": [held.record]},
            lambda record: keeper.handle(*outbound_of(record)),
            meter=self.world.meter,
            fifo=fifo,
        )
        if not answer["batchItemFailures"]:
            self.queue.delete(held)
        self.busy_until[number] = self.now + SEND_SECONDS * (len(self.net.accepted) - sent)

    def _doorkeeper(self, number: int) -> Doorkeeper:
        gates: Any = Crashing(self.world.gates, self)
        waiting: Any = Crashing(self.world.waiting, self)
        errands: Any = Crashing(self.errands, self)
        self.keepers[number].gates = gates
        return Doorkeeper(
            sender=replace(self.world.sender(), gatekeeper=self.keepers[number]),
            gates=gates,
            turns=waiting,
            waiting=waiting,
            errands=errands,
            meter=self.world.meter,
            senders=SENDERS,
            dead_letters=Put(self),
            clock=lambda: self.now,
        )

    def late(self) -> Iterator[float]:
        """Yield how late each message of the account came that is not blocked, in seconds."""
        came = {body: at for _, body, at in self.net.accepted}
        for who, said in self.said.items():
            if who.startswith("other"):
                yield from (came.get(body, self.now) - at for body, at in said)


def play(seed: int, contacts: int = 120) -> Run:
    """Return a run: one account is blocked for twenty minutes, and another one works.

    The account that is blocked has so many contacts.
    """
    run = Run(seed, blocked_for=1200)
    for step in range(7200):  # an hour
        if step < 4800 and step % 10 == 0:
            run.say(BLOCKED, f"blocked {run.random.randrange(contacts)}")
        if step % 20 == 0:
            run.say(OTHER, f"other {run.random.randrange(10)}")
        run.step()
    return run


def heard_by_each(run: Run) -> dict[str, list[str]]:
    heard = defaultdict(list)
    for who, body, _ in run.net.accepted:
        heard[who].append(body)
    return heard


def said_to_each(run: Run) -> dict[str, list[str]]:
    return {who: [body for body, _ in said] for who, said in run.said.items()}


@pytest.mark.parametrize("seed", range(3))
def test_a_blocked_account_holds_up_nobody_and_comes_back_in_order(seed: int) -> None:
    random.seed(seed)
    run = play(seed)
    assert max(run.late()) <= MAX_LATE_SECONDS
    assert heard_by_each(run) == said_to_each(run)
    assert run.world.gates.closed == {}, "the gate is gone when nobody waits any more"
    assert [*run.world.waiting.read(BLOCKED)] == []
    assert run.queue.heads() == []


def test_if_the_turns_of_a_blocked_account_stayed_on_the_queue_others_would_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stay(_keeper: Doorkeeper, *_: object) -> None:
        raise GateClosed(60.0)

    monkeypatch.setattr(Doorkeeper, "_set_aside", stay)
    assert max(play(0).late()) > 600


def test_few_contacts_with_many_turns_each_hold_up_nobody_either() -> None:
    random.seed(0)
    run = play(0, contacts=SENDERS)
    assert max(run.late()) <= MAX_LATE_SECONDS
    assert len(run.net.accepted) == sum(map(len, run.said.values()))


def test_if_a_conversation_did_not_make_room_others_would_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "MAX_TURNS", 999)
    assert max(play(0, contacts=SENDERS).late()) > MAX_LATE_SECONDS


def test_if_all_came_back_at_once_others_would_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "PER_SENDER", 999)
    assert max(play(0).late()) > MAX_LATE_SECONDS


def test_if_a_gate_went_as_soon_as_it_opens_later_turns_would_overtake_those_that_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(MemoryGates, "open", lambda gates, account, _at: gates.closed.pop(str(account), None))
    run = play(0)
    assert heard_by_each(run) != said_to_each(run)
    assert sorted(body for _, body, _ in run.net.accepted) == sorted(
        body for said in run.said.values() for body, _ in said
    )


def test_a_gate_opens_soon_although_most_of_those_who_wait_cannot_probe() -> None:
    """The service windows of all but one have closed, so their messages fail before the network is asked."""
    random.seed(0)
    run = Run(0, blocked_for=7200)
    names = sorted((f"blocked {number}" for number in range(200)), key=lambda name: digest("key", name))
    for name in names[:-1]:
        run.say(BLOCKED, name, window_seconds=3600)
    run.step()
    run.say(BLOCKED, names[-1])
    while not run.net.accepted and run.now < NOON + 4 * 3600:
        run.step()
    assert [who for who, _, _ in run.net.accepted] == [names[-1]]
    assert run.now - (NOON + 7200) <= PROBE.max_seconds * LATER + MAX_LATE_SECONDS


def test_while_the_network_says_nothing_nobody_is_asked_again_and_again() -> None:
    """Each attempt may have arrived. After the tenth a message would fail."""
    random.seed(0)
    run = Run(0, blocked_for=4 * 3600)
    run.net.error = OutcomeUnknown(0, "a time-out")
    for step in range(5 * 7200):
        if step < 2400 and step % 20 == 0:
            run.say(BLOCKED, f"blocked {step}")
        run.step()
    assert max(run.net.asked.values()) <= 3
    assert heard_by_each(run) == said_to_each(run)


def test_those_who_waited_come_back_at_half_the_speed_of_the_senders() -> None:
    """docs/scaling.md says so. The other half is for everybody else."""
    random.seed(0)
    run = Run(0, blocked_for=100)
    for number in range(400):
        run.say(BLOCKED, f"blocked {number}")
    while len(run.net.accepted) < 400:
        run.step()
    times = [at for _, _, at in run.net.accepted]
    assert 0.4 <= 400 / (times[-1] - times[0]) / (SENDERS / SEND_SECONDS) <= 0.7


@pytest.mark.parametrize("seed", range(2))
def test_whatever_crashes_while_the_account_comes_and_goes_each_turn_arrives_in_order(seed: int) -> None:
    random.seed(seed)
    run = Run(seed, blocked_for=0)
    times = accumulate(run.random.choice([3, 20, 40, 100, 400]) for _ in range(30))
    run.net.turns_at = [NOON + at for at in times]
    run.crashes_until = run.net.turns_at[-1] + 600
    while run.now < run.crashes_until + 6000:
        if run.now < run.net.turns_at[-1] and run.random.random() < 0.15:
            run.say(BLOCKED, f"blocked {run.random.randrange(25)}")
        run.step()
    assert heard_by_each(run) == said_to_each(run)
    assert (run.world.gates.closed, [*run.world.waiting.read(BLOCKED)], run.queue.heads()) == ({}, [], [])
