"""Follows a deployment in CloudFormation to its end."""

import time
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rejoinder.workbench.cli.changeset import ALIAS
from rejoinder.workbench.cli.deployed import unstick
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.terminal import plain

POLL_SECONDS = 2.0
"""The pause between two looks. CloudFormation allows few requests a second."""

GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The execution of a change set."""

    cloudformation: Any
    stack: str
    """The id of the stack: its name would lead nowhere once it is deleted."""

    before: frozenset[str]
    """The ids of the events that came before it."""

    _seen: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, cloudformation: Any, stack: str, change_set: str) -> "Execution":
        """Execute a change set."""
        there = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        cloudformation.execute_change_set(ChangeSetName=change_set)
        before = frozenset(event["EventId"] for event in there)
        return cls(cloudformation=cloudformation, stack=stack, before=before)

    def follow(self, screen: Console, resources: Set[str]) -> None:
        """Show the progress of some resources until the end, by their logical ids.

        Raises StackError, with the first cause, when it failed.
        """
        failed: list[str] = []
        done: set[str] = set()
        moving: set[str] = set()
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=screen,
            transient=True,
            disable=not screen.is_terminal,
        )
        with bar:
            task = bar.add_task("deploying", total=len(resources))
            while True:
                status = self._status()  # first, so that no event is missed at the end
                for event in self._events():
                    _show(event, screen, resources)
                    _follow_alias(event, screen, moving)
                    if event["ResourceStatus"].endswith("_COMPLETE"):
                        done.add(event["LogicalResourceId"])
                    failed += _cause(event)
                bar.update(task, completed=len(done & resources), description=_doing(status, moving))
                if not status.endswith("_IN_PROGRESS"):
                    break
                time.sleep(POLL_SECONDS)
        if status not in GOOD:
            undone = "was undone" if status.endswith("ROLLBACK_COMPLETE") else "stopped"
            cause = failed[0] if failed else "AWS gives no reason"
            told = f"the deployment failed and {undone} ({status}): {cause}"
            is_stuck = status.endswith("ROLLBACK_FAILED")
            raise StackError(f"{told}. To end it, {unstick(self._name, status)}" if is_stuck else told)

    @property
    def _name(self) -> str:
        return self.stack.split("/")[1]  # of arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID

    def _status(self) -> str:
        (found,) = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"]
        return str(found["StackStatus"])

    def _events(self) -> Iterator[Mapping[str, Any]]:
        """Yield the new events of resources, oldest first."""
        new = []
        for page in self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.stack):
            fresh = [
                event for event in page["StackEvents"] if event["EventId"] not in self._seen | self.before
            ]
            new += fresh
            if len(fresh) < len(page["StackEvents"]):  # what follows is older
                break
        self._seen.update(event["EventId"] for event in new)
        for event in reversed(new):
            if event.get("PhysicalResourceId") != self.stack:
                yield event


def _show(event: Mapping[str, Any], screen: Console, resources: Set[str]) -> None:
    """Print what ended, where there is no bar, and what failed everywhere."""
    status, name = event["ResourceStatus"], event["LogicalResourceId"]
    if status.endswith("_FAILED"):
        screen.print(plain(f"  {status:<16} {name}: {event.get('ResourceStatusReason', '')}", "red"))
    elif status.endswith("_COMPLETE") and name in resources and not screen.is_terminal:
        screen.print(plain(f"  {status:<16} {name}"))


def _follow_alias(event: Mapping[str, Any], screen: Console, moving: set[str]) -> None:
    """Note whether the traffic of an alias moves. That may take minutes, so it is said."""
    name, status = event["LogicalResourceId"], event["ResourceStatus"]
    if event.get("ResourceType") != ALIAS:
        return
    if status != "UPDATE_IN_PROGRESS":
        moving.discard(name)
    elif name not in moving:
        moving.add(name)
        screen.print(plain(f"  {'MOVING TRAFFIC':<16} {name}"))


def _doing(status: str, moving: Set[str]) -> str:
    if "ROLLBACK" in status:
        return "rolling back"
    if moving:
        return "moving the traffic"
    return "cleaning up" if "CLEANUP" in status else "deploying"


def _cause(event: Mapping[str, Any]) -> list[str]:
    reason = " ".join(event.get("ResourceStatusReason", "").split())
    is_cause = event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason
    return [f"{event['LogicalResourceId']}: {reason}"] if is_cause else []
