"""For the tests of a bot: `Phone` talks to the bot, and raises these errors.

A name is imported when it is asked for first. So the plugin costs a session of pytest without a bot nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rejoinder.errors import BotError, BotFailed
    from rejoinder.testing.phone import Phone

__all__ = ["BotError", "BotFailed", "Phone"]


if not TYPE_CHECKING:  # type checkers would believe that every name exists

    def __getattr__(name: str) -> object:
        """Import one of the names above."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module("rejoinder.testing.phone"), name)
        globals()[name] = value
        return value
