"""The processor: a turn happens once, and a bug in a bot parks one update."""

import contextlib
import json
from dataclasses import dataclass, field, replace

import pytest

from rejoinder import Bot, Chat, Template
from rejoinder.errors import BotFailed, OutOfTime, TurnTimeLimit, TurnTooLarge, VersionConflict
from rejoinder.model.contents import System
from rejoinder.model.conversation import Conversation
from rejoinder.model.marker import Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Contact
from rejoinder.model.talk import Journal
from rejoinder.model.updates import Inbound
from rejoinder.ports import Loaded
from rejoinder.services.receive import MAX_IN_PACK
from rejoinder.testing import Phone
from rejoinder.testing.memory import MemoryOutbox, MemoryStore
from tests.unit.worlds import ADA, NOON, WINDOW_SECONDS, World, inbound, said


def counting_bot() -> Bot:
    """Return a bot that counts its turns in chat.data and says the count."""
    bot = Bot(sorry="Sorry!")

    @bot.otherwise
    def count(chat: Chat) -> None:
        if chat.message.text == "fail":
            chat.data["lost"] = True
            chat.say("never sent")
            raise RuntimeError("secret words of the contact")
        chat.data["turns"] = chat.data.get("turns", 0) + 1
        chat.say(str(chat.data["turns"]))

    return bot


def test_a_turn_commits_and_queues_what_was_said_and_what_was_read() -> None:
    world = World(counting_bot())
    world.process(inbound())
    (turn,) = world.outbox.turns
    assert turn.read_id == "wamid.1"
    assert said(turn) == ["1"]
    assert [message.id for message in turn.messages] == [f"{inbound().hashed_id}-1"]


def test_second_delivery_of_an_update_changes_nothing() -> None:
    world = World(counting_bot())
    world.process(inbound())
    before = dict(world.store.conversations)
    world.outbox.turns.clear()
    world.process(inbound())
    assert world.store.conversations == before
    assert said(world.outbox.turns[0]) == ["1"], "queued again under the same ids, not said anew"
    assert world.meter.counts[Metric.TURNS_REPEATED] == 1


def test_updates_of_one_conversation_are_handled_in_order() -> None:
    world = World(counting_bot())
    world.process(inbound(id="a"), inbound(id="b"), inbound(id="c"))
    assert [said(turn) for turn in world.outbox.turns] == [["1"], ["2"], ["3"]]


@dataclass
class CrashingOutbox(MemoryOutbox):
    """An outbox that crashes the first time, as a Lambda may between the commit and the queueing."""

    crashed: bool = field(default=False)

    def put(self, turn: TurnMessages) -> None:
        if not self.crashed:
            self.crashed = True
            raise ConnectionError
        super().put(turn)


def test_crash_after_commit_and_before_queueing_queues_the_same_messages() -> None:
    world = World(counting_bot(), outbox=CrashingOutbox())
    with pytest.raises(ConnectionError):
        world.process(inbound())
    world.process(inbound(), received_before=True)
    assert [said(turn) for turn in world.outbox.turns] == [["1"]]
    assert world.meter.counts[Metric.TURNS_DONE] == 1


@dataclass
class ForestalledStore(MemoryStore):
    """A store to which another invocation commits before ours, `times` times."""

    times: int = 1

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        if self.times:
            self.times -= 1
            other = replace(before, version=before.version + 1, data={"turns": 10})
            self.conversations[before.key] = other
            raise VersionConflict(before.key)
        super().commit(inbound, before, after, marker)


def test_a_version_conflict_runs_the_turn_again_on_what_was_committed() -> None:
    world = World(counting_bot(), store=ForestalledStore())
    world.process(inbound())
    assert said(world.outbox.turns[0]) == ["11"]


def test_endless_version_conflicts_ask_the_queue_to_come_again() -> None:
    world = World(counting_bot(), store=ForestalledStore(times=100))
    with pytest.raises(VersionConflict):
        world.process(inbound())
    assert world.outbox.turns == []


def test_a_conflict_counts_no_try() -> None:
    store = ForestalledStore(times=4)
    world = World(counting_bot(), store=store)
    world.process(inbound(), received_before=True)
    assert store.markers[inbound().hashed_id].state == "done"


