"""One world of the simulation: the real services, over queues, a store and a network that fail as `choices`
says.

A world has one thread and a virtual clock. Each call of a service to one of its ports goes through
`World.call`. There the function may be stopped, the call may be refused, its answer may be lost, or other
functions may run completely before the call goes on.
"""

import hashlib
import heapq
import logging
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, TypeVar, cast

from rejoinder import channels
from rejoinder.aws.consume import Fifo, Record, consume, outbound_of, receive_count
from rejoinder.aws.outbox import SqsErrands, SqsOutbox, SqsParkedUpdates, SqsUpdates
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.aws.stored.at_gate import read_outbound
from rejoinder.aws.stored.bodies import dump_update, read_events, read_updates
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.aws.time_limit import FUNCTION_SECONDS
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.channel_ports import Front, Request
from rejoinder.channel_ports import Secrets as SecretValues
from rejoinder.channels import Networks, channel_named, channel_of, front_named, parse
from rejoinder.errors import QueueError, SettingsError, StoreError, Unreadable
from rejoinder.model import ids
from rejoinder.model.backoff import UNREADABLE_SECONDS
from rejoinder.model.delivery import Attempt
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Contact
from rejoinder.model.said import OutboundContent, Template
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.ports import QueueMessage
from rejoinder.services import keep
from rejoinder.services.allowed import KEPT_SECONDS, Allowed
from rejoinder.services.deliver import Sender
from rejoinder.services.doorkeeper import Doorkeeper
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.keep import Keeper
from rejoinder.services.process import Processor
from rejoinder.services.receive import Receiver
from rejoinder.services.template_news import TemplateNews
from rejoinder.services.track import Tracker
from rejoinder.services.upload import Uploader
from rejoinder.testing.memory import MemoryAccountEvents, MemoryLinks, MemoryMeter
from tests.architecture.toy.front import FRONT as TOY_FRONT
from tests.simulation import telegramnet
from tests.simulation.bots import Outside, Playing, play_in
from tests.simulation.choices import Choices
from tests.simulation.files import Files, Uploads
from tests.simulation.meta import ACCOUNT, Meta
from tests.simulation.queues import FifoQueue, Held, StandardQueue
from tests.simulation.store import Gates, Store, Waiting
from tests.simulation.telegramnet import BOT, SECRET, TelegramNet
from tests.simulation.templates import OWNER, States
from tests.simulation.toynet import TOKEN, TOY, ToyNet
from tests.simulation.versions import CHANGES, before, changes_of, present

T = TypeVar("T")

START = 1_800_000_000.0
MAX_ACTS = 6000
"""The number of acts after which a world will never come to rest. A correct world needs fewer."""

OUTSIDE = "outside"
"""The name that stands for a function when people or the network do something. No fault happens there."""

MAX_DEPTH = 3
"""The largest number of functions that run inside one another."""

SOMEBODY = "somebody"
"""The owner of a number that two people have had. The number does not tell which of them it is."""


class Crash(KeyboardInterrupt):
    """The machine of the function has stopped. Only the world catches this."""


