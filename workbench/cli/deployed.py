"""A deployment, local or on AWS, for the commands that manage what it keeps."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from rejoinder.channels import FIRST, TABLE, channels_in
from rejoinder.channels.telegram.channel import TELEGRAM_BASE_URL
from rejoinder.channels.whatsapp.channel import GRAPH_API_VERSION, GRAPH_BASE_URL
from rejoinder.workbench.called import below_make, called
from rejoinder.workbench.cli.aws_account import Account, refusals
from rejoinder.workbench.cli.samconfig import Samconfig
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, StackError, running
from rejoinder.workbench.stack.local import OUTPUTS

FUNCTIONS = {
    output.removesuffix("FunctionName").lower(): output
    for name, output in OUTPUTS.items()
    if "function" in name
}
"""The outputs with the deployed names of the functions, by their short names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which deployment a person means. Without an environment and a stack it is the local one."""

    env: str | None = None
    """An environment of the project's samconfig.toml."""

    stack: str | None = None
    """The name of a stack on AWS."""

    profile: str | None = None
    """The AWS profile to use, if not the usual one."""


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
    media_bucket_name: str = ""
    """The bucket of files; empty when the stack was deployed by a version that kept none."""

    functions: Mapping[str, str] = field(default_factory=dict)
    """The deployed name of each function, by its short name."""

    api_id: str = ""
    """The id of the HTTP API of its webhook."""

    webhook_address: str = ""
    """The address of its webhook; empty when the stack does not tell it."""

    secret_name: str = ""
    """The name of the secret of WhatsApp, for the first business account."""

    graph_address: str = GRAPH_BASE_URL
    """The address of the Graph API."""

    graph_api_version: str = GRAPH_API_VERSION
    """The version of the Graph API."""

    networks: str = FIRST
    """The networks that the bot is on, as the parameter Channels has them."""

    telegram_route: str = ""
    """The address of its webhooks of Telegram, before the slash and the bot's id; empty without Telegram."""

    telegram_secret_name: str = ""
    """The name of the secret of Telegram, for the first bot; empty without Telegram."""

    telegram_address: str = TELEGRAM_BASE_URL
    """The address of the Bot API."""

    is_polled: bool = False
    """Whether `rejoinder run` fetches the updates of the bot on Telegram, so that it has no webhook."""

    @property
    def channels(self) -> tuple[str, ...]:
        """The networks that the bot is on."""
        return channels_in(self.networks)

    def secret(self, waba: str = "") -> dict[str, str]:
        """Return the secret of a business account, of the first one without an id; StackError without one."""
        name = f"{self.secret_name}/{waba}" if waba else self.secret_name
        found = self._values(name)
        if found is None and waba:  # the first account may be named by its id, too
            first = self._values(self.secret_name) or {}
            found = first if first.get("waba_id") == waba else None
        if found is None:
            more = f" --waba {waba}" if waba else ""
            raise StackError(f"there is no secret {name}: `rejoinder secrets{more}` makes it")
        return found

    def telegram_secret(self, bot_id: str = "") -> dict[str, str]:
        """Return the secret of a bot on Telegram, of the first one without an id; StackError without one."""
        if not self.telegram_secret_name:
            raise StackError(
                "the stack is not on Telegram: set Channels to whatsapp,telegram in parameter_overrides of "
                "samconfig.toml, and `rejoinder deploy`"
            )
        first = self._values(self.telegram_secret_name) or {}
        if not bot_id or first.get("bot_token", "").startswith(f"{bot_id}:"):
            return first
        name = f"{self.telegram_secret_name}/{bot_id}"
        found = self._values(name)
        if found is None:
            raise StackError(f"there is no secret {name}: `rejoinder secrets --telegram` makes it")
        return found

    def _values(self, name: str) -> dict[str, str] | None:
        """Return the values of a secret; None when it is not there, StackError when it is malformed."""
        secrets = self.client("secretsmanager")
        try:
            text = secrets.get_secret_value(SecretId=name).get("SecretString", "")
        except secrets.exceptions.ResourceNotFoundException:
            return None
        return values_of_secret(name, text)


