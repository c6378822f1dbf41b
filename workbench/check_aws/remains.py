"""Deletes what a check has made, and tells what is still there. All of it is named after the check."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.deployment.aws_account import Account
from rejoinder.workbench.errors import StackError

NAME = re.compile(r"rejoinder-check-[0-9a-f]{8}")
"""The names of checks. Nothing with another name is ever deleted."""

GONE_SECONDS = 120.0
"""How long AWS may go on listing what was deleted, in seconds."""

VERSION = " --version-number "
"""What stands between the name and the number of a layer: the command that deletes one wants them so."""

Find = Callable[[Any, str], Iterable[str]]
Delete = Callable[[Any, str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of things that a check makes."""

    title: str
    service: str

    find: Find
    """Returns the names of those that belong to a check."""

    delete: Delete
    """Deletes one."""

    command: str
    """The command that deletes one, with `{}` for its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """Something that could not be deleted."""

    kind: str
    name: str
    command: str
    """What deletes it."""


def _listed(operation: str, key: str, field: str = "", **options: str) -> Find:
    """Return what lists names by the pages of an operation. `{}` in the options becomes the check's name."""

    def find(client: Any, name: str) -> Iterator[str]:
        given = {option: value.replace("{}", name) for option, value in options.items()}
        for page in client.get_paginator(operation).paginate(**given):
            for one in page.get(key) or []:
                found = str(one[field] if field else one)
                if name in found:
                    yield found

    return find


def _stacks(client: Any, name: str) -> Iterator[str]:
    for stack in (name, f"{name}-stub"):  # nothing in the first needs the second while it is deleted
        try:
            found = client.describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if "does not exist" not in error.response["Error"].get("Message", ""):
                raise
            continue
        yield from (one["StackName"] for one in found if one["StackStatus"] != "DELETE_COMPLETE")


def _delete_stack(client: Any, stack: str) -> None:
    client.delete_stack(StackName=stack)
    waiter = client.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 3, "MaxAttempts": 400})


def _buckets(client: Any, name: str) -> Iterator[str]:
    found = client.list_buckets()["Buckets"]
    yield from (one["Name"] for one in found if one["Name"].startswith(name))


def _empty(client: Any, bucket: str) -> None:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        there = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        keys = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in there]
        if keys:
            client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _delete_bucket(client: Any, bucket: str) -> None:
    _empty(client, bucket)
    client.delete_bucket(Bucket=bucket)


def _delete_table(client: Any, table: str) -> None:
    """Delete a table. With point-in-time recovery AWS would keep a backup of it for 35 days."""
    if client.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
        client.update_table(TableName=table, DeletionProtectionEnabled=False)
        client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 2})
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    client.delete_table(TableName=table)
    client.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 2})


def _layers(client: Any, name: str) -> Iterator[str]:
    for layer in _listed("list_layers", "Layers", "LayerName")(client, name):
        for page in client.get_paginator("list_layer_versions").paginate(LayerName=layer):
            yield from (f"{layer}{VERSION}{one['Version']}" for one in page["LayerVersions"])


def _delete_layer(client: Any, layer: str) -> None:
    its, _, version = layer.rpartition(VERSION)
    client.delete_layer_version(LayerName=its, VersionNumber=int(version))


def _delete_role(client: Any, role: str) -> None:
    for policy in client.list_role_policies(RoleName=role)["PolicyNames"]:
        client.delete_role_policy(RoleName=role, PolicyName=policy)
    for attached in client.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        client.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    client.delete_role(RoleName=role)


def _apis(client: Any, name: str) -> Iterator[str]:
    for page in client.get_paginator("get_apis").paginate():
        yield from (one["ApiId"] for one in page["Items"] if one["Name"].startswith(name))


