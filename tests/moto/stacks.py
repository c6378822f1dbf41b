"""CloudFormation stacks in moto, with the outputs of template.yaml, and alarms."""

import importlib.util
import json
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Literal

import boto3

from rejoinder.workbench.stack.local import OUTPUTS

REGION = "eu-west-1"


def _stand_in(name: str, **names: object) -> None:
    module = ModuleType(name)
    module.__path__ = []
    vars(module).update(names)
    sys.modules[name] = module


if importlib.util.find_spec("openapi_spec_validator") is None:
    # Moto's CloudFormation imports all its services. One of them checks specifications of APIs, which no test
    # has, with a package that we therefore do not install.
    _stand_in("openapi_spec_validator", validate=None)
    _stand_in("openapi_spec_validator.validation")
    _stand_in("openapi_spec_validator.validation.exceptions", OpenAPIValidationError=Exception)


def create_stack(name: str, outputs: Mapping[str, str], region: str = REGION) -> None:
    """Create a stack with these outputs."""
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    values = {key: {"Value": value} for key, value in outputs.items()}
    body = json.dumps({"Resources": topic, "Outputs": values})
    boto3.client("cloudformation", region).create_stack(StackName=name, TemplateBody=body)


def create_ours(name: str, **more: str) -> None:
    """Create a stack with the outputs of template.yaml."""
    create_stack(name, {output: f"{name}-{output}" for output in OUTPUTS.values()} | more)


def create_alarm(
    cloudwatch: Any, name: str, about: str = "", *, state: Literal["OK", "ALARM"] = "ALARM", **more: Any
) -> None:
    """Create an alarm in a state, which is that it rings."""
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription=about,
        Namespace="x",
        MetricName="y",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        **more,
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
