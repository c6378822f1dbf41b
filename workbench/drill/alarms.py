"""The alarms of template.yaml, as CloudWatch would look at them on a stack.

The local AWS compares no dimensions, counts no periods and computes no expressions. So whether an alarm is on
is computed here, by the rules of docs.aws.amazon.com, "Alarm evaluation".
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rejoinder.workbench.drill.metric_math import compute
from rejoinder.workbench.stack import LocalStack

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"

WAKING = "AlarmTopic"
"""The topic whose alarms wake somebody. The others are notices."""

Read = Callable[["Measure", float, float], float | None]
"""Returns the statistic of a measure between two times; None when there is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One metric that an alarm looks at."""

    id: str
    """Its name in the alarm's expression."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]

    statistic: str
    """How the values of a period become one, such as `Sum` or `p95`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm."""

    name: str
    """Its logical id."""

    wakes: bool
    """Whether it wakes somebody."""

    text: str
    """What its mail says."""

    measures: Sequence[Measure]

    expression: str
    """What is computed of the measures; empty when there is one, and it is the value."""

    threshold: float
    """The value above which a period counts."""

    period: float
    """How long a period is, in seconds."""

    periods: int
    """How many periods it looks at."""

    needed: int
    """How many of them must count."""

    @property
    def seconds(self) -> float:
        """How long it stays on after what it rings for has ended, in seconds."""
        return self.period * self.periods

    def value(self, read: Read, since: float, now: float) -> float | None:
        """Return the highest value of its periods that counts; None while the alarm is off.

        `since` is when the drill began to look: before that was nothing.
        """
        count = min(self.periods, math.ceil((now - since) / self.period))
        ends = [now - self.period * number for number in reversed(range(count))]
        values = {
            one.id: [read(one, max(end - self.period, since), end) for end in ends] for one in self.measures
        }
        # A period before `since` is one in which nothing was measured.
        before = {id: [None, *those] for id, those in values.items()}
        computed = compute(self.expression, before) if self.expression else before[self.measures[0].id]
        over = [value for value in computed if value is not None and value > self.threshold]
        return max(over) if len(over) >= self.needed else None


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as objects with the tag as the key."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    assert isinstance(node, yaml.SequenceNode)
    return {tag: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


def declared(file: Path = TEMPLATE) -> dict[str, dict[str, Any]]:
    """Return the properties of each alarm in the template, by logical id."""
    template = yaml.load(file.read_text(), _Loader)  # noqa: S506 - a safe loader
    return {
        name: one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    }


def physical_ids(stack: LocalStack) -> dict[str, str]:
    """Return what AWS calls each resource of a stack, by logical id."""
    told = stack.client("cloudformation").describe_stack_resources(StackName=stack.stack_name)
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in told["StackResources"]}


def alarms_of(stack: LocalStack) -> list[Alarm]:
    """Return the alarms of the template, as they would be on a stack."""
    ids = physical_ids(stack) | {"AWS::StackName": stack.stack_name}
    return [_alarm(name, one, ids) for name, one in declared().items()]


def _alarm(name: str, one: Mapping[str, Any], ids: Mapping[str, str]) -> Alarm:
    parts = [part for part in one.get("Metrics", ()) if "MetricStat" in part]
    measures = [_measure(part["Id"], part["MetricStat"]["Metric"], part["MetricStat"], ids) for part in parts]
    expressions = [part["Expression"] for part in one.get("Metrics", ()) if "Expression" in part]
    return Alarm(
        name=name,
        wakes=one["AlarmActions"] == [{"Ref": WAKING}],
        text=one["AlarmDescription"],
        measures=measures or [_measure("value", one, one, ids)],
        expression="".join(expressions),
        threshold=one["Threshold"],
        period=parts[0]["MetricStat"]["Period"] if parts else one["Period"],
        periods=one["EvaluationPeriods"],
        needed=one.get("DatapointsToAlarm", one["EvaluationPeriods"]),
    )


def _measure(its: str, metric: Mapping[str, Any], stat: Mapping[str, Any], ids: Mapping[str, str]) -> Measure:
    return Measure(
        id=its,
        namespace=_resolved(metric["Namespace"], ids),
        name=metric["MetricName"],
        dimensions={one["Name"]: _resolved(one["Value"], ids) for one in metric.get("Dimensions", ())},
        statistic=stat.get("Stat") or stat.get("Statistic") or stat["ExtendedStatistic"],
    )


def _resolved(value: Any, ids: Mapping[str, str]) -> str:
    match value:
        case {"Ref": str(name)}:
            return ids[name]
        case {"GetAtt": str(attribute)}:  # the name of a queue, whose physical id is its URL
            return ids[attribute.removesuffix(".QueueName")].rpartition("/")[2]
        case {"Sub": str(text)}:
            return re.sub(r"\$\{([\w:]+)\}", lambda found: ids[found[1]], text)
    return str(value)
