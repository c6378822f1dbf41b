"""`Bot(gather=…)`: messages of one moment reach their handler together."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder import (
    Bot,
    BotError,
    Buttons,
    Chat,
    ContactCard,
    Deleted,
    Edited,
    Image,
    Reaction,
    Several,
    Tap,
    Text,
)
from rejoinder.errors import BotFailed, RetryLater, TurnTooLarge
from rejoinder.model.conversation import Conversation
from rejoinder.model.marker import Marker
from rejoinder.model.own import Echo, Gathered, Release
from rejoinder.model.people import Contact
from rejoinder.model.updates import Inbound
from rejoinder.services.gather import MAX_GATHERED, MAX_MOMENTS
from rejoinder.testing import Phone
from rejoinder.testing.memory import MemoryStore
from tests.unit.worlds import NOON, World, inbound, said

PAUSE = timedelta(seconds=2)


def gathering() -> Bot:
    bot = Bot(gather=PAUSE, sorry="Sorry!")

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say("?", buttons={"Hours": hours})

    @bot.on()
    def hours(chat: Chat) -> None:
        chat.say("9 to 17.")

    @bot.on("claim")
    def claim(chat: Chat) -> None:
        photo = chat.ask("A photo, please.", Image)
        chat.say(f"{photo.media_id}: {chat.ask('What is broken?')}")

    @bot.on("boom")
    def boom(chat: Chat) -> None:
        raise RuntimeError

    @bot.on(Release)
    def back(chat: Chat) -> None:
        chat.say("|".join(message.text for message in chat.missed))

    @bot.start
    def welcome(chat: Chat) -> None:
        chat.say(f"Welcome! {chat.message.text!r}")

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        content = chat.message.content
        kinds = [part.kind for part in content.contents] if isinstance(content, Several) else [content.kind]
        chat.say(f"{'+'.join(kinds)}: {chat.message.text!r}")

    return bot


def test_words_of_one_moment_are_one_message() -> None:
    phone = Phone(gathering())
    assert phone.sends(Text(body="hi"), Text(body="a question"), Text(body="are you open?")) == [
        r"< Welcome! 'hi\na question\nare you open?'"
    ]
    assert phone.sends(Text(body="and"), Text(body="now?")) == [r"< text: 'and\nnow?'"]


def test_what_is_said_later_is_a_message_of_its_own() -> None:
    phone = Phone(gathering())
    phone.says("hi")
    assert phone.says("one") == ["< text: 'one'"]
    assert phone.says("two") == ["< text: 'two'"]


def test_words_and_files_of_one_moment_come_together() -> None:
    phone = Phone(gathering())
    phone.says("hi")
    burst = (Text(body="look"), Image(media_id="1", caption="the screen"), Image(media_id="2"))
    assert phone.sends(*burst) == [r"< text+image+image: 'look\nthe screen'"]


def test_an_album_answers_a_question_for_a_photo_once() -> None:
    phone = Phone(gathering())
    phone.says("claim")
    assert phone.sends(*(Image(media_id=str(number)) for number in range(4))) == ["< What is broken?"]
    assert phone.sends(Text(body="the"), Text(body="screen")) == ["< 0: the\n  screen"]


def test_a_tap_does_not_wait_and_comes_after_what_was_said_before_it() -> None:
    world = World(gathering())
    world.process(inbound("menu", id="a"))
    run_out(world)
    (turn,) = world.outbox.turns
    content = turn.messages[0].content
    assert isinstance(content, Buttons)
    (button,) = content.buttons
    world.process(inbound("wait", id="b"))
    world.process(inbound(Tap(id=button.id, title="Hours"), id="c"))
    run_out(world)
    assert [said(one) for one in world.outbox.turns[1:]] == [["text: 'wait'"], ["9 to 17."]]
    assert [one.read_id for one in world.outbox.turns] == ["a", "b", "c"], "the network knows these ids"


def run_out(world: World) -> None:
    """Let everything that waits come."""
    while world.wake_ups.waiting:
        wake_up = world.wake_ups.next(float("inf"))
        assert wake_up
        world.now = max(world.now, wake_up.at)
        world.process(wake_up.inbound)


def test_what_ends_a_moment_waits_for_it_in_a_group_of_its_own() -> None:
    world = World(gathering())
    message = inbound("hi")
    world.process(message)
    (wake_up,) = world.wake_ups.waiting.values()
    assert isinstance(wake_up.inbound.content, Gathered)
    assert wake_up.inbound.group != message.group
    world.now += 0.5
    with pytest.raises(RetryLater) as later:
        world.process(wake_up.inbound)
    assert later.value.seconds == pytest.approx(1.5)


def test_a_crash_at_any_moment_loses_and_doubles_nothing() -> None:
    world = World(gathering())
    world.process(inbound("one", id="a"))
    world.process(inbound("two", id="b"))
    for wake_up in [*world.wake_ups.waiting.values()]:  # each comes twice
        world.now = max(world.now, wake_up.at)
        world.process(wake_up.inbound)
        world.process(wake_up.inbound, received_before=True)
    run_out(world)
    assert [said(turn) for turn in world.outbox.turns] == [[r"Welcome! 'one\ntwo'"]]


def test_what_the_bot_fails_over_is_parked_whole_and_can_be_put_back() -> None:
    world = World(gathering())
    world.process(inbound("boom", id="a"))
    (end,) = world.wake_ups.waiting.values()
    world.wake_ups.waiting.clear()
    world.now = end.at
    world.process(end.inbound)
    (together,) = world.wake_ups.waiting.values()
    for number in range(3):
        try:
            world.process(together.inbound, received_before=number > 0)
        except BotFailed:
            continue
    assert said(world.outbox.turns[-1]) == ["Sorry!"]
    ((parked, _),) = world.parked.updates
    assert parked.content == Text(body="boom")
    assert world.store.unpark(parked)
    world.bot = Bot()
    world.bot.on("boom")(lambda chat: chat.say("mended"))
    world.process(parked)
    assert said(world.outbox.turns[-1]) == ["mended"]


def test_a_person_who_takes_over_gets_what_was_gathered() -> None:
    world = World(gathering())
    world.process(inbound("one", id="a"))
    world.process(inbound(Echo(), id="b"))
    run_out(world)
    world.process(inbound(Release(), id="c"))
    assert said(world.outbox.turns[-1]) == ["one"]


def test_reactions_do_not_wait() -> None:
    bot = gathering()

    @bot.on(Reaction)
    def reaction(chat: Chat) -> None:
        chat.say("Thanks.")

    world = World(bot)
    world.process(inbound(Reaction(message_id="x", emoji="!")))
    assert said(world.outbox.turns[0]) == ["Thanks."]


@given(pauses=st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_whoever_writes_on_and_on_is_answered_and_every_message_is_seen_once(pauses: Sequence[float]) -> None:
    seen: list[str] = []
    bot = Bot(gather=PAUSE)
    bot.otherwise(lambda chat: seen.append(chat.message.text))
    world = World(bot)
    waited: list[tuple[float, Inbound]] = []
    longest = 0.0
    for number, pause in enumerate(pauses):
        world.now += pause
        world.process(inbound(str(number), id=str(number), at=world.now))
        for key in [*world.wake_ups.waiting]:
            wake_up = world.wake_ups.waiting.pop(key)
            waited.append((wake_up.at, wake_up.inbound))
        due = sorted((one for one in waited if one[0] <= world.now), key=lambda one: one[0])
        for one in due:
            waited.remove(one)
            world.process(one[1])
            for again in [*world.wake_ups.waiting.values()]:
                world.process(again.inbound)
            world.wake_ups.waiting.clear()
        held = next(one.gathered for one in world.store.conversations.values())
        assert len(held) <= MAX_GATHERED
        longest = max(longest, world.now - held[0].at if held else 0)
    for at, update in waited:
        world.now = max(world.now, at)
        world.process(update)
    run_out(world)
    assert "\n".join(seen).split("\n") == [str(number) for number in range(len(pauses))]
    assert longest <= MAX_MOMENTS * PAUSE.total_seconds() + 5


def test_an_edit_or_a_deletion_within_the_moment_counts() -> None:
    seen: list[str] = []
    bot = Bot(gather=PAUSE)
    bot.otherwise(lambda chat: seen.append(chat.message.text))
    world = World(bot)
    world.process(inbound("my pin is 1234", id="a"), inbound("send it to Bob", id="b"))
    world.process(inbound(Edited(message_id="b", content=Text(body="send it to Ann")), id="c"))
    world.process(inbound(Deleted(message_id="a"), id="d"))
    run_out(world)
    world.process(inbound("gone", id="e"), inbound(Deleted(message_id="e"), id="f"))
    run_out(world)
    assert seen == ["send it to Ann"]


def test_a_picture_whose_caption_is_changed_in_the_moment_keeps_its_file() -> None:
    seen: list[object] = []
    bot = Bot(gather=PAUSE)
    bot.otherwise(lambda chat: seen.append(chat.message.content))
    world = World(bot)
    world.process(inbound(Image(media_id="7", mime_type="image/png", caption="my hnad"), id="a"))
    world.process(inbound(Edited(message_id="a", content=Image(caption="my hand")), id="b"))
    run_out(world)
    assert seen == [Image(media_id="7", mime_type="image/png", caption="my hand")]


def test_an_album_reaches_the_handler_of_its_parts() -> None:
    bot = Bot(gather=PAUSE)

    @bot.on(Image)
    def images(chat: Chat) -> None:
        chat.say(f"{len(chat.message.parts)} parts")

    assert Phone(bot).sends(Image(media_id="1"), Image(media_id="2")) == ["< 2 parts"]


def test_what_two_conversations_gathered_that_become_one_reaches_the_bot_in_order() -> None:
    seen: list[str] = []
    bot = Bot(gather=PAUSE)
    bot.otherwise(lambda chat: seen.append(chat.message.text))
    world = World(bot)
    by_phone, by_id = Contact(id="15550002001", phone="15550002001"), Contact(id="US.111", user_id="US.111")
    world.process(inbound("one", id="a", contact=by_phone, at=NOON))
    world.process(inbound("two", id="b", contact=by_id, at=NOON + 1))
    world.process(inbound(Reaction(message_id="x", emoji="!"), id="c"))
    run_out(world)
    assert seen == ["one\ntwo"]


def test_what_comes_late_is_gathered_all_the_same() -> None:
    seen: list[str] = []
    bot = Bot(gather=PAUSE)
    bot.otherwise(lambda chat: seen.append(chat.message.text))
    world = World(bot)
    for number in range(3):
        world.process(inbound(str(number), id=str(number), at=NOON - 3600))
    run_out(world)
    assert seen == ["0\n1\n2"]


CARDS = [ContactCard(name=f"Card {number}", vcard="x" * 60_000) for number in range(20)]


def test_what_is_gathered_stays_small() -> None:
    bot = Bot(gather=PAUSE)
    bot.otherwise(lambda chat: chat.say("Thanks."))
    world = World(bot)
    for number, card in enumerate(CARDS):
        world.process(inbound(card, id=str(number)))
        (conversation,) = world.store.conversations.values()
        assert len(json.dumps([asdict(one) for one in conversation.gathered])) < 100_000
    run_out(world)
    assert world.outbox.turns
    assert world.parked.updates == []


class FullStore(MemoryStore):
    """A store that has no room for what is gathered."""

    def commit(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        if after.gathered:
            raise TurnTooLarge("too large")
        super().commit(inbound, before, after, marker)


def test_what_cannot_be_gathered_is_set_aside_and_blocks_nothing() -> None:
    world = World(Bot(gather=PAUSE), store=FullStore())
    world.process(inbound("hi"))
    assert [update.id for update, _ in world.parked.updates] == ["wamid.1"]


@pytest.mark.parametrize("pause", [timedelta(seconds=-1), timedelta(minutes=5)])
def test_a_moment_that_nobody_would_wait_for_is_refused(pause: timedelta) -> None:
    with pytest.raises(BotError, match="gather is a time up to"):
        Bot(gather=pause)


def test_without_gathering_each_message_is_a_turn_of_its_own() -> None:
    world = World(Bot())
    world.bot.otherwise(lambda chat: chat.say(chat.message.text))
    for number in range(3):
        world.process(inbound(str(number), id=str(number), at=NOON))
    assert [said(turn) for turn in world.outbox.turns] == [["0"], ["1"], ["2"]]
