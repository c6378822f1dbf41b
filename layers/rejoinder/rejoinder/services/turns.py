"""What the processor needs of a bot."""

from collections.abc import Callable
from typing import Protocol

from rejoinder.bot.phrases import Phrases
from rejoinder.bot.turn import Turn
from rejoinder.channel_ports import Limits
from rejoinder.file_ports import Outside
from rejoinder.model.conversation import Conversation
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.ports import Understanding


class Turns(Protocol):
    """The part of a `Bot` that the processor needs."""

    gather_seconds: float
    """How long messages are gathered, in seconds; 0 when each is a turn of its own."""

    def turn(
        self,
        message: Inbound,
        conversation: Conversation,
        *,
        first: bool,
        now: float,
        limits: Limits,
        understanding: Understanding,
        steps: dict[str, str],
        outside: Outside,
    ) -> Turn:
        """Run one turn. A handler's errors pass through."""

    def phrases(self, conversation: Conversation) -> Phrases:
        """Return the texts that the bot says by itself in this conversation."""

    def keeping(self, message: Inbound, conversation_key: str, now: float) -> list[WakeUp]:
        """Return the updates that save the files of a message which the bot keeps by itself."""


BotOf = Callable[[Account], Turns]
"""Returns the bot that answers for an account."""
