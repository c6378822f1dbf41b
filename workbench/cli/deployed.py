"""A deployment, local or on AWS, for the commands that manage what it keeps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.cli.called import below_make, called
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, StackError, running
from rejoinder.workbench.stack.local import OUTPUTS

CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10})
"""Many attempts: only a person waits for them, and Scheduler allows few requests per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """Where the parts of a deployment are, and clients to reach them."""

    client: Callable[[str], Any]
    """Returns the boto3 client of a service, such as `sqs`."""

    stack_name: str
    """The name of the CloudFormation stack, and of the group of its schedules."""

    table_name: str
    inbound_queue_url: str
    outbound_queue_url: str
    events_queue_url: str
    inbound_dlq_url: str
    outbound_dlq_url: str
    events_dlq_url: str


PARTS = [name for name in Deployed.__dataclass_fields__ if name.endswith(("_url", "table_name"))]
"""The fields of `Deployed` that are outputs of the stack."""


@contextmanager
def deployed(stack: str) -> Iterator[Deployed]:
    """Yield the stack of that name on AWS, or the local one if the name is empty.

    Raises StackError when AWS refuses something.
    """
    try:
        yield _on_aws(stack) if stack else _local()
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"AWS says: {error}") from None


def _on_aws(stack: str) -> Deployed:
    create: Any = boto3.client  # its type demands the name of a service as a literal
    client = cache(lambda service: create(service, config=CONFIG))
    (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    if missing := [OUTPUTS[name] for name in PARTS if OUTPUTS[name] not in outputs]:
        raise StackError(f"{stack} is no stack of rejoinder: it has no output {missing[0]}")
    return Deployed(client=client, stack_name=stack, **{name: outputs[OUTPUTS[name]] for name in PARTS})


def _local() -> Deployed:
    stack = running(Project.find(Path.cwd()))
    if stack is None:
        on_aws = "STACK=…" if below_make() else "--env or --stack"
        raise StackError(
            f"no local stack is running: start it with `{called('run')}`, or name one on AWS: {on_aws}"
        )
    return on(stack)


def on(stack: LocalStack) -> Deployed:
    """Return the deployment on a local stack."""
    return Deployed(
        client=cache(stack.client),
        stack_name=stack.stack_name,
        **{name: getattr(stack, name) for name in PARTS},
    )
