"""Finds what is to be debugged: a talk in progress, or an update that was set aside. It only reads."""

import re
from dataclasses import replace
from typing import Any

from rejoinder.aws.keys import conversation_item, marker_item
from rejoinder.aws.stored.conversations import read_conversation
from rejoinder.aws.stored.items import Item, read_marker
from rejoinder.model.conversation import Conversation
from rejoinder.model.marker import Marker
from rejoinder.model.own import TimeUp
from rejoinder.model.talk import Journal
from rejoinder.model.updates import Inbound
from rejoinder.workbench.debugger.session import Debugged
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.letters import Letter, dead_letters
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.watching import life

_ID = re.compile(r"(?=.*[a-z])[a-z2-7]{8,26}")
"""An id that rejoinder makes, or how it begins. It is no number of a contact."""

NO_TALK = """\
no talk is in progress in the conversation {key}, and no update of it was set aside"""

NOTHING = """\
nothing is kept under {named}: name a contact, a conversation key, a correlation id, or an id that
`rejoinder redrive` lists"""


class Finder:
    """Looks for what a person names, in one deployment."""

    def __init__(self, place: Deployed) -> None:
        self._place = place
        self._table = Table(place)

    def find(self, named: str) -> Debugged:
        """Return what a conversation key, a correlation id, the id of a dead letter, or a contact leads to.

        Raises StackError when there is nothing to debug.
        """
        letters = self._letters()
        for letter in letters:
            if named == letter.id or _is_of(letter, named):
                return self._set_aside(letter)
        keys = self._keys(named)
        items = {key: self._table.get(conversation_item(key)) for key in keys}
        talking = [key for key, item in items.items() if item and "journal" in item]
        if len(talking) > 1:
            raise StackError(f"talks are in progress in several accounts: name one, {' or '.join(talking)}")
        for key in talking:
            return self._talk(key, items[key] or {})
        parked = [letter.update for letter in letters if letter.update and letter.is_parked]
        for update in reversed(parked):  # the newest one
            if self._marker(update).conversation_key in keys:
                return self._parked(update)
        told = NO_TALK if any(items.values()) else NOTHING
        raise StackError(told.format(named=named, key=" or ".join(keys)))

    def _letters(self) -> list[Letter]:
        with dead_letters(self._place) as letters:
            return letters.receive()

    def _keys(self, named: str) -> list[str]:
        """Return the keys of the conversations that a person may mean. StackError when there are none."""
        if not _ID.fullmatch(named):
            return [person.keys[0] for person in self._table.find(named)]
        if self._table.get(conversation_item(named)):
            return [named]
        kept = life.Finder(self._place).of_ours(named)
        if not kept or not kept.conversation_key:
            raise StackError(NOTHING.format(named=named))
        return [kept.conversation_key]

    def _set_aside(self, letter: Letter) -> Debugged:
        if not letter.update:
            raise StackError(f"the bot did not fail on the dead letter {letter.id}: {letter.cause}")
        return self._parked(letter.update)

    def _talk(self, key: str, item: Item) -> Debugged:
        conversation = read_conversation(key, item)
        talk = conversation.journal
        if not isinstance(talk, Journal):
            raise StackError(
                f"another version of rejoinder wrote the journal of {key}, and this one cannot read it: the "
                "talk begins again with the next message"
            )
        return Debugged(account=talk.message.account, conversation=conversation)

    def _parked(self, update: Inbound) -> Debugged:
        marker = self._marker(update)
        key = marker.conversation_key or update.conversation_key
        item = self._table.get(conversation_item(key)) if key else None
        fresh = Conversation.begin(update.account, update.contact)
        conversation = read_conversation(key, item) if item else fresh
        # What the contact said ended the talk of its time. There may be another one since.
        ended = marker.state == "parked" and (update.is_spoken or isinstance(update.content, TimeUp))
        return Debugged(
            account=update.account,
            conversation=replace(conversation, journal=marker.talk) if ended else conversation,
            update=update,
            steps=dict(marker.steps),
            cause=marker.cause,
            at=marker.parked_at,
            is_first=marker.was_first,
        )

    def _marker(self, update: Inbound) -> Marker:
        item: dict[str, Any] | None = self._table.get(marker_item(update.account, update.id))
        return read_marker(item) if item else Marker(state="trying")


def _is_of(letter: Letter, named: str) -> bool:
    """Whether a letter has an update of which our id begins so."""
    return bool(letter.update and _ID.fullmatch(named) and letter.update.hashed_id.startswith(named))
