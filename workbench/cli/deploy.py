"""`rejoinder deploy`: asks what it must, builds, shows what would change, and deploys with the SAM CLI."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

import rejoinder
from rejoinder.channels import FIRST, channels_in
from rejoinder.workbench import versions
from rejoinder.workbench.cli import build, rollout
from rejoinder.workbench.cli.aws_account import Account, default_region, refusals
from rejoinder.workbench.cli.changeset import Change, changes, summary, table
from rejoinder.workbench.cli.deployed import FUNCTIONS, find, is_ours, outputs_of, unstick
from rejoinder.workbench.cli.progress import Execution
from rejoinder.workbench.cli.questions import Questions
from rejoinder.workbench.cli.rollout import Rollout
from rejoinder.workbench.cli.samconfig import Samconfig, pairs
from rejoinder.workbench.cli.target import Target, asked, chosen
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.lambda_build import HERE, build_for_aws, parts
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import botcode, children
from rejoinder.workbench.stack.stages import Stages
from rejoinder.workbench.terminal import console, plain
from rejoinder.workbench.tools import python_named

ANY_REGION = "us-east-1"
"""Where credentials are checked before a region is chosen. They are the same in all of them."""

CHANGE_SET = re.compile(r"arn:\S+:changeSet/\S+")
"""How the SAM CLI names the change set that it made."""

FRESH = ("", "REVIEW_IN_PROGRESS")
"""The states of a stack that has nothing yet."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment, step by step."""

    project: Project
    config: Samconfig
    target: Target
    account: Account
    screen: Console
    questions: Questions

    rollout: Rollout
    """How a new version gets the traffic."""

    revision: str
    """The name of what is deployed; empty when nothing is, or it has none."""

    def prepare(self, stack: Mapping[str, Any], *, yes: bool) -> bool:
        """Return whether it is the first one. Raises StackError when the stack cannot be deployed to."""
        status = str(stack.get("StackStatus", ""))
        if status == "ROLLBACK_COMPLETE":
            self._clear(yes=yes)
            return True
        if status in FRESH:
            return True
        if status.endswith("_IN_PROGRESS"):
            raise StackError(
                f"{self.target.stack} is being changed at this moment ({status}): wait, then repeat"
            )
        if status.endswith("_FAILED"):
            raise StackError(f"{self.target.stack} is stuck ({status}): {unstick(self.target.stack, status)}")
        if not is_ours(stack):
            raise StackError(
                f"there is a stack {self.target.stack} in {self.target.region}, and it is none of rejoinder: "
                f"write another stack_name into {self.config.path.name}"
            )
        for line in versions.check_stored(outputs_of(stack)):
            self.screen.print(plain(line, "yellow"))
        rollout.check_calm(self._ringing())
        return False

    def _ringing(self) -> list[str]:
        """Return the alarms that ring and would undo this deployment."""
        if not (self.rollout.is_gradual and self.revision):
            return []
        return rollout.ringing(self.account.client("cloudwatch"), self.target.stack)

    def _check_runtime(self) -> None:
        """Raise StackError when the bytecode cannot be made, before the build takes its time."""
        minor = self.target.runtime.removeprefix("python")
        if (
            self.target.runtime != HERE
            and not os.environ.get("REJOINDER_COMPILER")
            and not python_named(minor)
        ):
            raise StackError(
                f"no Python {minor} is here to make Lambda's bytecode: install it, or write "
                f"PythonRuntime={HERE} into the parameter_overrides of {self.config.path.name}"
            )

    def _clear(self, *, yes: bool) -> None:
        """Delete what a failed first deployment left: a stack with nothing in it."""
        what = f"The first deployment of {self.target.stack} had failed. Delete its empty stack?"
        if not yes and not self.questions.yes(what):
            raise StackError(f"an empty stack {self.target.stack} is in the way, and was not deleted")
        cloudformation = self.account.client("cloudformation")
        with self.screen.status("deleting the empty stack"):
            cloudformation.delete_stack(StackName=self.target.stack)
            cloudformation.get_waiter("stack_delete_complete").wait(StackName=self.target.stack)

    def change_set(self) -> str | None:
        """Build, and let the SAM CLI upload and make a change set. Return its ARN; None without changes.

        Raises StackError when the bot cannot be imported: deployed, it would answer nobody.
        """
        self._check_runtime()
        botcode.check(self.project.bot, self.project.bot_shown)
        botcode.check_import_here(self.project)
        stages = Stages()
        with stages.stage("build"):
            folder = build_for_aws(self.project, self.target.runtime, self.target.architecture)
        self.screen.print(plain("\n".join(build.table([*parts(folder)]))))
        log = folder.parent / "deploy.log"
        with stages.stage("upload"):  # and CloudFormation finds out what would change
            children.run(
                [str(self.project.tools.python_of("sam")), "-m", "samcli", "deploy", *self._options(folder)],
                env=self._environment(),
                cwd=self.project.root,
                log=log,
                what="sam deploy",
            )
        found = CHANGE_SET.findall(log.read_text(errors="replace"))
        return found[-1] if found else None

    def _options(self, folder: Path) -> Sequence[str]:
        environment = self.config.environment(self.target.env)
        given = environment.keys
        # All of them: with one given here, the SAM CLI takes none from the file.
        parameters = {
            **environment.parameters,
            "Rollout": self.rollout.way,
            "Revision": rollout.revision_of(folder, environment.parameters, self.revision),
        }
        return [
            *("--template-file", str(folder / "template.yaml"), "--stack-name", self.target.stack),
            *("--region", self.target.region, *self._of_config()),
            *(("--profile", self.account.profile) if self.account.profile else ()),
            *(() if given & {"s3_bucket", "resolve_s3"} else ("--resolve-s3",)),
            *(() if "capabilities" in given else ("--capabilities", "CAPABILITY_IAM")),
            *("--no-execute-changeset", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            *("--no-progressbar", "--parameter-overrides", *pairs(parameters)),
        ]

    def _of_config(self) -> Sequence[str]:
        is_there = self.target.env in self.config.names and self.config.path.exists()
        return ("--config-file", str(self.config.path), "--config-env", self.target.env) if is_there else ()

    def _environment(self) -> dict[str, str]:
        theirs = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SAM_"))
        }
        return theirs | self.project.tools.of_sam()

    def execute(self, change_set: str, *, is_first: bool, yes: bool) -> int:
        """Show a change set and execute it, if a person agrees; say what to do next."""
        cloudformation = self.account.client("cloudformation")
        found = changes(cloudformation, change_set)
        self.screen.print(table(found), soft_wrap=False)
        self.screen.print(plain(summary(found)))
        for line in self.rollout.told(found):
            self.screen.print(plain(line, "yellow"))
        try:
            agreed = self._agreed([change for change in found if change.loses], yes=yes)
        except BaseException:
            self._discard(change_set, is_first=is_first)
            raise
        if not agreed:
            self._discard(change_set, is_first=is_first)
            self.screen.print(plain("nothing was deployed"))
            return 1
        stack_id = cloudformation.describe_change_set(ChangeSetName=change_set)["StackId"]
        execution = Execution.begin(cloudformation, stack_id, change_set)
        try:
            execution.follow(self.screen, {change.logical_id for change in found})
        except KeyboardInterrupt:
            print(f"\nAWS goes on with the deployment of {self.target.stack}", file=sys.stderr)
            raise
        except StackError as error:
            rings = "; ".join(self._ringing())
            raise StackError(f"{error}. An alarm rings: {rings}" if rings else str(error)) from None
        self._forget_old_versions()
        self._say_next(found, is_first=is_first)
        return 0

    def _forget_old_versions(self) -> None:
        outputs = outputs_of(find(self.account, self.target.stack) or {})
        for name in ("ingress", "processor"):
            if function := outputs.get(FUNCTIONS[name]):
                rollout.forget_old_versions(self.account.client("lambda"), function)

    def _discard(self, change_set: str, *, is_first: bool) -> None:
        """Delete a change set that nobody wants, and the empty stack that comes with a first one."""
        cloudformation = self.account.client("cloudformation")
        cloudformation.delete_change_set(ChangeSetName=change_set)
        if is_first:
            cloudformation.delete_stack(StackName=self.target.stack)

    def _agreed(self, losses: list[Change], *, yes: bool) -> bool:
        """Whether a person wants it. What holds data goes only when they type the stack's name."""
        for change in losses:
            self.screen.print(plain(str(change), "bold red"))
        if losses:
            return self.questions.repeated(
                f"Type {self.target.stack} to lose this, or anything else to deploy nothing:",
                self.target.stack,
            )
        return yes or self.questions.yes("Deploy this?")

    def _say_next(self, found: list[Change], *, is_first: bool) -> None:
        target, stack = self.target, find(self.account, self.target.stack) or {}
        url, env = outputs_of(stack).get("WebhookUrl", ""), f"--env {target.env}"
        self.screen.print(plain(f"deployed: {target.stack} in {target.region}", "bold green"))
        if not is_first:
            live = sorted(change.logical_id for change in found if change.action != "Remove")
            self.screen.print(plain(f"live now, with rejoinder {rejoinder.__version__}: {', '.join(live)}"))
            self.screen.print(plain(f"`rejoinder logs {env}` shows what happens"))
            return
        self.screen.print(plain("next:"))
        for number, step in enumerate(self._steps(stack, url), 1):
            self.screen.print(plain(f"  {number}. {step}"))

    def _steps(self, stack: Mapping[str, Any], url: str) -> list[str]:
        """Return what is left to do after the first deployment, on the networks that the stack is on."""
        env, mail = f"--env {self.target.env}", self.target.alarm_email
        given = parameters_of(stack)
        steps = [f"confirm the two mails of AWS to {mail}: without that no alarm arrives"] if mail else []
        networks = channels_in(given.get("Channels", FIRST))
        if FIRST in networks:
            steps += [
                f"rejoinder secrets {env}   (it asks for the app secret and the access token)",
                f"register the webhook in the Meta app, with the verify token that it prints: {url}",
            ]
        if "telegram" in networks:
            steps += [
                f"rejoinder secrets --telegram {env}   (it asks for the token of the bot on Telegram)",
                f"rejoinder telegram webhook set {env}",
            ]
        return [*steps, f"say hi to the bot; `rejoinder logs {env}` shows what happens"]


def parameters_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of a stack that CloudFormation describes."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
