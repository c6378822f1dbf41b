"""What an update is to a conversation: first it is classified, then `Bot` does what the case asks for."""

from collections.abc import Sequence
from enum import Enum, auto

from rejoinder.bot.buttons import is_choice_of, question_id
from rejoinder.bot.router import Rules
from rejoinder.bot.words import fold
from rejoinder.model.conversation import Conversation
from rejoinder.model.updates import Echo, Failed, Inbound, Preference, Release, Reminder, TimeUp


class Case(Enum):
    """What an update is to a conversation, by what is to be done about it."""

    CONSENT = auto()
    """The contact's wish about offers: its handler runs beside whatever else goes on."""

    RELEASE = auto()
    """A handoff is over: its handler runs beside whatever else goes on."""

    DUE_IN_HANDOFF = auto()
    """Something of our own comes due while a person talks to the contact: it comes again later."""

    MISSED = auto()
    """Something is said while a person talks to the contact: it is kept for the release."""

    NOTHING = auto()
    """Nobody waits for it."""

    NEW = auto()
    """No talk is in progress: a handler takes it, or nobody does."""

    ANSWER = auto()
    """It answers the question that waits."""

    INTERRUPTION = auto()
    """A handler that interrupts takes it, and ends the talk."""

    CANCEL = auto()
    """It is one of the words that end a talk."""

    BESIDE = auto()
    """It is nothing that the contact says to the question: its handler runs beside the talk."""


def case_of(message: Inbound, conversation: Conversation, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return what `message` is to `conversation`. `cancel` are the words that end a talk."""
    content, journal = message.content, conversation.journal
    if isinstance(content, Preference):
        return Case.CONSENT
    if isinstance(content, Release):
        return Case.RELEASE
    if conversation.handoff or isinstance(content, Echo):
        return _in_handoff(message)
    if isinstance(content, TimeUp):
        waits = journal is not None and journal.question == content.question
        return Case.ANSWER if waits else Case.NOTHING
    if journal is None:
        return Case.NEW
    return _in_talk(message, question_id(journal.question), rules, cancel)


def _in_handoff(message: Inbound) -> Case:
    """Return what `message` is while a person talks to the contact."""
    if isinstance(message.content, Reminder | TimeUp | Failed):
        return Case.DUE_IN_HANDOFF
    return Case.MISSED if message.is_spoken else Case.NOTHING


def _in_talk(message: Inbound, question: str, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return what `message` is to a talk whose question, with that short id, waits; empty: it is not known."""
    if question and is_choice_of(question, message):
        return Case.ANSWER
    if rules.ruled(message, interrupting=True):
        return Case.INTERRUPTION
    if not message.is_spoken:
        return Case.BESIDE
    return Case.CANCEL if fold(message.text) in map(fold, cancel) else Case.ANSWER
