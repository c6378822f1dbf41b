"""Gates in the table and gates in memory both keep the promises of the port: the tests are the same."""

from dataclasses import replace

import boto3
import pytest

from rejoinder.aws.gates import GateTable
from rejoinder.gate_ports import Gates
from rejoinder.model.gate import Gate
from rejoinder.testing.memory_gates import MemoryGates
from tests.unit.worlds import ACCOUNT, NOON

Watched = MemoryGates | GateTable

CLOSED = Gate.closed(190, NOON + 0.123456789)


@pytest.fixture(params=["memory", "dynamodb"])
def gates(request: pytest.FixtureRequest) -> Watched:
    if request.param == "memory":
        return MemoryGates()
    return GateTable(boto3.client("dynamodb"), request.getfixturevalue("table"))


def test_a_gate_is_open_until_it_is_closed_and_again_once_it_is_opened(gates: Gates) -> None:
    assert gates.read(ACCOUNT) is None
    gates.close(ACCOUNT, CLOSED)
    assert gates.read(ACCOUNT) == CLOSED
    assert gates.read(replace(ACCOUNT, id="2")) is None
    for _ in range(2):
        gates.open(ACCOUNT, NOON)
    assert gates.read(ACCOUNT) is None


def test_a_closed_gate_is_not_closed_anew(gates: Gates) -> None:
    """Otherwise each refused message would put off the probe."""
    gates.close(ACCOUNT, CLOSED)
    gates.close(ACCOUNT, Gate.closed(131042, NOON + 60))
    assert gates.read(ACCOUNT) == CLOSED


def test_of_two_that_want_to_probe_one_is_elected(gates: Gates) -> None:
    gates.close(ACCOUNT, CLOSED)
    seen = [gates.read(ACCOUNT), gates.read(ACCOUNT)]
    elected = [gates.elect(ACCOUNT, gate, gate.probed(NOON + 60 + n)) for n, gate in enumerate(seen) if gate]
    assert elected == [True, False]
    assert gates.read(ACCOUNT) == CLOSED.probed(NOON + 60)


def test_nobody_probes_a_gate_that_was_opened_meanwhile(gates: Gates) -> None:
    gates.close(ACCOUNT, CLOSED)
    gates.open(ACCOUNT, NOON)
    assert not gates.elect(ACCOUNT, CLOSED, CLOSED.probed(NOON))
    assert gates.read(ACCOUNT) is None


def read(gates: Gates) -> Gate:
    gate = gates.read(ACCOUNT)
    assert gate
    return gate


def test_a_gate_for_which_somebody_waits_stays_until_its_doorkeeper_removes_it(gates: Watched) -> None:
    assert not gates.watch(ACCOUNT, NOON), "there is none"
    gates.close(ACCOUNT, CLOSED)
    assert gates.watch(ACCOUNT, NOON + 31)
    gates.open(ACCOUNT, NOON + 40)
    opened = read(gates)
    assert opened == replace(CLOSED, watched_at=NOON + 31, opened_at=NOON + 40)
    assert not opened.is_closed
    assert gates.remove(ACCOUNT, read(gates))
    assert gates.read(ACCOUNT) is None


def test_a_gate_that_closes_again_keeps_its_doorkeeper(gates: Watched) -> None:
    gates.close(ACCOUNT, CLOSED)
    gates.watch(ACCOUNT, NOON + 31)
    gates.open(ACCOUNT, NOON + 40)
    opened, again = read(gates), Gate.closed(131042, NOON + 45)
    gates.close(ACCOUNT, again)
    assert read(gates) == replace(again, watched_at=NOON + 31)
    assert not gates.remove(ACCOUNT, opened), "it is closed"
    assert read(gates).is_closed


def test_nobody_probes_a_gate_that_is_open_while_others_wait(gates: Watched) -> None:
    gates.close(ACCOUNT, CLOSED)
    gates.watch(ACCOUNT, NOON + 31)
    gates.open(ACCOUNT, NOON + 40)
    opened = read(gates)
    assert not gates.elect(ACCOUNT, opened, opened.probed(NOON + 41))
    assert read(gates) == opened


def test_a_probe_does_not_forget_that_the_doorkeeper_was_called(gates: Watched) -> None:
    gates.close(ACCOUNT, CLOSED)
    seen = read(gates)
    gates.watch(ACCOUNT, NOON + 31)
    assert gates.elect(ACCOUNT, seen, seen.probed(NOON + 32))
    assert read(gates) == replace(seen.probed(NOON + 32), watched_at=NOON + 31)


def test_a_gate_to_which_the_doorkeeper_is_called_while_it_opens_stays_open_and_is_not_removed(
    table: str,
) -> None:
    client = boto3.client("dynamodb")
    gates = GateTable(client, table)
    gates.close(ACCOUNT, CLOSED)

    def called(**_: object) -> None:
        gates.watch(ACCOUNT, NOON)

    client.meta.events.register("before-call.dynamodb.DeleteItem", called)
    gates.open(ACCOUNT, NOON + 60)
    assert read(gates) == replace(CLOSED, watched_at=NOON, opened_at=NOON + 60)
