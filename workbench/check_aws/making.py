"""Deploys what is checked: the stand-in for the Graph API first, and then a stack that talks to it."""

import io
import json
import secrets
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import tomlkit
from rich.console import Console

from rejoinder.tls import tls_context
from rejoinder.workbench.check_aws.site import WABA_ID, Patience, Site, Stub
from rejoinder.workbench.deployment.aws_account import Account
from rejoinder.workbench.deployment.deployed import deployed_on, outputs_of
from rejoinder.workbench.deployment.deploying import Deployment
from rejoinder.workbench.deployment.parameters import parameters
from rejoinder.workbench.deployment.progress import Execution
from rejoinder.workbench.deployment.rollout import AT_ONCE, Rollout
from rejoinder.workbench.deployment.samconfig import NAME as SAMCONFIG
from rejoinder.workbench.deployment.samconfig import Samconfig
from rejoinder.workbench.deployment.target import chosen
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.lambda_build import runtime_here
from rejoinder.workbench.project import MARK, Project
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.stack import sam
from rejoinder.workbench.stack.stages import Stages
from rejoinder.workbench.tools import Tools

HERE = Path(__file__).parent
BOT = HERE / "bot"
ENV = "check"
"""The environment in the samconfig.toml of the check."""

TAG = "rejoinder-check"
"""The tag of everything that a check makes. Its value is the name of the check."""

FEW_EXECUTIONS = 100
"""In an account with fewer executions at once, the stack gets low concurrencies. They are enough."""

