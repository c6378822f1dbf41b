"""The early start on the deployed stack, with the rights of the ingress."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from rejoinder.workbench.handset.handset import wait_for
from rejoinder.workbench.stack import LocalStack, aws
from rejoinder.workbench.stack.logs import LogReader
from tests.moto.test_handlers import event_of

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PATIENCE_SECONDS = 60.0
QUIET_SECONDS = 3.0
"""How long nothing must come before we believe that nothing will, in seconds."""

Client = Callable[[str], Any]


@pytest.fixture
def ingress(stack: LocalStack) -> Iterator[Client]:
    """Yield a function that returns clients with the role of the ingress. The test may take it."""
    iam, function = stack.client("iam"), stack.functions["ingress"]
    arn = stack.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    role = iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [everybody]}
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=json.dumps(document))
    taken = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(
        taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"], region_name=aws.REGION
    )
    yield lambda service: session.client(service, endpoint_url=stack.aws_endpoint_url)  # type: ignore[call-overload]
    before = json.dumps(role["AssumeRolePolicyDocument"])
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=before)


def start_topic(stack: LocalStack) -> str:
    function = stack.functions["ingress"]
    settings = stack.client("lambda").get_function_configuration(FunctionName=function)
    return str(settings["Environment"]["Variables"]["START_TOPIC_ARN"])


def everything(stack: LocalStack) -> list[Any]:
    """Return what is in the queues and the table, and what was sent."""
    sqs = stack.client("sqs")
    numbers = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][
            f"ApproximateNumberOfMessages{kind}"
        ]
        for url in sqs.list_queues()["QueueUrls"]
        for kind in ("", "NotVisible", "Delayed")
    ]
    items = stack.client("dynamodb").scan(TableName=stack.table_name)["Items"]
    sent = httpx.get(f"{stack.simulator_url}/sim/sent", trust_env=False).json()
    return [numbers, items, sent]


def settled(stack: LocalStack) -> list[Any]:
    """Wait until nothing changes any more for QUIET_SECONDS, and return `everything` of then."""
    deadline, before = time.monotonic() + PATIENCE_SECONDS, everything(stack)
    while True:
        time.sleep(QUIET_SECONDS)
        if (now := everything(stack)) == before:
            return now
        assert time.monotonic() < deadline, "it does not become quiet"
        before = now


def ran(logs: LogReader, times: int) -> bool | None:
    """Return True once the processor and the sender have run so often; None before."""
    logs.read()
    return True if min(logs.invocations["processor"], logs.invocations["sender"]) >= times else None


def test_what_is_published_with_the_rights_of_the_ingress_starts_two_functions_and_does_no_more(
    stack: LocalStack, ingress: Client
) -> None:
    before, logs = settled(stack), LogReader(stack)
    for name in ("processor/text.json", "sender/turn.json"):
        (work,) = event_of(name)["Records"]
        ingress("sns").publish(TopicArn=start_topic(stack), Message=work["body"])
    assert wait_for(lambda: ran(logs, 2), seconds=PATIENCE_SECONDS)
    time.sleep(QUIET_SECONDS)
    assert logs.read() == []
    assert +logs.invocations == {"processor": 2, "sender": 2}
    assert everything(stack) == before


def test_the_ingress_itself_starts_the_others_when_it_starts(stack: LocalStack) -> None:
    before = settled(stack)
    functions, name = stack.client("lambda"), stack.functions["ingress"]
    timeout = functions.get_function_configuration(FunctionName=name)["Timeout"]
    functions.update_function_configuration(FunctionName=name, Timeout=timeout)  # ends its processes
    functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    logs = LogReader(stack)
    assert httpx.get(stack.webhook_url, timeout=PATIENCE_SECONDS, trust_env=False).status_code == 403
    assert wait_for(lambda: ran(logs, 1), seconds=PATIENCE_SECONDS)
    time.sleep(QUIET_SECONDS)
    logs.read()
    assert +logs.invocations == {"ingress": 1, "processor": 1, "sender": 1}
    assert everything(stack) == before


def test_the_role_of_the_ingress_allows_no_call_of_a_function(stack: LocalStack, ingress: Client) -> None:
    """To which topics it may publish is tested on the template: here every role of the account may."""
    for name in stack.functions.values():
        for kind in ("RequestResponse", "Event"):
            with pytest.raises(ClientError, match="AccessDenied"):
                ingress("lambda").invoke(FunctionName=name, InvocationType=kind, Payload=b"{}")