def test_what_a_failing_bot_said_and_stored_rolls_back() -> None:
    world = World(counting_bot())
    with pytest.raises(BotFailed):
        world.process(inbound("fail"))
    assert world.outbox.turns == []
    assert world.store.conversations == {}


def test_third_failure_parks_the_update_and_the_next_message_is_served() -> None:
    world = World(counting_bot())
    updates = (inbound("fail", id="bad"), inbound("hello", id="good"))
    for tries in (1, 2):
        with pytest.raises(BotFailed) as failure:
            world.process(*updates, received_before=tries > 1)
        assert failure.value.tries == tries
    world.process(*updates, received_before=True)
    assert [said(turn) for turn in world.outbox.turns] == [["Sorry!"], ["1"]]
    ((parked, cause),) = world.parked.updates
    assert parked.id == "bad"
    assert cause.startswith("RuntimeError at test_process.py:"), "the bot's own line"
    assert "secret" not in cause


def asking_bot(steps: dict[str, str] | None = None) -> Bot:
    """Return a bot that fails on every answer, with a step of that result before it asks."""
    bot = Bot()

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        for name, result in (steps or {}).items():
            chat.step(lambda result=result: result, name=name)
        chat.ask("What?")
        raise RuntimeError

    return bot


def parked_marker(bot: Bot) -> Marker:
    """Return the marker of an answer on which a bot has failed for good."""
    world = World(bot)
    world.process(inbound("ask", id="1"))
    answer = inbound("this", id="2", at=NOON + 1)
    for tries in range(3):
        with contextlib.suppress(BotFailed):
            world.process(answer, received_before=tries > 0)
    return world.store.markers[answer.hashed_id]


def test_a_parked_update_keeps_the_talk_that_it_ended_as_it_was_before_it() -> None:
    marker = parked_marker(asking_bot({"look": "found"}))
    assert marker.state == "parked"
    assert isinstance(marker.talk, Journal)
    assert [entry.kind for entry in marker.talk.entries] == ["step_done", "asked"]
    assert not marker.was_first


def test_a_parked_update_does_not_keep_a_talk_with_which_its_marker_might_be_too_long() -> None:
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000)))
    marker = parked_marker(asking_bot({"one": long, "two": long[::-1], "three": long[:5_000]}))
    assert marker.state == "parked"
    assert marker.talk is None


def test_the_first_update_of_a_contact_is_parked_as_their_first() -> None:
    world = World(counting_bot())
    for tries in range(3):
        with contextlib.suppress(BotFailed):
            world.process(inbound("fail"), received_before=tries > 0)
    marker = world.store.markers[inbound().hashed_id]
    assert (marker.state, marker.was_first, marker.talk) == ("parked", True, None)


def test_a_parked_update_delivered_again_is_said_sorry_for_under_the_same_id_and_not_run() -> None:
    world = World(counting_bot())
    for _ in range(2):
        with pytest.raises(BotFailed):
            world.process(inbound("fail"), received_before=True)
    world.process(inbound("fail"), received_before=True)
    world.process(inbound("fail"))
    assert len(world.outbox.turns) == 1
    assert world.meter.counts[Metric.BOT_ERRORS] == 3


def test_a_delivery_that_never_reached_the_bot_counts_as_no_try() -> None:
    runs = []
    bot = Bot()

    @bot.otherwise
    def killed_twice(chat: Chat) -> None:
        runs.append(1)
        if len(runs) < 3:
            raise KeyboardInterrupt
        chat.say("At last.")

    world = World(bot)
    for _ in range(2):  # the first delivery was throttled, so all of these come again
        with pytest.raises(KeyboardInterrupt):
            world.process(inbound(), received_before=True)
    world.process(inbound(), received_before=True)
    assert said(world.outbox.turns[0]) == ["At last."]
    assert world.parked.updates == []


def test_a_bot_that_kills_the_function_again_and_again_is_parked_without_being_run_again() -> None:
    runs = []
    bot = Bot(sorry="Sorry!")

    @bot.otherwise
    def kill(chat: Chat) -> None:
        runs.append(1)
        raise KeyboardInterrupt  # nothing catches it, as at the end of the process

    world = World(bot)
    for received_before in (False, True, True, True):
        with pytest.raises(KeyboardInterrupt):
            world.process(inbound(), received_before=received_before)
    world.process(inbound(), received_before=True)
    assert len(runs) == 4, "nobody knows of the first one"
    assert said(world.outbox.turns[0]) == ["Sorry!"]
    assert world.parked.updates[0][1] == "the function was stopped before the turn ended"


