"""What ends a handler before its last line.

They derive from BaseException, so that a bot's `except Exception` does not stop them.
"""

from collections.abc import Callable, Mapping


class Suspended(BaseException):
    """The turn ends here, and the handler goes on when the answer comes."""


class Went(BaseException):
    """The handler ends here, and another one begins."""

    def __init__(self, handler: Callable[..., None], given: Mapping[str, object]) -> None:
        super().__init__()
        self.handler = handler
        self.given = given


class HandedOver(BaseException):
    """The handler ends here, and the bot is silent until it is released."""
