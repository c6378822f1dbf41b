"""The turns that wait apart for a gate, and the list of the conversations that they belong to."""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rejoinder.aws.keys import waiter_item, waiting_item, waiting_list_pk, waiting_pk
from rejoinder.aws.partitions import items_of
from rejoinder.aws.stored.at_gate import dump_waiter, dump_waiting_turn, read_waiter, read_waiting_turn
from rejoinder.aws.stored.items import Item, is_over, item_text
from rejoinder.aws.writing import writing
from rejoinder.model.gate import Waiter
from rejoinder.model.marker import MARKER_SECONDS
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account
from rejoinder.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100
"""How many conversations of a list are read at a time. Most lists are read only in part."""


class WaitingTable:
    """The ports `WaitingTurns` and `WaitingList`. It updates rather than puts, as records do.

    What waits lives less long than the records of its messages, which say what of it went out.
    """

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock = time.time) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def keep(self, turn: TurnMessages, place: str) -> None:
        """Keep `turn`; the same one at the same place is kept once."""
        self._write(waiting_item(turn.conversation_key, place), dump_waiting_turn(turn))

    def are_there(self, conversation_key: str) -> bool:
        """Whether turns of this conversation wait."""
        return any(True for _ in self._items(waiting_pk(conversation_key), page=1))

    def first(self, conversation_key: str) -> tuple[str, TurnMessages] | None:
        """Return the first turn of the conversation, and its place; Unreadable when it cannot be read."""
        item = next(self._items(waiting_pk(conversation_key), page=1), None)
        return None if item is None else (item["sk"]["S"], read_waiting_turn(item))

    def drop(self, conversation_key: str, place: str) -> None:
        """Forget the turn at this place."""
        self._client.delete_item(TableName=self._table, Key=waiting_item(conversation_key, place))

    def first_as_stored(self, conversation_key: str) -> tuple[str, str]:
        """Return the place of the first turn of the conversation, and the turn as it is stored."""
        item = next(self._items(waiting_pk(conversation_key), page=1))
        return item["sk"]["S"], item_text(item, "turn")

    def write(self, account: Account, waiter: Waiter) -> None:
        """Write a conversation down, in place of what was written of it."""
        self._write(waiter_item(account, waiter.conversation_key), dump_waiter(waiter))

    def read(self, account: Account) -> Iterable[Waiter]:
        """Return the conversations on the list, in the order of their keys."""
        return map(read_waiter, self._items(waiting_list_pk(account), page=PAGE))

    def strike(self, account: Account, conversation_key: str) -> None:
        """Strike a conversation off the list."""
        self._client.delete_item(TableName=self._table, Key=waiter_item(account, conversation_key))

    def _write(self, key: Item, attributes: Item) -> None:
        values = attributes | {"expires_at": {"N": str(int(self._clock() + MARKER_SECONDS))}}
        self._client.update_item(TableName=self._table, Key=key, **writing(values))

    def _items(self, pk: str, *, page: int) -> Iterator[Item]:
        now = self._clock()
        return (item for item in items_of(self._client, self._table, pk, page=page) if not is_over(item, now))
