"""What is kept of one message: found in the table by any of its ids."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rejoinder.aws.keys import (
    MARKER,
    account_in,
    conversation_item,
    conversation_pk,
    is_marker,
    is_network_id,
    is_record,
    key_of,
    marker_item,
    message_id_of,
    network_id_item,
    outbound_id_of,
    record_item,
    waiting_pk,
)
from rejoinder.aws.partitions import items_of
from rejoinder.aws.stored.at_gate import read_waiting_turn
from rejoinder.aws.stored.conversations import read_conversation
from rejoinder.aws.stored.items import Item, item_number, item_text, read_marker, read_network_id, read_record
from rejoinder.model.delivery import MessageRecord
from rejoinder.model.ids import clean_id, correlation_id, correlation_of
from rejoinder.model.marker import MARKER_SECONDS, Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.letters import dead_letters
from rejoinder.workbench.errors import StackError

GLANCE = 500
"""How many items are looked at to learn which accounts there are. Each account has items everywhere."""

_CORRELATION = re.compile(r"[a-z2-7]{26}")
_BEGINNING = re.compile(r"[a-z2-7]{8,25}")
"""What a log line shows of a correlation id, or the id that `rejoinder redrive` gives to a dead letter."""

_OUTBOUND = re.compile(r"([a-z2-7]{26})-\d{1,3}")


@dataclass(slots=True, kw_only=True)
class Kept:
    """What is kept of one message of a contact and of its answers."""

    correlation_id: str
    """Our id of the contact's message."""

    account: str = ""
    """The account that it came to, as `channel:id`."""

    conversation_key: str = ""
    """The key of its conversation; empty when no turn is known."""

    marker: Marker | None = None
    """Its marker; None when there is none, or when nothing led to it."""

    marked_at: float = 0.0
    """When the marker was last written, in Unix seconds."""

    records: dict[str, Item] = field(default_factory=dict)
    """The records of the answers, by their ids."""

    waits_for_contact: set[str] = field(default_factory=set)
    """The ids of answers that wait until the contact writes again."""

    waits_for_gate: set[str] = field(default_factory=set)
    """The ids of answers that wait apart for a closed gate."""

    @property
    def said(self) -> TurnMessages | None:
        """What the turn said, as far as the marker knows."""
        return self.marker.messages if self.marker else None

    @property
    def outbound_ids(self) -> list[str]:
        """The ids of all answers that are known, in their order."""
        said = [message.id for message in self.said.messages] if self.said else []
        known = {*said, *self.records, *self.waits_for_contact, *self.waits_for_gate}
        return sorted(known, key=lambda one: int(one.rpartition("-")[2]))

    def record(self, outbound_id: str) -> MessageRecord:
        """Return the record of an answer; an empty one when there is none."""
        return read_record(self.records.get(outbound_id, {}))


