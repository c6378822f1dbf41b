"""A change set of CloudFormation: what a deployment would change, and what could be lost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from rich.table import Table

from rejoinder.workbench.terminal import plain

HOLDS_DATA = {
    "AWS::DynamoDB::Table": "conversations",
    "AWS::SQS::Queue": "messages",
    "AWS::S3::Bucket": "webhooks in quarantine",
    "AWS::SecretsManager::Secret": "the secrets",
    "AWS::Scheduler::ScheduleGroup": "reminders",
}
"""The types of resources whose contents cannot be had again, and what these are."""

ALIAS = "AWS::Lambda::Alias"
"""The type of what leads to one version of a function, or to two for some minutes."""

STYLES = {"Add": "green", "Modify": "yellow", "Remove": "red"}
REPLACED = {"True": "yes", "Conditional": "perhaps"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One resource that would change."""

    action: str
    logical_id: str
    type: str

    replacement: str
    """Whether a new one takes its place: `True`, `False`, `Conditional`, or empty where nobody asks."""

    policy: str
    """What happens to the old one: `Delete`, `Retain` and the like, or empty."""

    @classmethod
    def of(cls, change: Any) -> Self:
        """Return a change that CloudFormation describes."""
        return cls(
            action=change["Action"],
            logical_id=change["LogicalResourceId"],
            type=change["ResourceType"],
            replacement=change.get("Replacement", ""),
            policy=change.get("PolicyAction", ""),
        )

    @property
    def loses(self) -> str:
        """What the deployment would lose with it; empty when it would lose nothing."""
        what = HOLDS_DATA.get(self.type, "")
        is_lost = self.action == "Remove" or (self.action == "Modify" and self.replacement in REPLACED)
        return what if is_lost else ""

    def __str__(self) -> str:
        how = {"Remove": "would be removed"}.get(self.action) or (
            "would be replaced by an empty one"
            if self.replacement == "True"
            else "may be replaced by an empty one"
        )
        kept = "; AWS keeps the old one, but the bot does not see it" if "Retain" in self.policy else ""
        return f"{self.logical_id} ({self.loses}) {how}{kept}"


def changes(cloudformation: Any, change_set: str) -> list[Change]:
    """Return the changes of a change set."""
    pages = cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change_set)
    return [Change.of(change["ResourceChange"]) for page in pages for change in page.get("Changes", [])]


def table(found: Iterable[Change]) -> Table:
    """Return the changes as a table: what goes is shown last."""
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("action", "logical id", "type", "replaced"):
        rows.add_column(head, overflow="fold")
    order = [*STYLES]
    for change in sorted(found, key=lambda change: (order.index(change.action), change.logical_id)):
        rows.add_row(
            plain(change.action, STYLES[change.action]),
            plain(change.logical_id),
            plain(change.type),
            plain(REPLACED.get(change.replacement, ""), "red"),
        )
    return rows


def summary(found: Iterable[Change]) -> str:
    """Return how many changes of each kind there are: `2 to add, 1 to modify`."""
    counts = Counter(change.action for change in found)
    return ", ".join(f"{counts[action]} to {action.lower()}" for action in STYLES if counts[action])
