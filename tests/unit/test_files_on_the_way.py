"""Files in the services: kept before the commit, given to the network once, and never in the way of words."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from rejoinder import Bot, Chat, Delivered, Document, Failed, Image, Read, Template
from rejoinder.errors import (
    AccountBlocked,
    AwsError,
    BotFailed,
    Invalid,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    RetryLater,
    SendError,
    WindowClosed,
)
from rejoinder.model.delivery import Attempt, Callback, Detail, MessageRecord, Remedy, Status, Step
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account
from rejoinder.services.upload import MARGIN_SECONDS, MAX_UPLOADS
from rejoinder.testing.memory import MemoryStore
from rejoinder.testing.memory_files import MemoryUploads
from tests.unit.files_of import PDF, PNG, BrokenUploads, MoodyFiles, MoodyMedia
from tests.unit.test_deliver import MoodyNetwork, deliver_all
from tests.unit.worlds import World, inbound, said

Say = Callable[[Chat], None]
OTHER = Account(channel="whatsapp", id="100000000000002")


def picture(chat: Chat) -> None:
    chat.say(Image(PNG, caption="a picture"))


def words_and_picture(chat: Chat) -> None:
    chat.say("before")
    picture(chat)
    chat.say("behind")


def world_of(
    say: Say = picture, *moods: BaseException, uploads: MemoryUploads | None = None, process: bool = True
) -> World:
    """Return a world in which a turn with a file waits for the sender. `moods` are those of its media."""
    bot = Bot()
    bot.otherwise(say)
    network, media = MoodyNetwork(), MoodyMedia(moods=[*moods])
    world = World(bot, network=network, media=media, files=MoodyFiles(), uploads=uploads or MemoryUploads())
    if process:
        world.process(inbound())
    return world


def asked(world: World) -> list[str]:
    assert isinstance(world.media, MoodyMedia)
    return world.media.asked


def kinds(world: World) -> list[str]:
    return [content.kind for content in world.network.sent]


def step_of(world: World, number: int = 1) -> Step | None:
    """Return the state of a message of the turn."""
    return world.store.read("", f"{inbound().hashed_id}-{number}").state


def moods_of(world: World) -> list[SendError]:
    assert isinstance(world.network, MoodyNetwork)
    return world.network.moods


# --- once for an account ------------------------------------------------------------------------------------


def test_a_file_is_given_to_the_network_once_and_its_id_is_used_again() -> None:
    world = world_of()
    world.process(inbound(id="wamid.2"))
    world.deliver()
    assert asked(world) == ["upload image.png for 1"]
    assert [content.media_id for content in world.network.sent if isinstance(content, Image)] == [
        "media-1",
        "media-1",
    ]


def test_each_account_gives_the_file_once() -> None:
    world = world_of()
    world.process(replace(inbound(id="wamid.2"), account=OTHER))
    world.deliver()
    assert asked(world) == ["upload image.png for 1", "upload image.png for 2"]


def test_an_id_is_used_until_a_day_before_its_end() -> None:
    world = world_of()
    world.deliver()
    (key,) = world.uploads.known
    known = world.uploads.known[key]
    for left, uploads in ((MARGIN_SECONDS + 1, 1), (MARGIN_SECONDS - 1, 2)):
        world.uploads.known[key] = replace(known, ends_at=world.now + left)
        world.process(inbound(id=f"wamid.{left}"))
        world.deliver()
        assert len(asked(world)) == uploads


def test_a_link_and_an_id_of_the_network_are_given_to_nobody() -> None:
    world = world_of(lambda chat: chat.say(Image("https://example.com/cat.png")))
    world.deliver()
    assert asked(world) == []
    assert world.network.sent == [Image("https://example.com/cat.png")]


# --- an id that is refused ----------------------------------------------------------------------------------


def with_known_id(*moods: SendError) -> World:
    """Return a world whose network knows the file, and answers the next messages with `moods`."""
    world = world_of()
    world.deliver()
    world.process(inbound(id="wamid.2"))
    moods_of(world).extend(moods)
    return world


def test_an_id_that_is_refused_is_given_anew_with_the_next_attempt() -> None:
    world = with_known_id(Invalid(131009, "no such media"))
    with pytest.raises(RetryLater):
        world.deliver()
    deliver_all(world)
    assert len(asked(world)) == 2
    assert kinds(world) == ["image", "image"]
    assert not world.updates.waiting


def test_a_file_that_is_refused_right_after_it_was_given_fails() -> None:
    world = with_known_id(Invalid(131009, "no"), Invalid(131009, "no"))
    deliver_all(world)
    assert len(asked(world)) == 2
    (update,) = world.updates.waiting
    assert isinstance(update.content, Failed)
    assert update.content.code == 131009


@pytest.mark.parametrize(
    "error", [WindowClosed(131047, "closed"), Rejected(131026, "undeliverable")], ids=str
)
def test_a_message_that_is_rejected_for_another_reason_leaves_the_file_where_it_is(error: SendError) -> None:
    world = with_known_id(error)
    deliver_all(world)
    assert len(asked(world)) == 1
    assert len(world.updates.waiting) == 1


def test_a_table_that_cannot_forget_an_id_leaves_no_message_in_doubt() -> None:
    world = with_known_id(Invalid(131009, "no"))
    world.uploads = BrokenUploads(known=world.uploads.known, cannot="forget")
    with pytest.raises(RetryLater):
        world.deliver()
    assert world.store.read("", f"{inbound(id='wamid.2').hashed_id}-1").state is Step.REFUSED


# --- a file that cannot go out ------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["deleted", "not taken"])
def test_a_file_that_cannot_go_out_fails_alone_and_the_words_beside_it_go_out(why: str) -> None:
    world = world_of(words_and_picture, *([Rejected(100, "wrong type")] if why == "not taken" else []))
    if why == "deleted":
        world.files.kept.clear()
    world.deliver()
    assert kinds(world) == ["text", "text"]
    (update,) = world.updates.waiting
    assert isinstance(update.content, Failed)
    assert isinstance(update.content.content, Image)
    assert update.content.reason
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 1


UPLOADS_FAIL: list[SendError] = [
    OutcomeUnknown(0, "no answer"),
    OutcomeUnknown(131016, "5xx"),
    Refused(0, "no connection"),
    RateLimited(4, "too fast"),
]


@pytest.mark.parametrize("error", UPLOADS_FAIL, ids=str)
def test_a_file_that_cannot_go_out_now_has_sent_nothing_and_holds_what_is_behind_it(error: SendError) -> None:
    world = world_of(words_and_picture, error)
    with pytest.raises(RetryLater):
        world.deliver()
    assert kinds(world) == ["text"]
    assert step_of(world, 2) is Step.REFUSED
    deliver_all(world)
    assert kinds(world) == ["text", "image", "text"]
    assert len(asked(world)) == 2


@pytest.mark.parametrize("error", UPLOADS_FAIL[:3], ids=str)
def test_a_file_that_never_goes_out_fails_after_some_attempts_and_the_rest_goes_on(error: SendError) -> None:
    world = world_of(words_and_picture, *[error] * MAX_UPLOADS)
    before = world.now
    deliver_all(world)
    assert kinds(world) == ["text", "text"]
    assert len(asked(world)) == MAX_UPLOADS
    assert 1800 < world.now - before < 7200
    assert len(world.updates.waiting) == 1


def test_what_stops_the_whole_account_closes_its_gate_also_when_it_is_told_to_a_file() -> None:
    world = world_of(picture, AccountBlocked(131031, "locked"))
    with pytest.raises(RetryLater):
        world.deliver()
    assert world.gates.closed


@pytest.mark.parametrize("cannot", ["find", "keep", "open"])
def test_an_error_of_table_or_bucket_leaves_no_message_in_doubt(cannot: str) -> None:
    uploads = BrokenUploads(cannot=cannot)
    world = world_of(picture, uploads=uploads)
    assert isinstance(world.files, MoodyFiles)
    world.files.failing = int(cannot == "open")
    with pytest.raises(RetryLater):
        world.deliver()
    assert step_of(world) is Step.REFUSED
    assert not world.gates.closed
    uploads.cannot = ""
    deliver_all(world)
    assert kinds(world) == ["image"]


def test_a_bucket_that_fails_for_long_loses_no_message() -> None:
    world = world_of()
    assert isinstance(world.files, MoodyFiles)
    world.files.failing = 3 * MAX_UPLOADS
    deliver_all(world)
    assert kinds(world) == ["image"]


def test_no_file_is_given_to_the_network_for_a_message_that_may_not_go_out() -> None:
    def say(chat: Chat) -> None:
        chat.say(Image(PNG), outside_window=Template(name="menu", language="en"))

    world = world_of(say)
    world.now += 25 * 3600
    world.deliver()
    assert kinds(world) == ["template"]
    assert asked(world) == []


def a_later_picture(chat: Chat) -> None:
    late = Template(name="menu", language="en", header=Image(PNG))
    chat.say("The menu.", outside_window=late)


def test_the_file_of_a_template_for_later_is_kept_and_goes_out_with_it() -> None:
    world = world_of(a_later_picture)
    assert len(world.files.kept) == 1
    world.now += 25 * 3600
    world.deliver()
    (sent,) = world.network.sent
    assert isinstance(sent, Template)
    assert isinstance(sent.header, Image)
    assert sent.header.media_id == "media-1"
    assert asked(world) == ["upload image.png for 1"]


def test_the_file_of_a_template_for_later_is_given_to_nobody_while_the_words_may_go_out() -> None:
    world = world_of(a_later_picture)
    world.deliver()
    assert kinds(world) == ["text"]
    assert asked(world) == []


def test_a_template_for_later_takes_the_time_of_a_message_with_a_file() -> None:
    world = world_of(a_later_picture)
    asked_for: list[bool] = []

    def has_time(is_long: bool) -> bool:  # noqa: FBT001 - as the sender asks
        asked_for.append(is_long)
        return True

    sender = replace(world.sender(), has_time=has_time)
    sender.deliver(world.outbox.turns[0])
    assert asked_for == [True]


# --- kept before the commit ---------------------------------------------------------------------------------


def test_files_are_kept_before_the_turn_is_committed_and_a_failing_bucket_loses_nothing() -> None:
    done: list[str] = []

    def say(chat: Chat) -> None:
        chat.step(done.append, "once")
        picture(chat)

    world = world_of(say, process=False)
    assert isinstance(world.files, MoodyFiles)
    world.files.failing = 1
    with pytest.raises(AwsError):
        world.process(inbound())
    assert not world.outbox.turns
    assert not world.store.conversations
    marker = world.store.markers[inbound().hashed_id]
    assert (marker.state, marker.tries, len(marker.steps)) == ("trying", 0, 1)
    world.process(inbound(), received_before=True)
    world.deliver()
    assert (done, kinds(world)) == (["once"], ["image"])
    assert not world.parked.updates


def test_a_turn_that_is_queued_again_keeps_and_gives_nothing_again() -> None:
    world = world_of()
    world.process(inbound())
    world.files.kept.clear()
    world.process(inbound())
    assert not world.files.kept
    assert len(world.outbox.turns) == 1


def test_the_same_file_twice_in_a_turn_is_kept_and_given_once() -> None:
    def say(chat: Chat) -> None:
        chat.say(Image(PNG))
        chat.say(Image(PNG))

    world = world_of(say)
    world.deliver()
    assert len(world.files.kept) == 1
    assert len(asked(world)) == 1


@pytest.mark.parametrize("fate", ["deleted", "changed"])
def test_a_file_that_did_not_stay_until_the_end_of_the_turn_parks_it_with_a_cure(
    fate: str, tmp_path: Path
) -> None:
    def say(chat: Chat) -> None:
        path = tmp_path / "bill.pdf"
        path.write_bytes(PDF)
        chat.say(Document(path))
        if fate == "deleted":
            path.unlink()
        else:
            path.write_bytes(PDF + b"more")

    world = world_of(say)
    assert [said(turn) for turn in world.outbox.turns] == [
        [world.bot.phrases(*world.store.conversations.values()).sorry]
    ]
    assert len(world.parked.updates) == 1
    (error,) = world.shown
    assert "'bill.pdf' was changed or deleted before the turn ended" in str(error)


def test_a_handler_that_fails_keeps_nothing() -> None:
    def say(chat: Chat) -> None:
        picture(chat)
        raise RuntimeError

    world = world_of(say, process=False)
    for _ in range(3):
        with suppress(BotFailed):  # it is tried again
            world.process(inbound(), received_before=True)
    assert len(world.parked.updates) == 1
    assert not world.files.kept


# --- statuses -----------------------------------------------------------------------------------------------


def status(world: World, step: Step, remedy: Remedy = Remedy.NONE, code: int | None = None) -> Status:
    """Return a status of the newest attempt."""
    assert isinstance(world.network, MoodyNetwork)
    detail = Detail(network_id="n1", error_code=code)
    return Status(step=step, at=world.now, callback=world.network.callbacks[-1], detail=detail, remedy=remedy)


def test_a_file_that_meta_could_not_use_later_is_given_anew_and_sent_again() -> None:
    world = world_of()
    world.deliver()
    late = status(world, Step.FAILED, Remedy.FILES, 131053)
    world.tracker().track(late)
    world.tracker().track(late)
    assert not world.uploads.known
    deliver_all(world)
    assert len(asked(world)) == 2
    assert kinds(world) == ["image", "image"]
    assert not world.updates.waiting


def test_a_link_that_meta_could_not_use_fails() -> None:
    world = world_of(lambda chat: chat.say(Image("https://example.com/cat.png")))
    world.deliver()
    world.tracker().track(status(world, Step.FAILED, Remedy.FILES, 131053))
    assert not world.outbox.turns
    (update,) = world.updates.waiting
    assert isinstance(update.content, Failed)


class Suspicious(MemoryStore):
    """A store that takes every message for a tracked one, as the table takes a form whose data looks so."""

    def write_step(self, attempt: Attempt, step: Step, at: float, detail: Detail) -> MessageRecord:
        return replace(super().write_step(attempt, step, at, detail), is_tracked=True)


def test_nothing_is_told_of_a_message_that_only_looks_tracked() -> None:
    world = world_of(process=False)
    world.store = Suspicious()
    world.process(inbound())
    world.deliver()
    world.tracker().track(status(world, Step.DELIVERED))
    assert world.updates.waiting == []


@pytest.mark.parametrize(
    "steps",
    [
        (Step.SENT, Step.DELIVERED, Step.READ),
        (Step.READ, Step.DELIVERED, Step.SENT),
        (Step.READ, Step.READ, Step.DELIVERED, Step.DELIVERED),
        (Step.DELIVERED, Step.READ, Step.DELIVERED, Step.READ),
    ],
    ids="-".join,
)
def test_a_bot_that_tracks_a_message_learns_once_that_it_came_and_was_read(steps: tuple[Step, ...]) -> None:
    heard: list[str] = []
    bot = Bot()

    @bot.on(Delivered, Read)
    def progress(chat: Chat[Delivered | Read]) -> None:
        heard.append(f"{chat.message.content.kind} {chat.message.content.content.kind}")

    @bot.otherwise
    def say(chat: Chat) -> None:
        chat.say(Image(PNG), track=True)
        chat.say("and this is not tracked", apart=True)

    world = World(bot, network=MoodyNetwork())
    world.process(inbound())
    world.deliver()
    assert isinstance(world.network, MoodyNetwork)
    for callback in world.network.callbacks:
        assert Callback.decode(callback)
        for step in steps:
            world.tracker().track(replace(status(world, step), callback=callback))
    for update in [*world.updates.waiting, *world.updates.waiting]:
        world.process(update)
    assert sorted(heard) == ["delivered image", "read image"]
