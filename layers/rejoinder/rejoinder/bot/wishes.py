"""Wishes: STOP and START, as contacts say them in several languages."""

from collections.abc import Callable
from dataclasses import replace

from rejoinder.bot import heard
from rejoinder.bot.buttons import choice_of
from rejoinder.bot.commands import readings
from rejoinder.bot.courtesy import meant, says
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.words import fold
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import Media, Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.spoken import Edited
from rejoinder.model.talk import Journal
from rejoinder.model.updates import Inbound

_STOP = heard.everywhere("stop")  # at the start, when Lambda is fast


def wished(
    conversation: Conversation, message: Inbound, phrases: Callable[[Conversation], Phrases]
) -> Conversation:
    """Return `conversation` with what `message` tells in its ledger, if it is a wish."""
    entry = wish_of(message, conversation, phrases(conversation))
    return conversation.told(entry) if entry else conversation


def wish_of(message: Inbound, conversation: Conversation, phrases: Phrases) -> ConsentEntry | None:
    """Return what a message tells about offers; None when it is no wish.

    It is one when it says STOP and nothing else but courtesy, by words, by the title of a button, under a
    file or as a command, in any language: a contact need not know the bot's. Who has not said STOP, or told
    it in another way, may say START for any reason.
    """
    if isinstance(message.content, Edited) and message.content.content:
        message = replace(message, content=message.content.content)
    content = message.content
    if not isinstance(content, Text | Tap | Media) or choice_of(message) is not None:
        return None
    said = readings(message.text)[0]
    stops = is_stop(said)
    if not (stops or (conversation.opted_out and meant(said) in heard.everywhere("start"))):
        return None
    if _is_of_the_talk(said, conversation, phrases):
        return None
    return ConsentEntry(
        purpose=Purpose.MARKETING,
        given=not stops,
        at=message.at,
        by="button" if isinstance(content, Tap) else "word",
        source=fold(said),
        message_id=message.hashed_id,
    )


def is_stop(words: str) -> bool:
    """Whether `words` say STOP, and nothing else but courtesy."""
    return meant(words) in _STOP


def is_new(conversation: Conversation, message: Inbound) -> bool:
    """Whether the contact's newest entry about offers is what `message` told just now."""
    newest = conversation.consent.get(Purpose.MARKETING)
    return newest is not None and newest in conversation.ledger and newest.message_id == message.hashed_id


def _is_of_the_talk(words: str, conversation: Conversation, phrases: Phrases) -> bool:
    """Whether `words` mean something else in the talk in progress: a choice, or the end of the talk."""
    talk = conversation.journal
    if talk is None or conversation.handoff:
        return False
    shown = talk.asked.shown if isinstance(talk, Journal) else ()
    return fold(words) in map(fold, shown) or any(says(words, one) for one in phrases.cancel)
