"""What `rejoinder check-aws` relies on: the roles, the template of the stand-in, the cost, the model."""

import fnmatch
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.api import lint
from moto import mock_aws

from rejoinder.workbench.check_aws import making
from rejoinder.workbench.check_aws.rights import MAY, MAY_NOT, Right
from rejoinder.workbench.check_aws.site import Stub
from rejoinder.workbench.check_aws.times import MODELLED_MS
from rejoinder.workbench.cli.check_aws import CENTS, WHAT
from rejoinder.workbench.cost.month import MONTH_HOURS, idle, load_paces
from rejoinder.workbench.cost.prices import load_prices
from rejoinder.workbench.cost.stack import read_stack
from tests.unit.template_rules import Json, listed, source, statements

HOUSE = Path(__file__).resolve().parents[3]

THINGS = {
    "inbound": "InboundQueue.Arn",
    "outbound": "OutboundQueue.Arn",
    "events": "EventsQueue.Arn",
    "table": "Table.Arn",
    "processor": "ProcessorFunction",
    "processor log": "ProcessorLogs",
    "sender role": "SenderRole",
    "media": "${MediaBucket.Arn}/*",
    "quarantine": "${QuarantineBucket.Arn}/*",
    "secret": "/whatsapp-??????",
}
"""What the resources of a policy in template.yaml have in them."""


def is_allowed(role: str, right: Right) -> bool:
    """Whether template.yaml lets a role do it, by its statements as they are written."""
    return any(
        statement["Effect"] == "Allow"
        and any(fnmatch.fnmatchcase(right.action, pattern) for pattern in listed(statement["Action"]))
        and THINGS[right.on] in json.dumps(statement["Resource"]).replace('", "', ".")
        and _has_key(statement, right)
        for statement in statements(source()["Resources"][role]["Properties"]["Policies"])
    )


def _has_key(statement: Json, right: Right) -> bool:
    keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")
    return keys is None or any(fnmatch.fnmatchcase(right.key, pattern) for pattern in keys)


@pytest.mark.parametrize("function", ["ingress", "processor", "sender", "tracker"])
def test_the_template_gives_each_role_what_the_check_asks_for_and_no_more(function: str) -> None:
    role = f"{function.title()}Role"
    assert [str(right) for right in MAY[function] if not is_allowed(role, right)] == []
    assert [str(right) for right in MAY_NOT[function] if is_allowed(role, right)] == []
    assert all(right.key for right in (*MAY[function],) if right.on == "table"), "the condition needs a key"


def test_cloudformation_takes_the_template_of_the_stand_in() -> None:
    text = making.template()
    assert len((making.HERE / "stub.py").read_text()) < 4096, (
        "some tools allow no more code inside a template"
    )
    assert [f"{match.rule.id} {match.message}" for match in lint(text)] == []


def test_a_check_costs_no_more_than_it_says() -> None:
    """An hour of what is paid while nobody writes, of our metrics, and of some hundred turns."""
    prices, stack = load_prices(), read_stack()
    hour = sum(line.usd for line in idle(stack, prices)) / MONTH_HOURS
    metrics = prices.usd("metric", 40) / MONTH_HOURS
    pace = load_paces().by_function
    turns = 300
    seconds = sum(one.cold_ms / 1000 * one.memory_mb / 1024 for one in pace.values()) * turns  # all cold
    work = (
        prices.usd("lambda_gb_second_arm64", seconds)
        + prices.usd("lambda_request", turns * 8)
        + prices.usd("http_api", turns * 8)
        + prices.usd("sqs_fifo", turns * 8)
        + prices.usd("dynamodb_write", turns * 12)
        + prices.usd("dynamodb_read", turns * 200)  # the stand-in's table is read again and again
        + prices.usd("logs_ingested", turns * 10_000 / 1024**3)
        + prices.usd("s3_put", 100)
        + prices.usd("secret_read", 100)
    )
    cents = 100 * (hour + metrics + work)
    print(f"a check costs {cents:.1f} US cents")
    assert cents < CENTS


def test_the_modelled_times_are_those_of_the_page() -> None:
    page = (HOUSE / "docs" / "performance.md").read_text()
    rows = re.findall(r"^\| with it; a message .*? \| ([\d,]+) \|", page, re.MULTILINE)
    modelled = [int(number.replace(",", "")) for number in rows]
    assert modelled == pytest.approx(MODELLED_MS, rel=0.2), "write the new figures into check_aws/times.py"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the code of the stand-in, on a table in memory."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TABLE_NAME": "asked",
        "TOKEN": "the token",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="asked",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        spec = importlib.util.spec_from_file_location("stub", making.HERE / "stub.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def ask(stub: Any, body: Json, token: str = "the token") -> tuple[int, Json]:
    event = {
        "headers": {"authorization": f"Bearer {token}"},
        "rawPath": "/v25.0/1/messages",
        "body": json.dumps(body),
    }
    answer = stub.handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_the_stand_in_demands_its_token_keeps_what_it_was_asked_and_refuses_when_told_to(stub: Any) -> None:
    text = {"to": "+15550001", "type": "text", "text": {"body": "hi"}, "biz_opaque_callback_data": "r1.x"}
    status, refused = ask(stub, text, token="another")
    assert (status, refused["error"]["code"]) == (401, 190)
    assert ask(stub, {"status": "read", "message_id": "1"}) == (200, {"success": True})

    site = Stub(dynamodb=boto3.client("dynamodb"), table_name="asked", url="", token="the token")
    site.refuse(status=429, code=130429, times=1)
    status, refused = ask(stub, text)
    assert (status, refused["error"]["code"]) == (429, 130429)
    status, accepted = ask(stub, text)
    assert status == 200
    first, second = site.asked()
    assert (first.status, second.status) == (429, 200)
    assert (second.to, second.text, second.callback) == ("15550001", "hi", "r1.x")
    assert accepted["messages"] == [{"id": second.network_id}]
    now = stub.handler({"headers": {"authorization": "Bearer the token"}, "rawPath": "/now"}, None)
    assert json.loads(now["body"])["now"] >= second.at


def test_the_question_names_how_much_is_deployed() -> None:
    """The stack of a check has one network, and so one of the two secrets."""
    both = (HOUSE / "template.yaml").read_text() + making.template()

    def count(kind: str) -> int:
        return len(re.findall(rf"^    Type: AWS::{kind}$", both, re.MULTILINE))

    numbers = {2: "two", 3: "three", 5: "five", 6: "six"}
    functions = numbers[count("Serverless::Function") + count("Lambda::Function")]
    queues, tables, buckets = (
        numbers[count(kind)] for kind in ("SQS::Queue", "DynamoDB::Table", "S3::Bucket")
    )
    told = (
        f"{functions} functions, {queues} queues, {tables} tables, {buckets} buckets, a secret, a dashboard"
    )
    assert told in " ".join(WHAT.split())
