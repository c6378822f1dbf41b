"""What CloudWatch knows: our metrics at every log level, AWS's own, and the alarms."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rejoinder.model.metrics import Metric
from rejoinder.workbench.check_aws.functions import restart
from rejoinder.workbench.check_aws.site import Site
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice
from rejoinder.workbench.pages import RUNBOOK, page
from rejoinder.workbench.stack.metrics import publish

LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
"""The values of the parameter LogLevel."""

AGES = ("InboundAgeAlarm", "OutboundAgeAlarm")
"""The alarms that look at the age of the oldest message in a FIFO queue."""

LETTER_ALARM = "InboundDlqAlarm"

ALARM_OF_ALL = "ThrottlesAlarm"
"""The alarm that looks at all functions of the account. Those of others may let it ring."""


def look_at_levels(site: Site) -> Finding:
    """Look whether CloudWatch makes metrics of our log lines, whatever the log level.

    With each level, twice as many turns are done as with the one before. So the sum tells which are missing.
    No other turn may come before.
    """
    for place, level in enumerate(LEVELS):
        restart(site, ["processor"], level=level)
        contacts = site.contacts(2**place)
        site.say([(contact, level) for contact in contacts])
        if len(site.heard(contacts, len(contacts))) < len(contacts):
            return bad(f"with LogLevel {level} messages were not answered", "look into the processor's log")
        site.settle()  # the local AWS ends an invocation when its function changes, and with it the metrics
    restart(site, ["processor"], level="INFO")
    wanted = 2 ** len(LEVELS) - 1
    if site.is_local:
        _make_metrics(site)
    site.patience.until(lambda: True if _turns(site) >= wanted else None, site.patience.metrics)
    missing = wanted - min(wanted, _turns(site))
    if missing:
        silent = [level for place, level in enumerate(LEVELS) if missing & 2**place]
        return bad(
            f"CloudWatch did not count {missing} of {wanted} turns: those with LogLevel {', '.join(silent)}",
            "LoggingConfig of template.yaml lets Lambda drop lines",
        )
    return good(f"{Metric.TURNS_DONE} counts {wanted} turns, done with LogLevel {', '.join(LEVELS)}")


def _turns(site: Site) -> int:
    told = site.place.client("cloudwatch").get_metric_statistics(
        Namespace=f"Rejoinder/{site.place.stack_name}",
        MetricName=str(Metric.TURNS_DONE),
        Dimensions=[{"Name": "service", "Value": "processor"}],
        Period=60,
        Statistics=["Sum"],
        **_since(site),
    )
    return int(sum(point["Sum"] for point in told["Datapoints"]))


def _since(site: Site) -> dict[str, datetime]:
    began = datetime.fromtimestamp(site.began_at // 60 * 60, UTC)
    return {"StartTime": began, "EndTime": datetime.now(UTC) + timedelta(minutes=1)}


def _make_metrics(site: Site) -> None:
    """Do what CloudWatch does with our lines: the local AWS makes no metrics of them."""

    def turns() -> list[Mapping[str, Any]]:
        return [line for line in site.log("processor") if "_aws" in line and Metric.TURNS_DONE in line]

    wanted = 2 ** len(LEVELS) - 1
    site.patience.until(lambda: True if len(turns()) >= wanted else None, site.patience.answers)
    for line in turns():
        publish(site.place.client("cloudwatch"), line)


def look_at_alarms(site: Site) -> Finding:
    """Look whether every alarm is there and rests, but for one that others may let ring."""
    names = _alarms(site)
    told: dict[str, str] = {}

    def rest() -> bool | None:
        told.clear()
        told.update(_states(site, names))
        ours = {name: state for name, state in told.items() if (name, state) != (ALARM_OF_ALL, "ALARM")}
        return True if set(ours.values()) == {"OK"} and len(told) == len(names) else None

    patience = 0.0 if site.is_local else site.patience.metrics
    if site.patience.until(rest, patience):
        return _well(told)
    if missing := sorted({*names} - {*told}):
        return bad(f"missing: {', '.join(missing)}", "look at the stack's events in CloudFormation")
    if rings := sorted(name for name, state in told.items() if state == "ALARM"):
        return bad(f"ringing: {', '.join(rings)}", f"{RUNBOOK} says of each alarm what to do")
    unsure = sorted(name for name, state in told.items() if state != "OK")
    if site.is_local:
        raise NotNow(f"{len(names)} alarms are there; the local AWS has no data for {len(unsure)} of them")
    return bad(
        f"{len(unsure)} alarms have no data: {', '.join(unsure)}",
        "look whether TreatMissingData is notBreaching",
    )


def _well(told: Mapping[str, str]) -> Finding:
    if told.get(ALARM_OF_ALL) == "ALARM":
        what = f"{len(told)} alarms are there; only {ALARM_OF_ALL} rings, for any function of the account"
        return notice(what, f"ask AWS for more executions: {page('scaling', 'ask-aws')}")
    return good(f"{len(told)} alarms are there, and all are OK")


def _alarms(site: Site) -> dict[str, str]:
    """Return AWS's name of each alarm, by its name in the template."""
    pages = site.place.client("cloudformation").get_paginator("list_stack_resources")
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"].rpartition(":")[2]  # of a composite it is an ARN
        for page in pages.paginate(StackName=site.place.stack_name)
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    }


