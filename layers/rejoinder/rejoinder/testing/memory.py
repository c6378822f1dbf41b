"""The ports in memory, for tests, `make chat` and `Phone`. They follow the rules of the real ones."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rejoinder.errors import AlreadyHandled, AttemptTaken, VersionConflict
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.context import Quoted
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Detail, MessageRecord, Step
from rejoinder.model.events import AccountEvent
from rejoinder.model.ids import conversation_key
from rejoinder.model.links import LinkCode, Linked
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.template_state import TemplateState
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.model.whose import conversation_for, new_ids, without_lost_ids
from rejoinder.ports import Clock, Loaded, QueueMessage


@dataclass
class MemoryMeter:
    """The port `Meter`."""

    counts: Counter[Metric] = field(default_factory=Counter)
    """The total of each metric."""

    times: dict[Metric, list[float]] = field(default_factory=dict)
    """The times that were recorded for each metric, in seconds."""

    def count(self, metric: Metric, amount: int = 1, *, category: str | None = None) -> None:
        self.counts[metric] += amount

    def observe(self, metric: Metric, seconds: float) -> None:
        self.times.setdefault(metric, []).append(seconds)


@dataclass
class MemoryQueue:
    """The port `Queue`. It accepts each deduplication id once."""

    messages: list[QueueMessage] = field(default_factory=list)
    """The messages, in order."""

    def put(self, messages: Sequence[QueueMessage]) -> None:
        known = {message.deduplication_id for message in self.messages if message.deduplication_id}
        self.messages += [message for message in messages if message.deduplication_id not in known]


@dataclass
class MemoryQuarantine:
    """The port `Quarantine`."""

    bodies: list[bytes] = field(default_factory=list)
    """The bodies, each once."""

    def keep(self, body: bytes) -> None:
        if body not in self.bodies:
            self.bodies.append(body)


@dataclass
class MemoryStore:
    """The ports `ConversationStore`, `Windows`, `Consents` and `RecordStore`."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    """The conversations, by their keys."""

    markers: dict[str, Marker] = field(default_factory=dict)
    """The markers, by the hashed ids of their updates."""

    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    """The keys of conversations, by account and id of the contact."""

    ledgers: dict[str, list[ConsentEntry]] = field(default_factory=dict)
    """The ledgers of consent, by the keys of their conversations."""

    steps: dict[str, dict[int, dict[Step, float]]] = field(default_factory=dict)
    """The steps of each attempt with their times, by the ids of the messages."""

    turns: dict[str, TurnMessages] = field(default_factory=dict)
    """The turns of the newest attempts, by the ids of the messages."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """The ids of the messages, by the keys of their conversations and the network's ids of them."""

    clock: Clock = lambda: 0.0
    """Tells the time, for conversations that end."""

    def living(self, key: str) -> Conversation | None:
        """Return the conversation with that key; None when there is none, or it has ended."""
        found = self.conversations.get(key)
        return found.as_of(self.clock()) if found else None

    def under(self, account: str, contact_id: str) -> Conversation | None:
        """Return the conversation of an id of a contact; None when there is none, or it has ended."""
        return self._led_to(account, contact_id) or self.living(conversation_key(account, contact_id))

    def _led_to(self, account: str, contact_id: str) -> Conversation | None:
        """Return the conversation that an alias leads to; None when there is none that knows that id."""
        found = self.living(self.aliases.get((account, contact_id), ""))
        return found if found and contact_id in found.contact_ids else None

    def load(self, inbound: Inbound) -> Loaded:
        account = str(inbound.account)
        under = partial(self.under, account)
        conversation = conversation_for(inbound, under=under, of_key=self.living)
        if conversation and conversation.absorbed:
            led_to = {id: key for (of, id), key in self.aliases.items() if of == account}
            conversation = without_lost_ids(conversation, led_to)
        if conversation:
            vacant = tuple(id for id in conversation.vacant if not self._led_to(account, id))
            conversation = replace(conversation, vacant=vacant)
        return Loaded(conversation=conversation, marker=self.markers.get(inbound.hashed_id))

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        self._refuse_finished(inbound)
        for one in (before, *before.absorbed):
            stored = self.living(one.key)
            if (stored.version if stored else 0) != one.version:
                raise VersionConflict(one.key)
        begun = () if before.version else before.contact_ids[:1]
        for id in {*new_ids(before, after), *begun} & {*before.vacant}:
            taken = id not in begun and self.living(conversation_key(str(inbound.account), id))
            if taken or self._led_to(str(inbound.account), id):
                raise VersionConflict(before.key)
        for absorbed in before.absorbed:
            del self.conversations[absorbed.key]
        self.conversations[before.key] = replace(
            after, version=before.version + 1, absorbed=(), vacant=(), released=(), held=(), ledger=()
        )
        self.ledgers.setdefault(after.key, []).extend(after.ledger)
        self.markers[inbound.hashed_id] = marker
        self.aliases |= {(str(inbound.account), id): after.key for id in new_ids(before, after)}

    def quoted(self, conversation: Conversation, network_id: str) -> Quoted | None:
        for key in (conversation.key, *conversation.former_keys):
            turn = self._record(self.names.get((key, network_id), "")).turn
            for message in turn.messages if turn else ():
                return Quoted(outbound_id=message.id, content=message.content)
        return None

    def record_try(self, inbound: Inbound, marker: Marker) -> None:
        self._refuse_finished(inbound)
        self.markers[inbound.hashed_id] = marker

    def unpark(self, inbound: Inbound) -> bool:
        marker = self.markers.get(inbound.hashed_id)
        if marker and marker.state == "parked":
            self.markers[inbound.hashed_id] = replace(marker, state="trying", tries=0, messages=None)
        return not marker or marker.state != "done"

    def _refuse_finished(self, inbound: Inbound) -> None:
        marker = self.markers.get(inbound.hashed_id)
        if marker and marker.finished:
            raise AlreadyHandled(inbound.hashed_id)

    def window_closes_at(self, turn: TurnMessages) -> float:
        found = self._of_turn(turn)
        return found.window_closes_at if found else 0.0

    def consent(self, turn: TurnMessages, purpose: Purpose) -> ConsentEntry | None:
        found = self._of_turn(turn)
        return found.consent.get(purpose) if found else None

    def _of_turn(self, turn: TurnMessages) -> Conversation | None:
        for one in self.conversations.values():
            if turn.conversation_key in (one.key, *one.former_keys):
                return self.living(one.key)
        return None

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        return self._record(outbound_id)

    def _record(self, outbound_id: str) -> MessageRecord:
        turn = self.turns.get(outbound_id)
        is_tracked = turn is not None and turn.messages[0].track
        return MessageRecord(steps=self.steps.get(outbound_id, {}), turn=turn, is_tracked=is_tracked)

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        record = self._record(attempt.outbound_id)
        if not record.may_be_claimed(attempt.number, at):
            raise AttemptTaken(str(attempt))
        self._keep(attempt, record.reached(attempt.number, Step.SENDING, at))
        self.turns[attempt.outbound_id] = turn

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        before = self._record(attempt.outbound_id)
        self._keep(attempt, before.reached(attempt.number, step, at))
        if detail.network_id:  # a test has no tracker, which names the message
            self.name(attempt, detail.network_id)
        return replace(before, turn=None)

    def name(self, attempt: Attempt, network_id: str) -> None:
        self.names[attempt.conversation_key, network_id] = attempt.outbound_id

    def _keep(self, attempt: Attempt, record: MessageRecord) -> None:
        self.steps[attempt.outbound_id] = {n: dict(reached) for n, reached in record.steps.items()}


