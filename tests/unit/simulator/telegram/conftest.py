from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.unit.simulator.telegram.talking import Talking, TelegramWebhook


@pytest.fixture
def telegram_webhook() -> Iterator[TelegramWebhook]:
    webhook = TelegramWebhook()
    yield webhook
    webhook.close()


@pytest.fixture
def talking(http: httpx.Client, telegram_webhook: TelegramWebhook) -> Iterator[Talking]:
    """Return the one simulator of the run, emptied, with a bot that nobody has told where updates go."""
    one = Talking(http, telegram_webhook)
    one.control("reset", {})
    one.call("deleteWebhook", drop_pending_updates=True)
    one.call("getUpdates", allowed_updates=[])
    yield one
    one.call("deleteWebhook", drop_pending_updates=True)
    one.call("getUpdates", allowed_updates=[])
    one.control("reset", {})
