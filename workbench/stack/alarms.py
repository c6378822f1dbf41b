"""The alarms of a deployment that are on, on AWS and on the local AWS."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm that is on."""

    name: str
    """Its name in template.yaml."""

    since: datetime
    """When it went on."""

    about: str
    """What it says."""

    deployed: Mapping[str, Any]
    """What CloudWatch knows of it."""

    @property
    def wakes(self) -> bool:
        """Whether somebody is to get up for it. Otherwise it is a notice."""
        return any("-AlarmTopic-" in topic for topic in self.deployed.get("AlarmActions", []))


class Alarms:
    """Finds the alarms of one stack.

    CloudFormation calls them `<stack>-<name in template.yaml>-<letters and digits>`.
    """

    def __init__(self, cloudwatch: Any, stack_name: str) -> None:
        self._cloudwatch = cloudwatch
        self._prefix = f"{stack_name}-"

    def on(self) -> list[Alarm]:
        """Return those that are on: first those that wake somebody, each kind by name."""
        found = (self._read(deployed) for deployed in self._described("ALARM"))
        return sorted(filter(None, found), key=lambda alarm: (not alarm.wakes, alarm.name))

    def _described(self, state: str) -> Iterator[Mapping[str, Any]]:
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(
            StateValue=state, AlarmNamePrefix=self._prefix, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        for page in pages:
            yield from page["MetricAlarms"]
            yield from page.get("CompositeAlarms", [])

    def _read(self, deployed: Mapping[str, Any]) -> Alarm | None:
        """Return an alarm; None for one of another stack, whose name begins with the name of this one."""
        match = re.fullmatch(r"(\w+)-\w+", deployed["AlarmName"].removeprefix(self._prefix))
        return match and Alarm(
            name=match[1],
            since=deployed["StateUpdatedTimestamp"],
            about=deployed.get("AlarmDescription", ""),
            deployed=deployed,
        )