def values_of_secret(name: str, text: str) -> dict[str, str]:
    """Return the values in the text of a secret; StackError when it is no JSON object."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StackError(f"the secret {name} is no JSON object: `rejoinder secrets` writes it again")
    return {key: str(value) for key, value in found.items()}


PARTS = [name for name in Deployed.__dataclass_fields__ if name.endswith(("_url", "table_name"))]
"""The fields of `Deployed` that are outputs of the stack."""


@contextmanager
def deployed(where: Where) -> Iterator[Deployed]:
    """Yield the deployment that a person means.

    Raises StackError when it is not there, and when AWS refuses something.
    """
    with refusals(where.profile):
        if where.env or where.stack:
            yield deployed_on(*on_aws(where))
        else:
            yield on(local_stack())


def on_aws(where: Where) -> tuple[Account, str]:
    """Return the account and the name of the stack. Raises StackError when they cannot be known."""
    if where.stack:
        return Account.of(where.profile), where.stack
    config = Samconfig.read(Project.find(Path.cwd()).root)
    environment = config.environment(config.choose(where.env))
    if not environment.stack_name:
        raise StackError(
            f"{environment.name} has no stack_name in {config.path.name}: `rejoinder deploy --env "
            f"{environment.name}` asks for it"
        )
    return Account.of(where.profile or environment.profile, environment.region), environment.stack_name


def find(account: Account, stack: str) -> Mapping[str, Any] | None:
    """Return a stack as CloudFormation describes it; None when it is not there."""
    with refusals(account.profile):
        try:
            (found,) = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if "does not exist" not in error.response["Error"].get("Message", ""):
                raise
            return None
    return dict(found)


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return the outputs of a stack that CloudFormation describes."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def is_ours(stack: Mapping[str, Any]) -> bool:
    """Whether a stack is one of rejoinder: it has the outputs of template.yaml."""
    return {OUTPUTS[name] for name in PARTS} <= {*outputs_of(stack)}


def unstick(name: str, status: str) -> str:
    """Return what mends a stack whose state ends with _FAILED. A deployment does not."""
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            "mend what its events in the CloudFormation console name, or wait until the alarm ends, then "
            f"`aws cloudformation continue-update-rollback --stack-name {name}`"
        )
    return "its events in the CloudFormation console say what failed first"


def not_there(account: Account, stack: str) -> StackError:
    """Return the error for a stack that is not there. It names those that are."""
    pages = account.client("cloudformation").get_paginator("describe_stacks").paginate()
    there = sorted(found["StackName"] for page in pages for found in page["Stacks"] if is_ours(found))
    return StackError(
        f"there is no stack {stack} in {account.region} of this account: `rejoinder deploy` makes one, or "
        f"name another: {', '.join(there) or 'there is none of rejoinder'}"
    )


def deployed_on(account: Account, stack: str) -> Deployed:
    """Return the deployment that is a stack of an account. Raises StackError when it is none."""
    found = find(account, stack)
    if found is None:
        raise not_there(account, stack)
    outputs = outputs_of(found)
    if not is_ours(found):
        raise StackError(
            f"{stack} is no stack of rejoinder, or its first deployment did not end "
            f"({found['StackStatus']}): name another, or run `rejoinder deploy`"
        )
    given = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
    return Deployed(
        client=account.client,
        stack_name=stack,
        **{name: outputs[OUTPUTS[name]] for name in PARTS},
        media_bucket_name=outputs.get(OUTPUTS["media_bucket_name"], ""),
        functions={name: outputs[output] for name, output in FUNCTIONS.items() if output in outputs},
        api_id=outputs[OUTPUTS["api_id"]],
        webhook_address=outputs.get("WebhookUrl", ""),
        secret_name=outputs["SecretName"],
        graph_address=given.get("GraphBaseUrl", GRAPH_BASE_URL),
        graph_api_version=given.get("GraphApiVersion", GRAPH_API_VERSION),
        networks=given.get("Channels", FIRST),
        telegram_route=outputs.get("TelegramWebhookUrl", ""),
        telegram_secret_name=outputs.get(OUTPUTS["telegram_secret_name"], ""),
        telegram_address=given.get("TelegramBaseUrl", TELEGRAM_BASE_URL),
        is_polled=False,
    )


def local_stack() -> LocalStack:
    """Return the local stack that runs in this project. Raises StackError when there is none."""
    stack = running(Project.find(Path.cwd()))
    if stack is None:
        elsewhere = "STACK=…" if below_make() else "--env or --stack"
        raise StackError(
            f"no local stack is running: start it with `{called('run')}`, or name one on AWS: {elsewhere}"
        )
    return stack


def on(stack: LocalStack) -> Deployed:
    """Return the deployment on a local stack."""
    return Deployed(
        client=cache(stack.client),
        stack_name=stack.stack_name,
        **{name: getattr(stack, name) for name in PARTS},
        media_bucket_name=stack.media_bucket_name,
        functions=stack.functions,
        api_id=stack.api_id,
        webhook_address=stack.webhook_url,
        secret_name=stack.secret_name,
        graph_address=stack.graph_url,
        networks=",".join(TABLE),
        telegram_route=stack.telegram_webhook_url.rpartition("/")[0],
        telegram_secret_name=stack.telegram_secret_name,
        telegram_address=stack.telegram_url,
        is_polled=stack.telegram_url != stack.simulator_url,
    )