def test_a_bot_that_ends_the_program_has_failed() -> None:
    bot = Bot()

    @bot.otherwise
    def leave(chat: Chat) -> None:
        raise SystemExit("words of the contact")

    with pytest.raises(BotFailed, match="SystemExit"):
        World(bot).process(inbound())


@dataclass
class ThrottledStore(MemoryStore):
    """A store that refuses the first `times` commits, as DynamoDB may."""

    times: int = 10

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        if self.times:
            self.times -= 1
            raise ConnectionError
        super().commit(inbound, before, after, marker)


def test_commits_that_fail_are_no_failures_of_the_bot() -> None:
    world = World(counting_bot(), store=ThrottledStore())
    for received in range(10):
        with pytest.raises(ConnectionError):
            world.process(inbound(), received_before=received > 0)
        assert world.store.markers[inbound().hashed_id].conversation_key, "who is to be forgotten?"
    world.process(inbound(), received_before=True)
    assert said(world.outbox.turns[0]) == ["1"]
    assert world.parked.updates == []


def test_an_update_that_could_not_be_parked_keeps_nothing_that_only_a_parked_one_has() -> None:
    world = World(asking_bot(), store=ThrottledStore(times=0))
    world.process(inbound("ask", id="1"))
    answer = inbound("this", id="2", at=NOON + 1)
    for tries in range(2):
        with pytest.raises(BotFailed):
            world.process(answer, received_before=tries > 0)
    assert isinstance(world.store, ThrottledStore)
    world.store.times = 1
    with pytest.raises(ConnectionError):
        world.process(answer, received_before=True)
    marker = world.store.markers[answer.hashed_id]
    assert (marker.state, marker.tries) == ("trying", 3)
    assert (marker.messages, marker.wake_ups, marker.talk) == (None, (), None)


def test_a_conflict_on_the_last_try_parks_nothing() -> None:
    world = World(counting_bot(), store=ForestalledStore(times=0))
    for received_before in (False, True):
        with pytest.raises(BotFailed):
            world.process(inbound("fail"), received_before=received_before)
    assert isinstance(world.store, ForestalledStore)
    world.store.times = 1
    world.bot = Bot()
    world.bot.otherwise(lambda chat: chat.say("mended"))
    world.process(inbound("fail"), received_before=True)
    assert said(world.outbox.turns[0]) == ["mended"]


def test_the_cause_names_the_bots_line_even_when_we_raise() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say("Hello", buttons=["x" * 21]))
    world = World(bot)
    world.process(inbound())
    ((_, cause),) = world.parked.updates
    assert cause.startswith("LimitExceeded at test_process.py:")


def test_a_turn_that_says_too_much_is_an_error_of_the_bot() -> None:
    bot = Bot()

    @bot.otherwise
    def chatter(chat: Chat) -> None:
        for _ in range(20):
            late = Template(name="late", language="hi", parameters=("\u0915" * 1000,))
            chat.say("\u0915" * 4000, apart=True, outside_window=late)

    world = World(bot)
    world.process(inbound())
    ((_, cause),) = world.parked.updates
    assert "TurnTooLarge" in cause


def test_a_bot_that_runs_out_of_its_time_limit_has_failed() -> None:
    bot = Bot()

    @bot.otherwise
    def slow(chat: Chat) -> None:
        try:
            raise TurnTimeLimit  # the alarm raises this
        except Exception:
            chat.say("a bot's own except does not swallow the limit")

    world = World(bot)
    with pytest.raises(BotFailed, match="TurnTimeLimit"):
        world.process(inbound())


def test_no_time_left_leaves_the_rest_for_the_next_invocation() -> None:
    world = World(counting_bot(), has_time=lambda *_: False)
    with pytest.raises(OutOfTime):
        world.process(inbound(id="a"), inbound(id="b"))
    assert [said(turn) for turn in world.outbox.turns] == [["1"]]


