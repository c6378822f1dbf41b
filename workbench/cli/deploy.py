"""`rejoinder deploy`: asks what it must, builds, shows what would change, and deploys with the SAM CLI."""

from rejoinder.workbench import versions
from rejoinder.workbench.deployment import rollout
from rejoinder.workbench.deployment.aws_account import Account, default_region, refusals
from rejoinder.workbench.deployment.deployed import find, outputs_of
from rejoinder.workbench.deployment.deploying import Deployment, parameters_of
from rejoinder.workbench.deployment.rollout import Rollout
from rejoinder.workbench.deployment.samconfig import Samconfig
from rejoinder.workbench.deployment.target import asked, chosen
from rejoinder.workbench.project import Project
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.terminal import console, plain

ANY_REGION = "us-east-1"
"""Where credentials are checked before a region is chosen. They are the same in all of them."""


def main(project: Project, *, env: str | None, profile: str | None, yes: bool, at_once: bool = False) -> int:
    """Deploy an environment of the project. Return 1 when a person says no."""
    screen = console()
    config = Samconfig.read(project.root)
    config.check_version()
    before = config.environment(config.choose(env))
    profile = profile or before.profile
    checked = Account.of(profile, before.region or default_region(profile) or ANY_REGION)
    with screen.status("asking AWS who you are"):
        number, arn = checked.identity()
    questions = Questions(screen=screen)
    target = chosen(before, project, profile) if yes else asked(before, project, profile, questions)
    account = Account.of(profile, target.region)
    stack = find(account, target.stack) or {}
    target = target.like(stack, before)
    screen.print(
        plain(f"{target.env}: stack {target.stack} in {target.region} of account {number}, as {arn}", "bold")
    )
    deployment = Deployment(
        project=project,
        config=config,
        target=target,
        account=account,
        screen=screen,
        questions=questions,
        rollout=Rollout.of(before.parameters, outputs_of(stack), at_once=at_once),
        revision=parameters_of(stack).get("Revision", "").removeprefix(rollout.NO_REVISION),
    )
    if other := versions.other_pin(project.root):
        screen.print(plain(other, "yellow"))
    with refusals(profile):
        is_first = deployment.prepare(stack, yes=yes)
        if not yes:
            target.write(config, before)
        change_set = deployment.change_set()
        if not change_set:
            screen.print(plain(f"nothing has changed: {target.stack} is as it was"))
            return 0
        return deployment.execute(change_set, is_first=is_first, yes=yes)
