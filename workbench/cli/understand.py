"""`rejoinder understand`: shows how like the words are to the examples of each intent."""

import json
from collections.abc import Iterator
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.loading import load_bot, place_of
from rejoinder.bot.router import MIN_CONFIDENCE
from rejoinder.model.contents import Text
from rejoinder.model.letters import clean
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from rejoinder.workbench.requirements import Required
from rejoinder.workbench.stack import StackError


def main(folder: Path, words: str, *, as_json: bool) -> int:
    """Print the score of every intent of the bot in a folder, and what becomes of the words."""
    if not clean(words):
        raise StackError("say what a contact may write, such as: where is my order")
    bot = _bot(folder)
    if as_json:
        print(json.dumps(FuzzyUnderstanding().scores(words, bot.intents), indent=2))
        return 0
    for line in report(words, bot):
        print(line)
    return 0


def report(words: str, bot: Bot) -> Iterator[str]:
    """Yield the lines about some words. Raises StackError when the bot has no intent."""
    if not bot.intents:
        raise StackError("the bot has no intent: a handler gets one by @bot.on(Intent(…))")
    understanding = FuzzyUnderstanding()
    scores = understanding.scores(words, bot.intents)
    for name, score in sorted(scores.items(), key=lambda row: -row[1]):
        yield f"{score:.2f}  {name}"
    best = understanding.understand(words, bot.intents)
    if bot.takes(_message(words)):
        yield "a handler of these very words takes them: the intents are not asked"
    elif best is None or best.confidence < MIN_CONFIDENCE:
        yield f"no intent takes them: the least score is {MIN_CONFIDENCE:.2f}"
    else:
        slots = "".join(f", {name} = {value}" for name, value in best.slots.items())
        yield f"{best.intent} takes them: the least score is {MIN_CONFIDENCE:.2f}{slots}"


def _bot(folder: Path) -> Bot:
    Required(bot=folder).use()
    try:
        return load_bot(folder)
    except Exception as error:
        raise StackError(place_of(error, folder)) from error


def _message(words: str) -> Inbound:
    account, contact = Account(channel="none", id="none"), Contact(id="none")
    return Inbound(id="none", account=account, contact=contact, at=0, content=Text(body=words))
