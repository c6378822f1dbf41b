"""The phone of a contact in the simulator, as the commands of the workbench hold it."""

import ssl

import pytest

from rejoinder.workbench.cli.handset import Handset
from rejoinder.workbench.simulator.server import Simulator


def test_looking_at_the_phones_again_and_again_loads_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run` looks three times a second."""
    loaded: list[object] = []
    with Simulator() as simulator:
        monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: loaded.append(1))
        assert Handset(simulator.url, "").shows() == []
    assert not loaded
