"""The doorkeeper: turns that wait for a closed gate wait apart, and come back in order when it opens.

A FIFO queue looks no further than its first 120,000 messages (docs.aws.amazon.com, "Amazon SQS FIFO queue
quotas"). So many turns of one account that may not send would hide those of all others. When a gate has been
closed for half a minute, its turns leave the queue:

- The doorkeeper of the account is called: a message in a queue group of its own, which comes again and again.
  Then the conversation of the turn is written on the list of the account, and the turn is kept in the table.
- While the gate is closed, the doorkeeper lets a few through from time to time, and one of them probes. The
  next time it is others, because a message whose outcome is unknown must not be tried again and again.
- When the gate is open, it lets a few through at a time, so that they never stand before all others. To let a
  conversation through is to put an errand into its queue group: to deliver what it has waiting.
- What comes meanwhile for a conversation that has turns waiting waits behind them. So the gate, which says
  that there may be some, stays until nobody waits any more, and for five minutes at least.
"""

import logging
import random
import time
from dataclasses import dataclass

from rejoinder.errors import GateClosed, RetryLater, Unreadable
from rejoinder.gate_ports import Errands, WaitingList, WaitingTurns, WatchedGates
from rejoinder.model.backoff import UNREADABLE_SECONDS
from rejoinder.model.gate import Errand, Gate, LetThrough, Waiter, WatchGate
from rejoinder.model.ids import digest
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account
from rejoinder.ports import Clock, Meter, Queue, QueueMessage
from rejoinder.services.deliver import Sender
from rejoinder.services.gatekeeper import until_probe

log = logging.getLogger("rejoinder")

APART_SECONDS = 30.0
"""How long a gate has been closed before its turns leave the queue, in seconds. By then no sender believes
any more that it is open (`gatekeeper.KEPT_SECONDS`), so none of them overtakes those that wait."""

CALLED_SECONDS = 3600.0
"""How long the doorkeeper is not called again, in seconds. The new one goes on if the old one was lost."""

LET_SECONDS = 180.0
"""How long a conversation that was let through counts as under way, in seconds: the visibility time-out of
the queue. After that it waits for something of its own, such as the status of a message."""

QUIET_SECONDS = 300.0
"""How long after its opening a gate stays at least, in seconds. A sender that read it as closed may be at
work for 90 s, and its turn comes again after the visibility time-out of 180 s: then it is to wait, too."""

REPLACED_SECONDS = 240.0
"""How long the doorkeeper's message comes again before another one takes its place, in seconds, and the
longest pause until then. The oldest message on the queue has an alarm (10 minutes). And the queue gives a
message up after 1,000 times."""

PACE_SECONDS = 1.0
"""The pause between two looks at an open gate for which conversations wait, in seconds."""

PER_SENDER = 2
"""How many conversations of an account are let through at the same time, for each sender that works at once:
then a sender finds the next one there. More of them would stand before all others."""

AGAIN_SECONDS = 900.0
"""After how long a conversation that is still on the list is let through once more, in seconds: its errand
may be lost. An errand too many does nothing."""

MAX_TURNS = 5
"""How many turns of a conversation go out before it makes room for a moment. Otherwise a few conversations
with many turns would keep all senders from other accounts, for as long as an invocation may last."""

