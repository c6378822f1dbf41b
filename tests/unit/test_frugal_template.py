"""What template.yaml does not pay for. docs/costs.md tells what is left."""

from typing import Any

import pytest

from rejoinder.model.backoff import GRACE
from tests.unit.alarm_rules import alarms, metrics_of
from tests.unit.template_rules import Json, functions, resources, translated

NO_VALUE = {"Ref": "AWS::NoValue"}
KEYS = {"SSESpecification", "KmsMasterKeyId", "KmsKeyId", "KmsKeyArn"}


@pytest.fixture(scope="module")
def template() -> Json:
    return translated()


def on_aws(value: Any) -> Any:
    """Return what a property is on AWS."""
    match value:
        case {"Fn::If": ["IsAws", there, _]}:
            return None if there == NO_VALUE else there
    return value


def test_statuses_are_gathered_and_stay_hidden_meanwhile(template: Json) -> None:
    """AWS advises six timeouts and the window (docs.aws.amazon.com, "Using Lambda with Amazon SQS")."""
    source = resources(template, "AWS::Lambda::EventSourceMapping")["TrackerFunctionEvents"]
    window = on_aws(source["MaximumBatchingWindowInSeconds"])
    timeout = functions(template)["TrackerFunction"]["Timeout"]
    visible = resources(template, "AWS::SQS::Queue")["EventsQueue"]["VisibilityTimeout"]
    assert window >= 1
    assert visible >= 6 * timeout + window


def test_a_status_that_was_gathered_still_settles_a_send_whose_outcome_is_unknown(template: Json) -> None:
    """Lambda may gather for 20 s even when less is set. The network needs some seconds before that."""
    source = resources(template, "AWS::Lambda::EventSourceMapping")["TrackerFunctionEvents"]
    assert 2 * max(20, on_aws(source["MaximumBatchingWindowInSeconds"])) < GRACE.seconds(0)


def test_lambda_itself_logs_failed_invocations_only(template: Json) -> None:
    levels = {one["LoggingConfig"].get("SystemLogLevel") for one in functions(template).values()}
    assert levels == {"WARN"}


def test_no_key_of_kms_is_billed(template: Json) -> None:
    """The table's key is owned by AWS, queues and bucket have keys of their service."""
    named = {name for name, one in template["Resources"].items() if KEYS & one.get("Properties", {}).keys()}
    assert named == set()


def test_the_alarms_look_at_so_many_metrics(template: Json) -> None:
    """AWS bills each metric of an alarm, also those in an expression."""
    assert sum(len(metrics_of(alarm)) for alarm in alarms(template).values()) == 40
