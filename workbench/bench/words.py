"""What it costs to find out what a contact's words are for, also when there are many."""

import itertools
import statistics
import time
from collections.abc import Callable, Sequence

from rejoinder import Bot, Chat, Intent, Text
from rejoinder.bot.chat import Handler
from rejoinder.bot.choices import chosen
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.phrases import ENGLISH
from rejoinder.channels import channel_named
from rejoinder.model.conversation import Conversation
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound

HANDLERS, INTENTS, LONG = 200, 20, 600
"""The handlers of a large bot, its intents, and the words of a long text."""

_VERBS = ("cancel", "change", "track", "return", "refund", "book", "confirm", "repeat", "pay", "print")
_THINGS = (
    "order",
    "parcel",
    "table",
    "invoice",
    "ticket",
    "address",
    "contract",
    "delivery",
    "voucher",
    "room",
)

_TEXTS = itertools.count(1000)


def bot_of(handlers: int, intents: Sequence[Intent] = ()) -> Bot:
    """Return a bot with a handler for each of so many texts, and one for each intent."""
    bot = Bot()
    texts = [f"{_VERBS[number % 10]} {_THINGS[number // 10 % 10]} {number}" for number in range(handlers)]
    for text in texts:
        bot.on(text)(_handler(text))
    for intent in intents:
        bot.on(intent)(_handler(intent.name))
    return bot


def _handler(name: str) -> Handler:
    def handle(chat: Chat) -> None:
        chat.say("Yes.")

    handle.__qualname__ = name
    return handle


def intents_of(number: int) -> list[Intent]:
    """Return so many intents of ten examples each."""
    return [
        Intent(
            name=f"intent{one}",
            examples=[
                f"{_VERBS[one % 10]} my {thing} {_THINGS[one // 2 % 10]} number{one}" for thing in _THINGS
            ],
            slots={"order": "[0-9]{4,}"},
        )
        for one in range(number)
    ]


def long_text(words: int) -> str:
    """Return a text of so many words: most are like a word of an intent, and none is there twice."""
    return " ".join(f"{(_VERBS + _THINGS)[number % 20]}{chr(97 + number // 20)}" for number in range(words))


def asks(bot: Bot, words: str) -> Callable[[], object]:
    """Return what asks `bot` for the handler of some words, in a turn. No two texts are the same."""
    account = Account(channel="whatsapp", id="1")
    contact = Contact(id="15550001111", name="Ada", phone="15550001111")
    conversation = Conversation.begin(account, contact)
    limits, understanding = channel_named("whatsapp").limits, FuzzyUnderstanding()

    def work() -> object:
        text = Text(body=f"{words} {next(_TEXTS)}")
        message = Inbound(id="wamid.1", account=account, contact=contact, at=0.0, content=text)
        return bot.turn(
            message, conversation, first=False, now=0.0, limits=limits, understanding=understanding
        )

    return work


def works() -> dict[str, Callable[[], object]]:
    """Return what is measured, by its name. No text is for a handler."""
    short, long = "where could I leave my bicycle", long_text(LONG)
    few, many = bot_of(1), bot_of(HANDLERS)
    able = bot_of(1, intents_of(INTENTS))
    titles = [f"{thing} {number}" for number, thing in enumerate(_THINGS)]
    return {
        "1 handler": asks(few, short),
        f"{HANDLERS} handlers": asks(many, short),
        f"{INTENTS} intents": asks(able, short),
        f"{LONG} words, 1 handler": asks(few, long),
        f"{LONG} words, {HANDLERS} handlers": asks(many, long),
        f"{LONG} words, {INTENTS} intents": asks(able, long),
        f"{LONG} words, 10 choices": lambda: chosen(long, titles, numbered=True, phrases=ENGLISH),
    }


def measure(rounds: int) -> list[tuple[str, float]]:
    """Return names and median processor times, in seconds. All run by turns: a disturbance affects all."""
    measured = works()
    times: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, work in measured.items():
            work()  # the one before left its own data in the caches of the processor
            started = time.process_time()
            work()
            times[name].append(time.process_time() - started)
    return [(name, statistics.median(took)) for name, took in times.items()]


if __name__ == "__main__":
    for name, took in measure(50):
        print(f"{name:30} {took * 1000:.3f} ms")