STACKS = Kind(
    title="stack",
    service="cloudformation",
    find=_stacks,
    delete=_delete_stack,
    command="aws cloudformation delete-stack --stack-name {}",
)
BUCKETS = Kind(
    title="bucket",
    service="s3",
    find=_buckets,
    delete=_delete_bucket,
    command="aws s3 rb --force s3://{}",
)
KINDS = (
    STACKS,
    BUCKETS,
    Kind(
        title="table",
        service="dynamodb",
        find=_listed("list_tables", "TableNames"),
        delete=_delete_table,
        command="aws dynamodb delete-table --table-name {}",
    ),
    Kind(
        title="secret",
        service="secretsmanager",
        find=_listed("list_secrets", "SecretList", "Name"),
        delete=lambda client, one: client.delete_secret(SecretId=one, ForceDeleteWithoutRecovery=True),
        command="aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {}",
    ),
    Kind(
        title="log group",
        service="logs",
        find=_listed("describe_log_groups", "logGroups", "logGroupName", logGroupNamePrefix="/aws/"),
        delete=lambda client, one: client.delete_log_group(logGroupName=one),
        command="aws logs delete-log-group --log-group-name {}",
    ),
    Kind(
        title="layer",
        service="lambda",
        find=_layers,
        delete=_delete_layer,
        command="aws lambda delete-layer-version --layer-name {}",
    ),
    Kind(
        title="function",
        service="lambda",
        find=_listed("list_functions", "Functions", "FunctionName"),
        delete=lambda client, one: client.delete_function(FunctionName=one),
        command="aws lambda delete-function --function-name {}",
    ),
    Kind(
        title="queue",
        service="sqs",
        find=_listed("list_queues", "QueueUrls", QueueNamePrefix="{}"),
        delete=lambda client, one: client.delete_queue(QueueUrl=one),
        command="aws sqs delete-queue --queue-url {}",
    ),
    Kind(
        title="topic",
        service="sns",
        find=_listed("list_topics", "Topics", "TopicArn"),
        delete=lambda client, one: client.delete_topic(TopicArn=one),
        command="aws sns delete-topic --topic-arn {}",
    ),
    Kind(
        title="role",
        service="iam",
        find=_listed("list_roles", "Roles", "RoleName"),
        delete=_delete_role,
        command="aws iam delete-role --role-name {}",
    ),
    Kind(
        title="alarm",
        service="cloudwatch",
        find=_listed("describe_alarms", "MetricAlarms", "AlarmName", AlarmNamePrefix="{}"),
        delete=lambda client, one: client.delete_alarms(AlarmNames=[one]),
        command="aws cloudwatch delete-alarms --alarm-names {}",
    ),
    Kind(
        title="dashboard",
        service="cloudwatch",
        find=_listed("list_dashboards", "DashboardEntries", "DashboardName", DashboardNamePrefix="{}"),
        delete=lambda client, one: client.delete_dashboards(DashboardNames=[one]),
        command="aws cloudwatch delete-dashboards --dashboard-names {}",
    ),
    Kind(
        title="group of schedules",
        service="scheduler",
        find=_listed("list_schedule_groups", "ScheduleGroups", "Name", NamePrefix="{}"),
        delete=lambda client, one: client.delete_schedule_group(Name=one),
        command="aws scheduler delete-schedule-group --name {}",
    ),
    Kind(
        title="API",
        service="apigatewayv2",
        find=_apis,
        delete=lambda client, one: client.delete_api(ApiId=one),
        command="aws apigatewayv2 delete-api --api-id {}",
    ),
)
"""Everything that the stacks of a check have and that could stay behind."""


def check_name(name: str) -> str:
    """Return the name of a check. Raises StackError for any other: a real stack must not be deleted so."""
    if not NAME.fullmatch(name):
        raise StackError(
            f"{name} is no name of a check, which is like rejoinder-check-0a1b2c3d: only these are deleted"
        )
    return name


def delete_all(account: Account, name: str, tell: Callable[[str], object]) -> list[Leftover]:
    """Delete everything with the name of a check. Return what is still there.

    The stacks keep what holds data, so that is deleted after them, by name. What cannot be deleted hinders
    nothing else.
    """
    check_name(name)
    s3 = account.client("s3")
    for bucket in _found(BUCKETS, s3, name):
        _tried(_empty, s3, bucket)  # CloudFormation deletes empty buckets only
    for kind in KINDS:
        client = account.client(kind.service)
        for one in _found(kind, client, name):
            tell(f"deleting the {kind.title} {one}")
            _tried(kind.delete, client, one)
    return leftovers(account, name)


def leftovers(account: Account, name: str) -> list[Leftover]:
    """Return what has the name of a check. AWS may list for a while what it has deleted already."""
    end = time.monotonic() + GONE_SECONDS
    while (there := [*_there(account, name)]) and time.monotonic() < end:
        time.sleep(5)
    return there


def _there(account: Account, name: str) -> Iterator[Leftover]:
    for kind in KINDS:
        try:
            found = [*kind.find(account.client(kind.service), name)]
        except (BotoCoreError, ClientError):  # who may not look cannot say that nothing is left
            found = [f"{name}-PERHAPS"]
        for one in found:
            yield Leftover(kind=kind.title, name=one, command=kind.command.format(one))


def _found(kind: Kind, client: Any, name: str) -> list[str]:
    """Return what there is of a kind; nothing when AWS does not tell. What is left is told at the end."""
    with suppress(BotoCoreError, ClientError):
        return [*kind.find(client, name)]
    return []


def _tried(delete: Delete, client: Any, one: str) -> None:
    with suppress(BotoCoreError, ClientError):  # what is left is told at the end
        delete(client, one)