SECONDS = 30.0
"""How long to wait for an answer of the webhook or the stand-in, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throwaway(Project):
    """The project of a check, in a folder of its own. Its tools are those of the person's project."""

    owner: Project

    @property
    def tools(self) -> Tools:
        """The SAM CLI of the person's project."""
        return self.owner.tools

    @property
    def state(self) -> Path:
        """The folder that keeps the build: the project's own."""
        return self.root


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A check's deployment to an account."""

    account: Account
    name: str
    """The name of the stack, with which the names of everything else begin."""

    folder: Path
    """Where it is built. It is the check's own."""

    owner: Project
    """The project of the person who calls."""

    screen: Console
    patience: Patience

    @property
    def stub_name(self) -> str:
        """The name of the stand-in's stack."""
        return f"{self.name}-stub"

    @property
    def endpoint(self) -> str:
        """The address of AWS, or of the local AWS."""
        return str(self.account.client("lambda").meta.endpoint_url)

    @property
    def is_local(self) -> bool:
        """Whether a local AWS takes the place of an account."""
        return is_local(self.account)

    @contextmanager
    def site(self) -> Iterator[Site]:
        """Deploy everything, and yield what is to be checked."""
        token, app_secret, stages = secrets.token_hex(24), secrets.token_hex(16), Stages()
        with stages.stage("stand-in"):
            stub = self._stub(token)
        self._stack(stub)
        with stages.stage("secrets"):
            self._secret(token, app_secret)
        place = deployed_on(self.account, self.name)
        api_id = outputs_of(self._described(self.name))["ApiId"]
        webhook = self._address(api_id, place.webhook_address, "/webhook")
        with httpx.Client(timeout=SECONDS, verify=tls_context(), trust_env=not self.is_local) as http:
            yield Site(
                place=replace(place, webhook_address=webhook),
                stub=stub,
                http=http,
                app_secret=app_secret,
                is_local=self.is_local,
                patience=self.patience,
            )

    def _stub(self, token: str) -> Stub:
        """Deploy the stand-in."""
        cloudformation = self.account.client("cloudformation")
        given = {"Token": token, "PythonRuntime": runtime_here()}
        made = cloudformation.create_change_set(
            StackName=self.stub_name,
            ChangeSetName=self.stub_name,
            ChangeSetType="CREATE",
            TemplateBody=template(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": TAG, "Value": self.name}],
        )["Id"]
        waiter = cloudformation.get_waiter("change_set_create_complete")
        waiter.wait(ChangeSetName=made, WaiterConfig={"Delay": 1})
        self._execute(made)
        outputs = outputs_of(self._described(self.stub_name))
        return Stub(
            dynamodb=self.account.client("dynamodb"),
            table_name=outputs["StubTableName"],
            url=self._address(outputs["StubApiId"], outputs["StubUrl"]),
            token=token,
        )

    def _described(self, name: str) -> Mapping[str, Any]:
        (found,) = self.account.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        described: Mapping[str, Any] = found
        return described

    def _address(self, api_id: str, address: str, path: str = "") -> str:
        """Return an address of an API. The local AWS has those of AWS at an address of its own."""
        return f"{self.endpoint}/_aws/execute-api/{api_id}/$default{path}" if self.is_local else address

    def _stack(self, stub: Stub) -> None:
        """Build and deploy the stack, as `rejoinder deploy` does."""
        artifacts = outputs_of(self._described(self.stub_name))["ArtifactsBucketName"]
        config = self._config(stub, artifacts)
        project = Throwaway(root=self.folder, bot=BOT, owner=self.owner)
        deployment = Deployment(
            project=project,
            config=config,
            target=chosen(config.environment(ENV), project, self.account.profile),
            account=self.account,
            screen=self.screen,
            questions=Questions(screen=self.screen),
            rollout=Rollout(way=AT_ONCE),
            revision="",
        )
        change_set = deployment.change_set()
        if not change_set:
            raise StackError(f"there is a stack {self.name} already: choose another name")
        with Stages().stage("deploy"):
            self._execute(change_set)

    def _execute(self, change_set: str) -> None:
        """Execute a change set. Raises StackError, with the first cause, when that fails."""
        cloudformation = self.account.client("cloudformation")
        stack_id = cloudformation.describe_change_set(ChangeSetName=change_set)["StackId"]
        nowhere = Console(file=io.StringIO())  # the stage has a bar of its own
        Execution.begin(cloudformation, stack_id, change_set).follow(nowhere, frozenset())

    def _config(self, stub: Stub, artifacts: str) -> Samconfig:
        """Write the project of the check, and return its samconfig.toml."""
        (self.folder / MARK).write_text("[tool.rejoinder]\n")
        given = sam.parameters(stub.url, stub.url) if self.is_local else {"PythonRuntime": runtime_here()}
        given |= {} if self.is_local else concurrency(self.account)
        given |= {"Channels": "whatsapp", "GraphBaseUrl": stub.url, "LogRetentionDays": "1"}
        if "DeletionProtection" in parameters():
            given["DeletionProtection"] = "false"
        deploy = {
            "s3_bucket": artifacts,
            "s3_prefix": self.name,
            "tags": f'{TAG}="{self.name}"',
            "parameter_overrides": " ".join(f"{key}={value}" for key, value in given.items()),
        }
        both = {"stack_name": self.name, "region": self.account.region}
        tables = {"global": {"parameters": both}, "deploy": {"parameters": deploy}}
        (self.folder / SAMCONFIG).write_text(tomlkit.dumps({"version": 0.1, ENV: tables}))
        return Samconfig.read(self.folder)

    def _secret(self, token: str, app_secret: str) -> None:
        values = {
            "app_secret": app_secret,
            "access_token": token,
            "verify_token": secrets.token_hex(16),
            "waba_id": WABA_ID,
        }
        self.account.client("secretsmanager").put_secret_value(
            SecretId=f"{self.name}/whatsapp", SecretString=json.dumps(values)
        )


def concurrency(account: Account) -> dict[str, str]:
    """Return parameters with which the stack leaves room for the ingress in an account of few executions.

    These are those that docs/scaling.md says for a new account. Two are left for the stand-in.
    """
    limits = account.client("lambda").get_account_settings()["AccountLimit"]
    if limits["ConcurrentExecutions"] >= FEW_EXECUTIONS:
        return {}
    return dict.fromkeys(("ProcessorConcurrency", "SenderConcurrency", "TrackerConcurrency"), "2")


def is_local(account: Account) -> bool:
    """Whether a local AWS takes the place of an account."""
    host = urlsplit(str(account.client("lambda").meta.endpoint_url)).hostname
    return host in ("127.0.0.1", "localhost")


def template() -> str:
    """Return the template of the stand-in, with its code in it."""
    code = (HERE / "stub.py").read_text(encoding="utf-8")
    indented = textwrap.indent(code, " " * 10).lstrip()
    return (HERE / "stub.yaml").read_text(encoding="utf-8").replace("{{stub.py}}", indented)
