"""How `rejoinder deploy` lets a new version get the traffic, and what it says of that."""

import json
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from rejoinder.aws.stored.formats import FORMATS
from rejoinder.workbench import versions
from rejoinder.workbench.cli import deploy
from rejoinder.workbench.deployment.changeset import Change
from rejoinder.workbench.deployment.progress import Execution
from rejoinder.workbench.deployment.rollout import (
    KEPT_VERSIONS,
    Rollout,
    alarms_that_undo,
    forget_old_versions,
    revision_of,
    ringing,
)
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.stack.local import OUTPUTS
from rejoinder.workbench.terminal import console
from tests.moto.functions import create_function, create_role, publish_versions
from tests.moto.functions import versions as left
from tests.moto.stacks import REGION, create_alarm
from tests.unit.rollout_rules import UNDO


def outputs(**others: int) -> dict[str, str]:
    """Return the outputs of a stack whose formats are ours, but for some."""
    formats = ", ".join(f"{shape} {number}" for shape, number in {**FORMATS, **others}.items())
    return {versions.VERSION: "0.9.0", versions.STORED: formats}


def moved(name: str, action: str = "Modify") -> Change:
    return Change(action=action, logical_id=name, type="AWS::Lambda::Alias", replacement="", policy="")


def test_a_new_version_gets_a_tenth_of_the_traffic_unless_the_environment_says_otherwise() -> None:
    assert Rollout.of({}, outputs(), at_once=False) == Rollout(way="Canary10Percent5Minutes")
    for way in ("Linear10PercentEvery1Minute", "AllAtOnce"):
        assert Rollout.of({"Rollout": way}, outputs(), at_once=False) == Rollout(way=way)
    hurried = Rollout.of({}, outputs(), at_once=True)
    assert not hurried.is_gradual
    assert [*hurried.told([moved("ProcessorLive")])] == ["at once, as you asked: no alarm undoes it"]


@pytest.mark.parametrize(
    "others", [{"turn": FORMATS["turn"] - 1}, {"turn": FORMATS["turn"] + 1}, {"older": 1}]
)
def test_versions_that_store_in_other_formats_do_not_run_side_by_side(others: dict[str, int]) -> None:
    rollout = Rollout.of({}, outputs(**others), at_once=False)
    assert not rollout.is_gradual
    (line,) = rollout.told([])
    assert line.startswith(
        f"at once, and no alarm undoes it: {next(iter(others))} are stored in another format than 0.9.0"
    )


def test_a_shape_that_is_new_counts_as_another_format() -> None:
    without = outputs()
    without[versions.STORED] = without[versions.STORED].replace("gate 2, ", "")
    assert versions.other_formats(without) == ["gate"]
    assert versions.other_formats({}) == [], "a stack that tells none has no versions to run side by side"


def test_a_person_is_told_how_long_it_takes_before_they_agree() -> None:
    rollout = Rollout.of({}, outputs(), at_once=False)
    (line,) = rollout.told([moved("ProcessorLive"), moved("IngressLive")])
    assert line.startswith(
        "IngressLive and ProcessorLive: a tenth of the traffic for 5 minutes, then all of it;"
    )
    assert not [*rollout.told([moved("ProcessorLive", "Add")])], "a first deployment does not wait"


