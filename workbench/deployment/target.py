"""What is deployed, and where to: written in samconfig.toml, or asked for once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rejoinder.workbench.deployment.aws_account import Account, default_region
from rejoinder.workbench.deployment.parameters import parameters
from rejoinder.workbench.deployment.samconfig import Environment, Samconfig
from rejoinder.workbench.lambda_build import runtime_here
from rejoinder.workbench.project import Project
from rejoinder.workbench.questions import Questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is deployed, and where to."""

    env: str
    stack: str
    region: str
    runtime: str
    architecture: str
    alarm_email: str = ""

    def like(self, stack: Mapping[str, Any], before: Environment) -> "Target":
        """Return this target, built as the stack on AWS is.

        CloudFormation keeps a parameter of the stack that samconfig.toml does not set.
        """
        there = {given["ParameterKey"]: given["ParameterValue"] for given in stack.get("Parameters", [])}
        there |= before.parameters
        return replace(
            self,
            runtime=there.get("PythonRuntime", self.runtime),
            architecture=there.get("Architecture", self.architecture),
        )

    def write(self, config: Samconfig, before: Environment) -> None:
        """Write into samconfig.toml what was asked, if anything was."""
        if before.region and before.stack_name:
            return
        given = {"AlarmEmail": self.alarm_email, "PythonRuntime": self.runtime}
        standard = _usual(before)
        new = {name: value for name, value in given.items() if value != standard[name]}
        config.remember(self.env, stack_name=self.stack, region=self.region, parameters=new)


def chosen(before: Environment, project: Project, profile: str | None) -> Target:
    """Return what is written in samconfig.toml, and else what is usual."""
    region = before.region or Account.of(profile).region
    usual = _usual(before)
    return Target(
        env=before.name,
        stack=before.stack_name or _stack_name(project, before.name),
        region=region,
        runtime=usual["PythonRuntime"],
        architecture=usual["Architecture"],
        alarm_email=usual["AlarmEmail"],
    )


def asked(before: Environment, project: Project, profile: str | None, questions: Questions) -> Target:
    """Return what is written in samconfig.toml. Before the first deployment there, ask for it."""
    if before.region and before.stack_name:
        return chosen(before, project, profile)
    usual = _usual(before)
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


def _usual(before: Environment) -> dict[str, str]:
    """Return the template's parameters as samconfig.toml sets them, or else as the template does."""
    return {name: parameter.default for name, parameter in parameters().items()} | {**before.parameters}