def test_a_contact_keeps_the_conversation_when_the_id_changes() -> None:
    world = World(counting_bot())
    by_phone = Contact(id="15550002001", phone="15550002001")
    both = Contact(id="US.111", phone="15550002001", user_id="US.111")
    hidden = Contact(id="US.111", user_id="US.111")
    for number, contact in enumerate((by_phone, both, hidden)):
        world.process(inbound(id=str(number), contact=contact))
    assert [said(turn) for turn in world.outbox.turns] == [["1"], ["2"], ["3"]]
    assert len(world.store.conversations) == 1


def test_a_notice_of_a_new_id_leads_the_new_id_to_the_conversation() -> None:
    world = World(counting_bot())
    moved = Contact(id="US.111", phone="15550002001", former_ids=("US.222",), former_phones=("15550002002",))
    after = Contact(id="US.222", phone="15550002002")
    world.process(inbound(id="a"), inbound(System(event="user_changed_number"), id="b", contact=moved))
    world.process(inbound(id="c", contact=after))
    assert [said(turn) for turn in world.outbox.turns] == [["1"], ["2"]]


def test_the_window_opens_by_what_was_said_and_never_shrinks() -> None:
    world = World(counting_bot())
    world.process(inbound(id="a", at=NOON - 60), inbound(id="b", at=NOON - 3600))
    assert world.outbox.turns[-1].window_closes_at == NOON - 60 + WINDOW_SECONDS


def test_a_message_from_the_future_does_not_hold_the_window_open() -> None:
    world = World(counting_bot())
    world.process(inbound(at=NOON + 10**9))
    assert world.outbox.turns[0].window_closes_at == NOON + WINDOW_SECONDS


def test_start_takes_the_first_thing_said_even_after_a_notice() -> None:
    bot = Bot()
    bot.start(lambda chat: chat.say("Welcome!"))
    bot.otherwise(lambda chat: chat.say("Again?"))
    world = World(bot)
    world.process(inbound(System(event="x"), id="a"), inbound(id="b"), inbound(id="c"))
    assert [said(turn) for turn in world.outbox.turns] == [["Welcome!"], ["Again?"]]


def test_a_turn_that_says_nothing_queues_nothing_and_is_remembered() -> None:
    world = World(Bot())
    world.process(inbound())
    assert world.outbox.turns == []
    assert world.store.markers[inbound().hashed_id].finished


def test_data_that_is_no_json_is_an_error_of_the_bot() -> None:
    bot = Bot()

    @bot.otherwise
    def bad(chat: Chat) -> None:
        chat.data["when"] = chat.now

    with pytest.raises(BotFailed) as failure:
        Phone(bot).says("x")
    assert "which JSON does not bring back" in str(failure.value.__cause__)


def test_data_is_a_copy_that_other_turns_do_not_share() -> None:
    world = World(counting_bot())
    world.process(inbound(id="a"))
    first = json.dumps(next(iter(world.store.conversations.values())).data)
    world.process(inbound(id="b"))
    assert first == '{"turns": 1}'
    assert ADA.ids == ("US.111", "15550002001")


@dataclass
class SmallStore(MemoryStore):
    """A store without room for what the bot wants to keep."""

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        if after.data:
            raise TurnTooLarge("400 KB")
        super().commit(inbound, before, after, marker)


def test_a_turn_that_cannot_be_kept_is_parked_and_the_next_one_is_served() -> None:
    bot = Bot(sorry="Sorry!")

    @bot.on("much")
    def much(chat: Chat) -> None:
        chat.data["much"] = True

    bot.otherwise(lambda chat: chat.say("Hello"))
    world = World(bot, store=SmallStore())
    update = inbound("much")
    world.process(update)
    world.process(inbound(id="next"))
    assert [said(turn) for turn in world.outbox.turns] == [["Sorry!"], ["Hello"]]


def test_a_pack_that_is_almost_done_leaves_time_for_a_turn() -> None:
    """A turn may last 20 of the function's 30 seconds. Some 60 ms show that an update is handled."""
    left = [30.0]

    class SlowStore(MemoryStore):
        def load(self, inbound: Inbound) -> Loaded:
            left[0] -= 0.06
            return super().load(inbound)

    world = World(counting_bot(), store=SlowStore(), has_time=lambda *_: left[0] > 23)
    pack = [inbound(id=f"m{number}") for number in range(MAX_IN_PACK)]
    for update in pack[:-1]:
        world.process(update)
    left[0] = 30.0
    world.process(*pack, received_before=True)
    assert world.store.markers[pack[-1].hashed_id].state == "done"
