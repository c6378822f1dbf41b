"""The ports of the last run are used again if they are free."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.workbench.stack import StackError, ports, remembered
from rejoinder.workbench.stack.remembered import Ports


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port on which another program listens."""
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_ports_of_the_last_run_are_taken_again(tmp_path: Path) -> None:
    first = remembered.choose(tmp_path, aws=None, simulator=None)
    assert remembered.choose(tmp_path, aws=None, simulator=None) == first
    assert first.aws != first.simulator


def test_a_remembered_port_that_is_taken_now_gives_way_to_another(tmp_path: Path, taken: int) -> None:
    asked = remembered.choose(tmp_path, aws=None, simulator=None)
    (tmp_path / remembered.NAME).write_text(f'{{"aws": {taken}, "simulator": {asked.simulator}}}')
    chosen = remembered.choose(tmp_path, aws=None, simulator=None)
    assert chosen.aws != taken
    assert chosen.simulator == asked.simulator


@pytest.mark.parametrize(("level", "named"), [("", "--sim-port"), ("1", "SIM_PORT=")])
def test_a_port_that_was_asked_for_and_is_taken_is_an_error_that_names_its_option(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch, level: str, named: str
) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)
    if level:
        monkeypatch.setenv("MAKELEVEL", level)
    with pytest.raises(StackError, match=rf"port {taken} is taken: choose another with {named}, or"):
        remembered.choose(tmp_path, aws=None, simulator=taken)


def test_both_ports_cannot_be_one(tmp_path: Path) -> None:
    free = ports.any_free()
    with pytest.raises(StackError, match="is taken"):
        remembered.choose(tmp_path, aws=free, simulator=free)


def test_a_port_on_which_somebody_listens_on_all_addresses_is_not_free() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))  # noqa: S104 (what other programs do)
        listener.listen()
        assert not ports.is_free(listener.getsockname()[1])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"aws": 1}'])
def test_a_note_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / remembered.NAME).write_text(content)
    assert remembered.last(tmp_path) is None


def test_what_was_chosen_is_noted(tmp_path: Path) -> None:
    chosen = remembered.choose(tmp_path, aws=None, simulator=None)
    assert remembered.last(tmp_path) == chosen == Ports(aws=chosen.aws, simulator=chosen.simulator)