@dataclass
class MemoryOutbox:
    """The port `Outbox`."""

    turns: list[TurnMessages] = field(default_factory=list)
    """The turns that wait for the sender."""

    def put(self, turn: TurnMessages) -> None:
        if turn not in self.turns:
            self.turns.append(turn)


@dataclass
class MemoryWakeUps:
    """The port `WakeUps`."""

    waiting: dict[str, WakeUp] = field(default_factory=dict)
    """The wake-ups that wait, by the hashed ids of their updates."""

    def put(self, wake_up: WakeUp) -> None:
        self.waiting.setdefault(wake_up.inbound.hashed_id, wake_up)

    def next(self, until: float) -> WakeUp | None:
        """Remove and return the earliest wake-up that is due by `until`; None when there is none."""
        first = min(self.waiting.values(), key=lambda wake_up: wake_up.at, default=None)
        return self.waiting.pop(first.inbound.hashed_id) if first and first.at <= until else None


@dataclass
class MemoryLinks:
    """The port `Links`."""

    codes: dict[str, LinkCode] = field(default_factory=dict)
    """The codes, by their hashes."""

    def offer(self, hashed: str, code: LinkCode) -> None:
        self.codes[hashed] = code

    def claim(self, hashed: str, conversation_key: str, at: float) -> Linked | None:
        code = self.codes.get(hashed)
        if code is None or not code.may_be_claimed(conversation_key, at):
            return None
        self.codes[hashed] = replace(code, claimed_by=conversation_key)
        return code.owner


