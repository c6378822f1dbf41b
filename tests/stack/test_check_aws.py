"""`rejoinder check-aws` on the local AWS: the real functions, the real stand-in, and faults in the roles."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.check_aws.examine import POINTS, examine, one
from rejoinder.workbench.check_aws.making import Making
from rejoinder.workbench.check_aws.site import Patience, Site
from rejoinder.workbench.cli import check_aws
from rejoinder.workbench.deployment.aws_account import Account
from rejoinder.workbench.doctor.finding import Finding, Level
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, aws
from rejoinder.workbench.terminal import console

pytestmark = [pytest.mark.stack, pytest.mark.slow]

NAME = f"rejoinder-check-{os.getpid():08x}"
NOT_HERE = {"alarms", "aliases", "slow", "reports", "ages", "letter"}
"""The points that the local AWS cannot carry."""


@pytest.fixture
def making(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Making]:
    for name, value in aws.environment(stack.aws_endpoint_url).items():
        monkeypatch.setenv(name, value)
    folder = Path(stack.folder) / NAME
    folder.mkdir()
    yield Making(
        account=Account.of(),
        name=NAME,
        folder=folder,
        owner=Project.find(tools.HOUSE),
        screen=console(),
        patience=Patience(answers=60, metrics=5, pause=0.1, slow_pause=0.2),
    )
    shutil.rmtree(folder)


def looked(site: Site, *names: str) -> dict[str, Finding]:
    return {point.name: one(point, site) for point in POINTS if point.name in names}


def test_a_stack_is_deployed_looked_at_and_deleted_without_a_trace(
    making: Making, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        with making.site() as site:
            found = {point.name: finding for point, finding in examine(site)}
            for name, finding in found.items():
                print(f"{name}: {finding.level}, {finding.what}")
            assert {name for name, one in found.items() if one.level is Level.SKIPPED} == NOT_HERE
            assert {one.level for name, one in found.items() if name not in NOT_HERE} == {Level.GOOD}
            faults_in_the_roles_are_found(site)
    finally:
        left = check_aws.clear(making.account, NAME, console())
    assert left == 0
    assert f"nothing with the name {NAME} is left" in capsys.readouterr().out


def faults_in_the_roles_are_found(site: Site) -> None:
    """Let the ingress do too much, and then too little."""
    iam, functions = site.place.client("iam"), site.place.client("lambda")
    arn = functions.get_function_configuration(FunctionName=site.place.functions["ingress"])["Role"]
    role = arn.rpartition("/")[2]

    def give(effect: str, action: str) -> None:
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=role, PolicyName="fault", PolicyDocument=document)

    give("Allow", "sqs:ReceiveMessage")
    assert looked(site, "roles")["roles"].what == "the ingress can sqs:ReceiveMessage inbound"
    give("Deny", "sqs:SendMessage*")
    found = looked(site, "batch", "denials", "roles")
    assert found["batch"].what == "could not be checked: a signed webhook was answered with 500, not with 200"
    assert found["roles"].what.startswith("the ingress cannot sqs:SendMessage inbound")
    assert found["denials"].what.startswith("AWS refused something: ingress: ")
    iam.delete_role_policy(RoleName=role, PolicyName="fault")
