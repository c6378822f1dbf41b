"""The way of a turn: webhook, ingress, inbound.fifo, processor, outbound.fifo, sender, and the statuses."""

import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rejoinder.workbench.capacity import figures
from rejoinder.workbench.capacity.clock import Clock
from rejoinder.workbench.capacity.figures import Drawn, Load, Parameters, Quotas
from rejoinder.workbench.capacity.functions import Function, Source
from rejoinder.workbench.capacity.limits import Bucket, Room
from rejoinder.workbench.capacity.queues import Fifo, Gathered
from rejoinder.workbench.cost.month import Pace


@dataclass(slots=True, kw_only=True)
class Turn:
    """A contact's message and the answer to it."""

    contact: int
    """Who wrote."""

    number: int
    """How many came until it did."""

    came_at: float
    """When the contact's message came for the first time."""

    answered_at: float = 0.0
    """When Meta accepted the answer; 0 before that."""

    refused: int = 0
    """How often Meta refused the answer because too many came."""


class Way:
    """A deployment under load."""

    def __init__(
        self, load: Load, given: Parameters, quotas: Quotas, paces: Mapping[str, Pace], seed: int = 1
    ) -> None:
        self.clock = Clock()
        """The time."""

        self.answered: list[Turn] = []
        """The turns that were answered, in the order of their answers."""

        self.came = 0
        """How many turns came."""

        self.recorded = 0
        """How many statuses were recorded."""

        self.failed = 0
        """How many webhooks were answered 5xx, because Lambda had no room for the ingress."""

        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._load, self._ends = load, float("inf")
        self._contacts = max(1, round(load.turns * figures.CONTACT_SECONDS))
        self._outside = 0  # turns in webhooks that are on their way, or that were refused and come again
        clock = self.clock
        self.gateway = Bucket(clock, given.webhooks_per_second, given.webhooks_per_second)
        """What API Gateway lets through."""

        shared = Room(clock, quotas.executions - given.ingress_reserved)
        self.rooms = {"account": shared}
        """How many executions there are: of the account, and of each queue."""

        if given.ingress_reserved:
            self.rooms["ingress"] = Room(clock, given.ingress_reserved)
        self.table = Bucket(clock, quotas.write_units, quotas.write_units)
        """The write units of the table."""

        self.networks = [
            Bucket(clock, quotas.messages_per_second / 2, quotas.messages_per_second / 2)
            for _ in range(quotas.numbers)
        ]
        """What each number may send. Half of what it takes are the contacts' messages."""

        self._inbound: Fifo[Turn] = Fifo(clock)
        self._outbound: Fifo[Turn] = Fifo(clock)
        self._events: Gathered[int] = Gathered(clock, figures.GATHER, figures.GATHER_SECONDS)
        self.functions = {
            name: Function(
                clock,
                self.rooms.get(name, shared),
                Drawn(self._chance, pace),
                Bucket(clock, figures.STARTS_PER_SECOND, figures.STARTS),
            )
            for name, pace in paces.items()
        }
        """The functions."""

        self._status_seconds = paces["tracker"].warm_ms / 1000
        for name, limit in (
            ("processor", given.processor),
            ("sender", given.sender),
            ("tracker", given.tracker),
        ):
            self.rooms[name] = Room(clock, limit)
        self._connect()

    def _connect(self) -> None:
        """Let each queue call its function."""
        Source(
            self.clock,
            self._inbound,
            self.functions["processor"],
            self.rooms["processor"],
            extra=lambda _: self._load.bot_seconds + self._write("processor"),
            done=self._committed,
        )
        Source(
            self.clock,
            self._outbound,
            self.functions["sender"],
            self.rooms["sender"],
            extra=lambda _: self._write("sender"),
            done=self._sent,
        )
        Source(
            self.clock,
            self._events,
            self.functions["tracker"],
            self.rooms["tracker"],
            extra=lambda pack: self._status_seconds * (len(pack) - 1) + self._write("tracker", len(pack)),
            done=self._tracked,
        )

    def waiting(self) -> int:
        """Return how many turns are somewhere on the way."""
        return self._outside + len(self._inbound) + len(self._outbound)

    def run(self, seconds: float) -> None:
        """Go on for so long."""
        if not self.clock.now:
            self._next()
        self.clock.run(self.clock.now + seconds)

    def stop(self) -> None:
        """Let no further contact write."""
        self._ends = self.clock.now

    def mark(self) -> None:
        """Begin to measure."""
        for room in self.rooms.values():
            room.mark()
        for bucket in (*self.networks, self.gateway, self.table):
            bucket.mark()
        self.failed = 0

    # --- webhooks

    def _next(self) -> None:
        """Plan the next webhook with messages. While the load grows, some of them do not come."""
        seconds = self._chance.expovariate(self._load.turns / self._load.together)
        self.clock.after(seconds, self._write_to_us)

    def _write_to_us(self) -> None:
        if self.clock.now >= self._ends:
            return
        self._next()
        if self._chance.random() * self._load.grows_seconds > self.clock.now:
            return
        turns = [self._turn()]
        while self._chance.random() > 1 / self._load.together:
            turns.append(self._turn())
        self._outside += len(turns)
        self._post(turns)

    def _turn(self) -> Turn:
        self.came += 1
        contact = self._chance.randrange(self._contacts)
        return Turn(contact=contact, number=self.came, came_at=self.clock.now)

    def _post(self, turns: Sequence[Turn], tries: int = 0) -> None:
        """Send a webhook, with these turns or, if there are none, with a status."""
        if self.gateway.take():
            self.clock.after(figures.gateway_seconds(self._chance), self._ingress, turns, tries)
        else:
            self._again(turns, tries)

    def _ingress(self, turns: Sequence[Turn], tries: int) -> None:
        if not self.functions["ingress"].invoke(partial(self._queued, turns)):
            self.failed += 1
            self._again(turns, tries)

    def _again(self, turns: Sequence[Turn], tries: int) -> None:
        seconds = figures.REDELIVERY_SECONDS * 2**tries * self._chance.uniform(0.5, 1.5)
        self.clock.after(seconds, self._post, turns, tries + 1)

    def _queued(self, turns: Sequence[Turn]) -> None:
        self._outside -= len(turns)
        for turn in turns:
            self._inbound.put(turn.contact, turn, figures.queue_seconds(self._chance))
        if not turns:
            self._events.put(1)

    # --- what the functions did

    def _write(self, function: str, count: int = 1) -> float:
        """Take write units of the table, and return how long the function waits for them."""
        return self.table.owe(figures.WRITE_UNITS[function] * count)

    def _committed(self, group: Hashable, turn: Turn) -> None:
        self._inbound.done(group)
        self._outbound.put(group, turn, figures.queue_seconds(self._chance))

    def _sent(self, group: Hashable, turn: Turn) -> None:
        if not self.networks[turn.contact % len(self.networks)].take():
            seconds = figures.RATE_SECONDS * 2**turn.refused * self._chance.uniform(0.5, 1.5)
            turn.refused += 1
            self._outbound.back(group, seconds)
            return
        self._outbound.done(group)
        turn.answered_at = self.clock.now - figures.MARK_READ_SECONDS
        self.answered.append(turn)
        for least, most in figures.STATUS_SECONDS:
            self.clock.after(self._chance.uniform(least, most), self._post, ())

    def _tracked(self, _: Hashable, pack: list[int]) -> None:
        self.recorded += len(pack)