IDLE_SECONDS = 60.0
"""The pause between two looks while no conversation that was let through is under way, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Delivers turns, or lets them wait apart."""

    sender: Sender
    """Delivers."""

    gates: WatchedGates
    """Keeps the gates."""

    turns: WaitingTurns
    """Keeps the turns that wait."""

    waiting: WaitingList
    """Keeps whose turns they are."""

    errands: Errands
    """Takes errands to the sender's queue."""

    dead_letters: Queue
    """Takes turns that cannot be read."""

    meter: Meter
    """Counts."""

    senders: int
    """How many senders work at once."""

    clock: Clock = time.time
    """Tells the time."""

    def handle(self, found: TurnMessages | Errand, place: str, came_at: float) -> None:
        """Deliver a turn, or run an errand: what a queue message holds. RetryLater when it is to come again.

        `place` is where it stands in its queue group. `came_at` is when it came for the first time, in Unix
        seconds.
        """
        match found:
            case LetThrough():
                self.let_through(found, came_at)
            case WatchGate():
                self.watch(found, came_at)
            case TurnMessages():
                self.deliver(found, place)

    def deliver(self, turn: TurnMessages, place: str) -> None:
        """Deliver `turn`, or let it wait apart. RetryLater when it is to come again.

        `place` is where the turn stands in its queue group: a text that grows from turn to turn.
        """
        gate = self.sender.gatekeeper.gate(turn.account)
        if gate is None:
            self.sender.deliver(turn)
        elif self.turns.are_there(turn.conversation_key):
            self._set_aside(turn, place, gate)
        else:
            self._deliver_or_set_aside(turn, place)

    def _deliver_or_set_aside(self, turn: TurnMessages, place: str) -> None:
        try:
            self.sender.deliver(turn)
        except GateClosed as closed:
            # It may have been removed, and have closed anew, since we read it: then its doorkeeper is gone.
            gate = self.sender.gatekeeper.gate(turn.account)
            if gate is None:
                raise RetryLater(_soon(closed)) from closed
            if self.clock() - gate.closed_at < APART_SECONDS:
                raise
            self._set_aside(turn, place, gate)

    def _set_aside(self, turn: TurnMessages, place: str, gate: Gate) -> None:
        """Let a turn wait apart. The doorkeeper is called first: whoever waits has one.

        Then the conversation is written down, which keeps the gate. Its errand comes behind this turn in
        their queue group, so it finds the turn.
        """
        now = self.clock()
        if now - gate.watched_at >= CALLED_SECONDS:
            # Many may call at the same moment. The queue takes equal errands of equal times once.
            self.errands.put([WatchGate(account=turn.account)], gate.watched_at or gate.closed_at)
            if not self.gates.watch(turn.account, now):
                raise RetryLater(1.0)  # it is gone: nobody is to wait for it
        self.waiting.write(turn.account, Waiter(conversation_key=turn.conversation_key))
        self.turns.keep(turn, place)
        if self.gates.read(turn.account) is None:  # its doorkeeper went before the first of them was written
            self.errands.put([WatchGate(account=turn.account)], now)
        self.meter.count(Metric.TURNS_WAITING)
        log.info("waits for the gate", extra={"correlation_id": turn.correlation_id})

    def let_through(self, errand: LetThrough, came_at: float) -> None:
        """Deliver what a conversation has waiting, in order. If the gate is closed, it goes on waiting.

        RetryLater when there may be more than a few turns. Unreadable while such a turn is first, and the
        errand is young: another version may read it. After an hour the turn goes to the dead letters, as on
        the queue. `came_at` is when the errand came for the first time, in Unix seconds.
        """
        key = errand.conversation_key
        for _ in range(MAX_TURNS):
            try:
                if not self._deliver_first(key):
                    self.waiting.strike(errand.account, key)
                    return
            except Unreadable as error:
                if self.clock() - came_at < UNREADABLE_SECONDS:
                    raise
                self._give_up_first(key, error)
            except RetryLater as later:
                if not self.sender.gatekeeper.is_closed(errand.account):
                    raise RetryLater(_soon(later)) from later
                back = Waiter(conversation_key=key, let_at=self.clock() - LET_SECONDS)  # not under way now
                self.waiting.write(errand.account, back)
                return
        self.waiting.write(errand.account, Waiter(conversation_key=key, let_at=self.clock()))
        raise RetryLater(PACE_SECONDS)  # it is still under way

    def _deliver_first(self, key: str) -> bool:
        """Deliver the first turn of a conversation that waits. Return False when none does."""
        waits = self.turns.first(key)
        if waits is None:
            return False
        place, turn = waits
        self.sender.deliver(turn)
        self.turns.drop(key, place)
        return True

    def _give_up_first(self, key: str, error: Unreadable) -> None:
        """Move the first turn of a conversation to the dead letters."""
        place, body = self.turns.first_as_stored(key)
        same = digest("unreadable", key, place)
        self.dead_letters.put([QueueMessage(body=body, group=key, deduplication_id=same)])
        self.turns.drop(key, place)
        log.error("set aside: this version cannot read it", extra={"cause": str(error)})

    def watch(self, errand: WatchGate, came_at: float) -> None:
        """Look after a gate. RetryLater for as long as it is closed, or somebody waits for it.

        `came_at` is when this errand came for the first time, in Unix seconds.
        """
        account, now = errand.account, self.clock()
        if now - came_at >= REPLACED_SECONDS:
            self.errands.put([errand], now)
            self.gates.watch(account, now)
            return
        gate = self.gates.read(account)
        if gate and gate.is_closed:
            raise RetryLater(self._closed_for(account, gate, now))
        opened_at = gate.opened_at if gate else 0.0
        anybody, under_way = self._let(account, now, max(now - AGAIN_SECONDS, opened_at))
        if anybody:
            raise RetryLater(_pace() if under_way else IDLE_SECONDS)
        if gate and (quiet := gate.opened_at + QUIET_SECONDS - now) > 0:
            raise RetryLater(min(quiet, IDLE_SECONDS))
        if gate and not self.gates.remove(account, gate):
            raise RetryLater(_pace())
        if any(True for _ in self.waiting.read(account)):  # somebody came before the gate went
            raise RetryLater(_pace())
        log.info("nobody waits for the gate any more")

    def _closed_for(self, account: Account, gate: Gate, now: float) -> float:
        """Let conversations probe a closed gate when it is time to. Return the pause, in seconds.

        Several are let through, because some cannot probe: their messages fail before the network is asked.
        When nobody is there to probe, the gate opens: the next message will show whether it may go out.
        """
        self.meter.count(Metric.GATE_CLOSED)
        if now < gate.probe_at:
            return min(until_probe(gate, now), REPLACED_SECONDS)
        anybody, under_way = self._let(account, now, now - LET_SECONDS)
        if not anybody:
            self.gates.open(account, now)
        return 5 * _pace() if under_way else IDLE_SECONDS

    def _let(self, account: Account, now: float, before: float) -> tuple[bool, int]:
        """Let a few conversations through, the one first that was let through the longest ago.

        All of them were let through before the time `before`, in Unix seconds, or never. Return whether there
        is anybody on the list, and how many are under way now.
        """
        most, anybody, under_way = PER_SENDER * self.senders, False, 0
        waits, never = list[Waiter](), 0
        for waiter in self.waiting.read(account):
            anybody = True
            if waiter.let_at < before:
                waits.append(waiter)
                never += not waiter.let_at
            else:
                under_way += now - waiter.let_at < LET_SECONDS
            if never >= most or under_way >= most:
                break
        waits.sort(key=lambda waiter: waiter.let_at)
        chosen = [waiter.conversation_key for waiter in waits[: most - under_way]]
        for key in chosen:  # first: who is through before that would be on the list again
            self.waiting.write(account, Waiter(conversation_key=key, let_at=now))
        self.errands.put([LetThrough(account=account, conversation_key=key) for key in chosen], now)
        return anybody, under_way + len(chosen)


def _soon(later: RetryLater) -> float:
    """Return the pause, in seconds, of what is to come again although the gate is open.

    It may have opened after a message was refused at it. Then its pause is one for a closed gate.
    """
    return PACE_SECONDS if isinstance(later, GateClosed) else later.seconds


def _pace() -> float:
    return PACE_SECONDS * random.uniform(1.0, 2.0)  # noqa: S311 - no secret depends on it
