"""For the tests of a bot: `Phone` talks to the bot, and raises these errors."""

from rejoinder.errors import BotError, BotFailed
from rejoinder.testing.phone import Phone

__all__ = ["BotError", "BotFailed", "Phone"]
