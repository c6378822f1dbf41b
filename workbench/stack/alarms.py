"""The alarms of a deployment that are on, on AWS and on the local AWS."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TYPES = ["MetricAlarm", "CompositeAlarm"]
"""Both types: a request without them tells of the first one only."""

MOST = 100
"""The most alarms that one request names, and that its answer has (docs.aws.amazon.com, "DescribeAlarms")."""


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
        found = (self._read(one) for one in self._described() if one["StateValue"] == "ALARM")
        return sorted(filter(None, found), key=lambda alarm: (not alarm.wakes, alarm.name))

    def _described(self) -> Iterator[Mapping[str, Any]]:
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=self._prefix, AlarmTypes=TYPES
        )
        for page in pages:
            yield from _both(page)

    def _read(self, deployed: Mapping[str, Any]) -> Alarm | None:
        """Return an alarm; None for one of another stack, whose name begins with the name of this one."""
        match = re.fullmatch(r"(\w+)-\w+", deployed["AlarmName"].removeprefix(self._prefix))
        return match and Alarm(
            name=match[1],
            since=deployed["StateUpdatedTimestamp"],
            about=deployed.get("AlarmDescription", ""),
            deployed=deployed,
        )


def described(cloudwatch: Any, names: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """Return what CloudWatch knows of alarms that it has, by the keys of `names`. These are its own names."""
    keys, its = {one: key for key, one in names.items()}, [*names.values()]
    answers = (
        cloudwatch.describe_alarms(AlarmNames=its[start : start + MOST], AlarmTypes=TYPES, MaxRecords=MOST)
        for start in range(0, len(its), MOST)
    )
    return {keys[one["AlarmName"]]: one for told in answers for one in _both(told)}


def _both(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the alarms of both types in an answer. The local AWS knows one of them."""
    return [*told["MetricAlarms"], *told.get("CompositeAlarms", [])]
