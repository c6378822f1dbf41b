"""`rejoinder deploy`: asks what it must, builds, shows what would change, and deploys with the SAM CLI."""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

import rejoinder
from rejoinder.workbench.cli import build
from rejoinder.workbench.cli.aws_account import Account, default_region, refusals
from rejoinder.workbench.cli.changeset import Change, changes, table
from rejoinder.workbench.cli.deployed import find, is_ours, outputs_of
from rejoinder.workbench.cli.parameters import parameters
from rejoinder.workbench.cli.progress import Execution
from rejoinder.workbench.cli.questions import Questions
from rejoinder.workbench.cli.samconfig import Environment, Samconfig
from rejoinder.workbench.cli.screen import console, plain
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.lambda_build import HERE, build_for_aws, parts, runtime_here
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import children
from rejoinder.workbench.tools import python_named

ANY_REGION = "us-east-1"
"""Where credentials are checked before a region is chosen. They are the same in all of them."""

CHANGE_SET = re.compile(r"arn:\S+:changeSet/\S+")
"""How the SAM CLI names the change set that it made."""

FRESH = ("", "REVIEW_IN_PROGRESS")
"""The states of a stack that has nothing yet."""


def main(project: Project, *, env: str | None, profile: str | None, yes: bool) -> int:
    """Deploy an environment of the project. Return 1 when a person says no."""
    screen = console()
    config = Samconfig.read(project.root)
    before = config.environment(config.choose(env))
    profile = profile or before.profile
    checked = Account.of(profile, before.region or default_region(profile) or ANY_REGION)
    number, arn = checked.identity()
    questions = Questions(screen=screen)
    target = _chosen(before, project, profile) if yes else _asked(before, project, profile, questions)
    account = Account.of(profile, target.region)
    screen.print(
        plain(f"{target.env}: stack {target.stack} in {target.region} of account {number}, as {arn}", "bold")
    )
    deployment = Deployment(
        project=project, config=config, target=target, account=account, screen=screen, questions=questions
    )
    with refusals(profile):
        is_first = deployment.prepare(yes=yes)
        if not yes:
            target.write(config, before)
        change_set = deployment.change_set()
        if not change_set:
            screen.print(plain(f"nothing has changed: {target.stack} is as it was"))
            return 0
        return deployment.execute(change_set, is_first=is_first, yes=yes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is deployed, and where to."""

    env: str
    stack: str
    region: str
    runtime: str
    architecture: str
    alarm_email: str = ""

    def write(self, config: Samconfig, before: Environment) -> None:
        """Write into samconfig.toml what was asked."""
        given = {"AlarmEmail": self.alarm_email, "PythonRuntime": self.runtime}
        standard = {name: parameter.default for name, parameter in parameters().items()} | before.parameters
        new = {name: value for name, value in given.items() if value != standard[name]}
        if before.region != self.region or before.stack_name != self.stack or new:
            config.remember(self.env, stack_name=self.stack, region=self.region, parameters=new)


def _chosen(before: Environment, project: Project, profile: str | None) -> Target:
    """Return what is written in samconfig.toml, and else what is usual."""
    region = before.region or Account.of(profile).region
    usual = {name: parameter.default for name, parameter in parameters().items()} | before.parameters
    return Target(
        env=before.name,
        stack=before.stack_name or _stack_name(project, before.name),
        region=region,
        runtime=usual["PythonRuntime"],
        architecture=usual["Architecture"],
        alarm_email=usual["AlarmEmail"],
    )


def _asked(before: Environment, project: Project, profile: str | None, questions: Questions) -> Target:
    """Return what is written in samconfig.toml. Before the first deployment there, ask for it."""
    if before.region and before.stack_name:
        return _chosen(before, project, profile)
    usual = {name: parameter.default for name, parameter in parameters().items()} | before.parameters
    region = questions.value(
        "Region",
        "Where in the world it runs. Data of contacts stays there.",
        default=before.region or default_region(profile) or "",
        check=_wrong_region,
    )
    stack = questions.value(
        "Stack name",
        "The name of the CloudFormation stack, with which all names of its parts begin.",
        default=before.stack_name or _stack_name(project, before.name),
        check=_wrong_stack,
    )
    email = questions.value(
        "AlarmEmail",
        parameters()["AlarmEmail"].description,
        default=usual["AlarmEmail"],
        check=_wrong_email,
    )
    return Target(
        env=before.name,
        stack=stack,
        region=region,
        runtime=before.parameters.get("PythonRuntime") or runtime_here(),
        architecture=usual["Architecture"],
        alarm_email=email,
    )


def _stack_name(project: Project, env: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", project.root.name).strip("-")
    return f"{name if name[:1].isalpha() else 'bot'}-{env}"


def _wrong_region(text: str) -> str | None:
    right = re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text)
    return None if right else "a region of AWS is written like eu-central-1 or us-east-1"


def _wrong_stack(text: str) -> str | None:
    right = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,48}", text)  # a function's name has it, and may have 64
    return (
        None
        if right
        else "it begins with a letter, has letters, digits and hyphens, and fewer than 50 of them"
    )


def _wrong_email(text: str) -> str | None:
    right = not text or re.fullmatch(r"[^\s@\"'\\]+@[^\s@\"'\\]+\.[^\s@\"'\\]+", text)
    return None if right else "that is no e-mail address; nothing typed is none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment, step by step."""

    project: Project
    config: Samconfig
    target: Target
    account: Account
    screen: Console
    questions: Questions

    def prepare(self, *, yes: bool) -> bool:
        """Return whether it is the first one. Raises StackError when the stack cannot be deployed to."""
        self._check_runtime()
        stack = find(self.account, self.target.stack) or {}
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
            raise StackError(
                f"{self.target.stack} is stuck ({status}): AWS's console of CloudFormation says why"
            )
        if not is_ours(stack):
            raise StackError(
                f"there is a stack {self.target.stack} in {self.target.region}, and it is none of rejoinder: "
                f"write another stack_name into {self.config.path.name}"
            )
        return False

    def _check_runtime(self) -> None:
        """Raise StackError when the bytecode cannot be made, before the build takes its time."""
        runtime = self.target.runtime
        if runtime != HERE and not os.environ.get("REJOINDER_COMPILER") and not _python_of(runtime):
            raise StackError(
                f"no Python {runtime.removeprefix('python')} is here to make Lambda's bytecode: install it, or set "
                f"PythonRuntime={HERE} in the parameter_overrides of {self.config.path.name}"
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
        """Build, and let the SAM CLI upload and make a change set. Return its ARN; None when nothing changed."""
        with self.screen.status("building for Lambda"):
            folder = build_for_aws(self.project, self.target.runtime, self.target.architecture)
        self.screen.print(plain("\n".join(build.table([*parts(folder)]))))
        log = folder.parent / "deploy.log"
        with self.screen.status("uploading, and asking CloudFormation what would change"):
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
        given = self.config.environment(self.target.env).keys
        return [
            *("--template-file", str(folder / "template.yaml"), "--stack-name", self.target.stack),
            *("--region", self.target.region, *self._of_config()),
            *(("--profile", self.account.profile) if self.account.profile else ()),
            *(() if given & {"s3_bucket", "resolve_s3"} else ("--resolve-s3",)),
            *(() if "capabilities" in given else ("--capabilities", "CAPABILITY_IAM")),
            *("--no-execute-changeset", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            "--no-progressbar",
        ]

    def _of_config(self) -> Sequence[str]:
        path = self.config.path
        return ("--config-file", str(path), "--config-env", self.target.env) if path.exists() else ()

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
        if not self._agreed([change for change in found if change.loses], yes=yes):
            cloudformation.delete_change_set(ChangeSetName=change_set)
            if is_first:
                cloudformation.delete_stack(StackName=self.target.stack)
            self.screen.print(plain("nothing was deployed"))
            return 1
        stack_id = cloudformation.describe_change_set(ChangeSetName=change_set)["StackId"]
        execution = Execution.begin(cloudformation, stack_id, change_set)
        try:
            execution.follow(self.screen, len(found))
        except KeyboardInterrupt:
            print(f"\nAWS goes on with the deployment of {self.target.stack}", file=sys.stderr)
            raise
        self._say_next(found, is_first=is_first)
        return 0

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
        target, outputs = self.target, outputs_of(find(self.account, self.target.stack) or {})
        url, env = outputs.get("WebhookUrl", ""), f"--env {target.env}"
        self.screen.print(plain(f"deployed: {target.stack} in {target.region}", "bold green"))
        if not is_first:
            live = sorted(change.logical_id for change in found if change.action != "Remove")
            self.screen.print(plain(f"live now, with rejoinder {rejoinder.__version__}: {', '.join(live)}"))
            self.screen.print(plain(f"`rejoinder logs {env}` shows what happens"))
            return
        steps = [
            *([f"confirm the mail that AWS sends to {target.alarm_email}"] if target.alarm_email else []),
            f"rejoinder secrets {env}   (it asks for the app secret and the access token)",
            f"register the webhook in the Meta app, with the verify token of the secret: {url}",
            f"say hi to the number; `rejoinder logs {env}` shows what happens",
        ]
        self.screen.print(plain("next:"))
        for number, step in enumerate(steps, 1):
            self.screen.print(plain(f"  {number}. {step}"))


def _python_of(runtime: str) -> str | None:
    return python_named(runtime.removeprefix("python"))
