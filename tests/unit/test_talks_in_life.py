"""Talks with real contacts: what comes early, twice, late, edited, too long, or from another deployment."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum
from typing import Any

import pytest

from rejoinder import Bot, Chat, Deleted, Document, Edited, Image, Reaction, Release, Tap, Text
from rejoinder.model.own import Preference
from rejoinder.model.said import Template
from rejoinder.model.updates import Inbound, InboundContent
from rejoinder.testing import BotFailed, Phone
from tests.unit.production import AGAIN, STALE, Production
from tests.unit.test_ask import asking
from tests.unit.test_steps import bot_of

HOUR = timedelta(hours=1)
PHONES = pytest.mark.parametrize("phone_of", [Phone, Production])
PhoneOf = Callable[[Bot], Phone]


class Size(Enum):
    SMALL = "Small"
    LARGE = "Large"


def meanwhile(change: Callable[[dict[str, Any]], object], wanted: object = str) -> Bot:
    """Return a bot whose talk counts points. A reminder changes its data an hour after each question."""
    bot = Bot()

    @bot.on()
    def remind(chat: Chat) -> None:
        change(chat.data)

    @bot.on("play")
    def play(chat: Chat) -> None:
        chat.data["points"] = 1
        for _ in range(3):
            chat.later(HOUR, remind)
            chat.ask("Once more?", wanted)  # type: ignore[call-overload]
            chat.data["points"] += 1
            chat.say(f"{chat.data['points']}")

    return bot


def points(number: int) -> list[str]:
    return [f"< {number}\n\n  Once more?"]


def give(data: dict[str, Any]) -> None:
    data["points"] += 10


@PHONES
def test_what_a_reminder_wrote_stays_when_an_answer_does_not_fit(phone_of: PhoneOf) -> None:
    phone = phone_of(meanwhile(give, int))
    phone.says("play")
    phone.waits(hours=2)
    assert phone.says("what?") == ["< A whole number, please, such as 4."]
    assert phone.says("1") == points(12)
    phone.says("what?")
    phone.waits(hours=2)
    phone.says("what?")
    assert phone.says("1") == points(23)


@PHONES
def test_a_one_that_becomes_a_yes_is_a_change(phone_of: PhoneOf) -> None:
    bot = Bot()

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.data["on"] = True

    @bot.on("play")
    def play(chat: Chat) -> None:
        chat.data["on"] = 1
        chat.later(HOUR, remind)
        chat.ask("Go on?")
        chat.say(repr(chat.data["on"]))

    phone = phone_of(bot)
    phone.says("play")
    phone.waits(hours=2)
    assert phone.says("yes") == ["< True"]


def test_data_that_others_write_leave_the_contact_room_to_answer() -> None:
    phone = Production(meanwhile(lambda data: data.update(big=str(data["points"]) * 60_000)))
    phone.says("play")
    for number in (2, 3):
        phone.waits(hours=2)
        assert phone.says("yes " + "ض" * 5_000) == points(number)
    phone.waits(hours=2)
    assert phone.says("yes") == ["< 4"]


@PHONES
def test_what_was_missed_in_a_handoff_is_there_when_its_handler_runs_again(phone_of: PhoneOf) -> None:
    bot = Bot()

    @bot.on("person")
    def person(chat: Chat) -> None:
        chat.hand_over()

    @bot.on(Release)
    def back(chat: Chat) -> None:
        for message in chat.missed:
            chat.say(f"You said {message.text}.", apart=True)
        chat.say(f"{chat.ask('Still there?', ['Yes', 'No'])} {len(chat.missed)}")

    phone = phone_of(bot)
    for words in ("person", "a", "b"):
        phone.says(words)
    assert phone.is_released() == ["< You said a.", "< You said b.", "< Still there? [Yes] [No]"]
    assert phone.taps("Yes") == ["< Yes 2"]


@PHONES
def test_a_wish_that_comes_while_a_question_waits_changes_what_follows_only(phone_of: PhoneOf) -> None:
    def talk(chat: Chat) -> None:
        for _ in range(3):
            if not chat.opted_out:
                chat.say("An offer!", apart=True)
            chat.ask("Name?")

    phone = phone_of(bot_of(talk))
    assert phone.says("x") == ["< An offer!\n\n  Name?"]
    phone.sends(Preference(value="stop"))
    assert phone.says("Bob") == ["< Name?"]
    phone.sends(Preference(value="resume"))
    assert phone.says("Bob") == ["< An offer!\n\n  Name?"]
    assert phone.says("Bob") == []
    phone.sends(Preference(value="stop"))
    assert [phone.says(words) for words in ("x", "Bob", "Bob", "Bob")] == [["< Name?"]] * 3 + [[]]


@pytest.mark.parametrize("what", ["say", "ask", "step", "go", "later", "hand_over", "data", "language"])
def test_a_converter_only_reads(what: str) -> None:
    def talk(chat: Chat) -> None:
        does: dict[str, Callable[[], object]] = {
            "say": lambda: chat.say("Hm."),
            "ask": lambda: chat.ask("Really?"),
            "step": lambda: chat.step(len, "abc"),
            "go": lambda: chat.go(talk),
            "later": lambda: chat.later(HOUR, talk),
            "hand_over": chat.hand_over,
            "data": lambda: chat.data.update(seen=1),
            "language": lambda: setattr(chat, "language", "de"),
        }

        def convert(words: str) -> str:
            does[what]()
            return words

        chat.ask("When?", convert)

    phone = asking(talk)
    phone.says("x")
    with pytest.raises(BotFailed) as caught:
        phone.says("tomorrow")
    assert "a converter only returns what the answer means" in str(caught.value.__cause__)


def test_an_answer_stays_what_it_became() -> None:
    days = iter([date(2030, 1, 1), date(2031, 1, 1)])

    def talk(chat: Chat) -> None:
        def day(words: str) -> date:
            if words == "never" or chat.now.year < 2000:
                raise ValueError
            return next(days)

        when, size = chat.ask("When?", day), chat.ask("Size?", Size)
        count = chat.ask("What?", {"Length": len, "Sum": sum})
        file = chat.ask("File?", Image | Document)
        chat.ask("Sure?")
        chat.say(f"{when} {size.name} {count.__name__} {type(file).__name__}")

    phone = Production(bot_of(talk))
    for words in ("x", "never", "tomorrow", "large", "sum", "no file"):
        phone.says(words)
    phone.sends(Document(media_id="1", filename="a.pdf", mime_type="application/pdf"))
    assert phone.says("yes") == ["< 2030-01-01 LARGE sum Document"]


def choosing(*titles: str) -> Bot:
    return bot_of(lambda chat: chat.say("= " + chat.ask("Which?", list(titles))))


@pytest.mark.parametrize(
    ("before", "after", "tapped", "meant"),
    [
        (("Papa", "Papá"), ("Papa", "Papá"), "Papá", "Papá"),
        (("ビザ", "ピザ"), ("ビザ", "ピザ"), "ピザ", "ピザ"),
        (("Today", "Tomorow"), ("Today", "Tomorrow"), "Tomorow", "Tomorrow"),
        (("Todey", "Tomorow"), ("Today", "Tomorrow"), "Todey", "Today"),
        (("A", "B", "C"), ("C", "B", "A"), "A", "A"),
        (("A", "B"), ("New", "A", "B"), "B", "B"),
        (tuple("ABCDE"), tuple("EDCBa"), "B", "B"),
    ],
)
def test_a_tap_means_what_was_tapped_also_after_a_deployment(
    before: tuple[str, ...], after: tuple[str, ...], tapped: str, meant: str
) -> None:
    phone = Production(choosing(*before))
    phone.says("x")
    phone.redeploys(choosing(*after))
    assert phone.taps(tapped) == [f"< = {meant}"]


def test_a_tap_on_a_choice_that_is_gone_asks_again() -> None:
    phone = Production(choosing("A", "B", "C"))
    phone.says("x")
    phone.redeploys(choosing("C", "A"))
    assert phone.taps("B") == ["< Sorry, I did not get that. Please try again. [C] [A]"]


def test_an_older_round_of_a_question_means_what_it_showed() -> None:
    phone = Production(choosing("A", "B"))
    phone.says("x")
    [a, _] = phone.newest_buttons()
    phone.redeploys(choosing("B", "A"))
    phone.says("what?")
    assert phone.sends(Tap(id=a.id, title=a.title), reply_to="memory-1") == ["< = A"]
    phone = Production(choosing("A", "B"))
    phone.says("x")
    [_, b] = phone.newest_buttons()
    assert phone.sends(Tap(id=b.id, title="as nobody wrote it"), reply_to="memory-1") == ["< = B"]


def at_once(phone: Phone, *contents: InboundContent, seconds: float = 5) -> list[Inbound]:
    """Let the contact say several things before the bot answers the first one."""
    sent = [phone._inbound(content) for content in contents]
    phone.now += seconds
    for message in sent:
        phone._turn(message)
    return sent


def talk_of_age(chat: Chat) -> None:
    photo = chat.ask("A photo, please.", Image)
    name = chat.ask("Name?", ["Bob", "Ann"])
    chat.say(f"{photo.media_id} {name} {chat.ask('Age?', int)}")


def test_what_was_not_said_to_a_question_costs_no_try() -> None:
    phone = Production(bot_of(talk_of_age))
    phone.says("x")
    at_once(phone, *(Image(media_id=str(number)) for number in range(4)))
    assert phone.talk.asked.wrong == 0
    [bob, _] = phone.newest_buttons()
    again = Tap(id=bob.id, title=bob.title)
    at_once(phone, again, again, again, Text(body="Bob"), seconds=0)
    assert phone.talk.asked.wrong == 1  # words cannot be told from an answer within one second
    for content in (
        Reaction(message_id="memory-1", emoji="👍"),
        Edited(message_id="wamid.old", content=Text(body="44")),
        Edited(message_id=""),
        Deleted(message_id="wamid.old"),
        again,
    ):
        phone.sends(content)
    assert phone.talk.asked.wrong == 1
    assert phone.says("44") == ["< 0 Bob 44"]


def test_an_edit_of_the_last_wrong_answer_is_a_new_answer_each_time() -> None:
    phone = Production(bot_of(lambda chat: chat.say(f"{chat.ask('Age?', int)}")))
    phone.says("x")
    phone.says("fuor")
    wrong = phone.talk.asked.wrong_id
    assert phone.sends(Edited(message_id="wamid.other", content=Text(body="5"))) == []
    assert phone.sends(Edited(message_id=wrong, content=Text(body="foru"))) != []
    assert phone.sends(Edited(message_id=wrong, content=Text(body="4"))) == ["< 4"]


def test_an_edit_of_the_newest_of_several_messages_is_a_new_answer() -> None:
    bot = Bot(gather=timedelta(seconds=2))

    @bot.otherwise
    def talk(chat: Chat) -> None:
        chat.say(f"{chat.ask('Age?', int)}")

    phone = Production(bot)
    phone.says("x")
    [_, newest] = at_once(phone, Text(body="perhaps"), Text(body="fuor"))
    phone.waits(minutes=1)
    assert phone.sends(Edited(message_id=newest.id, content=Text(body="4"))) == ["< 4"]


def test_stale_taps_answer_nothing() -> None:
    bot = Bot()

    @bot.on()
    def remind(chat: Chat) -> None:
        template = Template(name="coming", language="en")
        chat.say("= " + chat.ask("Coming?", ["Yes", "No"], outside_window=template))

    @bot.on("tea")
    def tea(chat: Chat) -> None:
        chat.say("Tea?", buttons=["Yes", "No"])

    @bot.on("yes", "no")
    def noted(chat: Chat) -> None:
        chat.say("Noted.")

    @bot.on("delete")
    def delete(chat: Chat) -> None:
        chat.say("= " + chat.ask("Delete it?", ["Yes", "No"]))
        chat.later(3 * 24 * HOUR, remind)

    phone = Production(bot)
    phone.says("tea")
    plain = phone.newest_buttons()[0]
    phone.says("delete")
    choice = phone.newest_buttons()[0]
    assert phone.sends(Tap(id=plain.id, title="Yes"), reply_to="memory-1") == STALE
    assert phone.sends(Tap(id=plain.id, title="Yes")) == STALE
    assert phone.sends(Tap(id=choice.id, title="Yes"), reply_to="memory-2") == ["< = Yes"]
    assert phone.sends(Tap(id=choice.id, title="Yes"), reply_to="memory-2") == STALE
    phone.says("delete")
    assert phone.sends(Tap(id=choice.id, title="Yes"), reply_to="memory-2") == STALE
    phone.taps("No")
    phone.waits(days=4)
    assert phone.sends(Tap(id=plain.id, title="Yes"), reply_to="memory-1") == STALE
    assert phone.sends(Tap(id="payload", title="Yes"), reply_to=f"memory-{len(phone._network.sent) - 1}") == [
        "< = Yes"
    ]


def test_a_talk_that_was_changed_twice_begins_again_twice() -> None:
    def made(version: int) -> Bot:
        def talk(chat: Chat) -> None:
            for _ in range(version):
                chat.say("Hello.", apart=True)
            chat.say("= " + chat.ask("Name?", timeout=HOUR))

        return bot_of(talk)

    phone = Production(made(0))
    phone.says("x")
    for version in (1, 2):
        phone.redeploys(made(version))
        assert phone.says("Bob")[0] == AGAIN
    assert phone.says("Bob") == ["< = Bob"]
    assert phone.waits(hours=3) == []
