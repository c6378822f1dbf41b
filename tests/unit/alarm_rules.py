"""The rules for the alarms of template.yaml, as CloudFormation gets them."""

import re
from collections.abc import Mapping
from typing import Any

from rejoinder.model.metrics import Metric
from rejoinder.workbench.drill.metric_math import Values, compute
from tests.unit.template_rules import Json, Rule, functions, referred, resources

# AWS's own metrics → (their only dimension, the attribute that holds the resource's name, the resource's
# type). They are described on these pages of AWS's documentation: "Available CloudWatch metrics for Amazon
# SQS", "Types of metrics for Lambda functions", "Working with metrics for HTTP APIs" and "Monitoring
# EventBridge Scheduler with Amazon CloudWatch".
AWS_METRICS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ("QueueName", "QueueName", "AWS::SQS::Queue"),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"): ("QueueName", "QueueName", "AWS::SQS::Queue"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): ("QueueName", "QueueName", "AWS::SQS::Queue"),
    ("AWS/Lambda", "Errors"): ("FunctionName", "Ref", "AWS::Lambda::Function"),
    ("AWS/ApiGateway", "5xx"): ("ApiId", "Ref", "AWS::ApiGatewayV2::Api"),
    ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount"): (
        "ScheduleGroup",
        "Ref",
        "AWS::Scheduler::ScheduleGroup",
    ),
}
OF_THE_ACCOUNT = {("AWS/Lambda", "Throttles")}
"""AWS's own metrics that have an alarm without a dimension: they are of all functions of the account."""

