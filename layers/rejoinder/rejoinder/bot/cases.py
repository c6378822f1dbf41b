"""Cases: each update of a conversation has one, and `Bot` does what the case needs."""

import math
from collections.abc import Sequence
from enum import Enum, auto

from rejoinder.bot.buttons import choice_of, is_choice_of, question_id
from rejoinder.bot.commands import readings
from rejoinder.bot.courtesy import says
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.router import Rules
from rejoinder.bot.wishes import is_new, wish_of
from rejoinder.bot.words import MAX_SAID, fold
from rejoinder.model.answers import Payment
from rejoinder.model.contents import Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.own import (
    ConsentTold,
    Delivered,
    Echo,
    Failed,
    LinkTold,
    Preference,
    Read,
    Release,
    Reminder,
    TemplateChanged,
    TimeUp,
)
from rejoinder.model.spoken import Edited
from rejoinder.model.talk import Asked, Journal, UnreadableJournal
from rejoinder.model.updates import Inbound


class Case(Enum):
    """The case of an update: it says what `Bot` does with the update."""

    CONSENT = auto()
    """The contact says whether they want offers. The handler runs beside any talk."""

    WISH = auto()
    """The contact says STOP or START. A handler for that word, or the answer, comes beside any talk."""

    RELEASE = auto()
    """A handoff is over. The handler runs beside any talk."""

    ECHO = auto()
    """A person of the business did something by hand. The handler runs beside any talk, and says nothing."""

    DUE_IN_HANDOFF = auto()
    """A wake-up, a payment, or what became of a message, comes during a handoff. It comes again later."""

    MISSED = auto()
    """The contact says something during a handoff. It is kept for the release."""

    NOTHING = auto()
    """Nothing is to be done."""

    NEW = auto()
    """No talk is in progress. A handler may begin one."""

    ANSWER = auto()
    """It answers the question that waits."""

    INTERRUPTION = auto()
    """It is for a handler that interrupts. The talk ends."""

    CANCEL = auto()
    """It is one of the words that end a talk."""

    STALE = auto()
    """It is a tap on a button of an earlier message. It answers nothing, and the contact is told so."""

    BESIDE = auto()
    """It is not something that the contact says to the question. Its handler runs beside the talk."""


_ALWAYS = {
    Preference: Case.CONSENT,
    ConsentTold: Case.NOTHING,
    LinkTold: Case.NOTHING,
    Release: Case.RELEASE,
    Echo: Case.ECHO,
    TemplateChanged: Case.BESIDE,
}
"""The cases of what is handled in the same way in every conversation."""


def case_of(message: Inbound, conversation: Conversation, rules: Rules, phrases: Phrases) -> Case:
    """Return the case of `message` in `conversation`. `phrases` have the words that end a talk."""
    always = _ALWAYS.get(type(message.content))
    if always:
        return always
    if conversation.handoff:
        return _in_handoff(message)
    if is_new(conversation, message) or wish_of(message, conversation, phrases):
        return _wish(message, conversation, rules)
    return _of_the_bot(message, conversation, rules, phrases.cancel)


def _wish(message: Inbound, conversation: Conversation, rules: Rules) -> Case:
    """Return the case of STOP or START."""
    if conversation.journal is None or not rules.is_named_in(message):
        return Case.WISH
    handler = rules.ruled(message, interrupting=True) or rules.commanded(message)
    return Case.INTERRUPTION if handler else Case.WISH


def _of_the_bot(message: Inbound, conversation: Conversation, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return the case of what a handler or a question may be for."""
    content, journal = message.content, conversation.journal
    if isinstance(content, TimeUp):
        waits = journal is not None and journal.question == content.question
        return Case.ANSWER if waits else Case.NOTHING
    if journal is None:
        return Case.NEW if choice_of(message) is None else Case.STALE
    if isinstance(journal, UnreadableJournal):
        return _in_unreadable_talk(message, rules, cancel)
    return _in_talk(message, journal, rules, cancel)


_DUE = (Reminder, TimeUp, Failed, Delivered, Read, Payment)
"""What waits for the end of a handoff."""


def _in_handoff(message: Inbound) -> Case:
    """Return the case of `message` during a handoff."""
    if isinstance(message.content, _DUE):
        return Case.DUE_IN_HANDOFF
    return Case.MISSED if message.is_spoken else Case.NOTHING


def _in_unreadable_talk(message: Inbound, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return the case of `message` during a talk of which we do not know what it asked."""
    if _interrupts(message, rules, cancel):
        return Case.INTERRUPTION
    if not message.is_spoken:
        return Case.BESIDE
    return Case.CANCEL if _is_cancel(message.text, cancel) else Case.ANSWER


def _in_talk(message: Inbound, journal: Journal, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return the case of `message` during a talk whose question waits."""
    asked = journal.asked
    is_early = message.at < math.floor(asked.at)  # networks tell whole seconds
    if _is_surely_an_answer(message, journal, is_early=is_early):
        return Case.ANSWER
    if choice_of(message) is None and _interrupts(message, rules, cancel):
        return Case.INTERRUPTION
    if not message.is_spoken:
        return Case.BESIDE
    if choice_of(message) is None and _is_cancel(message.text, cancel):
        return Case.CANCEL
    if is_early:
        return Case.NOTHING
    return Case.STALE if _is_stale(message, asked) else Case.ANSWER


def _is_surely_an_answer(message: Inbound, journal: Journal, *, is_early: bool) -> bool:
    """Whether `message` answers, whatever handler or word it is like: it is a choice that was shown, or it
    mends the last answer that did not fit.
    """
    asked = journal.asked
    match message.content:
        case Tap():
            return is_choice_of(question_id(journal.question), message)
        case Text(body=words):
            return not is_early and _is_one_of(words, asked.shown)
        case Edited(message_id=id, content=content):
            return content is not None and id == asked.wrong_id
        case _:
            return False


def _is_stale(message: Inbound, asked: Asked) -> bool:
    """Whether `message` is a tap on a button that is not of the template that asked."""
    if not isinstance(message.content, Tap):
        return False
    if choice_of(message) is not None:
        return True
    if message.quoted:
        return message.quoted.outbound_id not in asked.messages
    return not asked.has_template


def _interrupts(message: Inbound, rules: Rules, cancel: Sequence[str]) -> bool:
    """Whether `message` is for a handler that ends the talk: one that interrupts, or that of a command, which
    nobody answers with. `/cancel` is for such a handler only where `cancel` would be.
    """
    if rules.ruled(message, interrupting=True):
        return True
    return rules.commanded(message) is not None and not _is_cancel(message.text, cancel)


def _is_cancel(text: str, cancel: Sequence[str]) -> bool:
    """Whether `text` is one of the words that end a talk, alone or with words of courtesy around them, or as
    a command.
    """
    return any(says(words, one) for words in readings(text) if words for one in cancel)


def _is_one_of(words: str, others: Sequence[str]) -> bool:
    said = fold(words) if len(words) <= MAX_SAID else ""
    return bool(said) and said in map(fold, others)
