"""The schedules of a deployment, and whom they are for."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from rejoinder.aws.stored.bodies import read_update
from rejoinder.errors import Unreadable
from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.cli.people import Table
from rejoinder.workbench.cli.person import Person


class WakeUps:
    """The schedules of a deployment."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = deployed.client("scheduler")
        self._table = Table(deployed)
        self._group = deployed.stack_name

    def of(self, people: Iterable[Person]) -> list[dict[str, Any]]:
        """Return the schedules for `people`. Each one is read, because the list does not name contacts."""
        them = list(people)
        pages = self._client.get_paginator("list_schedules").paginate(GroupName=self._group)
        names = [schedule["Name"] for page in pages for schedule in page["Schedules"]]
        found = [self._client.get_schedule(GroupName=self._group, Name=name) for name in names]
        return [one for one in found if any(self._waits_for(one, person) for person in them)]

    def _waits_for(self, schedule: dict[str, Any], person: Person) -> bool:
        """Whether a schedule is for `person`: by the conversation that it names, else by its queue group."""
        try:
            key = read_update(schedule["Target"]["Input"]).conversation_key
        except Unreadable:
            key = ""
        if key in person.keys or self._table.is_of_another(key, person):
            return key in person.keys
        return schedule["Target"]["SqsParameters"]["MessageGroupId"] in person.groups

    def delete(self, schedule: dict[str, Any]) -> None:
        """Delete a schedule, unless its time has come meanwhile."""
        with suppress(self._client.exceptions.ResourceNotFoundException):
            self._client.delete_schedule(GroupName=self._group, Name=schedule["Name"])
