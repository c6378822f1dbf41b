"""What `rejoinder check-aws` leaves behind: nothing, or a list of what could not be deleted."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from rejoinder.workbench.check_aws import remains
from rejoinder.workbench.check_aws.making import ENV, Making
from rejoinder.workbench.check_aws.remains import KINDS, check_name, delete_all, leftovers
from rejoinder.workbench.check_aws.site import Patience, Stub
from rejoinder.workbench.cli import check_aws
from rejoinder.workbench.deployment.aws_account import Account
from rejoinder.workbench.deployment.parameters import parameters
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.terminal import console
from tests.moto.conftest import REGION
from tests.moto.functions import CODE, create_function, create_role
from tests.moto.stacks import create_alarm, create_stack

pytestmark = pytest.mark.slow

NAME, SIMILAR = "rejoinder-check-0a1b2c3d", "rejoinder-check-0a1b2c3e"


@pytest.fixture(scope="module")
def account(aws: None) -> Iterator[Account]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remains, "GONE_SECONDS", 0.0)
        yield Account.of(None, REGION)


@pytest.fixture
def made(account: Account) -> Iterator[None]:
    """Make one of each kind for the check."""
    make(NAME, account.client)
    yield
    delete_all(account, NAME, str)


def make(name: str, client: Callable[[str], Any]) -> None:
    for stack in (name, f"{name}-stub"):
        create_stack(stack, {"Url": "x"}, REGION)
    client("s3").create_bucket(Bucket=f"{name}-mediabucket-1")
    client("s3").put_bucket_versioning(
        Bucket=f"{name}-mediabucket-1", VersioningConfiguration={"Status": "Enabled"}
    )
    for text in (b"one", b"two"):
        client("s3").put_object(Bucket=f"{name}-mediabucket-1", Key="a", Body=text)
    client("dynamodb").create_table(
        TableName=f"{name}-Table-1",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        DeletionProtectionEnabled=True,
    )
    client("secretsmanager").create_secret(Name=f"{name}/whatsapp", SecretString="{}")
    client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}-ingress")
    client("logs").create_log_group(logGroupName=f"/aws/vendedlogs/{name}-webhook")
    role = create_role(client("iam"), f"{name}-Role-1")
    allows = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    client("iam").put_role_policy(
        RoleName=f"{name}-Role-1", PolicyName="one", PolicyDocument=json.dumps(allows)
    )
    client("lambda").publish_layer_version(LayerName=f"{name}-rejoinder", Content={"ZipFile": CODE})
    create_function(client("lambda"), f"{name}-ingress", role)
    client("sqs").create_queue(QueueName=f"{name}-events")
    client("sns").create_topic(Name=f"{name}-AlarmTopic-1")
    create_alarm(client("cloudwatch"), f"{name}-GateClosedAlarm-1")
    client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody='{"widgets": []}')
    client("scheduler").create_schedule_group(Name=name)
    client("apigatewayv2").create_api(Name=f"{name}-webhook", ProtocolType="HTTP")


def there(account: Account, name: str) -> dict[str, list[str]]:
    """Return what there is of each kind, whatever its state."""
    return {kind.title: [*kind.find(account.client(kind.service), name)] for kind in KINDS}


def test_everything_of_a_check_is_deleted_and_nothing_else(account: Account, made: None) -> None:
    make(SIMILAR, account.client)
    assert all(there(account, NAME).values()), "one of each kind"
    before = there(account, SIMILAR)
    told: list[str] = []
    assert delete_all(account, NAME, told.append) == []
    assert not any(there(account, NAME).values())
    assert there(account, SIMILAR) == before
    assert f"deleting the table {NAME}-Table-1" in told


def test_a_bucket_is_empty_before_its_stack_is_deleted(account: Account, made: None) -> None:
    """CloudFormation deletes empty buckets only. With another one, the deletion of the whole stack fails."""
    there: list[bool] = []

    def look(**_: Any) -> None:
        found = account.client("s3").list_object_versions(Bucket=f"{NAME}-mediabucket-1")
        there.append("Versions" in found)

    look()
    events = account.client("cloudformation").meta.events
    events.register("before-call.cloudformation.DeleteStack", look, unique_id="look")
    delete_all(account, NAME, str)
    events.unregister("before-call.cloudformation.DeleteStack", unique_id="look")
    assert there == [True, False, False]


def test_what_cannot_be_deleted_is_told_with_the_command_and_hinders_nothing(
    account: Account, made: None, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteTable")

    events = account.client("dynamodb").meta.events
    events.register("before-call.dynamodb.DeleteTable", refuse)
    assert check_aws.clear(account, NAME, console()) == 1
    said = capsys.readouterr().out
    assert "1 things are left. These commands delete them:" in said
    assert f"  aws dynamodb delete-table --table-name {NAME}-Table-1   # table\n" in said
    assert [one.kind for one in leftovers(account, NAME)] == ["table"]
    events.unregister("before-call.dynamodb.DeleteTable", refuse)
    assert check_aws.main(None, yes=True, delete=NAME) == 0
    assert f"nothing with the name {NAME} is left" in capsys.readouterr().out


def test_the_command_for_a_layer_names_its_version(account: Account, made: None) -> None:
    (layers,) = (kind for kind in KINDS if kind.title == "layer")
    told = [layers.command.format(one) for one in layers.find(account.client("lambda"), NAME)]
    wanted = rf"aws lambda delete-layer-version --layer-name {NAME}-rejoinder --version-number \d+"
    assert all(re.fullmatch(wanted, one) for one in told)
    assert len(told) == 1


def test_who_may_not_look_is_not_told_that_nothing_is_left(account: Account) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListTopics")

    events = account.client("sns").meta.events
    events.register("before-call.sns.ListTopics", refuse)
    assert [str(one.kind) for one in delete_all(account, NAME, str)] == ["topic"]
    events.unregister("before-call.sns.ListTopics", refuse)


@pytest.mark.parametrize("name", ["clinic-prod", "rejoinder-check-", "rejoinder-check-0a1b2c3d-stub", ""])
def test_only_what_a_check_made_is_deleted(account: Account, name: str) -> None:
    with pytest.raises(StackError, match="is no name of a check"):
        check_name(name)
    with pytest.raises(StackError, match="is no name of a check"):
        delete_all(account, name, str)


def test_nothing_is_deployed_unless_somebody_says_yes(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert check_aws.main(None, yes=False) == 1
    said = capsys.readouterr().out
    assert "account 123456789012 in us-east-1, as arn:aws:sts" in said
    assert f"less than\n{check_aws.CENTS} US cents" in said
    assert said.endswith("nothing was deployed\n")


@pytest.fixture
def making(account: Account, tmp_path: Path) -> Making:
    """Return what deploys the check."""
    return Making(
        account=account,
        name=NAME,
        folder=tmp_path,
        owner=Project(root=tmp_path, bot=tmp_path),
        screen=console(),
        patience=Patience(),
    )


def given(making: Making, *, executions: int) -> Mapping[str, str]:
    """Return the parameters of the stack, in an account of so many executions at once."""

    def answer(**_: Any) -> Any:
        limit = {"AccountLimit": {"ConcurrentExecutions": executions}}
        return AWSResponse("", 200, {}, None), limit  # type: ignore[arg-type]

    stub = Stub(dynamodb=None, table_name="", url="https://example.com", token="t")
    events = making.account.client("lambda").meta.events
    events.register("before-call.lambda.GetAccountSettings", answer)
    try:
        return making._config(stub, "bucket").environment(ENV).parameters
    finally:
        events.unregister("before-call.lambda.GetAccountSettings", answer)


def test_the_stack_of_a_check_protects_no_table_and_keeps_its_logs_for_a_day(making: Making) -> None:
    found = given(making, executions=1000)
    assert (found["DeletionProtection"], found["LogRetentionDays"]) == ("false", "1")
    assert {*found} <= {*parameters()}


@pytest.mark.parametrize(("executions", "wanted"), [(10, "2"), (99, "2"), (1000, None)])
def test_in_a_new_account_the_stack_leaves_executions_for_the_ingress(
    making: Making, executions: int, wanted: str | None
) -> None:
    found = given(making, executions=executions)
    names = ("ProcessorConcurrency", "SenderConcurrency", "TrackerConcurrency")
    assert [found.get(name) for name in names] == [wanted] * 3


@pytest.mark.parametrize("cause", ["AWS refuses", "Ctrl-C"])
def test_what_was_made_is_deleted_also_when_the_check_ends_early(
    account: Account, made: None, making: Making, cause: str
) -> None:
    def end(**_: Any) -> None:
        if cause == "Ctrl-C":
            raise KeyboardInterrupt
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "CreateChangeSet")

    events = account.client("cloudformation").meta.events
    events.register("before-call.cloudformation.CreateChangeSet", end)
    with pytest.raises(KeyboardInterrupt if cause == "Ctrl-C" else StackError):
        check_aws.check(making, keep=False)
    events.unregister("before-call.cloudformation.CreateChangeSet", end)
    assert not any(there(account, NAME).values())
