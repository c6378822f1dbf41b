"""What CloudWatch does with lines of metrics, for the local AWS, which does not do it."""

from collections.abc import Mapping
from typing import Any


def publish(cloudwatch: Any, line: Mapping[str, Any]) -> None:
    """Put the metrics of a log line to CloudWatch, as AWS does with each line in the format EMF.

    `cloudwatch` is a client of boto3. The line is JSON that a function wrote, with the field `_aws`
    (docs.aws.amazon.com, "Specification: Embedded metric format"). A metric is one number, or a list of them.
    """
    at = line["_aws"]["Timestamp"] / 1000
    for directive in line["_aws"]["CloudWatchMetrics"]:
        data = [
            {
                "MetricName": metric["Name"],
                "Dimensions": [{"Name": name, "Value": line[name]} for name in names],
                "Timestamp": at,
                "Unit": metric["Unit"],
                **_value(line[metric["Name"]]),
            }
            for names in directive["Dimensions"]
            for metric in directive["Metrics"]
        ]
        cloudwatch.put_metric_data(Namespace=directive["Namespace"], MetricData=data)


def _value(given: float | list[float]) -> dict[str, Any]:
    return {"Values": given} if isinstance(given, list) else {"Value": given}
