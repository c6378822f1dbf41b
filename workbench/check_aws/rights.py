"""What the functions may do, by their roles as AWS reads them, and what their logs say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rejoinder.workbench.check_aws.site import Site
from rejoinder.workbench.deployment.queues import arn_of, queue_urls
from rejoinder.workbench.doctor.finding import Finding, bad, good

DENIED = ("AccessDenied", "not authorized", "UnauthorizedOperation")
"""What AWS's refusals contain."""


def look_at_denials(site: Site) -> Finding:
    """Look whether AWS has refused anything to a function."""
    lines = 0
    refused: dict[str, str] = {}
    for function in site.place.functions:
        for line in site.log(function):
            lines += 1
            if any(word in str(line) for word in DENIED):
                refused[function] = str(line.get("cause") or line.get("message") or line)
    if refused:
        told = "; ".join(f"{function}: {cause}" for function, cause in sorted(refused.items()))
        return bad(f"AWS refused something: {told}", "the function's role in template.yaml lacks it")
    return good(f"none of {lines} lines in the logs tells of a refusal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An action of AWS on something."""

    action: str

    on: str
    """The name of what it is done to, in `_things`."""

    key: str = ""
    """The leading key of the item, if it is done to one. The local AWS ignores such conditions."""

    def __str__(self) -> str:
        return f"{self.action} {self.on}{f' {self.key}' if self.key else ''}"


def _rights(*rows: tuple[str, ...]) -> tuple[Right, ...]:
    return tuple(Right(action=row[0], on=row[1], key="".join(row[2:])) for row in rows)


MAY: Mapping[str, Sequence[Right]] = {
    "ingress": _rights(("sqs:SendMessage", "inbound"), ("sqs:SendMessage", "events")),
    "processor": _rights(
        ("sqs:ReceiveMessage", "inbound"),
        ("sqs:ChangeMessageVisibility", "inbound"),
        ("sqs:SendMessage", "outbound"),
        ("dynamodb:PutItem", "table", "CONVERSATION#1"),
        ("dynamodb:BatchGetItem", "table", "IN#1"),
    ),
    "sender": _rights(
        ("sqs:ReceiveMessage", "outbound"),
        ("dynamodb:UpdateItem", "table", "GATE#1"),
        ("dynamodb:GetItem", "table", "ALIAS#1"),
    ),
    "tracker": _rights(("sqs:ReceiveMessage", "events"), ("dynamodb:UpdateItem", "table", "CONVERSATION#1")),
}
"""Some of what each function must be able to do. Without them the others would prove nothing."""

MAY_NOT: Mapping[str, Sequence[Right]] = {
    "ingress": _rights(
        ("dynamodb:GetItem", "table", "CONVERSATION#1"),
        ("dynamodb:PutItem", "table", "CONVERSATION#1"),
        ("sqs:ReceiveMessage", "inbound"),
        ("sqs:SendMessage", "outbound"),
        ("s3:GetObject", "quarantine"),
        ("lambda:InvokeFunction", "processor"),
    ),
    "processor": _rights(
        ("dynamodb:Scan", "table"),
        ("dynamodb:DeleteTable", "table"),
        ("dynamodb:PutItem", "table", "GATE#1"),
        ("sqs:ReceiveMessage", "outbound"),
        ("s3:GetObject", "quarantine"),
        ("iam:PassRole", "sender role"),
        ("logs:CreateLogGroup", "processor log"),
    ),
    "sender": _rights(
        ("dynamodb:Scan", "table"),
        ("dynamodb:PutItem", "table", "CONVERSATION#1"),
        ("dynamodb:GetItem", "table", "IN#1"),
        ("sqs:SendMessage", "events"),
        ("s3:PutObject", "media"),
        ("s3:GetObject", "quarantine"),
    ),
    "tracker": _rights(
        ("dynamodb:Scan", "table"),
        ("dynamodb:PutItem", "table", "CONVERSATION#1"),
        ("dynamodb:GetItem", "table", "ALIAS#1"),
        ("sqs:ReceiveMessage", "inbound"),
        ("s3:GetObject", "media"),
        ("secretsmanager:PutSecretValue", "secret"),
    ),
}
"""What each function must not be able to do: most of it is what another one does."""


def look_at_roles(site: Site) -> Finding:
    """Look what each role allows, by IAM's own simulation."""
    roles = {name: _configuration(site, name)["Role"] for name in site.place.functions}
    things = {**_things(site), **{f"{name} role": role for name, role in roles.items()}}
    wrong: list[str] = []
    asked = 0
    for name, role in roles.items():
        for right, is_wanted in _of(site, name):
            asked += 1
            if _is_allowed(site, role, right, things[right.on]) is not is_wanted:
                wrong.append(f"the {name} {'cannot' if is_wanted else 'can'} {right}")
    if wrong:
        return bad("; ".join(wrong), "mend the function's role in template.yaml")
    left_out = ", without those by leading keys, which the local AWS ignores" if site.is_local else ""
    return good(f"{len(roles)} roles allow and refuse what they must, by {asked} simulations{left_out}")


def _of(site: Site, name: str) -> Iterator[tuple[Right, bool]]:
    """Yield the rights of a function, and whether it must have each."""
    for rights, is_wanted in ((MAY[name], True), (MAY_NOT[name], False)):
        yield from ((right, is_wanted) for right in rights if is_wanted or not (site.is_local and right.key))


def _configuration(site: Site, name: str) -> Mapping[str, Any]:
    client = site.place.client("lambda")
    found: Mapping[str, Any] = client.get_function_configuration(FunctionName=site.place.functions[name])
    return found


def _is_allowed(site: Site, role: str, right: Right, arn: str) -> bool:
    context = (
        [
            {
                "ContextKeyName": "dynamodb:LeadingKeys",
                "ContextKeyType": "stringList",
                "ContextKeyValues": [right.key],
            }
        ]
        if right.key
        else []
    )
    (told,) = site.place.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[right.action], ResourceArns=[arn], ContextEntries=context
    )["EvaluationResults"]
    return str(told["EvalDecision"]) == "allowed"


def _things(site: Site) -> dict[str, str]:
    """Return the ARN of each thing, by the names that are used above."""
    place, sqs = site.place, site.place.client("sqs")
    arns = {name: arn_of(sqs, url) for name, url in queue_urls(place).items()}
    partition, region, account = (arns["inbound"].split(":")[at] for at in (1, 3, 4))
    here = f"{region}:{account}"
    return arns | {
        "table": f"arn:{partition}:dynamodb:{here}:table/{place.table_name}",
        "processor": f"arn:{partition}:lambda:{here}:function:{place.functions['processor']}",
        "processor log": f"arn:{partition}:logs:{here}:log-group:/aws/lambda/{place.functions['processor']}",
        "secret": f"arn:{partition}:secretsmanager:{here}:secret:{place.secret_name}-AbCdEf",
        "media": f"arn:{partition}:s3:::{place.media_bucket_name}/contacts/1",
        "quarantine": f"arn:{partition}:s3:::{_bucket(site, 'QuarantineBucket')}/1",
    }


def _bucket(site: Site, logical_id: str) -> str:
    told = site.place.client("cloudformation").describe_stack_resource(
        StackName=site.place.stack_name, LogicalResourceId=logical_id
    )
    return str(told["StackResourceDetail"]["PhysicalResourceId"])
