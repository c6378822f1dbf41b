"""A person's AWS account, their samconfig.toml, and the deployments that these lead to."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from rejoinder.workbench.cli import secrets
from rejoinder.workbench.deployment.aws_account import Account, default_region, refusals
from rejoinder.workbench.deployment.deployed import PARTS, Where, deployed
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.stack.local import OUTPUTS
from tests.moto.stacks import create_ours, create_stack

CONFIG = """\
version = 0.1

[dev.global.parameters]
stack_name = "{name}"
region = "eu-west-1"

[prod.global.parameters]
stack_name = "clinic-prod"

[new.deploy.parameters]
resolve_s3 = true

"""


@pytest.fixture
def project(tmp_path: Path, unique: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project, and work in it."""
    (tmp_path / "pyproject.toml").write_text("[tool.rejoinder]\n")
    (tmp_path / "samconfig.toml").write_text(CONFIG.format(name=unique))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text("[profile clinic]\nregion = eu-south-1\n[profile shop]\n")


# --- the region and the profile -----------------------------------------------------------------------------


@pytest.mark.usefixtures("no_region")
def test_aws_region_works_as_well_as_aws_default_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    assert Account.of().client("sqs").meta.region_name == "eu-west-3"
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert Account.of().region == "eu-north-1"
    assert Account.of().client("sqs").meta.region_name == "eu-north-1"


@pytest.mark.usefixtures("no_region")
def test_the_region_of_the_profile_is_used() -> None:
    assert Account.of("clinic").client("sqs").meta.region_name == "eu-south-1"


@pytest.mark.usefixtures("no_region")
def test_no_region_says_how_to_set_one() -> None:
    assert default_region() is None
    with pytest.raises(StackError, match="no AWS region is set: set AWS_REGION=eu-central-1"):
        Account.of()


@pytest.mark.usefixtures("no_region")
def test_a_profile_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(StackError, match=r"\(nope\) could not be found: choose one .*: clinic, shop$"):
        Account.of("nope")


def test_the_account_and_who_asks_are_known() -> None:
    number, arn = Account.of(region="eu-west-1").identity()
    assert (number, arn) == ("123456789012", "arn:aws:sts::123456789012:user/moto")


# --- what AWS refuses ---------------------------------------------------------------------------------------


def _refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (NoCredentialsError(), "no AWS credentials were found: run `aws configure` or"),
        (
            PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"),
            "the AWS credentials are",
        ),
        (SSOTokenLoadError(error_msg="gone"), "the AWS session has ended: `aws sso login --profile clinic`"),
        (UnauthorizedSSOTokenError(), "the AWS session has ended: `aws sso login --profile clinic`"),
        (TokenRetrievalError(provider="sso", error_msg="x"), "the AWS session has ended: `aws sso login"),
        (EndpointConnectionError(endpoint_url="https://sts.eu-x-1"), "Could not connect to the endpoint URL"),
        (ProfileNotFound(profile="clinic"), "The config profile (clinic) could not be found: choose one"),
        (
            _refusal("ExpiredToken", "The security token is expired"),
            "the AWS credentials have expired: renew",
        ),
        (_refusal("InvalidClientTokenId", "The token is invalid"), "AWS does not know these credentials"),
        (
            _refusal("AccessDenied", "User: x is not\nauthorized"),
            "AWS denies it: User: x is not authorized: ask",
        ),
        (_refusal("LimitExceeded", "too many"), "AWS says: An error occurred (LimitExceeded)"),
        (BotoCoreError(), "AWS cannot be asked: An unspecified error occurred"),
    ],
)
def test_each_refusal_is_one_line_with_its_cure(error: Exception, line: str) -> None:
    with pytest.raises(StackError) as refused, refusals("clinic"):
        raise error
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


# --- which deployment is meant ------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_an_environment_leads_to_its_stack_in_its_region(unique: str) -> None:
    create_ours(unique)
    with deployed(Where(env="dev")) as place:
        assert place.stack_name == unique
        assert place.table_name == f"{unique}-TableName"
        assert place.functions["sender"] == f"{unique}-SenderFunctionName"
        assert place.client("sqs").meta.region_name == "eu-west-1"


def test_a_stack_can_be_named_outside_of_any_project(
    unique: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    create_ours(unique)
    with deployed(Where(stack=unique)) as place:
        assert place.stack_name == unique


def test_a_stack_that_is_not_there_names_those_that_are(unique: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    create_ours(unique)
    create_stack(f"{unique}-foreign", {"Other": "x"})
    with pytest.raises(StackError) as refused, deployed(Where(stack="nowhere")):
        pass
    assert str(refused.value).startswith("there is no stack nowhere in eu-west-1 of this account: `rejoinder")
    assert unique in str(refused.value)
    assert "foreign" not in str(refused.value)


def test_a_stack_of_somebody_else_is_one_line(unique: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    create_stack(unique, {"Other": "x"})
    with pytest.raises(StackError, match="is no stack of rejoinder"), deployed(Where(stack=unique)):
        pass


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("where", "line"),
    [
        (Where(env="stage"), r"has no environment stage: choose one with --env \(dev, prod, new\)"),
        (
            Where(env="new"),
            "new has no stack_name in samconfig.toml: `rejoinder deploy --env new` asks for it",
        ),
        (Where(), "no local stack is running: start it with `rejoinder run`"),
    ],
)
def test_what_names_no_deployment_is_one_line(where: Where, line: str) -> None:
    with pytest.raises(StackError, match=line), deployed(where):
        pass


def test_an_environment_needs_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StackError, match="is in no project of rejoinder"), deployed(Where(env="dev")):
        pass


@pytest.mark.usefixtures("project")
def test_a_refusal_of_aws_in_the_middle_of_the_work_is_one_line(unique: str) -> None:
    create_ours(unique)
    with pytest.raises(StackError, match="AWS says: An error occurred"), deployed(Where(env="dev")) as place:
        place.client("dynamodb").describe_table(TableName="not-there")


def test_every_part_of_a_deployment_is_an_output() -> None:
    assert {*PARTS} <= {*OUTPUTS}


# --- its secrets --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_secrets_are_stored_for_an_environment_and_the_callback_url_is_said(
    unique: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_ours(unique, WebhookUrl="https://example.com/webhook")
    client: Any = boto3.client("secretsmanager", "eu-west-1")
    client.create_secret(Name=f"{unique}/whatsapp", SecretString='{"verify_token": "made"}')
    typed = iter(["the app secret", "the token", "", "", ""])
    monkeypatch.setattr("getpass.getpass", lambda _question: next(typed))
    assert secrets.main(Where(env="dev")) == 0
    stored = json.loads(client.get_secret_value(SecretId=f"{unique}/whatsapp")["SecretString"])
    assert stored == {"app_secret": "the app secret", "access_token": "the token", "verify_token": "made"}
    assert "https://example.com/webhook" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_secrets_of_a_stack_that_is_not_there_are_not_asked_for() -> None:
    with pytest.raises(StackError, match="there is no stack clinic-prod in us-east-1 of this account"):
        secrets.main(Where(env="prod"))


def test_a_config_file_that_cannot_be_read_is_one_line(
    no_region: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("garbage[")
    with pytest.raises(StackError, match=r"Unable to parse config file: .*config: mend that file"):
        default_region()


def test_a_token_of_a_web_identity_that_is_not_there_is_one_line(
    no_region: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    token = tmp_path / "token"
    profile = f"[profile web]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = {token}\n"
    (tmp_path / "config").write_text(profile)
    with pytest.raises(StackError, match=r"the AWS profile names .*token, which is not there: mend"):
        Account.of("web", "eu-west-1").identity()
