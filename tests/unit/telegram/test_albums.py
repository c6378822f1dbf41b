"""The files of an album come one by one, and reach the bot together."""

import random
from datetime import timedelta
from typing import Any

import pytest

from rejoinder import Bot, Chat, GroupMessage, Image
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.model.own import Gathered
from rejoinder.model.people import Account
from rejoinder.model.spoken import Several
from rejoinder.model.updates import Inbound
from rejoinder.testing import Phone
from tests.unit.telegram.test_inbound import ADA, GROUP, PRIVATE
from tests.unit.worlds import NOON, World

ACCOUNT = Account(channel="telegram", id="123456")
Heard = list[tuple[str, list[str]]]


def update(number: int, **content: object) -> Inbound:
    """Return a message of Ada, the `number`th of this chat."""
    message = {"message_id": number, "date": int(NOON), "chat": PRIVATE, "from": ADA} | content
    wire = {"update": {"update_id": 700 + number, "message": message}, "username": "demo_bot"}
    return CHANNEL.parse(ACCOUNT, wire, received_at=NOON)


def picture(number: int, album: str = "", caption: str = "") -> Inbound:
    more = ({"media_group_id": album} if album else {}) | ({"caption": caption} if caption else {})
    return update(number, photo=[{"file_id": f"p{number}", "width": 1, "height": 1}], **more)


def listening(heard: Heard, **options: Any) -> Bot:
    """Return a bot that notes what it is told, and says nothing."""
    bot = Bot(**options)

    @bot.otherwise
    def note(chat: Chat) -> None:
        content = chat.message.content
        parts = content.contents if isinstance(content, Several) else (content,)
        files = [part.media_id for part in parts if isinstance(part, Image)]
        heard.append((chat.message.text, files))

    return bot


@pytest.fixture
def heard() -> Heard:
    return []


def pass_until(world: World, until: float) -> None:
    while wake_up := world.wake_ups.next(until):
        world.now = max(world.now, wake_up.at)
        world.process(wake_up.inbound)
    world.now = until


def test_an_album_is_one_turn(heard: Heard) -> None:
    world = World(bot=listening(heard))
    for number in (1, 2, 3):
        world.process(picture(number, "A", "our dinner" if number == 1 else ""))
        pass_until(world, world.now + 0.5)
    assert heard == []
    pass_until(world, world.now + 1)
    assert heard == [("our dinner", ["p1", "p2", "p3"])]


def test_a_file_of_an_album_that_is_delivered_again_changes_nothing(heard: Heard) -> None:
    world = World(bot=listening(heard))
    for number in (1, 2, 1):
        world.process(picture(number, "A"))
    pass_until(world, NOON + 5)
    world.process(picture(2, "A"))
    pass_until(world, NOON + 10)
    assert heard == [("", ["p1", "p2"])]


def test_what_is_no_album_is_a_turn_at_once(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1), update(2, text="hi"))
    assert heard == [("", ["p1"]), ("hi", [])]


def test_words_behind_an_album_come_behind_it_and_end_the_wait(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1, "A"), picture(2, "A"), update(3, text="that was it"))
    pass_until(world, NOON)
    assert heard == [("", ["p1", "p2"]), ("that was it", [])]
    pass_until(world, NOON + 5)
    assert len(heard) == 2


def test_what_waits_behind_an_album_keeps_its_order(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1, "A"), picture(2, "A"))
    world.process(update(3, text="a"))
    world.process(update(4, text="b"))
    assert heard == []
    pass_until(world, NOON)
    assert heard == [("", ["p1", "p2"]), ("a", []), ("b", [])]
    world.process(update(5, text="c"))
    assert heard[3:] == [("c", [])]
    pass_until(world, NOON + 5)
    assert len(heard) == 4


def test_what_waits_when_an_album_is_over_does_not_overtake_it(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1, "A"), picture(2, "A"))
    while (wake_up := world.wake_ups.next(NOON + 5)) and isinstance(wake_up.inbound.content, Gathered):
        world.now = wake_up.at
        world.process(wake_up.inbound)
    assert wake_up
    world.process(update(3, text="a"))
    world.process(wake_up.inbound)
    pass_until(world, NOON + 5)
    assert heard == [("", ["p1", "p2"]), ("a", [])]


