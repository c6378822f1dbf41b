"""A step has its effect once, whatever comes of it, also when its talk begins again."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from rejoinder import Bot, Chat
from rejoinder.bot.codec import write
from rejoinder.model.talk import StepDone, UnreadableJournal
from rejoinder.testing import BotFailed, Phone
from tests.unit.production import AGAIN, SORRY, Production
from tests.unit.test_ask import asking
from tests.unit.test_codec import RAISES, refused


def bot_of(handler: Callable[[Chat], object]) -> Bot:
    """Return a bot with one handler, of the same name each time."""
    handler.__qualname__ = "talk"
    bot = Bot()
    bot.otherwise(handler)  # type: ignore[type-var] # what a handler returns does not count
    return bot


class Effects:
    """Effects, in order, each with its idempotency key."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.keys: list[str] = []

    def have(self, effect: object = "paid", *, idempotency_key: str = "") -> object:
        self.done.append(effect)
        self.keys.append(idempotency_key)
        return effect

    def fail(self, error: Callable[[], object]) -> None:
        self.done.append("failed")
        error()


@pytest.mark.parametrize("phone_of", [Phone, Production])
@pytest.mark.parametrize("name", RAISES)
def test_what_a_step_raised_is_caught_again_and_the_step_is_not_done_again(
    name: str, phone_of: Callable[[Bot], Phone]
) -> None:
    effects, seen = Effects(), []

    def talk(chat: Chat) -> None:
        try:
            chat.step(effects.fail, RAISES[name], name="pay")
        except (Exception, SystemExit) as error:
            seen.append((type(error), str(error)))
            chat.say(f"Declined. You said {chat.ask('Another card?')} and {chat.ask('Sure?')}.")

    phone = phone_of(bot_of(talk))
    phone.says("pay")
    phone.says("no")
    assert phone.says("yes") == ["< Declined. You said no and yes."]
    assert effects.done == ["failed"]
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - of any kind
        RAISES[name]()
    assert set(seen) == {(caught.type, str(caught.value))}


def test_a_handler_may_look_into_a_refusal() -> None:
    effects = Effects()

    def refuse() -> None:
        raise refused()

    def talk(chat: Chat) -> None:
        try:
            chat.step(effects.fail, refuse)
        except requests.HTTPError as error:
            chat.say(f"{error.response.status_code}: {chat.ask('Another card?')}")

    phone = Production(bot_of(talk))
    phone.says("pay")
    assert phone.says("no") == ["< 402: no"]
    assert effects.done == ["failed"]


def declined() -> None:
    raise ValueError("declined")


def down() -> None:
    raise OSError("down")


def test_what_a_handler_does_not_catch_is_tried_again() -> None:
    effects = Effects()
    assert Production(bot_of(lambda chat: chat.step(effects.fail, down))).says("pay") == SORRY
    assert effects.done == ["failed"] * 3


def caught_and_raised_again(chat: Chat, effects: Effects) -> None:
    try:
        chat.step(effects.fail, declined)
    except ValueError:
        chat.say("Declined.")
        raise


def raised_as_another(chat: Chat, effects: Effects) -> None:
    try:
        chat.step(effects.fail, declined)
    except ValueError as error:
        chat.say("Declined.")
        raise RuntimeError from error


def raised_in_a_group(chat: Chat, effects: Effects) -> None:
    failed: list[Exception] = []
    try:
        chat.step(effects.fail, declined)
    except ValueError as error:
        failed.append(error)
    chat.say("All done.")
    if failed:
        raise ExceptionGroup("some failed", failed)


def raised_while_cleaning_up(chat: Chat, effects: Effects) -> None:
    try:
        chat.step(effects.fail, declined)
    finally:
        raise KeyError


@pytest.mark.parametrize(
    "handler",
    [caught_and_raised_again, raised_as_another, raised_in_a_group, raised_while_cleaning_up],
)
def test_what_ends_a_handler_after_all_is_tried_again(handler: Callable[[Chat, Effects], None]) -> None:
    effects = Effects()
    assert Production(bot_of(lambda chat: handler(chat, effects))).says("pay") == SORRY
    assert effects.done == ["failed"] * 3


def another_step_fails(chat: Chat, effects: Effects) -> None:
    try:
        chat.step(effects.fail, declined, name="pay")
    except ValueError:
        chat.step(down)


def a_bug_follows(chat: Chat, effects: Effects) -> None:
    try:
        chat.step(effects.fail, declined)
    except ValueError:
        chat.say("Declined.")
        chat.data["missing"]


def a_bug_follows_outside(chat: Chat, effects: Effects) -> None:
    try:
        chat.step(effects.fail, declined)
    except ValueError:
        chat.say("Declined.")
    raise KeyError


@pytest.mark.parametrize("handler", [another_step_fails, a_bug_follows, a_bug_follows_outside])
def test_what_was_caught_is_not_tried_again_when_something_else_fails(
    handler: Callable[[Chat, Effects], None],
) -> None:
    effects = Effects()
    assert Production(bot_of(lambda chat: handler(chat, effects))).says("pay") == SORRY
    assert effects.done == ["failed"]


@pytest.mark.parametrize("then", ["says", "asks", "fails", "ends"])
def test_a_handler_cannot_take_a_result_that_cannot_be_kept_for_a_failure(then: str) -> None:
    effects = Effects()

    def talk(chat: Chat) -> None:
        try:
            chat.step(effects.have, object())
        except Exception:
            if then == "says":
                chat.say("The payment failed.")
            elif then == "asks":
                chat.ask("Another card?")
            elif then == "fails":
                chat.data["missing"]

    assert Production(bot_of(talk)).says("pay") == SORRY
    assert len(effects.done) == 1
    with pytest.raises(BotFailed) as caught:
        Phone(bot_of(talk)).says("pay")
    assert "cannot be kept" in str(caught.value.__cause__)


