"""`rejoinder deploy` up to its build, and from a change set on. The SAM CLI is tried on the local stack."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber
from moto.backends import get_backend

import rejoinder
from rejoinder.workbench.cli import deploy
from rejoinder.workbench.deployment import progress
from rejoinder.workbench.deployment.aws_account import Account
from rejoinder.workbench.deployment.changeset import changes, summary
from rejoinder.workbench.deployment.deployed import FUNCTIONS
from rejoinder.workbench.deployment.deploying import Deployment
from rejoinder.workbench.deployment.progress import Execution
from rejoinder.workbench.deployment.rollout import AT_ONCE, KEPT_VERSIONS, Rollout
from rejoinder.workbench.deployment.samconfig import Samconfig
from rejoinder.workbench.deployment.target import Target
from rejoinder.workbench.project import Project
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.terminal import console
from tests.moto.functions import create_function, create_role, publish_versions, versions
from tests.moto.stacks import REGION, create_alarm, create_stack

NO_COMPILER = "no Python 3.99 is here to make Lambda's bytecode: install it, or write PythonRuntime=python3"
"""Where these tests stop: a build would install the SAM CLI."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between two looks, because this CloudFormation is done at once."""
    monkeypatch.setattr(progress, "POLL_SECONDS", 0)


@pytest.fixture
def project(tmp_path: Path, unique: str) -> Project:
    """Return a project whose runtime nobody has."""
    (tmp_path / "pyproject.toml").write_text("[tool.rejoinder]\n")
    (tmp_path / "samconfig.toml").write_text(
        f'version = 0.1\n\n[dev.global.parameters]\nstack_name = "{unique}"\n\n'
        '[dev.deploy.parameters]\nparameter_overrides = "PythonRuntime=python3.99"\n'
    )
    return Project.find(tmp_path)