# Each of our metrics that has an alarm, and the functions that count it. When the ingress counts failed work,
# it answers with a server error, which has an alarm.
OUR_METRICS = {
    Metric.WORK_FAILED: {"processor", "sender", "tracker"},
    Metric.GATE_CLOSED: {"sender"},
    Metric.SIGNATURE_INVALID: {"ingress"},
    Metric.SIGNATURE_VALID: {"ingress"},
    Metric.QUARANTINED: {"ingress"},
    Metric.UPDATES_PARKED: {"processor"},
    Metric.BOT_ERRORS: {"processor"},
    Metric.TURNS_DONE: {"processor"},
    Metric.FILES_LOST: {"processor"},
    Metric.TEMPLATES_RECATEGORISED: {"tracker"},
    Metric.ANSWER_SECONDS: {"sender"},
    Metric.MESSAGES_ACCEPTED: {"sender"},
    Metric.MESSAGES_FAILED: {"sender", "tracker"},
    Metric.MESSAGES_DOUBLED: {"sender", "tracker"},
}
TOPICS = ("AlarmTopic", "NoticeTopic")
A_MINUTE = 60
LETTERS = {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"}
"""The metrics of how many dead letters there are. They stay up for as long as a letter lies there."""


def alarms(template: Json) -> dict[str, Json]:
    return resources(template, "AWS::CloudWatch::Alarm")


def metrics_of(alarm: Json) -> list[Json]:
    """Return the metrics that an alarm looks at: its own, or those in its expression."""
    if "MetricName" in alarm:
        return [alarm]
    return [part["MetricStat"]["Metric"] for part in alarm["Metrics"] if "MetricStat" in part]


def alarms_look_at_what_is_emitted(template: Json) -> list[str]:
    return [
        f"{name}: nobody emits {metric['MetricName']} so"
        for name, alarm in alarms(template).items()
        for metric in metrics_of(alarm)
        if not (_is_of_aws(template, metric) or _is_ours(template, metric) or _is_in_a_log(template, metric))
    ]


def _is_of_aws(template: Json, metric: Json) -> bool:
    if not isinstance(metric["Namespace"], str):
        return False
    if "Dimensions" not in metric:
        return (metric["Namespace"], metric["MetricName"]) in OF_THE_ACCOUNT
    dimension, attribute, kind = AWS_METRICS.get((metric["Namespace"], metric["MetricName"]), ("", "", ""))
    names = [given["Name"] for given in metric["Dimensions"]]
    logical_id, had_by = referred(metric["Dimensions"][0]["Value"])
    return names == [dimension] and had_by == attribute and logical_id in resources(template, kind)


def _is_ours(template: Json, metric: Json) -> bool:
    variables = [function["Environment"]["Variables"] for function in functions(template).values()]
    services = OUR_METRICS.get(metric["MetricName"], set())
    return (
        metric.get("Dimensions") in [[{"Name": "service", "Value": service}] for service in services]
        and all(metric["Namespace"] == given["POWERTOOLS_METRICS_NAMESPACE"] for given in variables)
        and services <= {given["POWERTOOLS_SERVICE_NAME"] for given in variables}
    )


def _is_in_a_log(template: Json, metric: Json) -> bool:
    """Whether a filter makes the metric from the lines of a log group of ours. It has no dimensions."""
    made = [
        (made["MetricNamespace"], made["MetricName"])
        for filter_ in resources(template, "AWS::Logs::MetricFilter").values()
        if referred(filter_["LogGroupName"])[0] in resources(template, "AWS::Logs::LogGroup")
        for made in filter_["MetricTransformations"]
    ]
    return (metric["Namespace"], metric["MetricName"]) in made and "Dimensions" not in metric


def alarms_reach_somebody(template: Json) -> list[str]:
    return [
        f"{name}: does not go to one topic, or goes off when there is nothing to count"
        for name, alarm in alarms(template).items()
        if alarm["AlarmActions"] not in [[{"Ref": topic}] for topic in TOPICS]
        or alarm["TreatMissingData"] != "notBreaching"
    ]


def no_two_alarms_look_at_the_same(template: Json) -> list[str]:
    seen: list[list[list[Any]]] = []
    found = []
    for name, alarm in alarms(template).items():
        looks_at = [[metric["MetricName"], metric.get("Dimensions")] for metric in metrics_of(alarm)]
        found += [f"{name}: another alarm looks at the same"] if looks_at in seen else []
        seen.append(looks_at)
    return found


def no_alarm_stays_on_while_a_letter_lies_there(template: Json) -> list[str]:
    return [
        f"{name}: the next letter would not ring"
        for name, alarm in alarms(template).items()
        if LETTERS & {metric["MetricName"] for metric in metrics_of(alarm)} and not _looks_at_a_rise(alarm)
    ]


def _looks_at_a_rise(alarm: Json) -> bool:
    return any(part.get("Expression", "").startswith("DIFF(") for part in alarm.get("Metrics", []))


def metric_math_is_for_aws_only(template: Json) -> list[str]:
    """The local AWS refuses a template with metric math."""
    return [
        f"{name}: the local AWS cannot have it"
        for name, alarm in alarms(template).items()
        if "Metrics" in alarm and template["Resources"][name].get("Condition") != "IsAws"
    ]


def no_alarm_goes_on_with_old_values(template: Json) -> list[str]:
    """Without a value in its periods, CloudWatch looks at those before them.

    See docs.aws.amazon.com, "Configuring how CloudWatch alarms treat missing data".
    """
    return [
        f"{name}: stays on long after its fault, so that the next one rings nobody"
        for name, alarm in alarms(template).items()
        if not (_fills_all(alarm) if "Metrics" in alarm else alarm["Period"] <= A_MINUTE)
    ]


def _fills_all(alarm: Json) -> bool:
    (expression,) = (part["Expression"] for part in alarm["Metrics"] if "Expression" in part)
    ids = [part["Id"] for part in alarm["Metrics"] if "MetricStat" in part]
    return all(re.search(rf"FILL\({id}, (0|REPEAT)\)", expression) for id in ids)


RULES: list[Rule] = [
    alarms_look_at_what_is_emitted,
    alarms_reach_somebody,
    no_two_alarms_look_at_the_same,
    no_alarm_stays_on_while_a_letter_lies_there,
    metric_math_is_for_aws_only,
    no_alarm_goes_on_with_old_values,
]


def rings(alarm: Mapping[str, Any], **metrics: Values) -> list[int]:
    """Return the periods in which the expression of `alarm` is above its threshold, by their numbers."""
    (expression,) = (part["Expression"] for part in alarm["Metrics"] if "Expression" in part)
    assert {part["Id"] for part in alarm["Metrics"] if "MetricStat" in part} == metrics.keys()
    values = compute(expression, metrics)
    return [number for number, value in enumerate(values) if value is not None and value > alarm["Threshold"]]
