"""What the tests of the services share: messages to handle, and services over ports in memory."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.channels import channel_named, channel_of
from rejoinder.model.contents import Text
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound, InboundContent
from rejoinder.ports import TimeLimit, Understanding
from rejoinder.services.allowed import Allowed
from rejoinder.services.deliver import Sender
from rejoinder.services.doorkeeper import Doorkeeper
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.keep import Keeper
from rejoinder.services.process import Processor
from rejoinder.services.template_news import TemplateNews
from rejoinder.services.track import Tracker
from rejoinder.services.upload import Uploader
from rejoinder.testing.memory import (
    MemoryAccountEvents,
    MemoryLinks,
    MemoryMeter,
    MemoryNetwork,
    MemoryOutbox,
    MemoryParked,
    MemoryQueue,
    MemoryStore,
    MemoryTemplateStates,
    MemoryUpdates,
    MemoryWakeUps,
)
from rejoinder.testing.memory_files import MemoryFiles, MemoryMedia, MemoryUploads
from rejoinder.testing.memory_gates import MemoryErrands, MemoryGates, MemoryWaiting

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
ADA = Contact(id="US.111", name="Ada", phone="15550002001", user_id="US.111")
NOON = 1_800_000_000.0
WINDOW_SECONDS = channel_named("whatsapp").window_seconds


def inbound(
    content: InboundContent | str = "hi",
    *,
    id: str = "wamid.1",  # noqa: A002 - the network's word
    contact: Contact = ADA,
    at: float = NOON,
) -> Inbound:
    """Return a message from `contact`."""
    said = Text(body=content) if isinstance(content, str) else content
    return Inbound(id=id, account=ACCOUNT, contact=contact, at=at, content=said)


def said(turn: TurnMessages) -> list[str]:
    """Return the texts of a turn."""
    return [message.content.body for message in turn.messages if isinstance(message.content, Text)]


@dataclass
class World:
    """The processor and the sender over one memory. `now` is the clock of both."""

    bot: Bot
    now: float = NOON
    store: MemoryStore = field(default_factory=MemoryStore)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    parked: MemoryParked = field(default_factory=MemoryParked)
    meter: MemoryMeter = field(default_factory=MemoryMeter)
    network: MemoryNetwork = field(default_factory=MemoryNetwork)
    wake_ups: MemoryWakeUps = field(default_factory=MemoryWakeUps)
    gates: MemoryGates = field(default_factory=MemoryGates)
    waiting: MemoryWaiting = field(default_factory=MemoryWaiting)
    errands: MemoryErrands = field(default_factory=MemoryErrands)
    dead_letters: MemoryQueue = field(default_factory=MemoryQueue)
    template_states: MemoryTemplateStates = field(default_factory=MemoryTemplateStates)
    updates: MemoryUpdates = field(default_factory=MemoryUpdates)
    account_events: MemoryAccountEvents = field(default_factory=MemoryAccountEvents)
    understanding: Understanding = field(default_factory=FuzzyUnderstanding)
    time_limit: TimeLimit = nullcontext
    has_time: Callable[..., bool] = lambda *_: True
    files: MemoryFiles = field(default_factory=MemoryFiles)
    media: MemoryMedia = field(default_factory=MemoryMedia)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    links: MemoryLinks = field(default_factory=MemoryLinks)
    folder: Path | None = None
    shown: list[BaseException] = field(default_factory=list)
    retention_seconds: float = 0.0

    def processor(self) -> Processor:
        """Return a processor as an invocation has it."""
        return Processor(
            bot_of=lambda _account: self.bot,
            rules_of=channel_of,
            understanding=self.understanding,
            store=self.store,
            outbox=self.outbox,
            wake_ups=self.wake_ups,
            parked=self.parked,
            outside=Keeper(
                files=self.files,
                media_of=lambda _account: self.media,
                network_of=lambda _account: self.network,
                links=self.links,
                clock=lambda: self.now,
            ),
            meter=self.meter,
            clock=lambda: self.now,
            time_limit=self.time_limit,
            has_time=self.has_time,
            retention_seconds=self.retention_seconds,
            folder=self.folder,
            show=self.shown.append,
        )

    def sender(self) -> Sender:
        """Return a sender as an invocation has it."""
        return Sender(
            stack="test",
            rules_of=channel_of,
            network=self.network,
            uploader=Uploader(
                files=self.files, media=self.media, uploads=self.uploads, clock=lambda: self.now
            ),
            allowed=Allowed(
                states=self.template_states,
                consents=self.store,
                owner_of=lambda _account: "owner",
                clock=lambda: self.now,
            ),
            records=self.store,
            windows=self.store,
            gatekeeper=self.gatekeeper(),
            updates=self.updates,
            meter=self.meter,
            clock=lambda: self.now,
            has_time=self.has_time,
        )

    def doorkeeper(self, senders: int = 1) -> Doorkeeper:
        """Return a doorkeeper as an invocation of the sender has it."""
        return Doorkeeper(
            sender=self.sender(),
            gates=self.gates,
            turns=self.waiting,
            waiting=self.waiting,
            errands=self.errands,
            meter=self.meter,
            senders=senders,
            dead_letters=self.dead_letters,
            clock=lambda: self.now,
        )

    def gatekeeper(self) -> Gatekeeper:
        """Return the gatekeeper of a new process."""
        return Gatekeeper(self.gates, self.meter, lambda: self.now)

    def tracker(self) -> Tracker:
        """Return a tracker as an invocation has it."""
        return Tracker(
            stack="test",
            records=self.store,
            outbox=self.outbox,
            uploads=self.uploads,
            gatekeeper=self.gatekeeper(),
            updates=self.updates,
            templates=self.template_news(),
            account_events=self.account_events,
            meter=self.meter,
            clock=lambda: self.now,
        )

    def template_news(self) -> TemplateNews:
        """Return what follows the templates, as an invocation of the tracker has it."""
        return TemplateNews(
            states=self.template_states,
            updates=self.updates,
            meter=self.meter,
            owner_of=lambda _account: "owner",
        )

    def process(self, *messages: Inbound, received_before: bool = False) -> None:
        """Run one invocation of the processor."""
        self.processor().process(messages, received_before=received_before)

    def deliver(self) -> None:
        """Run one invocation of the sender for each waiting turn. A turn that must wait stays."""
        while self.outbox.turns:
            self.sender().deliver(self.outbox.turns[0])
            self.outbox.turns.pop(0)