class Violation(KeyboardInterrupt):
    """A rule that must always hold was broken."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class Throttled(StoreError):
    """The error of an adapter when AWS refuses a call or does not answer it."""


@dataclass
class Invocation:
    """One run of a function."""

    number: int
    function: str
    began_at: float
    ends_at: float
    is_old: bool = False
    """Whether the version before the present one runs."""

    updates: tuple[str, ...] = ()
    is_killed: bool = False


@dataclass
class Port:
    """The port `Queue`, on one of the simulated queues."""

    world: "World"
    queue: FifoQueue | StandardQueue

    def put(self, messages: Sequence[QueueMessage]) -> None:
        """Put each message on its own, because SQS may accept only a part of a batch."""
        for message in messages:
            self.world.call(f"{self.queue.name}.put", partial(self._put, message), error=QueueError)

    def _put(self, message: QueueMessage) -> None:
        world = self.world
        if isinstance(self.queue, StandardQueue):
            world.put_event(message.body)
            return
        taken = self.queue.put(message.group, message.deduplication_id, message.body, world.now)
        if taken and self.queue is world.inbound:
            world.received_in(message.group, message.body)
        if world.story is not None:
            world.tell_story(self.queue.name, "takes a message" if taken else "has that already")


@dataclass
class Receipt:
    """Stands in for an `SqsReceipt` in `consume`."""

    world: "World"
    held: Held

    def come_again(self, seconds: float) -> None:
        """Make the message visible again after `seconds`, rounded to whole seconds as SQS needs it."""
        self.world.call("come again", lambda: self._come_again(seconds))

    def _come_again(self, seconds: float) -> None:
        self.held.visible_at = self.world.now + round(seconds)
        if self.world.stack[-1].function == "sender":
            self.world.put_off.append((self.world.stack[-1].number, seconds, self.held.body))
        self.world.tell_story("queue", f"{self.held.id} comes again in {round(seconds)} s")


@dataclass
class Secrets:
    """The port `SecretStore`. It remembers what it read."""

    world: "World"
    names: tuple[str, ...] = ("app_secret", "app_secret_previous")
    values: tuple[str, ...] = ("first secret",)
    kept: tuple[str, ...] = ()
    read_at: float = float("-inf")
    hidden_until: float = 0.0
    unreadable: bool = False
    """Whether the last read of the secret failed."""

    def read(self) -> SecretValues:
        """Return the secret, read at most five minutes ago."""
        return self._read(300.0)

    def read_again(self) -> SecretValues:
        """Return the secret, read at most half a minute ago."""
        return self._read(30.0)

    def _read(self, seconds: float) -> SecretValues:
        if self.world.now - self.read_at >= seconds:
            try:
                self.kept = self.world.call("secret.read", self._look, error=SettingsError)
            except SettingsError:
                self.unreadable = True
                raise
            self.read_at = self.world.now
        self.unreadable = False
        return dict(zip(self.names, self.kept, strict=False))

    def _look(self) -> tuple[str, ...]:
        if self.world.now < self.hidden_until:
            raise SettingsError("access denied")
        return self.values


@dataclass
class Schedules:
    """The port `WakeUps`. Each wake-up comes at its time or later, and some come twice."""

    world: "World"
    waiting: dict[str, WakeUp] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)

    def put(self, wake_up: WakeUp) -> None:
        """Keep `wake_up`, unless it is kept already."""
        self.world.call("schedules.put", lambda: self._put(wake_up))

    def _put(self, wake_up: WakeUp) -> None:
        name = wake_up.inbound.hashed_id
        if name in self.waiting:
            return
        self.waiting[name] = wake_up
        self.bodies[name] = dump_update(wake_up.inbound)
        self.world.name_it(wake_up.inbound)
        self.world.at(max(wake_up.at, self.world.now + 10), lambda: self._fire(name))

    def _fire(self, name: str) -> None:
        wake_up = self.waiting.pop(name)
        self._queue(wake_up.inbound)
        if not self.world.is_calm and self.world.choices.one_in(5):
            again = self.world.now + (400 if self.world.choices.draw(2) else 1)
            self.world.at(again, lambda: self._queue(wake_up.inbound))

    def _queue(self, inbound: Inbound) -> None:
        body = self.bodies[inbound.hashed_id]
        content_id = hashlib.sha256(body.encode()).hexdigest()
        if self.world.inbound.put(inbound.group, content_id, body, self.world.now):
            self.world.received_in(inbound.group, body)
        self.world.tell_story("schedules", f"{self.world.name(inbound.hashed_id)} is due")


@dataclass
class Quarantine:
    """The port `Quarantine`."""

    world: "World"

    def keep(self, body: bytes) -> None:
        """Keep `body`."""
        self.world.call("quarantine.keep", lambda: self.world.meta.quarantined.append(body))


class World:
    """All parts of one run. If `story` is given, it is filled with the events of the run."""

    retention_seconds = 0.0
    """How long a conversation is kept after its last update; 0 for without end."""

    def __init__(  # noqa: PLR0915 - one line a part
        self, choices: Choices, story: list[str] | None = None
    ) -> None:
        self.choices = choices
        self.story = story
        self.now = START
        self.calm_at = START
        self.hazard = (3000, 600, 150, 50)[choices.draw(4)]
        self.moodiness = (400, 60, 24, 12)[choices.draw(4)]
        self.faults_left = (3, 10, 40)[choices.draw(3)]
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self.numbered = 0
        self.acts = 0
        self.invocations: list[Invocation] = []
        self.stack: list[Invocation] = []
        self.disturbed: set[int] = set()
        self.forestalled: set[int] = set()
        self.names: dict[str, str] = {}
        self.owners: dict[str, str] = {Contact.of_business(OWNER).id: "the business"}
        self.taken_over: dict[str, tuple[str, float]] = {}
        """The new owner of each number that a contact gave up, and the time at which they got it."""
        self.order: dict[str, list[str]] = {}
        self.hits: Counter[str] = Counter()
        self.redriven: Counter[str] = Counter()
        self.event_faults = 0
        self.answered = ""
        """The body of the answer to the last webhook."""
        self.put_off: list[tuple[int, float, str]] = []
        """The messages of outbound.fifo that a sender put off: its number, for how long, and the body."""

        self.inbound = FifoQueue("inbound", 60)
        self.outbound = FifoQueue("outbound", 180)
        self.dead = FifoQueue("inbound-dlq", 180)
        self.outbound_dead = FifoQueue("outbound-dlq", 180)
        self.events = StandardQueue("events", 180)
        self.store = Store(self)
        self.gates = Gates(self)
        self.waiting = Waiting(self)
        self.meter = MemoryMeter()
        self.files = Files(self)
        self.links = MemoryLinks()
        self.uploads = Uploads(self)
        self.meta = Meta(self)
        self.template_states = States(self)
        self.secrets = Secrets(self)
        self.schedules = Schedules(self)
        self.outside = Outside(run=lambda: self.stack[-1].number)
        self.bot = Playing()
        self.understanding = FuzzyUnderstanding()
        inbound = cast(SqsQueue, Port(self, self.inbound))
        self.updates = SqsUpdates(inbound)
        self.outbox = SqsOutbox(cast(SqsQueue, Port(self, self.outbound)))
        self.errands = SqsErrands(cast(SqsQueue, Port(self, self.outbound)))
        self.parked = SqsParkedUpdates(cast(SqsQueue, Port(self, self.dead)))
        self._connect()
        self.changed: tuple[str, ...] = changes_of(choices.draw(2 * len(CHANGES)))
        """The shapes that differ between the deployed version and the version before it."""
        self.is_rolled_back = False
        self.is_rolling_out = False
        """Whether both versions of ingress and processor run side by side."""
        self.put_back: set[str] = set()
        """The hashed ids of the messages that could not be read, were set aside, and were put back later."""
        if self.changed:
            self.store.put_on_shelves()
        self.senders = [(self._gatekeeper(), self._allowed()) for _ in range(2)]
        self.trackers = [self._gatekeeper()]

    def _connect(self) -> None:
        """Set up the networks, and the receivers of their webhooks."""
        self.toy, self.telegram = ToyNet(self), TelegramNet(self)
        self.network = Networks({"whatsapp": self.meta, "toy": self.toy, "telegram": self.telegram})
        toy_secrets = Secrets(self, names=("token",), values=(TOKEN,))
        of_telegram = Secrets(self, names=("bot_token", "secret_token"), values=(telegramnet.TOKEN, SECRET))
        self.receivers = {
            "whatsapp": self._receiver(front_named("whatsapp"), self.secrets),
            "toy": self._receiver(TOY_FRONT, toy_secrets),
            "telegram": self._receiver(front_named("telegram"), of_telegram),
        }

    def _receiver(self, front: Front, secrets: Secrets) -> Receiver:
        return Receiver(
            front=front,
            secrets=(secrets,),
            inbound=Port(self, self.inbound),
            events=Port(self, self.events),
            bodies=JsonBodies(),
            quarantine=Quarantine(self),
            meter=self.meter,
            clock=self.clock,
        )

    # --- what everybody uses ----------------------------------------------------------------------------

    def clock(self) -> float:
        """Return the virtual time."""
        return self.now

    @property
    def is_calm(self) -> bool:
        """Whether no more faults happen."""
        return self.now >= self.calm_at

    @property
    def depth(self) -> int:
        """Return how many functions run now: the current one and those that it interrupted."""
        return sum(invocation.function != OUTSIDE for invocation in self.stack)

    def tell_story(self, who: str, what: str) -> None:
        """Add one line to the story."""
        if self.story is not None:
            depth = "  " * self.depth
            self.story.append(f"{self.now - START:12.2f}  {depth}{who}: {what}")

    def name(self, id: str) -> str:  # noqa: A002 - any of our hashed ids
        """Return the name of an inbound or outbound message in a story."""
        hashed_id, dash, number = id.partition("-")
        return self.names.get(hashed_id, hashed_id[:8]) + (f" reply {number}" if dash else "")

    def name_it(self, inbound: Inbound) -> None:
        """Give a message of our own a name for the story, unless it has one."""
        self.names.setdefault(inbound.hashed_id, f"{inbound.content.kind} #{len(self.names)}")

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Call `do` at the time `when`."""
        self.numbered += 1
        heapq.heappush(self.timers, (when, self.numbered, do))

    def received_in(self, group: str, body: str) -> None:
        """Note the order in which updates were queued."""
        order = self.order.setdefault(group, [])
        for update in read_updates(body, parse):
            if update.hashed_id not in order:
                order.append(update.hashed_id)
            if not update.is_from_contact:
                self.name_it(update)

    def put_event(self, body: str) -> None:
        """Put statuses on the standard queue, which may deliver a message twice."""
        copies = 1 if self.is_calm else 1 + self.choices.one_in(10)
        self.events.put(body, self.now, copies)

    def looks_at_send(self, attempt: Attempt, contact: Contact, content: OutboundContent) -> None:
        """Check a send at the moment when it reaches the network. Raise Violation if it breaks a rule."""
        with present():
            self._looks_at_send(attempt, contact, content)

    def _looks_at_send(self, attempt: Attempt, contact: Contact, content: OutboundContent) -> None:
        self._looks_to_whom(attempt, contact)
        if (attempt.outbound_id, attempt.number) in self.meta.asks:
            raise Violation("an attempt asks the network once", self.name(attempt.outbound_id))
        conversation = self.store.conversations.get(attempt.conversation_key)
        closes_at = conversation.window_closes_at if conversation else float("inf")
        if not isinstance(content, Template) and self.now > closes_at + 60:
            raise Violation("outside the window only templates go out", self.name(attempt.outbound_id))
        if isinstance(content, Template):
            self.holds_window_closed(attempt)
            self._looks_at_template(attempt, content)

    def _looks_at_template(self, attempt: Attempt, template: Template) -> None:
        """Raise Violation if the network is asked for a template that we have long known to be paused."""
        state = self.template_states.states.get((OWNER, template.name, template.language))
        learned_at = self.template_states.learned_at.get(template.name, 0.0)
        if state and state.status == "paused" and learned_at < self.stack[-1].began_at - KEPT_SECONDS:
            raise Violation("a template that is paused is not sent", self.name(attempt.outbound_id))

    def _looks_to_whom(self, attempt: Attempt, contact: Contact) -> None:
        """Raise Violation if a message goes to the new owner of a number, but is for the former one.

        A message that was said before the number changed hands may still be on its way. It is allowed.
        """
        reached, since = self.taken_over.get(contact.phone or "", ("", 0.0))
        if not (reached and contact.user_id and self.owners[contact.user_id] != reached):
            return
        hashed_id = attempt.outbound_id.partition("-")[0]
        said_at = max(one.at for one in self.store.commits if one.inbound.hashed_id == hashed_id)
        if said_at > since:
            raise Violation(
                "a message goes to whom it is for", f"{self.name(attempt.outbound_id)} to {reached}"
            )

    def holds_window_closed(self, attempt: Attempt) -> None:
        """Raise Violation if the sender treats an open window as closed.

        The sender then sends the template, or fails a message that has none. It may do so if the network said
        before that the window is closed.
        """
        sender, id = self.stack[-1], attempt.outbound_id
        with present():
            conversation = self.store.conversations.get(attempt.conversation_key)
        if sender.function != "sender" or not conversation or self.meta.was_closed_to(id):
            return
        is_old = self.store.window_moved_at[conversation.key] < sender.began_at
        if is_old and self.now < conversation.window_closes_at:
            raise Violation("the window is read again before it is held to be closed", self.name(id))

    # --- faults -----------------------------------------------------------------------------------------

    def call(
        self, what: str, do: Callable[[], T], *, error: Callable[[str], Exception] | None = Throttled
    ) -> T:
        """Do what a service asks of a port, or let a fault happen instead."""
        if not self.stack or self.stack[-1].function == OUTSIDE:
            return do()
        self.now += 0.02
        if self.now > self.stack[-1].ends_at:
            self._crash(f"ran out of time before {what}")
        fault = 0 if self.is_calm else self.choices.draw(self.hazard)
        if not 0 < fault < 13:
            return do()
        return self._fault(fault, what, do, error)

    def _fault(
        self, fault: int, what: str, do: Callable[[], T], error: Callable[[str], Exception] | None
    ) -> T:
        if fault >= 5:
            return self._interleave(fault, what, do)
        if self.faults_left <= 0:
            return do()
        self.faults_left -= 1
        if fault == 1:
            self._crash(f"before {what}")
        if fault == 3 and error:
            self._disturb()
            self.tell_story("fault", f"{what} is refused")
            raise error("throttled")
        result = do()
        if fault == 2:
            self._crash(f"after {what}")
        if error:
            self._disturb()
            self.tell_story("fault", f"{what} is done, but its answer is lost")
            raise error("timed out")
        return result

    def _interleave(self, fault: int, what: str, do: Callable[[], T]) -> T:
        """Let other functions run before or after the call, or let the call last long."""
        if fault <= 8:
            self._meanwhile(what)
            return do()
        result = do()
        if fault <= 11:
            self._meanwhile(what)
        else:
            self.now += self.choices.draw(8)
        return result

    def _meanwhile(self, what: str) -> None:
        for _ in range(1 + self.choices.draw(3)):
            if self.depth < MAX_DEPTH:
                self.tell_story("meanwhile", f"at {what}")
                self.act()
        if self.now > self.stack[-1].ends_at:
            self._crash(f"ran out of time at {what}")

    def _disturb(self) -> None:
        invocation = self.stack[-1]
        self.disturbed.add(invocation.number)
        self.hits.update(invocation.updates)
        if invocation.function == "tracker":
            self.event_faults += 1

    def _crash(self, what: str) -> None:
        self._disturb()
        self.tell_story("fault", f"{self.stack[-1].function} is killed: {what}")
        raise Crash

    def updates_in(self, body: str) -> tuple[str, ...]:
        """Return the hashed ids of the updates in a message of inbound.fifo, in any version."""
        with present():
            return tuple(update.hashed_id for update in read_updates(body, parse))

    # --- functions --------------------------------------------------------------------------------------

    @contextmanager
    def invocation(self, function: str, seconds: float) -> Iterator[Invocation]:
        """Run a function in the `with` block. When its machine stops, the world goes on."""
        self.numbered += 1
        invocation = Invocation(
            number=self.numbered, function=function, began_at=self.now, ends_at=self.now + seconds
        )
        self.stack.append(invocation)
        if self.is_rolling_out and function in ("ingress", "processor"):
            invocation.is_old = self.choices.draw(2) == 1
            self.tell_story(function, f"is of the {'old' if invocation.is_old else 'new'} version")
        elif self.is_rolled_back:
            invocation.is_old = function != OUTSIDE
        try:
            with before(self.changed) if invocation.is_old else present():
                yield invocation
        except Crash:
            invocation.is_killed = True
        finally:
            self.stack.pop()

    def ingress(self, request: Request, channel: str = "whatsapp") -> int:
        """Run the ingress behind API Gateway, and return the status that the network sees."""
        status, self.answered = 502, ""
        receiver = self.receivers[channel]
        with self.invocation("ingress", 10):
            answer = receiver.receive(request)
            status, self.answered = answer.status, answer.body
            if status == 401 and (answer.body or cast(Secrets, receiver.secrets[0]).unreadable):
                why = answer.body or "the secret could not be read"
                raise Violation("401 says that the signature is wrong, and nothing else", why)
        self.tell_story("ingress", f"answers {status}")
        return status

    def processor(self, held: Held) -> None:
        """Run the processor on one message."""
        with self.invocation("processor", 30) as invocation:
            bot = self.bot.before() if self.is_rolling_out and invocation.is_old else self.bot
            processor = Processor(
                bot_of=lambda _account: bot,
                rules_of=channel_of,
                understanding=self.understanding,
                store=self.store,
                outbox=self.outbox,
                wake_ups=self.schedules,
                parked=self.parked,
                outside=Keeper(
                    files=self.files,
                    media_of=self.network.of,
                    network_of=self.network.of,
                    links=self.links,
                    clock=self.clock,
                ),
                meter=self.meter,
                clock=self.clock,
                time_limit=nullcontext,
                has_time=lambda: invocation.ends_at - self.now > 23,
                retention_seconds=self.retention_seconds,
            )
            invocation.updates = self.updates_in(held.body)

            def process(record: Record) -> None:
                updates = read_updates(record["body"], parse)
                processor.process(updates, received_before=receive_count(record) > 1)

            self._consume(self.inbound, held, process)

    def sender(self, held: Held) -> None:
        """Run the sender on one message."""
        place = self.choices.draw(2) if not self.is_calm else 0
        # A process handles one message at a time, so no other invocation uses what it remembers meanwhile.
        remembered, self.senders[place] = self.senders[place], (self._gatekeeper(), self._allowed())
        gatekeeper, allowed = remembered
        with self.invocation("sender", 90) as invocation:
            sender = Sender(
                stack="sim",
                rules_of=channel_of,
                network=self.network,
                uploader=Uploader(
                    files=self.files, media=self.network, uploads=self.uploads, clock=self.clock
                ),
                allowed=allowed,
                records=self.store,
                windows=self.store,
                gatekeeper=gatekeeper,
                updates=self.updates,
                meter=self.meter,
                clock=self.clock,
                has_time=lambda has_file: invocation.ends_at - self.now > 42 + 40 * has_file,
            )
            doorkeeper = Doorkeeper(
                sender=sender,
                gates=self.gates,
                turns=self.waiting,
                waiting=self.waiting,
                errands=self.errands,
                meter=self.meter,
                senders=1,
                dead_letters=cast(SqsQueue, Port(self, self.outbound_dead)),
                clock=self.clock,
            )
            self._consume(self.outbound, held, lambda record: doorkeeper.handle(*outbound_of(record)))
        if not invocation.is_killed:
            self.senders[place] = remembered

    def tracker(self, held: Held) -> None:
        """Run the tracker on one message."""
        with self.invocation("tracker", 30):
            tracker = Tracker(
                stack="sim",
                records=self.store,
                outbox=self.outbox,
                uploads=self.uploads,
                gatekeeper=self.trackers[0],
                updates=self.updates,
                templates=self._template_news(),
                account_events=MemoryAccountEvents(),
                meter=self.meter,
                clock=self.clock,
            )

            def track(record: Record) -> None:
                body = read_events(record["body"])
                channel = channel_named(body.channel)
                events = [channel.parse_event(one, received_at=body.received_at) for one in body.events]
                tracker.track_all(events)

            self._consume(self.events, held, track)

    def syncs(self) -> None:
        """Run the tracker as its schedule does, which asks the network for all templates."""
        self.tell_story("scheduler", "starts the sync of templates")
        with self.invocation("tracker", 30):
            self._template_news().sync(self.network, [ACCOUNT, TOY, BOT], self.now)

    def _template_news(self) -> TemplateNews:
        return TemplateNews(
            states=self.template_states, updates=self.updates, meter=self.meter, owner_of=self.network.owner
        )

    def _consume(
        self, queue: FifoQueue | StandardQueue, held: Held, handle: Callable[[Record], None]
    ) -> None:
        """Handle a message as Lambda does: call `consume`, and delete the message if it did not fail."""
        fifo = None
        if isinstance(queue, FifoQueue):
            receipt = cast(SqsReceipt, Receipt(self, held))
            dead = cast(SqsQueue, Port(self, self.dead if queue is self.inbound else self.outbound_dead))
            again = FUNCTION_SECONDS + 2 if queue is self.inbound else None
            fifo = Fifo(
                receipt=lambda _handle: receipt, dead_letters=dead, again_seconds=again, clock=self.clock
            )
        unreadable: list[Unreadable] = []

        def watched(record: Record) -> None:
            try:
                handle(record)
            except Unreadable as error:
                unreadable.append(error)
                # The run may have begun, so it counts as a try.
                self.hits.update(self.stack[-1].updates)
                raise

        answer = consume({"Records": [held.record]}, watched, meter=self.meter, fifo=fifo)
        if unreadable:
            self._looks_at_unreadable(held, fifo, is_set_aside=not answer["batchItemFailures"])
        if answer["batchItemFailures"]:
            return
        if not self.is_calm and self.choices.one_in(100):
            self.tell_story("fault", f"{held.id} is handled, but not deleted")
            self._disturb()
            return
        queue.delete(held)

    def _looks_at_unreadable(self, held: Held, fifo: Fifo | None, *, is_set_aside: bool) -> None:
        """Check a message that cannot be read. It must go to the dead letters after about an hour.

        A fault may keep it from going there: then it goes at its next look.
        """
        is_undisturbed = self.stack[-1].number not in self.disturbed
        tried = self.now - held.first_received_at
        self.tell_story("queue", f"{held.id} cannot be read{', and is set aside' if is_set_aside else ''}")
        if set(self.changed) <= {"journal"}:
            raise Violation("a journal that cannot be read begins its talk again", held.id)
        if fifo and is_undisturbed and not is_set_aside and tried > UNREADABLE_SECONDS + 1000:
            raise Violation("what cannot be read blocks nothing for long", f"{held.id}, {tried:.0f} s")

    def _gatekeeper(self) -> Gatekeeper:
        return Gatekeeper(self.gates, self.meter, self.clock)

    def _allowed(self) -> Allowed:
        return Allowed(
            states=self.template_states,
            consents=self.store,
            owner_of=self.network.owner,
            clock=self.clock,
        )

    # --- the scheduler ----------------------------------------------------------------------------------

    def act(self) -> bool:
        """Do one of the things that may happen now. Return False if there is none."""
        queues: tuple[FifoQueue | StandardQueue, ...] = (self.inbound, self.outbound, self.events)
        ready = [(queue, held) for queue in queues for held in queue.heads() if held.visible_at <= self.now]
        due = bool(self.timers) and self.timers[0][0] <= self.now
        if not ready and not due:
            return False
        self.acts += 1
        if self.acts > MAX_ACTS:
            raise Violation("the world comes to rest", f"not after {MAX_ACTS} acts")
        many = len(ready) + due
        chosen = self.choices.draw(many) if many > 1 else 0
        if due and chosen == 0:
            with self.invocation(OUTSIDE, float("inf")):
                heapq.heappop(self.timers)[2]()
            return True
        queue, held = ready[chosen - due]
        held.received += 1
        held.first_received_at = held.first_received_at or self.now
        held.visible_at = self.now + queue.visibility_seconds
        function = {"inbound": self.processor, "outbound": self.sender, "events": self.tracker}[queue.name]
        if self.story is not None:
            again = f", for the {held.received}th time" if held.received > 1 else ""
            self.tell_story(function.__name__, f"is given {held.id}{again}: {self._about(queue, held)}")
        if not self.is_calm and self.choices.one_in(40):
            self.tell_story(function.__name__, "does not begin: Lambda is throttled")
            return True
        function(held)
        return True

    def _about(self, queue: FifoQueue | StandardQueue, held: Held) -> str:
        if queue is self.inbound:
            return ", ".join(self.name(one.hashed_id) for one in read_updates(held.body, parse))
        if queue is self.outbound:
            turn = read_outbound(held.body)
            if not isinstance(turn, TurnMessages):
                return "an errand for the gate"
            return ", ".join(self.name(one.id) for one in turn.messages) + (" again" if turn.again else "")
        return f"{len(read_events(held.body).events)} statuses"

    def run(self) -> None:
        """Act until nothing is left to do."""
        queues: tuple[FifoQueue | StandardQueue, ...] = (self.inbound, self.outbound, self.events)
        while True:
            while self.act():
                pass
            times = [held.visible_at for queue in queues for held in queue.heads()]
            if self.timers:
                times.append(self.timers[0][0])
            if not times:
                return
            self.now = max(self.now, min(times))

    def counted(self, metric: Metric) -> int:
        """Return the count of a metric."""
        return self.meter.counts[metric]


_digest = lru_cache(maxsize=4096)(ids.digest)
"""Returns the same as `digest`, but from a cache. Without it, a good part of the run time would be spent on
making the same ids again and again."""


@contextmanager
def stage(world: World) -> Iterator[None]:
    """Run the `with` block without anything from outside: no logs, no real clock, no other randomness."""
    log = logging.getLogger("rejoinder")
    before, log.disabled = log.disabled, True
    state = random.getstate()
    random.seed(1)  # the sender randomizes its pauses
    digest, ids.digest = ids.digest, _digest
    cast(Any, keep).secrets = random  # which makes codes
    play_in(world.outside)
    channels.TABLE["toy"] = channels.Row(package="tests.architecture.toy", route="toy")
    try:
        yield
    finally:
        ids.digest = digest
        cast(Any, keep).secrets = secrets
        del channels.TABLE["toy"]
        log.disabled = before
        random.setstate(state)
