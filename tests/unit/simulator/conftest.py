from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.unit.simulator.kit import Network, Webhook

FAST = Settings(
    sent_seconds=0.01,
    delivered_seconds=0.03,
    read_seconds=0.05,
    played_seconds=0.07,
    retry_first_seconds=0.02,
    retry_max_seconds=0.1,
    webhook_timeout_seconds=5,
)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    listening = Webhook()
    yield listening
    listening.close()


@pytest.fixture(scope="session")
def served() -> Iterator[Simulator]:
    with Simulator(FAST) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def http(served: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def network(http: httpx.Client, webhook: Webhook) -> Iterator[Network]:
    """Return the one simulator of the run, emptied, with the webhook of this test registered."""
    one = Network(http, webhook)
    one.control("reset", {})
    one.control("handshake", {"webhook_url": webhook.url})
    yield one
    one.control("reset", {})
