"""What `Phone` has in the place of AWS and the network: it stops at chosen points, and rejects messages."""

from collections.abc import Callable
from dataclasses import dataclass

from rejoinder.errors import Rejected
from rejoinder.model.conversation import Conversation
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.testing.memory import MemoryNetwork, MemoryOutbox, MemoryStore, MemoryWakeUps
from rejoinder.testing.watch import Point


class Crash(KeyboardInterrupt):
    """The machine stops. It is a KeyboardInterrupt, which no service treats as an error of the bot."""


def _nothing(_point: Point) -> None:
    pass


@dataclass
class CrashingStore(MemoryStore):
    """A store that reports the points where a machine may stop, as the two classes below do."""

    reaches: Callable[[Point], None] = _nothing
    """Is called with each point that is reached."""

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        self.reaches("before commit")
        super().commit(inbound, before, after, marker)
        self.reaches("after commit")


@dataclass
class CrashingOutbox(MemoryOutbox):
    reaches: Callable[[Point], None] = _nothing
    """Is called with each point that is reached."""

    def put(self, turn: TurnMessages) -> None:
        self.reaches("before queueing")
        super().put(turn)


@dataclass
class CrashingWakeUps(MemoryWakeUps):
    reaches: Callable[[Point], None] = _nothing
    """Is called with each point that is reached."""

    def put(self, wake_up: WakeUp) -> None:
        self.reaches("before scheduling")
        super().put(wake_up)


@dataclass
class RejectingNetwork(MemoryNetwork):
    """A network that rejects the next `refusing` messages."""

    code: int = 0
    """The network's code of the rejection."""

    refusing: int = 0
    """How many messages are still rejected."""

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        if self.refusing:
            self.refusing -= 1
            raise Rejected(self.code, "Message undeliverable")
        return super().send(account, contact, content, callback, quote=quote)
