"""What is kept of one message: found in the table by any of its ids."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rejoinder.aws.keys import (
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
from rejoinder.aws.stored.at_gate import read_waiting_turn
from rejoinder.aws.stored.conversations import read_conversation
from rejoinder.aws.stored.items import Item, item_number, item_text, read_marker, read_network_id, read_record
from rejoinder.model.delivery import MessageRecord
from rejoinder.model.ids import clean_id, correlation_id, correlation_of
from rejoinder.model.marker import MARKER_SECONDS, Marker
from rejoinder.model.messages import TurnMessages
from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.cli.letters import dead_letters

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
            return self._completed(self._scan(f"{correlation}-", ""), correlation)
        if _BEGINNING.fullmatch(id):
            parked = self._of_letter(id)
            return self.find(parked) if parked else self._completed(self._scan(id, ""), "")
        return self._by_network_id(id)

    def _of_letter(self, named: str) -> str:
        """Return our id of the update in a dead letter; nothing when no letter has this id."""
        with dead_letters(self._place) as letters:
            updates = [letter.update for letter in letters.receive() if letter.id == named]
        return next((update.hashed_id for update in updates if update), "")

    def _by_network_id(self, name: str) -> Kept | None:
        accounts = self._accounts()
        self.correlations = [correlation_id(account, name) for account in accounts]
        for account in accounts:
            if marker := self._get(marker_item(account, name)):
                return self._completed(marker, correlation_id(account, name))
        hit = self._scan("", name)
        return self._completed(hit, "") if hit else None

    def _completed(self, hit: Item | None, correlation: str) -> Kept | None:
        """Return all that is kept around the item that was found."""
        if hit is None:
            return None
        kept = Kept(correlation_id=correlation)
        if is_marker(hit):
            self._take_marker(kept, hit)
        else:
            kept.conversation_key = hit["pk"]["S"].removeprefix(conversation_pk(""))
            found = read_network_id(hit) if is_network_id(hit) else outbound_id_of(hit)
            kept.correlation_id = correlation or correlation_of(found)
        if kept.conversation_key:
            self._take_answers(kept)
            self._take_waiting(kept)
        return kept

    def _take_marker(self, kept: Kept, item: Item) -> None:
        kept.account = account_in(item["pk"]["S"]) or ""
        kept.correlation_id = correlation_id(kept.account, message_id_of(item))
        kept.conversation_key = item_text(item, "conversation_key")
        kept.marked_at = item_number(item, "expires_at") - MARKER_SECONDS
        kept.marker = read_marker(item)

    def _take_answers(self, kept: Kept) -> None:
        start = record_item("", f"{kept.correlation_id}-")["sk"]["S"]
        for item in self._query(conversation_pk(kept.conversation_key), start):
            kept.records[outbound_id_of(item)] = item
        turns = (read_record(item).turn for item in kept.records.values())
        kept.account = kept.account or next((str(turn.account) for turn in turns if turn), "")

    def _take_waiting(self, kept: Kept) -> None:
        """Find the answers that wait apart: for the contact, or for a gate."""
        key = kept.conversation_key
        for item in self._query(waiting_pk(key), ""):
            kept.waits_for_gate |= _answers(kept, [read_waiting_turn(item)])
        conversation = self._get(conversation_item(key))
        if conversation:
            turns = read_conversation(key, conversation).waiting
            kept.waits_for_contact |= _answers(kept, turns)

    def _accounts(self) -> list[str]:
        """Return the accounts that a glance at the table shows."""
        page = self._client.scan(TableName=self._table, Limit=GLANCE, ProjectionExpression="pk")
        return sorted({name for item in page["Items"] if (name := account_in(item["pk"]["S"]))})

    def _scan(self, beginning: str, name: str) -> Item | None:
        """Search the table for the first item of the message, by how our ids begin or by the network's."""
        if beginning:
            condition = "begins_with(sk, :record) OR contains(messages, :answer)"
            values = {
                ":record": record_item("", beginning)["sk"],
                ":answer": {"S": f'"{beginning}'},
            }
        else:
            condition = "sk = :network OR contains(pk, :marker)"
            values = {":network": network_id_item("", name)["sk"], ":marker": {"S": f"#{name}"}}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, FilterExpression=condition, ExpressionAttributeValues=values
        )
        found = (item for page in pages for item in page["Items"])
        return next((item for item in found if _is_of(item, name)), None)

    def _get(self, key: Mapping[str, Any]) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key_of(key), ConsistentRead=True)
        found: Item | None = answer.get("Item")
        return found

    def _query(self, pk: str, start: str) -> Iterator[Item]:
        begins = {":start": {"S": start}} if start else {}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :start)" if start else ""),
            ExpressionAttributeValues={":pk": {"S": pk}, **begins},
        )
        return (item for page in pages for item in page["Items"])


def _is_of(item: Item, name: str) -> bool:
    """Whether an item that the table found is about the message, and not about one with a longer id."""
    if is_marker(item):
        return not name or message_id_of(item) == name
    return is_record(item) or is_network_id(item)


def _answers(kept: Kept, turns: Iterable[TurnMessages]) -> set[str]:
    ids = (message.id for turn in turns for message in turn.messages)
    return {id for id in ids if correlation_of(id) == kept.correlation_id}
