"""The rules for the dashboard and the log queries of template.yaml, as CloudFormation gets them.

The form of a dashboard is that of docs.aws.amazon.com, "Dashboard body structure and syntax".
"""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from rejoinder.model.metrics import Metric
from rejoinder.workbench.dashboard.body import COLUMNS, NOT_SHOWN, metrics_in
from tests.log_scanner import ALLOWED, FORMATTED, constants
from tests.unit.alarm_rules import AWS_METRICS
from tests.unit.template_rules import ROOT, Json, Rule, functions, referred, resources

MAX_FREE_METRICS = 50
"""The most metrics of a dashboard that costs nothing (aws.amazon.com/cloudwatch/pricing)."""

MAX_ALARMS = 100
"""The most alarms of a widget."""

PLACE = {"type", "x", "y", "width", "height", "properties"}
PROPERTIES = {
    "metric": (
        {"metrics", "region"},
        {"metrics", "region", "title", "view", "stat", "period", "start", "yAxis", "stacked", "legend"},
    ),
    "log": ({"query", "region"}, {"query", "region", "title", "view"}),
    "alarm": ({"alarms"}, {"alarms", "title", "sortBy", "states"}),
}
"""What a widget of each type must have, and what it may have of what we use."""

VIEWS: dict[str, set[str | None]] = {
    "metric": {"timeSeries", "singleValue"},
    "log": {"table"},
    "alarm": {None},
}
LOOKS = {"label", "color", "stat", "id", "visible", "yAxis", "expression", "period"}
STATS = {"Sum", "Maximum", "p50", "p95"}

SECTIONS = ("ingress", "processor", "sender", "tracker")

IN_TEXT = re.compile(r"\$\{(?!!)([\w:]+)(?:\.(\w+))?\}")
WORDS = {
    *("filter", "fields", "stats", "sort", "limit", "by", "as", "in", "like", "and", "desc", "SOURCE"),
    *("count", "latest", "min", "max", "ispresent"),
}
"""The words of the language of CloudWatch Logs Insights that our queries use."""


def dashboard(template: Json) -> Json:
    """Return the dashboard's body. What CloudFormation puts in is still in braces."""
    (one,) = resources(template, "AWS::CloudWatch::Dashboard").values()
    body: Json = json.loads(one["DashboardBody"]["Fn::Sub"])
    return body


def counted() -> dict[str, set[str]]:
    """Return the functions that count each metric of ours, as the comments in its module say."""
    counted_by: dict[str, set[str]] = {}
    within: set[str] = set()
    for line in (ROOT / "layers/rejoinder/rejoinder/model/metrics.py").read_text().splitlines():
        if section := re.fullmatch(r" {4}# (.+)", line):
            named = {name for name in SECTIONS if name in section[1]}
            within = named or ({*SECTIONS} if "each function" in section[1] else within)
        elif made := re.match(r" {4}([A-Z_]+) = ", line):
            counted_by[Metric[made[1]]] = within | {*re.findall(r"also (?:counted )?by the (\w+)", line)}
    return counted_by


def widgets_have_the_documented_form(template: Json) -> list[str]:
    return [
        f"{widget['properties'].get('title')}: {fault}"
        for widget in dashboard(template)["widgets"]
        for fault in _faults_of(widget)
    ]


def _faults_of(widget: Json) -> Iterator[str]:
    kind, properties = widget["type"], widget["properties"]
    if kind not in PROPERTIES:
        yield f"there is no widget of the type {kind}"
        return
    must, may = PROPERTIES[kind]
    if widget.keys() != PLACE or not must <= properties.keys() <= may:
        yield "a property is missing or unknown"
    if properties.get("view") not in VIEWS[kind]:
        yield "there is no such view"
    for entry in properties.get("metrics", []):
        yield from _faults_of_metric(entry, properties)
    if len(properties.get("alarms", [])) > MAX_ALARMS:
        yield "there are too many alarms"


def _faults_of_metric(entry: list[Any], properties: Json) -> Iterator[str]:
    *names, look = entry
    period = look.get("period", properties["period"])
    if not look.keys() <= LOOKS or look.get("stat", properties["stat"]) not in STATS or period % 60:
        yield "a metric looks otherwise than may be said"
    if "color" in look and not re.fullmatch(r"#[0-9a-f]{6}", look["color"]):
        yield "a colour is none"
    if look.get("yAxis", "left") not in properties.get("yAxis", {"left"}):
        yield "an axis is not there"
    if names if "expression" in look else len(names) not in (2, 4):
        yield "a metric is a namespace, a name and one dimension, or an expression alone"
    ids = {one[-1].get("id") for one in properties["metrics"]}
    if not {*re.findall(r"\b[a-z]+\b", re.sub(r"'.*?'", "", look.get("expression", "")))} <= ids:
        yield "an expression is about a metric that is not there"