@pytest.mark.parametrize("result", [range(3), 1j, {"huge": 10**5000}, lambda: 1, "x" * 70_000], ids=type)
def test_a_step_whose_result_cannot_be_kept_is_done_once(result: object) -> None:
    effects = Effects()
    assert Production(bot_of(lambda chat: chat.step(effects.have, result))).says("pay") == SORRY
    assert len(effects.done) == 1


def test_results_that_json_lacks_are_kept() -> None:
    effects = Effects()
    result = (Decimal("9.90"), datetime(2030, 1, 1, tzinfo=UTC), float("inf"), {1: b"x"})

    def talk(chat: Chat) -> None:
        got = chat.step(effects.have, result)
        chat.ask("Receipt?")
        assert got == result
        chat.say("Yes.")

    phone = Production(bot_of(talk))
    phone.says("pay")
    assert phone.says("yes") == ["< Yes."]
    assert len(effects.done) == 1


def test_a_changed_talk_does_again_only_what_is_new() -> None:
    effects = Effects()

    def made(version: int) -> Bot:
        def talk(chat: Chat) -> None:
            for _ in range(version):
                chat.say("Hello.", apart=True)
            for item in ["tea", "milk", "tea", *["sugar"] * version]:
                chat.step(effects.have, item)
            chat.ask("Anything else?")
            chat.step(effects.have, "end")
            chat.say("Done.")

        return bot_of(talk)

    phone = Production(made(0))
    phone.says("x")
    for version in (1, 2):
        phone.redeploys(made(version))
        assert phone.says("no")[0] == AGAIN
    assert phone.says("no") == ["< Done."]
    assert effects.done == ["tea", "milk", "tea", "sugar", "sugar", "end"]
    assert len(set(effects.keys)) == len(effects.keys)


def test_a_step_with_other_arguments_has_another_key_at_the_same_place() -> None:
    effects = Effects()

    def made(amount: int) -> Bot:
        def talk(chat: Chat) -> None:
            chat.step(effects.have, amount)
            for _ in range(amount - 5):
                chat.say("Hello.")
            chat.ask("Receipt?")

        return bot_of(talk)

    phone = Production(made(5))
    phone.says("x")
    phone.redeploys(made(6))
    phone.says("yes")
    assert effects.done == [5, 6]
    assert len(set(effects.keys)) == 2


def test_a_reminder_is_planned_once_although_the_talk_begins_again() -> None:
    def made(*, changed: bool) -> Bot:
        bot = Bot()

        @bot.on()
        def remind(chat: Chat) -> None:
            chat.say(f"Remember {chat.given['what']}.")

        def talk(chat: Chat) -> None:
            for _ in range(changed):
                chat.say("Hello.")
            for what in ("tea", "milk"):
                chat.later(timedelta(hours=2), remind, what=what)
            chat.ask("Anything else?")

        talk.__qualname__ = "talk"
        bot.otherwise(talk)
        return bot

    phone = Production(made(changed=False))
    phone.says("x")
    phone.redeploys(made(changed=True))
    phone.waits(hours=1)
    phone.says("no")
    assert phone.waits(hours=5) == ["< Remember tea.", "< Remember milk."]


@dataclasses.dataclass
class Order:
    id: int


def paying(effects: Effects, *, greets: bool = False) -> Bot:
    def talk(chat: Chat) -> None:
        if greets:
            chat.say("Hello.")
        order: Any = chat.step(effects.have, Order(7))
        chat.say(f"{chat.ask('Receipt?')} for {order.id}")

    return bot_of(talk)


def test_a_step_whose_result_can_be_read_no_more_is_done_again_under_its_key() -> None:
    effects = Effects()
    phone = Production(paying(effects))
    phone.says("pay")
    gone = write(Order(7), "it").replace("test_steps:Order", "gone:Order")
    for greets in (True, False):
        entries = [
            dataclasses.replace(entry, result=gone) if isinstance(entry, StepDone) else entry
            for entry in phone.talk.entries
        ]
        phone.reads_as(dataclasses.replace(phone.talk, entries=tuple(entries)))
        phone.redeploys(paying(effects, greets=greets))
        assert phone.says("yes")[0].startswith(AGAIN)
    assert phone.says("yes") == ["< yes for 7"]
    assert [*map(len, (effects.done, set(effects.keys)))] == [3, 1]


def test_a_step_of_an_unreadable_talk_keeps_its_key() -> None:
    effects = Effects()
    phone = Production(paying(effects))
    phone.says("pay")
    phone.reads_as(UnreadableJournal(stored="{}", handler="talk", message=phone.talk.message))
    assert phone.says("yes") == [AGAIN + "\n\n  Receipt?"]
    assert [*map(len, (effects.done, set(effects.keys)))] == [2, 1]


def test_steps_without_end_in_a_loop_of_questions_are_done_once_each() -> None:
    effects = Effects()

    def talk(chat: Chat) -> None:
        while (card := chat.ask("Which card?")) != "stop":
            try:
                chat.step(effects.fail, declined, name=f"pay {card}")
            except ValueError:
                chat.say("Declined.")

    phone = asking(talk)
    for card in ("pay", "1", "2", "2", "stop"):
        phone.says(card)
    assert effects.done == ["failed"] * 3
