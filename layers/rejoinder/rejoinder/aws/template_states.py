"""What the network says of templates: an item for each template in one language."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rejoinder.aws.keys import template_item, template_pk
from rejoinder.aws.partitions import items_of
from rejoinder.aws.stored.items import Item, dump_template_state, read_template_state
from rejoinder.aws.writing import writing
from rejoinder.errors import StoreError, Unreadable
from rejoinder.model.template_state import TemplateState
from rejoinder.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SYNC_EVENT: Mapping[str, str] = {"sync": "templates"}
"""The event upon which the tracker asks the network for all templates. A schedule sends it once a day."""

MAX_TRIES = 5
"""How often a state is written while others write the same item first."""

_TIMES = ("status_at", "category_at", "quality_at", "components_at")


def is_sync(event: Mapping[str, Any]) -> bool:
    """Whether an event asks the tracker for a sync of the templates."""
    return event.get("sync") == SYNC_EVENT["sync"]


class TemplateTable:
    """The port `TemplateStates`. It updates rather than puts: records need the same permission."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock = time.time) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def read(self, owner: str, name: str, language: str) -> TemplateState | None:
        """Return the state of a template; None when this version can read nothing."""
        item = self._get(template_item(owner, name, language))
        with suppress(Unreadable):
            return self._state(item)
        return None

    def all_of(self, owner: str) -> list[TemplateState]:
        """Return the states of all templates of a business account, but those that are not readable."""
        found = []
        for item in items_of(self._client, self._table, template_pk(owner)):
            with suppress(Unreadable):
                found.append(self._state(item))
        return [state for state in found if state]

    def write(self, owner: str, told: TemplateState) -> TemplateState | None:
        """Keep what `told` says, each fact unless a newer one is kept. Return the state as it was before."""
        key = template_item(owner, told.name, told.language)
        for _ in range(MAX_TRIES):
            item = self._get(key)
            try:
                before = self._state(item)
            except Unreadable:  # a newer version wrote it, and knows more
                return None
            after = before.after(told) if before else told
            if after == before or self._replace(key, item, after):
                return before
        raise StoreError(f"the state of a template was not written: {MAX_TRIES} others came first")

    def _replace(self, key: Item, item: Item | None, after: TemplateState) -> bool:
        """Write the state over the one in `item`; False when somebody else wrote another one since."""
        known = {name: item[name] for name in _TIMES} if item else {}
        is_same = " AND ".join(f"#{name} = :known_{name}" for name in known)
        request = writing(dump_template_state(after))
        request["ExpressionAttributeValues"] |= {f":known_{name}": at for name, at in known.items()}
        request["ConditionExpression"] = is_same or "attribute_not_exists(pk)"
        try:
            self._client.update_item(TableName=self._table, Key=key, **request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _get(self, key: Item) -> Item | None:
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _state(self, item: Item | None) -> TemplateState | None:
        """Return the state in `item`; None when it has ended. Raises Unreadable."""
        state = read_template_state(item) if item else None
        return state if state and item and float(item["expires_at"]["N"]) > self._clock() else None
