"""The marker of an update: with the messages of its turn, or with the sorry-text when it is parked."""

from collections.abc import Sequence
from dataclasses import replace

from rejoinder.bot.turn import Turn
from rejoinder.channel_ports import ChannelRules
from rejoinder.model.contents import Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import outbound_id
from rejoinder.model.marker import Marker
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.own import Echo, Failed, TimeUp
from rejoinder.model.room import size_of
from rejoinder.model.sizes import stored_bytes_of
from rejoinder.model.talk import Journal, Talk
from rejoinder.model.updates import Inbound

MAX_TALK_BYTES = 128 * 1024
"""The longest talk that is kept with a parked update, with the results of its steps, in bytes of UTF-8. The
marker is an item of DynamoDB (400 KB)."""


def done(inbound: Inbound, turn: Turn, found: Marker) -> Marker:
    """Return the marker of an update whose turn went well, instead of `found`."""
    conversation = turn.conversation
    return Marker(
        state="done",
        conversation_key=conversation.key,
        messages=turn_messages(inbound, conversation, turn.messages, found),
        released=conversation.released,
        wake_ups=turn.wake_ups,
    )


def answered(
    inbound: Inbound, after: Conversation, marker: Marker, rules: ChannelRules, at: float
) -> Conversation:
    """Return the conversation after an update to which we said what is in `marker`, at the time `at`.

    A person of the business answers as well, from the phone that shares the number.
    """
    is_by_hand = isinstance(inbound.content, Echo) and inbound.content.is_answer
    if not (is_by_hand or marker.messages or marker.released):
        return after
    return after.answered(
        min(inbound.at, at) if is_by_hand else at,
        within_seconds=rules.window_seconds,
        free_seconds=rules.free_entry_seconds,
    )


def parked(
    inbound: Inbound, heard: Conversation, tried: Marker, *, sorry: str, at: float
) -> tuple[Conversation, Marker]:
    """Return the conversation without the talk that the update ends, and the marker of the parked update.

    The marker keeps the results of the steps of `tried` for a redrive. During a handoff the bot says nothing,
    and what the contact said is kept for the release.
    """
    # Its number is 0, because the turn of a redrive begins with number 1.
    says_sorry = Outbound(id=outbound_id(inbound.hashed_id, 0), content=Text(body=sorry))
    is_heard = inbound.is_spoken and not heard.handoff
    of_the_talk = inbound.is_spoken or isinstance(inbound.content, TimeUp)
    marker = replace(
        tried,
        state="parked",
        conversation_key=heard.key,
        messages=turn_messages(inbound, heard, (says_sorry,) if is_heard else (), tried),
        released=heard.released,
        parked_at=at,
        talk=heard.journal if of_the_talk and _has_room(tried, heard.journal) else None,
    )
    ended = replace(heard, journal=None) if of_the_talk else heard
    return ended.missing(inbound) if heard.handoff and inbound.is_spoken else ended, marker


def _has_room(marker: Marker, talk: Talk | None) -> bool:
    """Whether a talk fits a marker: its data and what was missed may take as much again."""
    taken = sum(map(stored_bytes_of, marker.steps.values()))
    return isinstance(talk, Journal) and size_of(talk) + taken <= MAX_TALK_BYTES


def turn_messages(
    inbound: Inbound, conversation: Conversation, said: Sequence[Outbound], found: Marker
) -> TurnMessages | None:
    """Return what a turn said, with all that the sender needs; None when it said nothing.

    Who waits for an answer is a contact who said something. An update that was parked before had its answer,
    the sorry-text: nobody knows when somebody puts it back.
    """
    if not said:
        return None
    return TurnMessages(
        account=inbound.account,
        contact=conversation.contact or inbound.contact,  # the ids of now
        conversation_key=conversation.key,
        correlation_id=inbound.hashed_id,
        read_id=(inbound.receipt or inbound.newest_id or inbound.id) if inbound.is_spoken else "",
        window_closes_at=conversation.window_closes_at,
        messages=tuple(said),
        reports_failure=isinstance(inbound.content, Failed),
        asked_at=inbound.at if inbound.is_spoken and not found.parked_at else 0.0,
    )