def _described(site: Site, names: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """Return alarms by their names in the template. DescribeAlarms takes 100 of them."""
    client, logical = site.place.client("cloudwatch"), {its: name for name, its in names.items()}
    told = client.describe_alarms(
        AlarmNames=[*logical][:100], AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100
    )
    return {
        logical[one["AlarmName"]]: one
        for kind in ("MetricAlarms", "CompositeAlarms")
        for one in told.get(kind, [])
    }


def _states(site: Site, names: Mapping[str, str]) -> dict[str, str]:
    return {name: one["StateValue"] for name, one in _described(site, names).items()}


def look_at_ages(site: Site) -> Finding:
    """Look whether SQS reports the age of the oldest message as the alarms ask for it."""
    if site.is_local:
        raise NotNow("the local AWS measures no queues")
    alarms = _described(site, {name: its for name, its in _alarms(site).items() if name in AGES})
    if missing := sorted({*AGES} - {*alarms}):
        return bad(f"there is no {', '.join(missing)}", "look at the alarms of template.yaml")
    ages = {name: _age(one) for name, one in alarms.items()}
    site.patience.until(
        lambda: True if all(_has_data(site, one) for one in ages.values()) else None, site.patience.metrics
    )
    silent = sorted(name for name, one in ages.items() if not _has_data(site, one))
    if silent:
        return bad(
            f"no data for {', '.join(silent)}: SQS does not report {_asked_for(ages[silent[0]])}",
            "look at the namespace, the name and the dimension of these alarms",
        )
    return good(f"SQS reports {' and '.join(_asked_for(one) for one in ages.values())}")


def _age(alarm: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metric of SQS that an alarm computes with, beside those of failures."""
    metrics = [part["MetricStat"]["Metric"] for part in alarm["Metrics"] if "MetricStat" in part]
    (age,) = (metric for metric in metrics if metric["Namespace"] == "AWS/SQS")
    found: Mapping[str, Any] = age
    return found


def _has_data(site: Site, metric: Mapping[str, Any]) -> bool:
    told = site.place.client("cloudwatch").get_metric_statistics(
        **metric, Period=60, Statistics=["Maximum"], **_since(site)
    )
    return bool(told["Datapoints"])


def _asked_for(metric: Mapping[str, Any]) -> str:
    (dimension,) = metric["Dimensions"]
    return f"{metric['MetricName']} of {dimension['Value']}"


def look_at_letter(site: Site) -> Finding:
    """Look whether the alarm for dead letters saw the one that an earlier point left."""
    alarm = {name: its for name, its in _alarms(site).items() if name == LETTER_ALARM}
    if not alarm and site.is_local:
        raise NotNow("the local AWS has no metric math, and so not this alarm")
    if not alarm:
        return bad(f"there is no {LETTER_ALARM}", "look at the alarms of template.yaml")
    rang = site.patience.until(
        lambda: True if _states(site, alarm).get(LETTER_ALARM) == "ALARM" else None, site.patience.metrics
    )
    if not rang:
        return notice(
            f"{LETTER_ALARM} did not ring within {site.patience.metrics / 60:.0f} minutes",
            "look at its graph in the CloudWatch console, with --keep; SQS may report later",
        )
    return good(f"{LETTER_ALARM} rang")