def test_an_album_in_a_group_is_one_turn_where_the_words_under_one_file_name_the_bot(heard: Heard) -> None:
    bot = listening(heard)
    world = World(bot=bot)

    @bot.on(GroupMessage)
    def overhear(_chat: Chat[GroupMessage]) -> None:
        heard.append(("overheard", []))

    named = [{"type": "mention", "offset": 0, "length": 9}]
    around: dict[str, object] = {"caption": "@demo_bot see", "caption_entities": named}
    for number in (1, 2):
        photo = [{"file_id": f"p{number}", "width": 1, "height": 1}]
        more = around if number == 1 else {}
        world.process(update(number, photo=photo, media_group_id="A", chat=GROUP, **more))
    world.process(update(3, text="what is that?", chat=GROUP))
    pass_until(world, NOON + 5)
    assert heard == [("overheard", []), ("see", ["p1", "p2"])]


def test_two_albums_are_two_turns(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1, "A"), picture(2, "A"), picture(3, "B"), picture(4, "B"))
    pass_until(world, NOON + 5)
    assert heard == [("", ["p1", "p2"]), ("", ["p3", "p4"])]


def test_a_bot_that_gathers_gets_albums_and_words_together(heard: Heard) -> None:
    world = World(bot=listening(heard, gather=timedelta(seconds=2)))
    world.process(picture(1, "A"), picture(2, "A"), update(3, text="my papers"))
    pass_until(world, NOON + 1.5)
    assert heard == []
    pass_until(world, NOON + 5)
    assert heard == [("my papers", ["p1", "p2"])]


def test_an_edit_of_a_caption_reaches_an_album_that_is_not_complete_yet(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1, "A", "dinnr"), picture(2, "A"))
    edited = {"message_id": 1, "date": int(NOON), "edit_date": int(NOON) + 1, "chat": PRIVATE, "from": ADA}
    edited |= {
        "photo": [{"file_id": "p1", "width": 1, "height": 1}],
        "caption": "dinner",
        "media_group_id": "A",
    }
    wire = {"update": {"update_id": 800, "edited_message": edited}}
    world.process(CHANNEL.parse(ACCOUNT, wire, received_at=NOON))
    pass_until(world, NOON + 5)
    assert heard == [("dinner", ["p1", "p2"])]


def test_an_album_of_one_file_is_that_file(heard: Heard) -> None:
    world = World(bot=listening(heard))
    world.process(picture(1, "A", "see"))
    pass_until(world, NOON + 5)
    assert heard == [("see", ["p1"])]


def test_the_same_update_twice_is_one_turn_whatever_its_number_is(heard: Heard) -> None:
    """Telegram may number its updates anew. Its chats and messages keep their numbers."""
    world = World(bot=listening(heard))
    wire = {
        "update_id": 1,
        "message": {"message_id": 5, "date": 1, "chat": PRIVATE, "from": ADA, "text": "hi"},
    }
    for number in (700, 700, 5):
        told = {"update": wire | {"update_id": number}}
        world.process(CHANNEL.parse(ACCOUNT, told, received_at=NOON))
    assert heard == [("hi", [])]


def test_the_phone_of_a_test_sends_an_album(heard: Heard) -> None:
    phone = Phone(listening(heard), channel="telegram", contact_id="1111111")
    phone.sends(Image(b"one", caption="see"), Image(b"two"), album="A")
    assert {(text, len(files)) for text, files in heard} == {("see", 2)}  # a phone runs each turn twice


@pytest.mark.parametrize("seed", range(12))
def test_whatever_comes_when_each_file_and_word_is_heard_once_and_in_order(seed: int, heard: Heard) -> None:
    chance = random.Random(seed)  # noqa: S311 - chance is all it is for
    world, said, queue, moments = (
        World(bot=listening(heard)),
        list[Inbound](),
        list[Inbound](),
        list[Inbound](),
    )
    for album in range(chance.randint(3, 8)):
        number = len(said) + 1
        if chance.random() < 0.5:
            said += [picture(number + more, f"A{album}") for more in range(chance.randint(1, 3))]
        else:
            said.append(update(number, text=f"t{number}"))
    coming = [*said]
    while coming or queue or moments:
        which = chance.random()
        if coming and which < 0.4:
            queue.append(coming.pop(0))
        elif queue and which < 0.75:
            world.process(queue.pop(0))
        elif moments and moments[0].at <= world.now:
            world.process(moments.pop(0))
        else:
            world.now += chance.choice([0.2, 0.6, 1.1])
        while wake_up := world.wake_ups.next(float("inf")):
            (moments if isinstance(wake_up.inbound.content, Gathered) else queue).append(wake_up.inbound)
    wanted = [one.content.media_id if isinstance(one.content, Image) else one.text for one in said]
    assert [one for words, files in heard for one in (files or [words])] == wanted
