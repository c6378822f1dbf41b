"""Messages that wait until their contact writes again, through the processor, the sender and the tracker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from rejoinder import Bot, Chat, Failed, Template, Text
from rejoinder.bot.window import OutsideWindow
from rejoinder.errors import OutcomeUnknown, RetryLater, SendError, WindowClosed
from rejoinder.model.contents import System
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Callback, Detail, Remedy, Status, Step
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.own import Echo, Hold, HoldOver, Reminder
from rejoinder.model.people import Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import GroupMessage, Inbound
from rejoinder.services.waiting import MAX_WAITING, MAX_WAITING_BYTES, hold_of
from rejoinder.testing.memory import MemoryOutbox
from tests.unit.test_deliver import MoodyNetwork
from tests.unit.worlds import NOON, WINDOW_SECONDS, World, inbound

DAY = 24 * 3600.0
PARK: OutsideWindow = timedelta(days=10)


def parks(chat: Chat) -> None:
    chat.say("News", apart=True, outside_window=PARK)


def world_of(news: Callable[[Chat], None] = parks, *moods: SendError) -> World:
    """Return a world in which the contact wrote, and a day later the bot says `news`: it waits already."""
    world = World(Bot(), network=MoodyNetwork(moods=list(moods)))

    @world.bot.on("hi")
    def hi(chat: Chat) -> None:
        chat.later(timedelta(days=2), remind)

    @world.bot.on()
    def remind(chat: Chat[Reminder]) -> None:
        news(chat)

    @world.bot.on(Failed)
    def failed(chat: Chat[Failed]) -> None:
        told = chat.message.content
        chat.data["failed"] = [*chat.data.get("failed", []), [told.outbound_id, told.code, told.reason]]

    @world.bot.otherwise
    def answer(chat: Chat) -> None:
        chat.say(f"You said {chat.message.text}")

    world.process(inbound())
    comes_due(world)
    return world


def comes_due(world: World) -> None:
    """Let time pass until the next wake-up, and process it."""
    wake_up = world.wake_ups.next(float("inf"))
    assert wake_up
    world.now = wake_up.at
    world.process(wake_up.inbound)


def rests(world: World) -> None:
    """Deliver and process until nothing moves any more."""
    while world.outbox.turns or world.updates.waiting:
        world.deliver()
        while world.updates.waiting:
            world.process(world.updates.waiting.pop(0))


def writes(world: World, words: str = "hello", id: str = "wamid.2") -> None:  # noqa: A002
    world.process(inbound(words, id=id, at=world.now))


def conversation(world: World) -> Conversation:
    (one,) = world.store.conversations.values()
    return one


def waiting(world: World) -> list[OutboundContent]:
    return [message.content for turn in conversation(world).waiting for message in turn.messages]


def sent(world: World) -> list[str]:
    return [content.body for content in world.network.sent if isinstance(content, Text)]


def failures(world: World) -> list[list[object]]:
    found: list[list[object]] = conversation(world).data.get("failed", [])  # type: ignore[assignment]
    return found


def test_a_message_waits_in_the_conversation_and_is_neither_claimed_nor_failed() -> None:
    world = world_of()
    (turn,) = world.outbox.turns
    rests(world)
    assert waiting(world) == [Text(body="News")]
    assert world.store.read(turn.conversation_key, turn.messages[0].id).steps == {}
    assert sent(world) == []
    assert failures(world) == []
    (wake_up,) = world.wake_ups.waiting.values()
    assert isinstance(wake_up.inbound.content, HoldOver)
    assert wake_up.at == NOON + 12 * DAY


def test_it_goes_out_once_when_the_contact_writes_again_and_before_the_answer() -> None:
    world = world_of()
    id = world.outbox.turns[0].messages[0].id
    rests(world)
    world.now += DAY
    writes(world)
    assert waiting(world) == []
    assert [turn.messages[0].id for turn in world.outbox.turns][:1] == [id], "under its own id"
    rests(world)
    assert sent(world) == ["News", "You said hello"]
    writes(world, "again", "wamid.3")
    rests(world)
    assert sent(world)[2:] == ["You said again"]
    comes_due(world)
    rests(world)
    assert sent(world)[3:] == [], "its time is over, and nothing waits any more"
    assert failures(world) == []


@dataclass
class StoppingOutbox(MemoryOutbox):
    """An outbox at which the machine stops once, at the message with the number `stops_at`."""

    stops_at: int = 0

    def put(self, turn: TurnMessages) -> None:
        self.stops_at -= 1
        if self.stops_at == 0:
            raise ConnectionError
        super().put(turn)


@pytest.mark.parametrize("place", [1, 2])
def test_a_crash_behind_the_commit_that_let_it_go_queues_all_of_it_again(place: int) -> None:
    world = world_of()
    rests(world)
    world.now += DAY
    world.outbox = StoppingOutbox(stops_at=place)
    with pytest.raises(ConnectionError):
        writes(world)
    assert waiting(world) == []
    writes(world)
    rests(world)
    assert sent(world) == ["News", "You said hello"]


def test_a_second_delivery_of_the_message_that_let_it_go_sends_nothing_twice() -> None:
    world = world_of()
    rests(world)
    world.now += DAY
    writes(world)
    rests(world)
    writes(world)
    rests(world)
    assert sent(world) == ["News", "You said hello"]


def test_a_turn_that_is_delivered_again_while_its_message_waits_changes_nothing() -> None:
    world = world_of()
    (turn,) = world.outbox.turns
    rests(world)
    before = conversation(world)
    world.sender().deliver(turn)
    rests(world)
    assert conversation(world) == before


def test_a_turn_that_is_delivered_again_after_its_message_went_out_does_not_let_it_wait_again() -> None:
    world = world_of()
    (turn,) = world.outbox.turns
    rests(world)
    writes(world)
    rests(world)
    world.now += 3 * DAY
    world.sender().deliver(turn)
    assert world.updates.waiting == []


def test_nobody_writes_in_time_and_it_fails_visibly() -> None:
    world = world_of()
    id = world.outbox.turns[0].messages[0].id
    rests(world)
    comes_due(world)
    rests(world)
    assert world.now == NOON + 12 * DAY
    why = "the service window is closed, and the contact wrote nothing until 2027-01-27 08:00:00 UTC"
    assert failures(world) == [[id, 131047, why]]
    assert waiting(world) == []
    assert world.store.read("", id).state is Step.FAILED
    writes(world)
    rests(world)
    assert sent(world) == ["You said hello"]


def test_its_time_is_looked_at_by_the_clock_and_not_by_the_wake_up() -> None:
    world = world_of()
    rests(world)
    (wake_up,) = world.wake_ups.waiting.values()
    world.now = wake_up.at - 0.5
    with pytest.raises(RetryLater):
        world.process(wake_up.inbound)
    assert waiting(world) == [Text(body="News")]


def test_what_was_let_go_and_meets_a_closed_window_waits_once_more() -> None:
    world = world_of()
    rests(world)
    writes(world)
    world.now += 2 * DAY  # the gate may have been closed for so long
    rests(world)
    assert waiting(world) == [Text(body="News")]
    writes(world, "back", "wamid.3")
    rests(world)
    assert sent(world) == ["News", "You said back"], "the first answer failed: it did not wait"


def test_a_message_that_waits_twice_in_one_window_is_not_lost() -> None:
    """Two clocks may differ by a little: the sender lets it wait, though its time is over."""
    world = world_of()
    rests(world)
    comes_due(world)
    (turn,) = world.outbox.turns
    world.now -= 1
    world.deliver()
    (hold,) = world.updates.waiting
    world.now += 1
    rests(world)
    assert isinstance(hold.content, Hold)
    assert len(failures(world)) == 1
    assert hold.id != hold_of(replace(turn, correlation_id="another"), world.now).id


def test_a_contact_who_wrote_meanwhile_gets_it_at_once() -> None:
    world = world_of()
    world.deliver()
    (hold,) = world.updates.waiting
    world.updates.waiting.clear()
    writes(world)
    world.process(hold)
    rests(world)
    assert waiting(world) == []
    assert sent(world) == ["You said hello", "News"]


def test_what_waits_goes_out_in_its_order_the_parts_of_a_long_text_together() -> None:
    def says(chat: Chat) -> None:
        chat.say("one", apart=True, outside_window="park")
        chat.say("x " * 3000, apart=True, outside_window="park")
        chat.say("two", apart=True, outside_window=PARK)

    world = world_of(says)
    rests(world)
    assert len(waiting(world)) == 4
    writes(world)
    rests(world)
    first, *long, last, answer = sent(world)
    assert (first, last, answer) == ("one", "two", "You said hello")
    assert "".join(long).count("x") == 3000


def test_each_message_of_a_turn_has_its_own_way_outside_the_window() -> None:
    late = Template(name="late", language="en")

    def says(chat: Chat) -> None:
        chat.say("waits", apart=True, outside_window=PARK)
        chat.say("goes as a template", apart=True, outside_window=late)
        chat.say("fails", apart=True, outside_window="fail")
        chat.say("waits too", apart=True, outside_window="park")

    world = world_of(says)
    rests(world)
    assert world.network.sent == [late]
    assert waiting(world) == [Text(body="waits"), Text(body="waits too")]
    assert len(failures(world)) == 1


def test_texts_travel_together_only_if_the_same_becomes_of_them() -> None:
    def says(chat: Chat) -> None:
        chat.say("one", outside_window="park")
        chat.say("two", outside_window="park")
        chat.say("three", outside_window="fail")

    (turn,) = world_of(says).outbox.turns
    assert [message.content for message in turn.messages] == [Text(body="one\n\ntwo"), Text(body="three")]


def test_what_the_network_says_about_the_window_counts_more_than_what_we_know() -> None:
    world = world_of(parks, WindowClosed(131047, "re-engage"))
    (turn,) = world.outbox.turns
    world.outbox.turns[:] = [replace(turn, window_closes_at=world.now + 60)]
    world.deliver()
    assert len(world.network.requests) == 1  # type: ignore[attr-defined]
    assert world.store.read("", turn.messages[0].id).state is Step.REFUSED
    rests(world)
    assert waiting(world) == [Text(body="News")]
    writes(world)
    rests(world)
    assert sent(world) == ["News", "You said hello"]


def test_behind_a_message_that_waits_those_of_its_turn_wait_though_the_window_looks_open() -> None:
    def says(chat: Chat) -> None:
        chat.say("one", apart=True, outside_window=PARK)
        chat.say("two", apart=True, outside_window=PARK)
        chat.say("three", apart=True)

    world = world_of(says, WindowClosed(131047, "re-engage"))
    (turn,) = world.outbox.turns
    world.outbox.turns[:] = [replace(turn, window_closes_at=world.now + 60)]
    rests(world)
    assert sent(world) == ["three"]
    assert waiting(world) == [Text(body="one"), Text(body="two")]


@pytest.mark.parametrize("once", [False, True])
def test_what_fails_late_outside_the_window_waits_as_well(*, once: bool) -> None:
    world = world_of(lambda chat: chat.say("News", outside_window=PARK, once=once))
    (turn,) = world.outbox.turns
    writes(world)
    rests(world)
    assert sent(world) == ["News", "You said hello"]
    attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=turn.messages[0].id, number=1)
    status = Status(
        step=Step.FAILED,
        at=world.now,
        callback=Callback(stack="test", attempt=attempt).encode(),
        detail=Detail(error_code=131047),
        remedy=Remedy.TEMPLATE,
    )
    for _ in range(2):
        world.tracker().track(status)
    world.now += 2 * DAY
    rests(world)
    assert waiting(world) == [Text(body="News")]
    writes(world, "back", "wamid.3")
    rests(world)
    assert sent(world)[2:] == ["News", "You said back"]
    assert failures(world) == []


def test_a_one_time_code_of_unknown_outcome_is_given_up_and_does_not_wait() -> None:
    world = world_of(
        lambda chat: chat.say("Code", outside_window=PARK, once=True), OutcomeUnknown(0, "no answer")
    )
    (turn,) = world.outbox.turns
    with pytest.raises(RetryLater):
        world.sender().deliver(replace(turn, window_closes_at=world.now + 60))
    with pytest.raises(RetryLater):
        world.deliver()
    world.now += 61
    rests(world)
    assert waiting(world) == []
    assert len(failures(world)) == 1


def test_during_a_handoff_it_goes_out_all_the_same() -> None:
    world = world_of()
    rests(world)
    world.process(inbound(Echo(content=Text(body="A person here")), id="echo", at=world.now))
    writes(world)
    rests(world)
    assert sent(world) == ["News"]
    assert [missed.text for missed in conversation(world).missed] == ["hello"]


def test_it_goes_out_when_what_the_contact_writes_is_gathered() -> None:
    world = world_of()
    rests(world)
    world.bot.gather_seconds = 5.0
    writes(world)
    rests(world)
    assert sent(world)[:1] == ["News"]


def test_it_goes_out_though_the_bot_fails_on_what_the_contact_writes() -> None:
    world = world_of()
    rests(world)

    def fails(_chat: Chat) -> None:
        raise TypeError

    world.bot.on("fail")(fails)
    for _ in range(3):
        try:
            writes(world, "fail")
        except Exception:  # noqa: S112 - it is tried again
            continue
    rests(world)
    assert sent(world)[0] == "News"
    assert len(sent(world)) == 2, "and the word of apology"


def test_a_notice_does_not_let_it_go() -> None:
    world = world_of()
    rests(world)
    world.process(inbound(System(event="user_changed_number"), id="notice", at=world.now))
    assert waiting(world) == [Text(body="News")]


def test_in_a_group_it_goes_out_when_somebody_writes_there() -> None:
    world, group = World(Bot()), Contact.of_group("g1")

    @world.bot.on(GroupMessage)
    def heard(chat: Chat[GroupMessage]) -> None:
        if chat.message.content.text == "hi":
            chat.later(timedelta(days=2), remind)

    @world.bot.on()
    def remind(chat: Chat) -> None:
        chat.say("News", outside_window="park")

    def says(words: str, named: str) -> None:
        content = GroupMessage(sender=inbound().contact, content=Text(body=words))
        world.process(inbound(content, id=named, contact=group, at=world.now))

    says("hi", "wamid.1")
    comes_due(world)
    rests(world)
    assert waiting(world) == [Text(body="News")]
    says("anybody?", "wamid.2")
    rests(world)
    assert sent(world) == ["News"]


def holds(number: int, size: int = 1) -> Inbound:
    """Return a message that is to wait, as the sender sends it back."""
    turn = TurnMessages(
        account=inbound().account,
        contact=inbound().contact,
        conversation_key=Conversation.begin(inbound().account, inbound().contact).key,
        correlation_id="c",
        read_id="",
        window_closes_at=NOON,
        messages=(Outbound(id=f"c-{number}", content=Text(body="x" * size), waits_until=NOON + 20 * DAY),),
    )
    return hold_of(turn, NOON)


@pytest.mark.parametrize(("many", "size"), [(MAX_WAITING, 1), (4, MAX_WAITING_BYTES // 5)])
def test_where_too_much_waits_one_more_fails_visibly(many: int, size: int) -> None:
    world = world_of()
    world.outbox.turns.clear()
    world.process(*(holds(number, size) for number in range(many + 1)))
    rests(world)
    assert len(waiting(world)) == many
    assert [failure[0] for failure in failures(world)] == [f"c-{many}"]


def test_what_waits_in_two_conversations_that_become_one_is_kept() -> None:
    world = world_of()
    rests(world)
    ada = inbound().contact
    phone = replace(ada, id="15550002001", user_id=None)
    (one,) = world.store.conversations.values()
    other = replace(
        Conversation.begin(
            inbound().account, replace(ada, id="15550002009", phone="15550002009", user_id=None)
        ),
        begun_at=NOON + 1,
        version=1,
        waiting=(replace(one.waiting[0], conversation_key="other"),),
        entered_at=NOON,
        free_until=NOON + 5,
    )
    world.store.conversations[other.key] = other
    moved = replace(ada, former_phones=("15550002009",))
    assert phone.phone
    world.process(inbound(System(event="user_changed_number"), id="moved", contact=moved, at=world.now))
    merged = conversation(world)
    assert len(merged.waiting) == 2
    assert (merged.entered_at, merged.free_until) == (NOON, NOON + 5)


# --- what an author writes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", ["wait", 3, timedelta(), timedelta(days=-1), timedelta(days=400), ("park",), True]
)
def test_what_cannot_become_of_a_message_is_an_error_at_its_line(given: OutsideWindow) -> None:
    world = World(Bot())
    world.bot.otherwise(lambda chat: chat.say("hi", outside_window=given))
    world.process(inbound())
    (error,) = world.shown
    assert "outside_window is " in str(error)


@pytest.mark.parametrize("given", ["park", timedelta(days=1)])
def test_a_question_cannot_be_parked(given: OutsideWindow) -> None:
    world = World(Bot())
    world.bot.otherwise(lambda chat: chat.say(chat.ask("How are you?", outside_window=given)))
    world.process(inbound())
    (error,) = world.shown
    assert "a question cannot be parked" in str(error)


def test_parked_waits_for_30_days_and_a_template_for_nothing() -> None:
    world = World(Bot())

    @world.bot.otherwise
    def says(chat: Chat) -> None:
        chat.say("hi", outside_window="park")
        chat.say(Template(name="t", language="en"), outside_window="park")

    world.process(inbound())
    (turn,) = world.outbox.turns
    assert [message.waits_until for message in turn.messages] == [NOON + 30 * DAY, 0.0]
    assert turn.window_closes_at == NOON + WINDOW_SECONDS
