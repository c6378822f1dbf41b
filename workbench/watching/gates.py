"""The gates of a deployment that are closed or for which turns still wait."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rejoinder.aws.gates import GateTable
from rejoinder.aws.keys import GATES, account_in, waiting_list_pk
from rejoinder.model.gate import Gate
from rejoinder.model.people import Account
from rejoinder.workbench.cli.deployed import Deployed

AGAIN = timedelta(minutes=1)
"""How long after a search the next one begins while a known gate is closed: another may be, too."""


@dataclass(slots=True, kw_only=True)
class ClosedGates:
    """Finds the closed gates. Nothing lists the accounts, so the table is searched, a part at each look."""

    place: Deployed
    """The deployment."""

    accounts: set[str] = field(default_factory=set)
    """The accounts of which a gate was seen closed, as `channel:id`."""

    is_complete: bool = False
    """Whether the whole table was searched."""

    _start: dict[str, object] = field(default_factory=dict)
    _searched_at: datetime | None = None

    def find(self, now: datetime, *, seconds: float, again: bool) -> dict[str, Gate]:
        """Return the closed gates that are known, by account, after a search of so many seconds at most.

        A search that came to its end begins again if `again`: at once when no gate is known to be closed,
        after a minute when one is.
        """
        if self.is_complete and again and (self._is_old(now) or not self._closed()):
            self.is_complete = False
        deadline = time.monotonic() + seconds
        while not self.is_complete and time.monotonic() < deadline:
            self._search()
            self._searched_at = now
        return self._closed()

    def _is_old(self, now: datetime) -> bool:
        """Whether the search that came to its end is a while ago."""
        return self._searched_at is None or now - self._searched_at >= AGAIN

    def _search(self) -> None:
        """Search the next megabyte of the table."""
        page = self.place.client("dynamodb").scan(
            TableName=self.place.table_name,
            FilterExpression="begins_with(pk, :gate)",
            ExpressionAttributeValues={":gate": {"S": GATES}},
            ProjectionExpression="pk",
            **({"ExclusiveStartKey": self._start} if self._start else {}),
        )
        self.accounts |= {name for item in page["Items"] if (name := account_in(item["pk"]["S"]))}
        self._start = page.get("LastEvaluatedKey", {})
        self.is_complete = not self._start

    def waiting(self, account: str) -> int:
        """Return how many conversations wait for a gate, as far as one request tells."""
        answer = self.place.client("dynamodb").query(
            TableName=self.place.table_name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": waiting_list_pk(Account.parse(account))}},
            Select="COUNT",
        )
        return int(answer["Count"])

    def _closed(self) -> dict[str, Gate]:
        table = GateTable(self.place.client("dynamodb"), self.place.table_name)
        read = ((name, table.read(Account.parse(name))) for name in sorted(self.accounts))
        return {name: gate for name, gate in read if gate}
