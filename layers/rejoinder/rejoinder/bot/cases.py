"""Cases: each update of a conversation has one, and `Bot` does what the case needs."""

from collections.abc import Sequence
from enum import Enum, auto

from rejoinder.bot.buttons import is_choice_of, question_id
from rejoinder.bot.router import Rules
from rejoinder.bot.words import fold
from rejoinder.model.conversation import Conversation
from rejoinder.model.updates import Echo, Failed, Inbound, Preference, Release, Reminder, TimeUp


class Case(Enum):
    """The case of an update: it says what `Bot` does with the update."""

    CONSENT = auto()
    """The contact says whether they want offers. The handler runs beside any talk."""

    RELEASE = auto()
    """A handoff is over. The handler runs beside any talk."""

    DUE_IN_HANDOFF = auto()
    """A wake-up or a failure comes during a handoff. It comes again later."""

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

    BESIDE = auto()
    """It is not something that the contact says to the question. Its handler runs beside the talk."""


def case_of(message: Inbound, conversation: Conversation, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return the case of `message` in `conversation`. `cancel` are the words that end a talk."""
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
    """Return the case of `message` during a handoff."""
    if isinstance(message.content, Reminder | TimeUp | Failed):
        return Case.DUE_IN_HANDOFF
    return Case.MISSED if message.is_spoken else Case.NOTHING


def _in_talk(message: Inbound, question: str, rules: Rules, cancel: Sequence[str]) -> Case:
    """Return the case of `message` during a talk. `question` is its short id, empty when it is not known."""
    if question and is_choice_of(question, message):
        return Case.ANSWER
    if rules.ruled(message, interrupting=True):
        return Case.INTERRUPTION
    if not message.is_spoken:
        return Case.BESIDE
    return Case.CANCEL if fold(message.text) in map(fold, cancel) else Case.ANSWER
