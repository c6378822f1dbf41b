"""What template.yaml says that costs money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"

POLLERS, POLLERS_WITHOUT_MAXIMUM = 5, 2
"""How many pollers of Lambda ask an idle queue, and how many ask a standard queue that has no maximum
concurrency (docs.aws.amazon.com, "Configuring scaling behavior for SQS event source mappings"). Of FIFO
queues AWS says nothing."""

ACCESS = {
    "requestId": "AbCdEfGhIjKlMnO=",
    "requestTime": "26/Nov/2026:12:00:00 +0000",
    "routeKey": "POST /webhook",
    "status": "200",
    "identity.sourceIp": "173.252.127.111",
    "responseLatency": "40",
    "responseLength": "0",
    "integrationErrorMessage": "-",
}
"""What the variables of the access log become."""

SYSTEM_START = (
    '{"time":"2026-11-26T12:00:00.000Z","type":"platform.start","record":{"requestId":'
    '"11111111-2222-3333-4444-555555555555","version":"$LATEST"}}'
)
SYSTEM_REPORT = (
    '{"time":"2026-11-26T12:00:00.000Z","type":"platform.report","record":{"requestId":'
    '"11111111-2222-3333-4444-555555555555","metrics":{"durationMs":40.123,"billedDurationMs":41,'
    '"memorySizeMB":512,"maxMemoryUsedMB":110},"status":"success"}}'
)
"""What Lambda writes of each invocation, unless its level is WARN (docs.aws.amazon.com, "Log-level
filtering")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A deployment, as far as it costs money."""

    architecture: str
    """arm64 or x86_64."""

    memory_mb: dict[str, int]
    """The memory of each function."""

    alarm_metrics: int
    """How many metrics the alarms look at."""

    dashboards: int
    """How many dashboards there are."""

    secrets: int
    """How many secrets there are."""

    retention_days: int
    """How long logs are kept."""

    gathered: int
    """How many queue messages the tracker gets at once at most."""

    window_seconds: int
    """How long messages for the tracker are gathered."""

    pollers: dict[str, int]
    """How many pollers ask each queue while it is idle."""

    system_line_bytes: tuple[int, ...]
    """The lines that Lambda itself writes of each invocation."""

    access_line_bytes: int
    """The line of the access log for a webhook."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as if they were not there."""


def _untagged(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _untagged)


def read_parameters(file: Path = TEMPLATE) -> dict[str, Any]:
    """Return the defaults of a template's parameters."""
    return _defaults(_read(file))


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(), _Loader)  # noqa: S506 - a safe loader


def _defaults(template: Any) -> dict[str, Any]:
    return {name: one["Default"] for name, one in template["Parameters"].items()}


def read_stack(file: Path = TEMPLATE) -> Stack:
    """Return the deployment that a template describes, with the defaults of its parameters."""
    template = _read(file)
    parameters = _defaults(template)
    common = template["Globals"]["Function"]
    functions = {name.lower(): one for name, one in _all(template, "AWS::Serverless::Function", "Function")}
    logging = common["LoggingConfig"]
    (stage,) = (one for _, one in _all(template, "AWS::ApiGatewayV2::Stage", ""))
    events = functions["tracker"]["Events"]["Events"]
    return Stack(
        architecture=parameters["Architecture"],
        memory_mb={name: one.get("MemorySize", common["MemorySize"]) for name, one in functions.items()},
        alarm_metrics=sum(_metrics(one) for _, one in _all(template, "AWS::CloudWatch::Alarm", "")),
        dashboards=len(list(_all(template, "AWS::CloudWatch::Dashboard", ""))),
        secrets=len(list(_all(template, "AWS::SecretsManager::Secret", ""))),
        retention_days=parameters["LogRetentionDays"],
        gathered=events["Properties"]["BatchSize"],
        window_seconds=_on_aws(events["Properties"].get("MaximumBatchingWindowInSeconds", 0)),
        pollers=_pollers(template, functions),
        system_line_bytes=()
        if logging.get("SystemLogLevel") == "WARN"
        else (len(SYSTEM_START), len(SYSTEM_REPORT)),
        access_line_bytes=len(_access_line(stage["AccessLogSettings"]["Format"])),
    )


def _all(template: Any, kind: str, suffix: str) -> list[tuple[str, Any]]:
    """Return the properties of each resource of a type, by its logical id without `suffix`.

    What only a second network needs is left out: by default there is none.
    """
    return [
        (name.removesuffix(suffix), one["Properties"])
        for name, one in template["Resources"].items()
        if one["Type"] == kind and one.get("Condition") != "HasTelegram"
    ]


def _metrics(alarm: Any) -> int:
    return sum("MetricStat" in part for part in alarm["Metrics"]) if "Metrics" in alarm else 1


def _on_aws(value: Any) -> Any:
    """Return what a property is on AWS, where it depends on that."""
    match value:
        case ["IsAws", there, _]:
            return None if there == "AWS::NoValue" else there
    return value


def _pollers(template: Any, functions: dict[str, Any]) -> dict[str, int]:
    pollers = {}
    for properties in _sources(template, functions):
        arn = properties.get("Queue") or properties["EventSourceArn"]
        queue = arn.removesuffix("Queue.Arn").lower()
        is_fifo = queue in ("inbound", "outbound")
        has_maximum = _on_aws(properties.get("ScalingConfig")) is not None
        pollers[queue] = POLLERS if is_fifo or has_maximum else POLLERS_WITHOUT_MAXIMUM
    return pollers


def _sources(template: Any, functions: dict[str, Any]) -> Iterator[Any]:
    """Yield the event sources: those that are declared by themselves, and those of the functions."""
    for _, source in _all(template, "AWS::Lambda::EventSourceMapping", ""):
        yield source
    for function in functions.values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                yield event["Properties"]


def _access_line(form: str) -> str:
    return re.sub(r"\$context\.([\w.]+)", lambda found: ACCESS[found[1]], form)
