"""The ports of gates in memory. They follow the rules of the real ones."""

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace

from rejoinder.model.gate import Errand, Gate, Waiter
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account


@dataclass
class MemoryGates:
    """The port `Gates`."""

    closed: dict[str, Gate] = field(default_factory=dict)
    """The gates that are closed, or for which turns wait, by their accounts."""

    def read(self, account: Account) -> Gate | None:
        return self.closed.get(str(account))

    def close(self, account: Account, gate: Gate) -> None:
        before = self.closed.get(str(account))
        if before is None:
            self.closed[str(account)] = gate
        elif not before.is_closed:
            self.closed[str(account)] = before.closed_again(gate)

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        gate = self.closed.get(str(account))
        if not gate or not gate.is_closed or (gate.probe_at, gate.probes) != (before.probe_at, before.probes):
            return False
        self.closed[str(account)] = replace(gate, probe_at=after.probe_at, probes=after.probes)
        return True

    def open(self, account: Account, at: float) -> None:
        gate = self.closed.pop(str(account), None)
        if gate and gate.watched_at:
            self.closed[str(account)] = replace(gate, opened_at=at)

    def watch(self, account: Account, at: float) -> bool:
        gate = self.closed.get(str(account))
        if gate:
            self.closed[str(account)] = replace(gate, watched_at=at)
        return gate is not None

    def remove(self, account: Account, gate: Gate) -> bool:
        now = self.closed.get(str(account))
        if not now or now.opened_at != gate.opened_at:
            return False
        del self.closed[str(account)]
        return True


@dataclass
class MemoryWaiting:
    """The ports `WaitingTurns` and `WaitingList`."""

    turns: dict[str, MutableMapping[str, TurnMessages]] = field(default_factory=dict)
    """The turns that wait, by their places, by their conversations."""

    listed: dict[str, dict[str, Waiter]] = field(default_factory=dict)
    """The conversations that wait, by their keys, by account."""

    def keep(self, turn: TurnMessages, place: str) -> None:
        self.turns.setdefault(turn.conversation_key, {})[place] = turn

    def are_there(self, conversation_key: str) -> bool:
        return bool(self.turns.get(conversation_key))

    def first(self, conversation_key: str) -> tuple[str, TurnMessages] | None:
        turns = self.turns.get(conversation_key)
        return (place, turns[place]) if turns and (place := min(turns)) else None

    def drop(self, conversation_key: str, place: str) -> None:
        self.turns.get(conversation_key, {}).pop(place, None)

    def first_as_stored(self, conversation_key: str) -> tuple[str, str]:
        place = min(self.turns[conversation_key])
        return place, repr(self.turns[conversation_key][place])

    def write(self, account: Account, waiter: Waiter) -> None:
        self.listed.setdefault(str(account), {})[waiter.conversation_key] = waiter

    def read(self, account: Account) -> Iterable[Waiter]:
        return [waiter for _, waiter in sorted(self.listed.get(str(account), {}).items())]

    def strike(self, account: Account, conversation_key: str) -> None:
        self.listed.get(str(account), {}).pop(conversation_key, None)


@dataclass
class MemoryErrands:
    """The port `Errands`."""

    errands: list[Errand] = field(default_factory=list)
    """The errands, in order."""

    def put(self, errands: Sequence[Errand], at: float) -> None:
        self.errands += errands
