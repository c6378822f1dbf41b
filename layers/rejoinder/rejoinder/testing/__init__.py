"""The test door: `Phone` talks to a bot in a test, and what else a bot's tests need."""

from rejoinder.errors import BotError, BotFailed
from rejoinder.testing.phone import Phone

__all__ = ["BotError", "BotFailed", "Phone"]