class Finder:
    """Finds what is kept of a message."""

    def __init__(self, place: Deployed) -> None:
        self._place = place
        self._client = place.client("dynamodb")
        self._table = place.table_name
        self.correlations: list[str] = []
        """Our ids of the message, also if nothing is kept of it: the logs may know one of them."""

    def find(self, given: str) -> Kept | None:
        """Return what is kept of the message with this id, ours or the network's; None when nothing is."""
        id = clean_id(given.strip()) or ""
        ours = _OUTBOUND.fullmatch(id)
        if ours or _CORRELATION.fullmatch(id):
            correlation = ours[1] if ours else id
            self.correlations = [correlation]
            return self.of_ours(correlation)
        if _BEGINNING.fullmatch(id):
            lies = self._of_letter(id)
            return self.find(lies) if lies else self.of_ours(id)
        return self._by_network_id(id)

    def of_ours(self, beginning: str) -> Kept | None:
        """Return what is kept of the message of which our id begins so; None when nothing is.

        A marker is found whatever it holds: the bot may have failed, or have said nothing.
        """
        values = {":record": record_item("", beginning)["sk"], ":marker": {"S": MARKER}}
        keys = self._scan("begins_with(sk, :record) OR sk = :marker", values, ProjectionExpression="pk, sk")
        hit = next((key for key in keys if is_record(key) or _our_id(key).startswith(beginning)), None)
        return self._completed(self._get(hit)) if hit else None

    def _of_letter(self, named: str) -> str:
        """Return our id of the message in a dead letter, by the letter's id or by how its own begins.

        It is empty when there is no such letter. Raises StackError when there are several such messages.
        """
        with dead_letters(self._place) as letters:
            lie = [(letter.id, one) for letter in letters.receive() for one in letter.correlation_ids]
        found = sorted({one for letter, one in lie if letter == named or one.startswith(named)})
        if len(found) > 1:
            raise StackError(f"several messages are among the dead letters: name one, {' or '.join(found)}")
        return found[0] if found else ""

    def _by_network_id(self, name: str) -> Kept | None:
        accounts = self._accounts()
        self.correlations = [correlation_id(account, name) for account in accounts]
        for account in accounts:
            if marker := self._get(marker_item(account, name)):
                return self._completed(marker)
        values = {":network": network_id_item("", name)["sk"], ":marker": {"S": f"#{name}"}}
        found = self._scan("sk = :network OR contains(pk, :marker)", values)
        return self._completed(next((item for item in found if _has_name(item, name)), None))

    def _completed(self, hit: Item | None) -> Kept | None:
        """Return all that is kept around the item that was found."""
        if hit is None:
            return None
        if is_marker(hit):
            kept = _of_marker(hit)
        else:
            found = read_network_id(hit) if is_network_id(hit) else outbound_id_of(hit)
            key = hit["pk"]["S"].removeprefix(conversation_pk(""))
            kept = Kept(correlation_id=correlation_of(found), conversation_key=key)
        if kept.conversation_key:
            self._take_answers(kept)
            self._take_waiting(kept)
        return kept

    def _take_answers(self, kept: Kept) -> None:
        start = record_item("", f"{kept.correlation_id}-")["sk"]["S"]
        pk = conversation_pk(kept.conversation_key)
        for item in items_of(self._client, self._table, pk, begins=start):
            kept.records[outbound_id_of(item)] = item
        turns = (read_record(item).turn for item in kept.records.values())
        kept.account = kept.account or next((str(turn.account) for turn in turns if turn), "")

    def _take_waiting(self, kept: Kept) -> None:
        """Find the answers that wait apart: for the contact, or for a gate."""
        key = kept.conversation_key
        for item in items_of(self._client, self._table, waiting_pk(key)):
            kept.waits_for_gate |= _answers(kept, [read_waiting_turn(item)])
        conversation = self._get(conversation_item(key))
        if conversation:
            turns = read_conversation(key, conversation).waiting
            kept.waits_for_contact |= _answers(kept, turns)

    def _accounts(self) -> list[str]:
        """Return the accounts that a glance at the table shows."""
        page = self._client.scan(TableName=self._table, Limit=GLANCE, ProjectionExpression="pk")
        return sorted({name for item in page["Items"] if (name := account_in(item["pk"]["S"]))})

    def _scan(self, condition: str, values: Mapping[str, Any], **options: str) -> Iterator[Item]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, FilterExpression=condition, ExpressionAttributeValues=values, **options
        )
        return (item for page in pages for item in page["Items"])

    def _get(self, key: Mapping[str, Any]) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key_of(key), ConsistentRead=True)
        found: Item | None = answer.get("Item")
        return found


def _of_marker(item: Item) -> Kept:
    return Kept(
        correlation_id=_our_id(item),
        account=account_in(item["pk"]["S"]) or "",
        conversation_key=item_text(item, "conversation_key"),
        marker=read_marker(item),
        marked_at=item_number(item, "expires_at") - MARKER_SECONDS,
    )


def _our_id(marker: Item) -> str:
    """Return our id of the message that a marker is about, by its key."""
    return correlation_id(account_in(marker["pk"]["S"]) or "", message_id_of(marker))


def _has_name(item: Item, name: str) -> bool:
    """Whether an item leads from the network's id of a message, and not from a longer one."""
    return is_network_id(item) or (is_marker(item) and message_id_of(item) == name)


def _answers(kept: Kept, turns: Iterable[TurnMessages]) -> set[str]:
    ids = (message.id for turn in turns for message in turn.messages)
    return {id for id in ids if correlation_of(id) == kept.correlation_id}
