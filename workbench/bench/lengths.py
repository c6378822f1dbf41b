"""What a turn costs, by the length of its talk.

It times our part of a turn: reading the journal from its JSON, running the handler again from its top, and
writing the journal. The network and DynamoDB are not included. Every time is also given as a ratio to a turn
with an empty journal in the same run, because only ratios can be compared between machines.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from rejoinder import Bot, Chat, Text
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.turn import Turn
from rejoinder.channels import channel_named
from rejoinder.model.conversation import Conversation
from rejoinder.model.people import Account, Contact
from rejoinder.model.talk import Journal
from rejoinder.model.updates import Inbound

LENGTHS = (0, 1, 10, 50, 100, 1000)
"""How many entries the journal has when the answer comes: half of them are steps, half are questions."""

LIMITS, UNDERSTANDING = channel_named("whatsapp").limits, FuzzyUnderstanding()


def message(number: int) -> Inbound:
    """Return the contact's message with that number."""
    return Inbound(
        id=f"wamid.{number}",
        account=Account(channel="whatsapp", id="1"),
        contact=Contact(id="15550001111", name="Ada", phone="15550001111"),
        at=0.0,
        content=Text(body=f"answer {number}"),
    )


def look_up() -> str:
    """Return a result at once: a step that needs no time itself."""
    return "a result of some thirty letters"


def bot_of(entries: int) -> Bot:
    """Return a bot whose talk has `entries` journal entries when it waits for its last answer."""
    bot = Bot()

    @bot.on("hello")
    def greet(chat: Chat) -> None:
        chat.say("Hello!")

    @bot.otherwise
    def talk(chat: Chat) -> None:
        for number in range(entries - 1):
            if number % 2:
                chat.ask(f"Question {number}?")
            else:
                chat.step(look_up)
        if entries:
            chat.ask("The last question?")
        chat.say("That was all.")

    return bot


def turn(bot: Bot, inbound: Inbound, conversation: Conversation) -> Turn:
    """Run one turn of `bot`."""
    return bot.turn(
        inbound, conversation, first=False, now=0.0, limits=LIMITS, understanding=UNDERSTANDING, steps={}
    )


def waiting(bot: Bot, entries: int) -> Conversation:
    """Return the conversation in the state in which the talk waits for its last answer."""
    conversation = Conversation.begin(message(0).account, message(0).contact)
    number = 0
    while not isinstance(talk := conversation.journal, Journal) or len(talk.entries) < entries:
        conversation = turn(bot, message(number), conversation).conversation
        number += 1
    return conversation


def last_answer(entries: int) -> tuple[Callable[[], None], int]:
    """Return the turn that gets the last answer, and the size of the journal that it reads, in bytes."""
    bot = bot_of(entries)
    start = Conversation.begin(message(0).account, message(0).contact)
    conversation = waiting(bot, entries) if entries else start
    stored = dump_talk(conversation.journal) if conversation.journal else ""

    def work() -> None:
        journal = read_talk(stored) if stored else None
        turn(bot, message(1000), replace(conversation, journal=journal))
        if journal:
            dump_talk(journal)  # about as large as the journal after one more question

    return work, len(stored)


def medians(works: Sequence[Callable[[], None]], rounds: int) -> list[float]:
    """Return the median time of each, in seconds. They run by turns, so that a disturbance affects all."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, took in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            took.append(time.perf_counter() - started)
    return [statistics.median(took) for took in times]


def measure(rounds: int) -> list[tuple[int, int, float]]:
    """Return the entries, the bytes and the time of a turn, in seconds, for each length of a talk."""
    works, sizes = zip(*map(last_answer, LENGTHS), strict=True)
    return [*zip(LENGTHS, sizes, medians(works, rounds), strict=True)]
