"""The bots of the simulation, and the effects that they have outside the talk."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from rejoinder import Bot, Chat, Document, Image, Tap, Template
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.turn import Turn
from rejoinder.errors import MediaGone, NoAnswer, TurnTimeLimit
from rejoinder.model.contents import Reaction
from rejoinder.model.conversation import Conversation
from rejoinder.model.own import Failed, Release
from rejoinder.model.talk import UnreadableJournal
from rejoinder.model.updates import Inbound, WakeUp

LATE = Template(name="still_there", language="en")
MENU = b"\x89PNG\r\n\x1a\n" + b"the menu"
TROUBLE = "trouble"
"""An answer on which the bot fails."""


@dataclass
class Outside:
    """The effects of the bots outside the talk. `run` returns the number of the present run of a bot."""

    run: Callable[[], int]
    effects: dict[str, list[int]] = field(default_factory=dict)
    payments: dict[str, list[int]] = field(default_factory=dict)
    """The runs that paid, by the id of the message that began the talk."""
    release: int = 0
    """The release of the bot that runs now."""
    paid_by: dict[int, int] = field(default_factory=dict)
    """The release of the bot in each run that paid."""
    raised_in: set[int] = field(default_factory=set)
    """The runs in which a bot raised."""
    raised: dict[str, int] = field(default_factory=dict)
    restarted: set[int] = field(default_factory=set)
    """The runs in which a talk began again because its journal could not be read."""
    broken: set[str] = field(default_factory=set)
    """The hashed ids of the updates on which the bot always raises."""

    def effect(self, idempotency_key: str = "") -> str:
        """Have an effect in the world, such as a payment."""
        self.effects.setdefault(idempotency_key, []).append(self.run())
        return "done"

    def pay(self, of: str) -> str:
        """Have an effect that a talk wants once, however often it begins again. Two in three are refused."""
        self.payments.setdefault(of, []).append(self.run())
        self.paid_by[self.run()] = self.release
        if _third(of):
            raise Refused(of)
        return "paid"

    def fails(self, message: Inbound, times: int) -> None:
        """Raise, but only the first `times` times for each message."""
        raised = self.raised.get(message.id, 0)
        if raised < times:
            self.raised[message.id] = raised + 1
            self.raised_in.add(self.run())
            raise RuntimeError(message.id)

    def takes(self, answer: str, message: Inbound) -> None:
        """Raise if the answer is TROUBLE."""
        if answer == TROUBLE:
            self.fails(message, 1000)


def _third(id: str) -> int:  # noqa: A002 - the network's word
    return sum(id.encode()) % 3


class Refused(Exception):
    """The effect was refused."""


class _Stage:
    """Holds the present `Outside`. Building bots is slow, so all runs share the bots but not the effects."""

    outside: Outside


def play_in(outside: Outside) -> None:
    """Record the effects of the bots in `outside` from now on."""
    _Stage.outside = outside


def _effect(idempotency_key: str = "") -> str:
    return _Stage.outside.effect(idempotency_key)


def _pay(of: str) -> str:
    return _Stage.outside.pay(of)


WORDS = (
    "hi",
    "two",
    "ask",
    "order",
    "code",
    "count",
    "later",
    "tomorrow",
    "once",
    "stepped",
    "thrice",
    "boom",
    "slow",
    "human",
    "hurry",
    "pay",
    "menu",
    "park",
    "keep",
)
"""The words that contacts say. The first choice is the dullest."""
LINK = re.compile(r"link ([A-Z2-9]{8})")
LONG_ID = "a button with an id that is longer than the 64 bytes that Telegram gives back with a tap"
WAITING_WORDS = ("park", "keep")
"""The words after which something waits until the contact writes again."""


def build(*, changed: bool) -> Bot:
    """Return a bot. If `changed`, it is the same bot one release later."""
    bot = Bot(cancel=("stop it",), keeps=Document)
    hello = "Hello again" if changed else "Hello"
    _talks(bot, hello, changed=changed)
    _pays(bot, hello, changed=changed)
    _puts_off(bot, changed=changed)
    _parks(bot, hello)
    _fails(bot)
    _hears(bot, hello)
    _links(bot, hello)
    _passes_files(bot, hello)
    return bot


def _talks(bot: Bot, hello: str, *, changed: bool) -> None:
    """Add handlers that say, ask and do things."""

    @bot.on("hi")
    def hi(chat: Chat) -> None:
        chat.say(f"{hello} {chat.contact.name}", outside_window=LATE)

    @bot.on("two")
    def two(chat: Chat) -> None:
        for number in ("one", "two", "three"):
            chat.say(f"{hello} {number}", apart=True, outside_window=LATE if number == "two" else None)

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        if changed:
            chat.say("A question")
        first = chat.ask("First?")
        _Stage.outside.takes(first, chat.message)
        done = chat.step(_effect)
        second = chat.ask("Second?", int, retry="A number!", timeout=timedelta(minutes=10))
        chat.say(f"{hello}: {first} {second} {done}")

    @bot.on("order")
    def order(chat: Chat) -> None:
        chat.say(f"{hello}: {chat.step(_effect)} and {chat.step(_effect, name='again')}")
        _shows_menu(chat, hello)

    @bot.on("code")
    def code(chat: Chat) -> None:
        chat.say("Your code is 123", once=True)


def _pays(bot: Bot, hello: str, *, changed: bool) -> None:
    """Add a handler that catches what its step raises, and asks then."""

    @bot.on("pay")
    def pay(chat: Chat) -> None:
        if changed:
            chat.say("Thank you for coming")
        try:
            paid = chat.step(_pay, chat.message.id)
        except Refused as refused:
            paid = f"not {refused}"
            chat.say("Refused")
            if _third(chat.message.id) == 1:
                _Stage.outside.fails(chat.message, 1)
        chat.say(f"{hello}: {paid}, {chat.ask('Again?')}")


def _puts_off(bot: Bot, *, changed: bool) -> None:
    """Add handlers that remind the contact."""

    @bot.on("later")
    def later(chat: Chat) -> None:
        chat.later(timedelta(minutes=3), remind, word="soon")
        chat.later(timedelta(minutes=3), remind, word="as soon")
        chat.say("In a while")

    @bot.on("tomorrow")
    def tomorrow(chat: Chat) -> None:
        chat.later(timedelta(hours=25), remind, word="now")
        chat.say("Tomorrow")

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say(f"It is time: {chat.given['word']}", outside_window=LATE if changed else None)


def _parks(bot: Bot, hello: str) -> None:
    """Add handlers that say what may wait until the contact writes again."""

    @bot.on("park")
    def park(chat: Chat) -> None:
        chat.later(timedelta(hours=26), news, word="parked")
        chat.say(f"{hello}, you will hear of it", outside_window=timedelta(hours=40))

    @bot.on("keep")
    def keep(chat: Chat) -> None:
        chat.later(timedelta(hours=25), news, word="kept")
        chat.later(timedelta(hours=27), news, word="kept too")
        chat.say("A secret", outside_window=timedelta(hours=40), once=True)

    @bot.on()
    def news(chat: Chat) -> None:
        for number in (1, 2):
            words = f"News {number}: {chat.given['word']}"
            chat.say(words, apart=True, outside_window=timedelta(hours=20 if number == 1 else 30))
        chat.say("That is all", outside_window=LATE)


def _fails(bot: Bot) -> None:
    """Add handlers that raise, or that need too long."""

    @bot.on("once")
    def once(chat: Chat) -> None:
        chat.say("This is lost")
        _Stage.outside.fails(chat.message, 1)
        chat.say("At last")

    @bot.on("stepped")
    def stepped(chat: Chat) -> None:
        chat.step(_effect)
        _Stage.outside.fails(chat.message, 2)
        chat.say("At long last")

    @bot.on("thrice")
    def thrice(chat: Chat) -> None:
        chat.step(_effect)
        _Stage.outside.fails(chat.message, 3)
        chat.say("After a redrive")

    @bot.on("boom")
    def boom(chat: Chat) -> None:
        chat.step(_effect)
        _Stage.outside.fails(chat.message, 1000)

    @bot.on("slow")
    def slow(chat: Chat) -> None:
        _Stage.outside.raised[chat.message.id] = _Stage.outside.raised.get(chat.message.id, 0) + 1
        raise TurnTimeLimit


def _hears(bot: Bot, hello: str) -> None:
    """Add handlers that hand over, or that are told of events."""

    @bot.on("human", interrupts=True)
    def human(chat: Chat) -> None:
        chat.say("Wait a moment")
        chat.hand_over()

    @bot.on("hurry", interrupts=True)
    def hurry(chat: Chat) -> None:
        chat.say("I hurry")
        _shows_menu(chat, hello)

    @bot.on(Failed)
    def failed(chat: Chat) -> None:
        chat.say("Something could not be delivered", outside_window=LATE)

    @bot.on(Release)
    def release(chat: Chat) -> None:
        chat.say(f"I am back, you said {len(chat.missed)} things")

    @bot.on(NoAnswer)
    def no_answer(chat: Chat) -> None:
        chat.say("Never mind", outside_window=LATE)

    @bot.on(Reaction)
    def reaction(chat: Chat) -> None:
        chat.data["reactions"] = chat.data.get("reactions", 0) + 1

    @bot.otherwise
    def count(chat: Chat) -> None:
        chat.data["count"] = chat.data.get("count", 0) + 1
        chat.say(f"{hello}, that was the {chat.data['count']}th")


def _links(bot: Bot, hello: str) -> None:
    """Add handlers that show buttons, and that link conversations."""

    @bot.on("buttons")
    def buttons(chat: Chat) -> None:
        chat.say("Which one?", buttons=[(LONG_ID, "This one")])

    @bot.on(Tap(id=LONG_ID))
    def tapped(chat: Chat[Tap]) -> None:
        chat.say(f"{hello}, you tapped")

    @bot.on("choose")
    def choose(chat: Chat) -> None:
        chat.say(f"{hello}: {chat.ask('This or that?', ['This', 'That'])}")

    @bot.on("link code", interrupts=True)
    def link_code(chat: Chat) -> None:
        chat.say(f"link {chat.link_code()}", apart=True)

    @bot.on(LINK, interrupts=True)
    def link(chat: Chat) -> None:
        chat.say(f"{hello}, linked: {chat.link(chat.message.text.removeprefix('link '))}")


def _shows_menu(chat: Chat, caption: str) -> None:
    if chat.message.account.channel == "whatsapp":  # the toy takes no files
        chat.say(Image(MENU, caption=caption))


def _passes_files(bot: Bot, hello: str) -> None:
    """Add handlers that save files and say files."""

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say("Here it is")
        _shows_menu(chat, hello)
        chat.say("That was it", track=True)

    @bot.on(Image)
    def photo(chat: Chat[Image]) -> None:
        sent: object = chat.message.content
        if not isinstance(sent, Image):  # a talk that nobody can read begins again with the next message
            return
        try:
            file = chat.save(sent)
        except MediaGone:
            chat.say("Send it again")
            return
        chat.say(f"{hello}: {file.size} {chat.ask('What is it?')}")
        chat.say(Document(file))


class Playing:
    """The deployed bot."""

    _bots = (build(changed=False), build(changed=True))

    gather_seconds = 0.0

    def __init__(self) -> None:
        self.release = 0

    def before(self) -> "Playing":
        """Return the bot of the release before, which runs beside this one during a rollout."""
        other = Playing()
        other.release = 1 - self.release
        return other

    def turn(self, message: Inbound, conversation: Conversation, **given: Any) -> Turn:
        """Run one turn of the deployed bot."""
        _Stage.outside.release = self.release
        if message.hashed_id in _Stage.outside.broken:
            _Stage.outside.fails(message, 1000)
        if isinstance(conversation.journal, UnreadableJournal):
            _Stage.outside.restarted.add(_Stage.outside.run())
        return self._bots[self.release].turn(message, conversation, **given)

    def phrases(self, conversation: Conversation) -> Phrases:
        """Return the phrases that the deployed bot says by itself."""
        return self._bots[self.release].phrases(conversation)

    def keeping(self, message: Inbound, conversation_key: str, now: float) -> list[WakeUp]:
        """Return the updates that save files of a message."""
        return self._bots[self.release].keeping(message, conversation_key, now)