def type_(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Type these lines, and nothing after them."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def run(project: Project, *, yes: bool = False) -> int:
    return deploy.main(project, env=None, profile=None, yes=yes)


# --- before the build ---------------------------------------------------------------------------------------


def test_three_things_are_asked_once_each_with_its_description(
    project: Project, unique: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_(monkeypatch, "Frankfurt", "eu-central-1", "", "me", "me@example.org")
    with pytest.raises(StackError, match=NO_COMPILER):
        run(project)
    said = capsys.readouterr().out
    assert "  Region [us-east-1]: " in said
    assert "a region of AWS is written like eu-central-1" in said
    assert f"  Stack name [{unique}]: " in said
    assert "AlarmEmail: The e-mail address for alarms, which need somebody soon." in said
    assert "that is no e-mail address" in said
    assert f"dev: stack {unique} in eu-central-1 of account 123456789012, as arn:aws:sts" in said
    written = Samconfig.read(project.root).environment("dev")
    assert (written.region, written.stack_name) == ("eu-central-1", unique)
    assert written.parameters == {"PythonRuntime": "python3.99", "AlarmEmail": "me@example.org"}

    type_(monkeypatch)
    with pytest.raises(StackError, match=NO_COMPILER):
        run(project)
    assert f"dev: stack {unique} in eu-central-1" in capsys.readouterr().out


def test_with_yes_nothing_is_asked_and_nothing_written(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project.root / "samconfig.toml").read_text()
    type_(monkeypatch)
    with pytest.raises(StackError, match=NO_COMPILER):
        run(project, yes=True)
    assert "in us-east-1 of account" in capsys.readouterr().out
    assert (project.root / "samconfig.toml").read_text() == before


def test_a_pin_of_another_version_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pin = '[project]\ndependencies = ["rejoinder==0.0.9"]\n[tool.rejoinder]\n'
    (project.root / "pyproject.toml").write_text(pin)
    type_(monkeypatch)
    with pytest.raises(StackError, match=NO_COMPILER):
        run(project, yes=True)
    told = capsys.readouterr().out
    assert f"0.0.9, but {rejoinder.__version__} is installed, and that one would be deployed" in told
    assert "rejoinder==0.0.9` installs 0.0.9" in told


def test_a_question_that_nobody_answers_says_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    type_(monkeypatch)
    with pytest.raises(
        StackError, match=r"nobody answered 'Region \[us-east-1\]:': answer in a terminal, or"
    ):
        run(project)


def test_the_stack_on_aws_decides_what_is_built_unless_samconfig_does(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation keeps a parameter that nobody sets, so another build would not start."""
    before = Samconfig.read(project.root).environment("dev")
    target = Target(env="dev", stack="x", region=REGION, runtime="python3.13", architecture="arm64")
    stack = {
        "Parameters": [
            {"ParameterKey": "PythonRuntime", "ParameterValue": "python3.12"},
            {"ParameterKey": "Architecture", "ParameterValue": "x86_64"},
        ]
    }
    like = target.like(stack, before)
    assert (like.runtime, like.architecture) == ("python3.99", "x86_64")


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("UPDATE_IN_PROGRESS", r"is being changed at this moment \(UPDATE_IN_PROGRESS\): wait"),
        ("UPDATE_ROLLBACK_FAILED", r"is stuck \(UPDATE_ROLLBACK_FAILED\): .* continue-update-rollback --"),
        ("ROLLBACK_FAILED", r"is stuck \(ROLLBACK_FAILED\): its events in the CloudFormation console say"),
        ("CREATE_COMPLETE", "it is none of rejoinder: write another stack_name into samconfig.toml"),
    ],
)
def test_a_stack_that_cannot_be_deployed_to_is_one_line(
    project: Project, unique: str, status: str, line: str
) -> None:
    create_stack(unique, {"Other": "x"}, "us-east-1")
    _set_status(unique, status)
    with pytest.raises(StackError, match=line):
        run(project, yes=True)


def test_the_rest_of_a_first_deployment_that_failed_is_deleted_after_a_question(
    project: Project, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudformation = boto3.client("cloudformation", "us-east-1")
    create_stack(unique, {"Other": "x"}, "us-east-1")
    _set_status(unique, "ROLLBACK_COMPLETE")
    type_(monkeypatch, "", "", "", "n")
    with pytest.raises(StackError, match=r"an empty stack .* is in the way, and was not deleted"):
        run(project)
    assert cloudformation.describe_stacks(StackName=unique)["Stacks"]
    type_(monkeypatch, "", "", "", "y")
    with pytest.raises(StackError, match=NO_COMPILER):
        run(project)
    with pytest.raises(cloudformation.exceptions.ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName=unique)


def _set_status(name: str, status: str) -> None:
    stacks: Any = get_backend("cloudformation")["123456789012"]["us-east-1"].stacks
    (stack,) = (stack for stack in stacks.values() if stack.name == name)
    stack.status = status


def test_on_a_terminal_the_questions_are_answered_and_coloured(project: Project) -> None:
    """In a process of its own, on a real terminal, without AWS."""
    code = (
        "from rejoinder.workbench.questions import Questions\n"
        "from rejoinder.workbench.terminal import console\n"
        "from rejoinder.workbench import terminal\n"
        "terminal.protect()\n"
        "asked = Questions(screen=console())\n"
        "check = lambda text: None if text == 'right' else 'that is wrong'\n"
        "value = asked.value('Name', 'What it is called.', default='', check=check)\n"
        "print('GOT', value, asked.yes('Sure?'), asked.repeated('Type it:', 'it'))\n"
    )
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "NO_COLOR": ""},
        cwd=project.root,
    )
    os.close(theirs)
    os.write(ours, b"wrong\nright\ny\nit\n")
    said = b""
    while chunk := _read(ours):
        said += chunk
    assert child.wait() == 0
    os.close(ours)
    assert b"\x1b[1mName: What it is called.\x1b[0m" in said
    assert b"\x1b[31m  that is wrong\x1b[0m" in said
    assert b"GOT right True True" in said


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end was closed
        return b""


# --- from the change set on ---------------------------------------------------------------------------------

TOPIC = {"Type": "AWS::SNS::Topic"}
QUEUE = {"Type": "AWS::SQS::Queue"}


def change_set(name: str, *resources: str, kind: Literal["CREATE", "UPDATE"] = "UPDATE") -> str:
    """Make a change set towards these resources, and return its ARN."""
    types = {"Topic": TOPIC, "Queue": QUEUE, "Other": TOPIC}
    body = {"Resources": {name: types[name] for name in resources}}
    made = boto3.client("cloudformation", REGION).create_change_set(
        StackName=name,
        ChangeSetName="next",
        ChangeSetType=kind,
        TemplateBody=json.dumps(body),
    )
    return made["Id"]


@pytest.fixture
def deployment(project: Project, unique: str) -> Callable[[], Deployment]:
    """Return what makes the deployment of this test's stack, on the standard output of that moment."""
    return lambda: Deployment(
        project=project,
        config=Samconfig.read(project.root),
        target=Target(
            env="dev",
            stack=unique,
            region=REGION,
            runtime="python3.13",
            architecture="arm64",
            alarm_email="me@example.org",
        ),
        account=Account.of(region=REGION),
        screen=console(),
        questions=Questions(screen=console()),
        rollout=Rollout(way=AT_ONCE),
        revision="",
    )


def test_a_bot_that_cannot_be_imported_is_not_deployed(
    deployment: Callable[[], Deployment], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REJOINDER_COMPILER", sys.executable)
    project.bot.mkdir()
    (project.bot / "bot.py").write_text("import no_such_package\n")
    with pytest.raises(StackError, match=r"^bot/bot\.py:1: ModuleNotFoundError: "):
        deployment().change_set()
    assert not (project.state / "lambda").exists()


def test_what_samconfig_sets_goes_along_with_what_the_deployment_sets(
    deployment: Callable[[], Deployment], tmp_path: Path
) -> None:
    """The SAM CLI takes no parameters from the file when some are given beside it."""
    options = [*deployment()._options(tmp_path)]
    given = options[options.index("--parameter-overrides") + 1 :]
    assert given[:2] == ["PythonRuntime=python3.99", "Rollout=AllAtOnce"]
    assert given[2].startswith("Revision=")
    assert len(given) == 3


def test_a_first_deployment_ends_with_the_next_steps(
    deployment: Callable[[], Deployment],
    unique: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = change_set(unique, "Topic", "Queue", kind="CREATE")
    type_(monkeypatch, "y")
    assert deployment().execute(made, is_first=True, yes=False) == 0
    said = capsys.readouterr().out.splitlines()
    assert "Add     Queue       AWS::SQS::Queue" in map(str.rstrip, said)
    assert "2 to add" in said
    assert f"Deploy this? [y/N] deployed: {unique} in {REGION}" in said
    assert said[-4:-2] == [
        "  1. confirm the two mails of AWS to me@example.org: without that no alarm arrives",
        "  2. rejoinder secrets --env dev   (it asks for the app secret and the access token)",
    ]


def test_the_next_steps_are_those_of_the_networks_that_the_stack_is_on(
    deployment: Callable[[], Deployment],
) -> None:
    def steps(networks: str) -> str:
        channels = [{"ParameterKey": "Channels", "ParameterValue": networks}]
        return " ".join(deployment()._steps({"Parameters": channels}, "https://example.org/webhook"))

    assert "telegram" not in steps("whatsapp").lower()
    assert "Meta" not in steps("telegram")
    assert "rejoinder secrets --env" not in steps("telegram")
    assert "Meta" in steps("telegram,whatsapp")
    for networks in ("telegram", "telegram,whatsapp"):
        assert "rejoinder secrets --telegram --env dev" in steps(networks)
        assert "rejoinder telegram webhook set --env dev" in steps(networks)


@pytest.mark.parametrize("answers", [["n"], []], ids=["no", "nobody answers"])
def test_without_a_yes_nothing_is_deployed_and_nothing_left(
    deployment: Callable[[], Deployment], unique: str, answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = change_set(unique, "Topic", kind="CREATE")
    type_(monkeypatch, *answers)
    with contextlib.suppress(StackError):
        assert deployment().execute(made, is_first=True, yes=False) == 1
    cloudformation = boto3.client("cloudformation", REGION)
    with pytest.raises(cloudformation.exceptions.ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName=unique)


def test_what_holds_data_goes_only_when_the_stacks_name_is_typed(
    deployment: Callable[[], Deployment],
    unique: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloudformation = boto3.client("cloudformation", REGION)
    cloudformation.execute_change_set(ChangeSetName=change_set(unique, "Topic", "Queue", kind="CREATE"))
    type_(monkeypatch, "y")
    assert deployment().execute(change_set(unique, "Topic"), is_first=False, yes=True) == 1
    assert "Queue (messages) would be removed" in capsys.readouterr().out
    type_(monkeypatch)
    with pytest.raises(StackError, match=r"answer in a terminal$"):
        deployment().execute(change_set(unique, "Topic"), is_first=False, yes=True)
    type_(monkeypatch, unique)
    assert deployment().execute(change_set(unique, "Topic"), is_first=False, yes=True) == 0
    left = cloudformation.describe_stack_resources(StackName=unique)["StackResources"]
    assert [resource["LogicalResourceId"] for resource in left] == ["Topic"]


def test_a_later_deployment_says_what_is_live(
    deployment: Callable[[], Deployment],
    unique: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    create_stack(unique, {})
    type_(monkeypatch)
    assert deployment().execute(change_set(unique, "Topic", "Other"), is_first=False, yes=True) == 0
    assert ": Other" in next(line for line in capsys.readouterr().out.splitlines() if "live now" in line)


def test_old_versions_of_both_functions_go_with_a_later_deployment(
    deployment: Callable[[], Deployment], unique: str
) -> None:
    client = boto3.client("lambda", REGION)
    role = create_role(boto3.client("iam"), unique)
    for name in ("ingress", "processor"):
        create_function(client, f"{unique}-{name}", role)
        publish_versions(client, f"{unique}-{name}", KEPT_VERSIONS + 3)
    create_stack(unique, {output: f"{unique}-{name}" for name, output in FUNCTIONS.items()})
    assert deployment().execute(change_set(unique, "Other"), is_first=False, yes=True) == 0
    for name in ("ingress", "processor"):
        left = versions(client, f"{unique}-{name}")
        assert left == ["$LATEST", *map(str, range(3, KEPT_VERSIONS + 4))]


@pytest.mark.parametrize(
    ("way", "told"),
    [("Canary10Percent5Minutes", ". An alarm rings: BotErrorsAlarm (The bot raised)"), (AT_ONCE, "")],
)
def test_a_deployment_that_was_undone_names_the_alarm_that_may_have_undone_it(
    deployment: Callable[[], Deployment], unique: str, way: str, told: str
) -> None:
    create_stack(unique, {})
    create_alarm(boto3.client("cloudwatch", REGION), f"{unique}-BotErrorsAlarm-1X2Y", "The bot raised")
    made = change_set(unique, "Other")
    it = replace(deployment(), rollout=Rollout(way=way), revision="0123456789ab-1")

    def answer(**_: object) -> Any:
        """Answer as AWS does then: moto undoes nothing."""
        undone = {"StackName": unique, "CreationTime": 0, "StackStatus": "UPDATE_ROLLBACK_COMPLETE"}
        return AWSResponse("", 200, {}, None), {"Stacks": [undone]}  # type: ignore[arg-type]

    it.account.client("cloudformation").meta.events.register(
        "before-call.cloudformation.DescribeStacks", answer
    )
    with pytest.raises(StackError) as raised:
        it.execute(made, is_first=False, yes=True)
    failed = "the deployment failed and was undone (UPDATE_ROLLBACK_COMPLETE): AWS gives no reason"
    assert str(raised.value) == failed + told


def test_the_numbers_of_changes_are_said(unique: str) -> None:
    cloudformation = boto3.client("cloudformation", REGION)
    found = changes(cloudformation, change_set(unique, "Topic", "Queue", kind="CREATE"))
    assert summary(found) == "2 to add"


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("ROLLBACK_COMPLETE", r"failed and was undone \(ROLLBACK_COMPLETE\): Queue: You have no right$"),
        (
            "UPDATE_ROLLBACK_FAILED",
            r"failed and stopped .*: Queue: You have no right\. To end it, .* --stack-name x`$",
        ),
    ],
)
def test_a_deployment_that_fails_says_its_first_cause_and_how_a_stuck_one_ends(
    status: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Moto's resources cannot fail. This is what AWS answers then."""
    cloudformation = boto3.client("cloudformation", REGION)
    stack, described = "arn:aws:cloudformation:eu-west-1:1:stack/x/1", {"CreationTime": 0, "StackName": "x"}
    events = [
        ("Other", "CREATE_FAILED", "Resource creation cancelled", "3"),
        ("Queue", "CREATE_FAILED", "You have\nno right", "2"),
        ("Topic", "CREATE_COMPLETE", "", "1"),
        ("x", "REVIEW_IN_PROGRESS", "", "0"),
    ]
    listed = [
        {
            "StackId": stack,
            "StackName": "x",
            "EventId": id,
            "Timestamp": 0,
            "LogicalResourceId": name,
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
        }
        for name, status, reason, id in events
    ]
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": listed[3:]})
        stub.add_response("execute_change_set", {})
        stub.add_response("describe_stacks", {"Stacks": [described | {"StackStatus": status}]})
        stub.add_response("describe_stack_events", {"StackEvents": listed})
        execution = Execution.begin(cloudformation, stack, "next")
        with pytest.raises(StackError, match=line):
            execution.follow(console(), {"Topic", "Queue", "Other"})
    assert "  CREATE_COMPLETE  Topic" in capsys.readouterr().out