def test_what_has_not_changed_keeps_its_revision(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("one")
    first = revision_of(tmp_path, {"LogLevel": "INFO"}, "")
    assert revision_of(tmp_path, {"LogLevel": "INFO"}, first) == first
    others = [revision_of(tmp_path, {"LogLevel": "DEBUG"}, first)]
    (tmp_path / "app.py").write_text("two")
    others.append(revision_of(tmp_path, {"LogLevel": "INFO"}, first))
    (tmp_path / "app.py").rename(tmp_path / "other.py")
    others.append(revision_of(tmp_path, {"LogLevel": "INFO"}, first))
    contents = {one.partition("-")[0] for one in (first, *others)}
    assert len(contents) == 4


def test_going_back_has_a_revision_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda makes no version of a function that is as it was."""
    first = revision_of(tmp_path, {}, "")
    monkeypatch.setattr(time, "time", lambda: 1e10)
    back = revision_of(tmp_path, {}, "of-another")
    assert back != first
    assert back.partition("-")[0] == first.partition("-")[0]


def test_the_alarms_that_undo_are_those_of_the_template() -> None:
    assert alarms_that_undo() == UNDO


# --- alarms that ring ---------------------------------------------------------------------------------------


@pytest.fixture
def ours(unique: str) -> str:
    """Create a stack with three alarms. Two ring, of which one undoes no deployment. Return its name."""
    revision = {"Revision": {"Type": "String", "Default": "0123456789ab-1"}}
    body = {
        "Parameters": revision,
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {
            name: {"Value": value}
            for name, value in {**{one: f"{unique}-{one}" for one in OUTPUTS.values()}, **outputs()}.items()
        },
    }
    boto3.client("cloudformation", REGION).create_stack(StackName=unique, TemplateBody=json.dumps(body))
    cloudwatch = boto3.client("cloudwatch", REGION)
    create_alarm(cloudwatch, f"{unique}-BotErrorsAlarm-1X2Y", "The bot raised")  # as CloudFormation names it
    create_alarm(cloudwatch, f"{unique}-GateClosedAlarm-1X2Y", "Meta refuses")
    create_alarm(cloudwatch, f"{unique}-InboundDlqAlarm-1X2Y", "Parked", state="OK")
    return unique


def set_state(stack: str, logical_id: str, state: Any) -> None:
    boto3.client("cloudwatch", REGION).set_alarm_state(
        AlarmName=f"{stack}-{logical_id}-1X2Y", StateValue=state, StateReason="test"
    )


def rings(stack: str) -> list[str]:
    return ringing(boto3.client("cloudwatch", REGION), stack)


def test_only_alarms_that_undo_a_deployment_and_ring_are_named(ours: str) -> None:
    assert rings(ours) == ["BotErrorsAlarm (The bot raised)"]
    set_state(ours, "BotErrorsAlarm", "OK")
    assert rings(ours) == []


def test_while_such_an_alarm_rings_only_a_deployment_at_once_begins(
    ours: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.rejoinder]\n")
    (tmp_path / "samconfig.toml").write_text(
        f'version = 0.1\n[dev.global.parameters]\nstack_name = "{ours}"\nregion = "eu-west-1"\n'
        '[dev.deploy.parameters]\nparameter_overrides = "PythonRuntime=python3.99"\n'
    )
    project = Project.find(tmp_path)
    with pytest.raises(
        StackError, match=r"BotErrorsAlarm \(The bot raised\)\. Wait .*`rejoinder deploy --at-once`"
    ):
        deploy.main(project, env="dev", profile=None, yes=True)
    with pytest.raises(StackError, match=r"no Python 3\.99 is here"):  # where it would build
        deploy.main(project, env="dev", profile=None, yes=True, at_once=True)
    set_state(ours, "BotErrorsAlarm", "OK")
    with pytest.raises(StackError, match=r"no Python 3\.99 is here"):
        deploy.main(project, env="dev", profile=None, yes=True)
    assert "an alarm rings" not in capsys.readouterr().out


# --- while it moves, and after that -------------------------------------------------------------------------


def test_it_is_said_that_the_traffic_moves(capsys: pytest.CaptureFixture[str]) -> None:
    """Moto has no CodeDeploy behind an alias. These are the events of CloudFormation."""
    cloudformation: Any = boto3.client("cloudformation", REGION)
    stack, described = "arn:aws:cloudformation:eu-west-1:1:stack/x/1", {"CreationTime": 0, "StackName": "x"}

    def event(number: int, status: str, reason: str = "") -> dict[str, Any]:
        return {
            "StackId": stack,
            "StackName": "x",
            "EventId": str(number),
            "Timestamp": 0,
            "LogicalResourceId": "ProcessorLive",
            "ResourceType": "AWS::Lambda::Alias",
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
        }

    events = [
        event(1, "UPDATE_IN_PROGRESS"),
        event(2, "UPDATE_IN_PROGRESS"),
        event(3, "UPDATE_FAILED", "stopped"),
    ]
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": []})
        stub.add_response("execute_change_set", {})
        stub.add_response(
            "describe_stacks", {"Stacks": [described | {"StackStatus": "UPDATE_ROLLBACK_COMPLETE"}]}
        )
        stub.add_response("describe_stack_events", {"StackEvents": events[::-1]})
        execution = Execution.begin(cloudformation, stack, "next")
        with pytest.raises(
            StackError, match=r"was undone \(UPDATE_ROLLBACK_COMPLETE\): ProcessorLive: stopped$"
        ):
            execution.follow(console(), {"ProcessorLive"})
    assert capsys.readouterr().out.count("  MOVING TRAFFIC   ProcessorLive\n") == 1


def test_of_old_versions_a_few_are_kept_and_each_that_an_alias_leads_to(unique: str) -> None:
    client = boto3.client("lambda", REGION)
    create_function(client, unique, create_role(boto3.client("iam"), unique))
    publish_versions(client, unique, 6)
    client.create_alias(FunctionName=unique, Name="live", FunctionVersion="1")
    forget_old_versions(client, unique)
    assert left(client, unique) == ["$LATEST", "1", *map(str, range(6 - KEPT_VERSIONS, 7))]
