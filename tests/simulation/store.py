"""The store in memory. Calls to it may fail, and everything that is written to it is checked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from rejoinder.aws.stored.conversations import dump_conversation, read_conversation
from rejoinder.aws.stored.items import Item, dump_marker, read_marker
from rejoinder.aws.stored.messages import dump_turn, read_turn
from rejoinder.errors import AlreadyHandled, Unreadable, VersionConflict
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Detail, MessageRecord, Step
from rejoinder.model.files import File
from rejoinder.model.gate import Gate, Waiter
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.own import Echo, Preference, Release, Reminder, TimeUp
from rejoinder.model.people import Account
from rejoinder.model.said import files_in
from rejoinder.model.updates import Inbound
from rejoinder.ports import Loaded
from rejoinder.testing.memory import MemoryStore
from rejoinder.testing.memory_gates import MemoryGates, MemoryWaiting
from tests.simulation.versions import Shelf, present

if TYPE_CHECKING:
    from tests.simulation.world import World


@dataclass(frozen=True, slots=True)
class Commit:
    """A turn that was committed."""

    at: float
    inbound: Inbound
    before: Conversation
    after: Conversation
    marker: Marker
    is_old: bool
    """Whether the earlier version of the code committed it."""


class Store(MemoryStore):
    """All ports on the table."""

    def __init__(self, world: "World") -> None:
        super().__init__(clock=world.clock)
        self.world = world
        self.commits: list[Commit] = []
        self.versions: dict[str, int] = {}
        self.ends: dict[str, Conversation] = {}
        """The conversations as they were committed last, which says when they end."""
        self.window_moved_at: dict[str, float] = defaultdict(float)
        self.looked_at: dict[int, int] = {}
        """How many commits there were when an invocation last looked at consent, by its number."""
        self.stopped: list[tuple[str, str]] = []
        """The rules that were broken during the run: the name of each, and the reason."""

    def put_on_shelves(self) -> None:
        """Keep everything, from now on, as the running version writes it."""
        self.conversations = cast(dict[str, Conversation], Shelf(_conversation_item, read_conversation))
        self.markers = cast(dict[str, Marker], Shelf(dump_marker, lambda _key, item: read_marker(item)))
        self.turns = cast(dict[str, TurnMessages], Shelf(dump_turn, lambda _key, text: read_turn(text)))

    def _record(self, outbound_id: str) -> MessageRecord:
        try:
            return super()._record(outbound_id)
        except Unreadable as error:
            return MessageRecord(steps=self.steps.get(outbound_id, {}), unreadable=str(error))

    def load(self, inbound: Inbound) -> Loaded:
        return self.world.call("store.load", lambda: super(Store, self).load(inbound))

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        def write() -> None:
            try:
                super(Store, self).commit(inbound, before, after, marker)
            except (VersionConflict, Unreadable) as error:  # what is unreadable was written after our load
                self.world.forestalled.add(self.world.stack[-1].number)
                raise VersionConflict(before.key) from error
            self._watch(Commit(self.world.now, inbound, before, after, marker, self.world.stack[-1].is_old))

        self.world.call("store.commit", write)

    def _watch(self, commit: Commit) -> None:
        world, before = self.world, commit.before
        self.commits.append(commit)
        if world.story is not None:
            said = len(commit.marker.messages.messages) if commit.marker.messages else 0
            what = f"{world.name(commit.inbound.hashed_id)} is {commit.marker.state}, {said} messages"
            world.tell_story("store", f"{what}, conversation {before.key[:6]} v{before.version}")
        for one in (before, *before.absorbed):
            if self._version_of(one.key) != one.version:
                self.stopped.append(("a commit overwrites nothing", one.key))
            self.versions[one.key] = 0
        self.versions[before.key] = before.version + 1
        self.ends[before.key] = commit.after
        if commit.after.window_closes_at > before.window_closes_at or before.absorbed:
            self.window_moved_at[before.key] = world.now
        self._watch_files(commit)
        content = commit.inbound.content
        if isinstance(content, Reminder | TimeUp) and world.now < commit.inbound.at:
            self.stopped.append(("a wake-up comes not before its time", commit.inbound.id))
        aside = isinstance(content, Release | Echo | Preference)
        if before.handoff and not aside and commit.marker.messages:
            self.stopped.append(("a handoff silences the bot", world.name(commit.inbound.hashed_id)))

    def _version_of(self, key: str) -> int:
        """Return the version that a conversation must have that is committed now; 0 after its end."""
        is_there = key in self.ends and self.ends[key].as_of(self.world.now)
        return self.versions.get(key, 0) if is_there else 0

    def _watch_files(self, commit: Commit) -> None:
        messages = commit.marker.messages.messages if commit.marker.messages else ()
        contents = [one for message in messages for one in (message.content, message.outside_window) if one]
        for file in (media.file for content in contents for media in files_in(content)):
            if isinstance(file, File) and file.key not in self.world.files.kept:
                self.stopped.append(("what a turn says is kept before its messages go out", file.name))

    def record_try(self, inbound: Inbound, marker: Marker) -> None:
        def write() -> None:
            try:
                super(Store, self).record_try(inbound, marker)
            except Unreadable as error:
                raise AlreadyHandled(inbound.hashed_id) from error
            self.world.tell_story("store", f"{self.world.name(inbound.hashed_id)}: try {marker.tries}")

        self.world.call("store.record_try", write)

    def window_closes_at(self, turn: TurnMessages) -> float:
        def read() -> float:
            with present():  # any version can read the window
                return super(Store, self).window_closes_at(turn)

        return self.world.call("store.window", read)

    def consent(self, turn: TurnMessages, purpose: Purpose) -> ConsentEntry | None:
        def read() -> ConsentEntry | None:
            with present():  # any version can read it
                found = super(Store, self).consent(turn, purpose)
            self.looked_at[self.world.stack[-1].number] = len(self.commits)
            return found

        return self.world.call("store.consent", read)

    def read(self, conversation_key: str, outbound_id: str) -> MessageRecord:
        def read() -> MessageRecord:
            record = super(Store, self).read(conversation_key, outbound_id)
            return replace(record, steps={number: dict(reached) for number, reached in record.steps.items()})

        return self.world.call("records.read", read)

    def claim(self, attempt: Attempt, at: float, turn: TurnMessages) -> None:
        def write() -> None:
            super(Store, self).claim(attempt, at, turn)
            self.world.tell_story(
                "records", f"attempt {attempt.number} at {self.world.name(attempt.outbound_id)} is claimed"
            )

        self.world.call("records.claim", write)

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        def write() -> MessageRecord:
            before = {n: dict(reached) for n, reached in self.steps.get(attempt.outbound_id, {}).items()}
            # Only `name` names a message here.
            record = super(Store, self).write_step(attempt, step, at, replace(detail, network_id=""))
            self._compare(attempt, before)
            if step is Step.FAILED and detail.error_code == 131047:
                self.world.holds_window_closed(attempt)
            self.world.tell_story(
                "records", f"attempt {attempt.number} at {self.world.name(attempt.outbound_id)}: {step}"
            )
            return record

        return self.world.call("records.write_step", write)

    def _compare(self, attempt: Attempt, before: dict[int, dict[Step, float]]) -> None:
        after = self.steps[attempt.outbound_id]
        for number, reached in before.items():
            if any(after.get(number, {}).get(step) != at for step, at in reached.items()):
                self.stopped.append(("a status never goes backwards", self.world.name(attempt.outbound_id)))


def _conversation_item(conversation: Conversation) -> Item:
    return dump_conversation(conversation) | {"version": {"N": str(conversation.version)}}


class Gates(MemoryGates):
    """The port `Gates`."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world
        self.opened = 0
        self.elections: list[tuple[str, Gate]] = []
        """The closed gates for which a sender was elected to probe."""
        self.shut: set[str] = set()
        """The accounts whose gate was closed at some time."""
        self.elected: set[int] = set()
        """The numbers of the invocations that were elected."""

    def read(self, account: Account) -> Gate | None:
        return self.world.call("gates.read", lambda: super(Gates, self).read(account))

    def close(self, account: Account, gate: Gate) -> None:
        self.shut.add(str(account))
        self.world.tell_story("gate", f"closes: {gate.why}")
        self.world.call("gates.close", lambda: super(Gates, self).close(account, gate))

    def elect(self, account: Account, before: Gate, after: Gate) -> bool:
        def write() -> bool:
            is_elected = super(Gates, self).elect(account, before, after)
            if is_elected:
                self.elections.append((str(account), before))
                self.elected.add(self.world.stack[-1].number)
            return is_elected

        return self.world.call("gates.elect", write)

    def open(self, account: Account, at: float) -> None:
        self.world.tell_story("gate", "opens")

        def write() -> None:
            super(Gates, self).open(account, at)
            self.opened += 1

        self.world.call("gates.open", write)

    def watch(self, account: Account, at: float) -> bool:
        return self.world.call("gates.watch", lambda: super(Gates, self).watch(account, at))

    def remove(self, account: Account, gate: Gate) -> bool:
        return self.world.call("gates.remove", lambda: super(Gates, self).remove(account, gate))