@dataclass
class MemoryTemplateStates:
    """The port `TemplateStates`."""

    states: dict[tuple[str, str, str], TemplateState] = field(default_factory=dict)
    """The states, by business account, name and language."""

    def read(self, owner: str, name: str, language: str) -> TemplateState | None:
        return self.states.get((owner, name, language))

    def all_of(self, owner: str) -> list[TemplateState]:
        return [state for (of, _, _), state in self.states.items() if of == owner]

    def write(self, owner: str, told: TemplateState) -> TemplateState | None:
        before = self.states.get((owner, told.name, told.language))
        self.states[(owner, told.name, told.language)] = before.after(told) if before else told
        return before


@dataclass
class MemoryUpdates:
    """The port `Updates`."""

    waiting: list[Inbound] = field(default_factory=list)
    """The updates that wait for the processor."""

    def put(self, inbound: Inbound) -> None:
        if inbound not in self.waiting:
            self.waiting.append(inbound)


@dataclass
class MemoryAccountEvents:
    """The port `AccountEvents`."""

    told: list[AccountEvent] = field(default_factory=list)
    """The account events, in order."""

    def publish(self, event: AccountEvent) -> None:
        self.told.append(event)


@dataclass
class MemoryParked:
    """The port `ParkedUpdates`."""

    kept: dict[tuple[str, float], tuple[Inbound, str]] = field(default_factory=dict)
    """The updates with their causes, by the ids of the updates and the times of parking."""

    def put(self, inbound: Inbound, cause: str, at: float) -> None:
        self.kept.setdefault((inbound.id, at), (inbound, cause))

    @property
    def updates(self) -> list[tuple[Inbound, str]]:
        """The updates with their causes, in order."""
        return [*self.kept.values()]


@dataclass
class MemoryNetwork:
    """The port `Network`. It accepts every message."""

    sent: list[OutboundContent] = field(default_factory=list)
    """The contents of the messages, in order."""

    receipts: list[str] = field(default_factory=list)
    """The ids of the messages that were marked as read, in order."""

    typing: list[str] = field(default_factory=list)
    """The ids of the messages after which typing was shown, in order."""

    listed: list[TemplateState] = field(default_factory=list)
    """What it says of templates."""

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        self.sent.append(content)
        return f"memory-{len(self.sent)}"

    def owner(self, _account: Account) -> str:
        return "owner"

    def templates(self, _account: Account) -> Sequence[TemplateState]:
        return self.listed

    def mark_read(self, account: Account, message_id: str) -> None:
        self.receipts.append(message_id)

    def show_typing(self, account: Account, message_id: str) -> None:
        self.typing.append(message_id)