def widgets_are_side_by_side(template: Json) -> list[str]:
    widgets = dashboard(template)["widgets"]
    squares = [
        {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        for widget in widgets
    ]
    too_wide = [x for square in squares for x, _ in square if x >= COLUMNS]
    return ["a widget is beyond the edge"] * bool(too_wide) + [
        "two widgets overlap" for one, other in combinations(squares, 2) if one & other
    ]


def the_dashboard_shows_what_is_emitted(template: Json) -> list[str]:
    return [
        f"nobody emits {metric}"
        for metric in metrics_in(dashboard(template))
        if not (_is_of_aws(template, metric) or _is_ours(template, metric) or _is_in_a_log(template, metric))
    ]


def _is_of_aws(template: Json, metric: tuple[str, ...]) -> bool:
    dimension, attribute, kind = AWS_METRICS.get((metric[0], metric[1]), ("", "", ""))
    found = IN_TEXT.fullmatch(metric[-1])
    return (
        found is not None
        and metric[2] == dimension
        and (found[2] or "Ref") == attribute
        and found[1] in resources(template, kind)
    )


def _namespaces(template: Json) -> set[str]:
    variables = [function["Environment"]["Variables"] for function in functions(template).values()]
    return {given["POWERTOOLS_METRICS_NAMESPACE"]["Fn::Sub"] for given in variables}


def _is_ours(template: Json, metric: tuple[str, ...]) -> bool:
    namespace, name, *dimension = metric
    services = [["service", service] for service in counted().get(name, set())]
    return {namespace} == _namespaces(template) and dimension in services


def _is_in_a_log(template: Json, metric: tuple[str, ...]) -> bool:
    made = [
        (one["MetricNamespace"]["Fn::Sub"], one["MetricName"])
        for filter_ in resources(template, "AWS::Logs::MetricFilter").values()
        for one in filter_["MetricTransformations"]
    ]
    return metric in made


def every_metric_of_ours_is_shown_or_left_out_for_a_reason(template: Json) -> list[str]:
    text = json.dumps(dashboard(template))
    shown = {metric for metric in Metric if f'"{metric}"' in text or f'MetricName=\\"{metric}\\"' in text}
    return [f"{metric} is neither shown nor left out" for metric in {*Metric} - shown - NOT_SHOWN.keys()] + [
        f"{metric} is shown and left out" for metric in shown & NOT_SHOWN.keys()
    ]


def every_function_that_counts_is_shown(template: Json) -> list[str]:
    shown = {(metric[1], metric[-1]) for metric in metrics_in(dashboard(template))}
    named = {name for name, _ in shown}
    return [
        f"{name} of the {service} is not shown"
        for name, services in counted().items()
        for service in services
        if name in named and (name, service) not in shown
    ]


def every_alarm_is_shown_once(template: Json) -> list[str]:
    shown = [
        arn for widget in dashboard(template)["widgets"] for arn in widget["properties"].get("alarms", [])
    ]
    there = [
        f"${{{name}.Arn}}"
        for name, resource in template["Resources"].items()
        if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    ]
    return [] if sorted(shown) == sorted(there) else ["the dashboard does not show each alarm once"]


def the_dashboard_costs_nothing_beside_two_others(template: Json) -> list[str]:
    metrics = {*metrics_in(dashboard(template))}
    categories = 6  # those of Meta's prices: MessagesBilled has a series for each
    return ["it has too many metrics"] * (len(metrics) + categories > MAX_FREE_METRICS)


def queries_name_what_is_logged(template: Json) -> list[str]:
    return [
        f"{name}: {word} is in no line of {sorted(groups)}"
        for name, query, groups in _queries(template)
        for word in _unknown(query, _fields(template, groups))
    ]


def _queries(template: Json) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the name of each query, its text, and the log groups that it searches."""
    for name, one in resources(template, "AWS::Logs::QueryDefinition").items():
        yield name, one["QueryString"], {referred(group)[0] for group in one["LogGroupNames"]}
    for widget in dashboard(template)["widgets"]:
        if widget["type"] == "log":
            query = widget["properties"]["query"]
            yield widget["properties"]["title"], query, {found[1] for found in IN_TEXT.finditer(query)}


def _fields(template: Json, groups: set[str]) -> set[str]:
    assert groups <= resources(template, "AWS::Logs::LogGroup").keys()
    own = {"@timestamp", "@message"}
    if groups == {"WebhookAccessLogs"}:
        (stage,) = resources(template, "AWS::ApiGatewayV2::Stage").values()
        return own | {*json.loads(stage["AccessLogSettings"]["Format"])}
    assert "WebhookAccessLogs" not in groups, "its lines are other ones"
    return own | ALLOWED.keys() | FORMATTED


def _unknown(query: str, fields: set[str]) -> set[str]:
    """Return the words of a query that are no field, and the messages that nobody logs."""
    lines = re.sub(r"^ *#.*$", "", query, flags=re.MULTILINE)
    said = {*re.findall(r'"([^"]*)"', lines)} - constants()
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|/[^/\n]*/|\bfurther\.\d\.", " ", lines)
    made = {*re.findall(r"\bas (\w+)", bare)}
    return said | {*re.findall(r"@?[A-Za-z_]\w*", bare)} - WORDS - made - fields


def what_the_local_aws_lacks_is_for_aws_only(template: Json) -> list[str]:
    wanted = {"AWS::Logs::QueryDefinition": "IsAws", "AWS::CloudWatch::Dashboard": "HasDashboard"}
    return [
        f"{name}: its condition is another one"
        for name, resource in template["Resources"].items()
        if resource["Type"] in wanted and resource.get("Condition") != wanted[resource["Type"]]
    ]


RULES: list[Rule] = [
    widgets_have_the_documented_form,
    widgets_are_side_by_side,
    the_dashboard_shows_what_is_emitted,
    every_metric_of_ours_is_shown_or_left_out_for_a_reason,
    every_function_that_counts_is_shown,
    every_alarm_is_shown_once,
    the_dashboard_costs_nothing_beside_two_others,
    queries_name_what_is_logged,
    what_the_local_aws_lacks_is_for_aws_only,
]
