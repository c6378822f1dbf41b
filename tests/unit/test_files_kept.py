"""Files that contacts send: saved by `chat.save`, and those that a bot keeps by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from rejoinder import (
    Audio,
    Bot,
    BotError,
    Chat,
    Document,
    File,
    Image,
    Media,
    MediaGone,
    NoAnswer,
    Sticker,
    Text,
    Video,
)
from rejoinder.errors import (
    AwsError,
    BotFailed,
    OutcomeUnknown,
    Refused,
    RetryLater,
    SettingsError,
    TokenInvalid,
    TurnTimeLimit,
)
from rejoinder.file_ports import Fetched
from rejoinder.model.metrics import Metric
from rejoinder.model.own import Keep
from rejoinder.model.people import Account
from rejoinder.model.spoken import FileContent
from rejoinder.services.keep import PATIENCE_SECONDS, PAUSE_SECONDS
from rejoinder.testing.memory import MemoryNetwork
from tests.unit.files_of import PDF, PNG, XRAY, MoodyFiles, MoodyMedia
from tests.unit.worlds import NOON, World, inbound, said

BUSY = OutcomeUnknown(0, "5xx")


def world_of(bot: Bot, *moods: BaseException) -> World:
    """Return a world whose network has the file 7, and first has these moods."""
    media = MoodyMedia(of_contacts={"7": ("image/png", PNG), "8": ("application/pdf", PDF)}, moods=[*moods])
    return World(bot, media=media, files=MoodyFiles())


def asked(world: World) -> list[str]:
    assert isinstance(world.media, MoodyMedia)
    return world.media.asked


def saving_bot(**options: object) -> Bot:
    """Return a bot that saves a file, then asks, then says what it saved."""
    bot = Bot(**options)  # type: ignore[arg-type]

    @bot.on(Media)
    def save(chat: Chat[FileContent]) -> None:
        try:
            file = chat.save(chat.message.content)
        except MediaGone as gone:
            chat.say(f"Please send it again: {gone}")
            return
        words = chat.ask("What is it?")
        chat.say(f"{file.name} {file.size} {words}")

    return bot


# --- chat.save ----------------------------------------------------------------------------------------------


def test_a_file_is_fetched_once_however_often_the_handler_runs() -> None:
    world = world_of(saving_bot())
    world.process(inbound(XRAY))
    world.process(inbound("a hand", id="b"))
    assert [said(turn) for turn in world.outbox.turns] == [["What is it?"], [f"image.png {len(PNG)} a hand"]]
    assert asked(world) == ["fetch 7"]


def test_a_file_is_the_contacts_own_and_has_what_the_network_told() -> None:
    world = world_of(saving_bot())
    world.process(inbound(XRAY))
    ((key, (file, content)),) = world.files.kept.items()
    (conversation,) = world.store.conversations
    assert key == file.key
    assert key.startswith(f"contacts/{conversation}/sent/")
    assert "7" not in key.rpartition("/")[2] or len(key) > 50
    assert (file.mime_type, file.size, content) == ("image/png", len(PNG), PNG)


@pytest.mark.parametrize(
    ("media", "name"),
    [
        (Document(media_id="8", filename="रिपोर्ट.pdf"), "रिपोर्ट.pdf"),
        (Document(media_id="8", filename="../../etc/plan.pdf"), "plan.pdf"),
        (Document(media_id="8", filename="..\\plan.pdf"), "plan.pdf"),
        (Document(media_id="8", filename="x/.."), "document.pdf"),
        (Document(media_id="8"), "document.pdf"),
        (Sticker(media_id="7"), "sticker.png"),
        (Audio(media_id="8", mime_type="x"), "audio.pdf"),
    ],
)
def test_a_file_has_the_name_that_it_came_with_or_one_that_tells_what_it_is(media: Media, name: str) -> None:
    world = world_of(saving_bot())
    assert isinstance(media, FileContent)
    world.process(inbound(media))
    ((file, _),) = world.files.kept.values()
    assert file.name == name


def test_a_file_that_another_turn_saved_is_not_fetched_again() -> None:
    world = world_of(saving_bot())
    world.process(inbound(XRAY))
    world.process(inbound("stop", id="b"), inbound(XRAY, id="c"))
    assert asked(world) == ["fetch 7"]


def test_a_file_that_is_gone_is_told_to_the_bot_once() -> None:
    world = world_of(saving_bot())
    world.process(inbound(replace(XRAY, media_id="9")))
    ((words,),) = map(said, world.outbox.turns)
    assert words.startswith("Please send it again: ")
    assert asked(world) == ["fetch 9"]


class Altered(MoodyMedia):
    """A network that tells of one file and gives out another."""

    @contextmanager
    def fetch(self, account: Account, media_id: str) -> Iterator[Fetched]:
        with super().fetch(account, media_id) as fetched:
            fetched.read(1)
            yield fetched


def test_a_file_that_is_not_what_the_contact_sent_is_gone_and_not_kept() -> None:
    world = world_of(saving_bot())
    world.media = Altered(of_contacts={"7": ("image/png", PNG)})
    world.process(inbound(XRAY))
    ((words,),) = map(said, world.outbox.turns)
    assert "not the file that the contact sent" in words
    assert not world.files.kept


def test_a_gone_file_that_nobody_catches_is_an_error_of_the_bot() -> None:
    bot = Bot()
    bot.on(Media)(lambda chat: chat.save(chat.message.content) and None)
    world = world_of(bot)
    with pytest.raises(BotFailed):
        world.process(inbound(replace(XRAY, media_id="9")))


@pytest.mark.parametrize("given", [Text(body="x"), Image(PNG), "7", None], ids=repr)
def test_only_what_a_contact_sent_can_be_saved(given: object) -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.save(given) and None)
    world = world_of(bot)
    world.process(inbound())
    (error,) = world.shown
    assert isinstance(error, BotError)
    assert "save() takes a file that the contact sent" in str(error)


# --- not now ------------------------------------------------------------------------------------------------


def stepping_bot(done: list[str]) -> Bot:
    bot = Bot()

    @bot.on(Media)
    def save(chat: Chat[FileContent]) -> None:
        chat.step(done.append, "once")
        try:
            chat.save(chat.message.content)
        except MediaGone as gone:
            chat.say(f"{gone}")
        else:
            chat.say("saved")

    return bot


@pytest.mark.parametrize(
    "mood", [BUSY, Refused(0, "404"), TokenInvalid(190, "x"), AwsError("SlowDown"), TurnTimeLimit()], ids=repr
)
def test_a_turn_waits_for_a_network_that_is_busy_and_that_is_no_try_of_the_bot(mood: BaseException) -> None:
    done: list[str] = []
    world = world_of(stepping_bot(done), mood)
    with pytest.raises(RetryLater) as later:
        world.process(inbound(XRAY))
    assert later.value.seconds == PAUSE_SECONDS
    marker = world.store.markers[inbound().hashed_id]
    assert (marker.state, marker.tries, len(marker.steps)) == ("trying", 0, 1)
    assert not world.outbox.turns
    world.process(inbound(XRAY), received_before=True)
    assert [said(turn) for turn in world.outbox.turns] == [["saved"]]
    assert done == ["once"]
    assert world.meter.counts[Metric.BOT_ERRORS] == 0


def test_a_busy_bucket_is_waited_for_too() -> None:
    world = world_of(stepping_bot([]))
    assert isinstance(world.files, MoodyFiles)
    world.files.failing = 1
    with pytest.raises(RetryLater):
        world.process(inbound(XRAY))
    world.process(inbound(XRAY), received_before=True)
    assert asked(world) == ["fetch 7"]


def test_a_turn_waits_ten_minutes_and_however_often_it_waits_it_is_not_parked() -> None:
    world = world_of(stepping_bot([]), *[BUSY] * 100)
    waits = 0
    while not world.outbox.turns:
        try:
            world.process(inbound(XRAY), received_before=waits > 0)
        except RetryLater as later:
            world.now += later.seconds
            waits += 1
    assert world.now - NOON == PATIENCE_SECONDS
    ((words,),) = map(said, world.outbox.turns)
    assert "try chat.save once more later" in words
    assert not world.parked.updates


def test_a_file_that_came_days_ago_is_waited_for_from_the_turn_on_that_saves_it() -> None:
    bot = Bot()

    @bot.otherwise
    def ask(chat: Chat) -> None:
        picture = chat.ask("A picture, please.", Image)
        try:
            chat.ask("Of what?", timeout=timedelta(days=3))
        except NoAnswer:
            chat.save(picture)
            chat.say("saved")

    world = world_of(bot, BUSY)
    world.process(inbound("hi"), inbound(XRAY, id="b"))
    world.now += 3 * 24 * 3600
    time_up = world.wake_ups.next(world.now)
    assert time_up
    with pytest.raises(RetryLater):
        world.process(time_up.inbound)
    world.process(time_up.inbound, received_before=True)
    assert said(world.outbox.turns[-1]) == ["saved"]


def test_a_later_turn_has_its_own_patience_also_for_an_old_file() -> None:
    bot = Bot()

    @bot.on()
    def again(chat: Chat) -> None:
        chat.save(Image(media_id=chat.given["id"]))
        chat.say("saved")

    @bot.on(Image)
    def first(chat: Chat[Image]) -> None:
        chat.later(timedelta(hours=1), again, id=chat.message.content.media_id)

    world = world_of(bot, BUSY)
    world.process(inbound(XRAY))
    world.now += 3600
    wake_up = world.wake_ups.next(world.now)
    assert wake_up
    with pytest.raises(RetryLater):
        world.process(wake_up.inbound)
    world.process(wake_up.inbound, received_before=True)
    assert said(world.outbox.turns[-1]) == ["saved"]


# --- Bot(keeps=…) -------------------------------------------------------------------------------------------


def keeping(keeps: object, *contents: FileContent, gather: float = 0.0) -> World:
    """Return a world in which the contact sent `contents` to a bot that only says hello."""
    bot = Bot(keeps=keeps, gather=timedelta(seconds=gather))  # type: ignore[arg-type]
    bot.otherwise(lambda chat: chat.say("hello"))
    world = world_of(bot)
    for number, content in enumerate(contents):
        world.process(inbound(content, id=f"m{number}"))
    return world


def wake(world: World) -> None:
    """Process what waits."""
    while wake_up := world.wake_ups.next(world.now):
        world.process(wake_up.inbound)


def kept(world: World) -> list[str]:
    return sorted(file.name for file, _ in world.files.kept.values())


PAPER = Document(media_id="8", filename="a.pdf")


@pytest.mark.parametrize(
    ("keeps", "names"),
    [
        ((), []),
        (Image, ["image.png"]),
        ((Image,), ["image.png"]),
        ((Video, Document), ["a.pdf"]),
        (Media, ["a.pdf", "image.png"]),
    ],
)
def test_a_bot_keeps_the_kinds_that_it_names(keeps: object, names: list[str]) -> None:
    world = keeping(keeps, XRAY, PAPER)
    assert not world.files.kept, "the answer does not wait for them"
    assert len(world.outbox.turns) == 2
    wake(world)
    assert kept(world) == names


@pytest.mark.parametrize("keeps", [Text, "Image", Image(PNG), (Image, Text), None, [Image]], ids=repr)
def test_a_bot_keeps_kinds_of_files_only(keeps: object) -> None:
    with pytest.raises(BotError, match="keeps are kinds of files, such as Image"):
        Bot(keeps=keeps)  # type: ignore[arg-type]


def test_the_files_of_one_moment_are_kept_too() -> None:
    world = keeping(Media, XRAY, PAPER, gather=2.0)
    world.now += 3
    wake(world)
    wake(world)
    assert kept(world) == ["a.pdf", "image.png"]
    assert len(world.outbox.turns) == 1


def test_a_file_that_comes_during_a_handoff_is_kept() -> None:
    bot = Bot(keeps=Media)
    bot.otherwise(lambda chat: chat.hand_over())
    world = world_of(bot)
    world.process(inbound("hi"), inbound(XRAY, id="b"))
    wake(world)
    assert kept(world) == ["image.png"]


def test_the_files_of_a_parked_update_are_kept_before_the_network_forgets_them() -> None:
    bot = Bot(keeps=Media)

    @bot.otherwise
    def fail(chat: Chat) -> None:
        raise BotError("no")

    world = world_of(bot)
    world.process(inbound(XRAY))
    assert len(world.parked.updates) == 1
    wake(world)
    assert kept(world) == ["image.png"]


def test_keeping_is_no_turn_and_a_kept_file_is_kept_once() -> None:
    world = keeping(Media, XRAY)
    before = dict(world.store.conversations)
    wake_up = world.wake_ups.next(world.now)
    assert wake_up
    world.process(wake_up.inbound)
    world.process(wake_up.inbound)
    assert asked(world) == ["fetch 7"]
    assert world.store.conversations == before
    assert len(world.outbox.turns) == 1


def test_chat_save_finds_what_was_kept() -> None:
    world = world_of(saving_bot(keeps=Media))
    world.process(inbound(XRAY))
    wake(world)
    assert asked(world) == ["fetch 7"]


def test_the_same_file_of_two_contacts_is_kept_for_each() -> None:
    world = keeping(Media, XRAY)
    other = replace(
        inbound(XRAY, id="x"), contact=replace(inbound().contact, id="US.2", user_id="US.2", phone="2")
    )
    world.process(other)
    wake(world)
    assert len(world.files.kept) == 2


def test_each_file_waits_in_a_group_of_its_own() -> None:
    world = keeping(Media, XRAY, PAPER)
    groups = {wake_up.inbound.group for wake_up in world.wake_ups.waiting.values()}
    assert len({*groups, inbound().group}) == 3, "one that cannot be had yet holds up no other, and no answer"


@pytest.mark.parametrize("mood", [BUSY, AwsError("SlowDown"), TurnTimeLimit()], ids=repr)
def test_a_file_that_cannot_be_kept_now_is_kept_later(mood: BaseException) -> None:
    world = keeping(Media, XRAY)
    assert isinstance(world.media, MoodyMedia)
    world.media.moods = [mood] * 3
    wake_up = world.wake_ups.next(world.now)
    assert wake_up
    pauses: list[float] = []
    while not world.files.kept:
        try:
            world.process(wake_up.inbound, received_before=bool(pauses))
        except RetryLater as later:
            pauses.append(later.seconds)
            world.now += 3600
    assert pauses == [PAUSE_SECONDS, 900.0, 1800.0]


def test_a_file_that_takes_too_long_is_stopped_as_a_turn_is() -> None:
    limits = []

    @contextmanager
    def limit() -> Iterator[None]:
        limits.append("set")
        yield

    world = keeping(Media, XRAY)
    world.time_limit = limit
    wake(world)
    assert limits == ["set"]


def test_a_file_that_is_lost_is_counted() -> None:
    world = keeping(Media, replace(XRAY, media_id="9"))
    wake(world)
    assert not world.files.kept
    assert world.meter.counts[Metric.FILES_LOST] == 1


def test_a_file_of_a_contact_who_was_erased_meanwhile_is_not_kept() -> None:
    world = keeping(Media, XRAY)
    world.store.conversations.clear()
    wake(world)
    assert not world.files.kept


def test_a_file_of_before_the_erasure_is_not_kept_when_the_contact_comes_back() -> None:
    world = world_of(Bot(keeps=Media), BUSY)
    world.process(inbound(XRAY))
    (keep,) = world.wake_ups.waiting.values()
    with pytest.raises(RetryLater):
        world.process(keep.inbound)
    world.store.conversations.clear()
    world.now += 3600
    world.process(inbound("hi again", id="wamid.2", at=world.now))
    world.process(keep.inbound)
    assert asked(world) == ["fetch 7"], "and not once more"
    assert world.meter.counts[Metric.UPDATES_STALE] == 1


def test_what_saves_a_file_is_no_message_of_the_contact() -> None:
    world = keeping(Media, XRAY)
    (wake_up,) = world.wake_ups.waiting.values()
    assert wake_up.inbound.content == Keep(media=XRAY)
    assert not wake_up.inbound.is_spoken
    assert not wake_up.inbound.is_from_contact


# --- typing -------------------------------------------------------------------------------------------------


def typing_bot() -> Bot:
    bot = Bot()

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.typing()
        chat.say("later")

    @bot.otherwise
    def ask(chat: Chat) -> None:
        chat.typing()
        chat.ask("What?")
        chat.later(timedelta(hours=1), remind)

    return bot


def test_typing_is_shown_once_and_not_when_the_handler_runs_again_nor_to_a_reminder() -> None:
    world = World(typing_bot())
    world.process(inbound("hi", id="a"))
    world.process(inbound("this", id="b"))
    assert world.network.typing == ["a"]
    world.now += 3600
    wake(world)
    assert said(world.outbox.turns[-1]) == ["later"]
    assert world.network.typing == ["a"]


@pytest.mark.parametrize("error", [BUSY, SettingsError("no token"), TokenInvalid(0, "x")], ids=repr)
def test_a_network_that_cannot_show_typing_changes_nothing(error: Exception) -> None:
    class Mute(MemoryNetwork):
        def show_typing(self, account: object, message_id: str) -> None:
            raise error

    world = World(typing_bot(), network=Mute())
    world.process(inbound("hi"))
    assert [said(turn) for turn in world.outbox.turns] == [["What?"]]


def test_a_saved_file_is_a_value_that_a_bot_can_keep() -> None:
    bot = Bot()
    found: list[File] = []

    @bot.on(Media)
    def save(chat: Chat[FileContent]) -> None:
        chat.go(tell, file=chat.save(chat.message.content).key)

    @bot.on()
    def tell(chat: Chat) -> None:
        found.extend(file for file, _ in world.files.kept.values() if file.key == chat.given["file"])

    world = world_of(bot)
    world.process(inbound(XRAY))
    assert len(found) == 1
