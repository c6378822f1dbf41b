from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.unit.simulator.kit import Webhook
from tests.unit.simulator.telegram.talking import Talking


@pytest.fixture
def talking(http: httpx.Client, webhook: Webhook) -> Iterator[Talking]:
    """Return the one simulator of the run, emptied, with a bot that nobody has told where updates go."""
    one = Talking(http, webhook)
    one.control("reset", {})
    one.call("deleteWebhook", drop_pending_updates=True)
    one.call("getUpdates", allowed_updates=[])
    yield one
    one.call("deleteWebhook", drop_pending_updates=True)
    one.call("getUpdates", allowed_updates=[])
    one.control("reset", {})