class Waiting(MemoryWaiting):
    """The ports `WaitingTurns` and `WaitingList`."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world

    def keep(self, turn: TurnMessages, place: str) -> None:
        self.world.tell_story("waiting", f"{self.world.name(turn.messages[0].id)} waits for the gate")
        if self.world.changed and turn.conversation_key not in self.turns:
            shelf: Shelf[TurnMessages, str] = Shelf(dump_turn, lambda _place, text: read_turn(text))
            self.turns[turn.conversation_key] = shelf
        self.world.call("waiting.keep", lambda: super(Waiting, self).keep(turn, place))

    def are_there(self, conversation_key: str) -> bool:
        return self.world.call("waiting.are_there", lambda: super(Waiting, self).are_there(conversation_key))

    def first(self, conversation_key: str) -> tuple[str, TurnMessages] | None:
        return self.world.call("waiting.first", lambda: super(Waiting, self).first(conversation_key))

    def drop(self, conversation_key: str, place: str) -> None:
        self.world.call("waiting.drop", lambda: super(Waiting, self).drop(conversation_key, place))

    def write(self, account: Account, waiter: Waiter) -> None:
        self.world.call("waiting.write", lambda: super(Waiting, self).write(account, waiter))

    def read(self, account: Account) -> Iterable[Waiter]:
        return self.world.call("waiting.read", lambda: super(Waiting, self).read(account))

    def strike(self, account: Account, conversation_key: str) -> None:
        self.world.call("waiting.strike", lambda: super(Waiting, self).strike(account, conversation_key))
