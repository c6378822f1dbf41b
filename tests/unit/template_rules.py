"""The rules for template.yaml as CloudFormation gets it. A rule is given the translated template and yields
the faults that it finds.

The template is translated first for two reasons: SAM adds resources, and in the source cfn-lint overlooks a
visibility timeout that is too short or a misspelt IAM action.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from cfnlint.api import lint
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

Json = dict[str, Any]
Rule = Callable[[Json], list[str]]

ROOT = Path(__file__).resolve().parents[2]
LAMBDA, SCHEDULER = "lambda.amazonaws.com", "scheduler.amazonaws.com"
CODE_DEPLOY = "codedeploy.amazonaws.com"
STACK = {"Ref": "AWS::StackName"}
OF_THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
MAX_RETENTION_SECONDS = 1_209_600  # of an SQS queue, 14 days


def source() -> Json:
    """Return template.yaml as it is written. The caller may change it."""
    return deepcopy(_source())


def translated() -> Json:
    """Return template.yaml as CloudFormation sees it after the SAM transform. The caller may change it."""
    return deepcopy(_translated())


@cache
def _source() -> Json:
    template: Json = yaml_parse((ROOT / "template.yaml").read_text())
    return template


@cache
def _translated() -> Json:
    template = source()
    for resource in template["Resources"].values():
        for key in resource["Properties"].keys() & {"CodeUri", "ContentUri"}:
            resource["Properties"][key] = "s3://bucket/key"  # `sam deploy` puts such an address there
    session = boto3.Session(region_name="eu-central-1")
    result: Json = Translator({}, Parser(), boto_session=session).translate(template, {})
    return result


def cfn_lint(template: Json) -> list[str]:
    return [f"{match.rule.id} {match.message}" for match in lint(json.dumps(template))]


def resources(template: Json, kind: str) -> dict[str, Json]:
    """Return the properties of all resources of a type, by logical id."""
    return {name: r.get("Properties", {}) for name, r in template["Resources"].items() if r["Type"] == kind}


def functions(template: Json) -> dict[str, Json]:
    return resources(template, "AWS::Lambda::Function")


def referred(value: Any) -> tuple[str, str]:
    """Return the logical id and attribute (`Ref`, `Arn`, ...) of a Ref or GetAtt, else empty strings."""
    match value:
        case {"Ref": str(name)}:
            return name, "Ref"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return name, attribute
    return "", ""


def called(value: Any) -> str:
    """Return the function that a caller names. On AWS the name is that of an alias (rollout_rules.py)."""
    match value:
        case {"Fn::If": ["HasVersions", _, function]}:
            return referred(function)[0]
    return referred(value)[0]


def statements(value: Any) -> Iterator[Json]:
    """Yield every policy statement inside a value, also those behind an Fn::If."""
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from statements(item)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def visibility_is_two_timeouts(template: Json) -> list[str]:
    queues, found = resources(template, "AWS::SQS::Queue"), []
    for name, source in resources(template, "AWS::Lambda::EventSourceMapping").items():
        queue = queues[referred(source["EventSourceArn"])[0]]
        timeout = functions(template)[called(source["FunctionName"])]["Timeout"]
        if queue.get("VisibilityTimeout", 30) < 2 * timeout:
            found.append(f"{name}: visibility below 2 x {timeout} s")
    return found


def fifo_sources_have_no_window(template: Json) -> list[str]:
    queues = resources(template, "AWS::SQS::Queue")
    return [
        f"{name}: a FIFO queue has no batching window"
        for name, source in resources(template, "AWS::Lambda::EventSourceMapping").items()
        if queues[referred(source["EventSourceArn"])[0]].get("FifoQueue")
        and "MaximumBatchingWindowInSeconds" in source
    ]


def failures_are_reported_one_by_one(template: Json) -> list[str]:
    return [
        f"{name}: one failure would repeat its whole batch"
        for name, source in resources(template, "AWS::Lambda::EventSourceMapping").items()
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]
    ]


def dead_letters_are_of_the_same_kind_and_kept(template: Json) -> list[str]:
    queues = resources(template, "AWS::SQS::Queue")
    found: list[str] = []
    targets = {
        name: referred(queue["RedrivePolicy"]["deadLetterTargetArn"])[0]
        for name, queue in queues.items()
        if "RedrivePolicy" in queue
    }
    found += [f"{name}: no DLQ" for name in queues.keys() - targets.keys() - set(targets.values())]
    for name, dlq in targets.items():
        if queues[name].get("FifoQueue") != queues[dlq].get("FifoQueue"):
            found.append(f"{name}: its DLQ is of another kind")
        if queues[dlq].get("MessageRetentionPeriod") != MAX_RETENTION_SECONDS:
            found.append(f"{dlq}: does not keep its messages as long as it can")
    return found


def each_function_has_its_log_group(template: Json) -> list[str]:
    groups, found = resources(template, "AWS::Logs::LogGroup"), []
    for name, function in functions(template).items():
        group = referred(function.get("LoggingConfig", {}).get("LogGroup"))[0]
        if group not in groups:
            found.append(f"{name}: logs to no group of ours")
            continue
        if "RetentionInDays" not in groups[group]:
            found.append(f"{group}: keeps its lines for ever")
        if groups[group]["LogGroupName"] != {"Fn::Sub": "/aws/lambda/" + function["FunctionName"]["Fn::Sub"]}:
            found.append(f"{group}: is not named as {name} is")
        role = template["Resources"][referred(function["Role"])[0]]
        logs = [s for s in statements(role) if any(a.startswith("logs:") for a in listed(s["Action"]))]
        if [s["Resource"] for s in logs] != [{"Fn::GetAtt": [group, "Arn"]}]:
            found.append(f"{name}: its role may write to other groups, or not to {group}")
    return found


def each_function_has_a_role_of_its_own(template: Json) -> list[str]:
    roles = [referred(function["Role"])[0] for function in functions(template).values()]
    declared = resources(template, "AWS::IAM::Role")
    return [f"{role}: shared or missing" for role in roles if roles.count(role) > 1 or role not in declared]


def no_policy_is_managed(template: Json) -> list[str]:
    """Only the policies that a bot brings along may be managed."""
    bots_own = {"Fn::If": ["HasBotPolicies", {"Ref": "BotPolicyArns"}, {"Ref": "AWS::NoValue"}]}
    return [
        f"{name}: a managed policy"
        for name, role in resources(template, "AWS::IAM::Role").items()
        if role.get("ManagedPolicyArns", bots_own) != bots_own
    ]


def a_role_is_taken_by_its_service_only(template: Json) -> list[str]:
    found = []
    for name, role in resources(template, "AWS::IAM::Role").items():
        (trust,) = statements(role["AssumeRolePolicyDocument"])
        if trust["Principal"] not in [{"Service": one} for one in (LAMBDA, SCHEDULER, CODE_DEPLOY)]:
            found.append(f"{name}: taken by others than a service that needs it")
        if trust["Principal"] == {"Service": SCHEDULER} and trust.get("Condition") != OF_THIS_ACCOUNT:
            found.append(f"{name}: taken in the name of other accounts too")
    return found


def a_role_is_passed_to_its_service_only(template: Json) -> list[str]:
    roles, found = resources(template, "AWS::IAM::Role"), []
    for name, role in roles.items():
        for statement in statements(role):
            if "iam:PassRole" not in listed(statement["Action"]):
                continue
            passed = roles.get(referred(statement["Resource"])[0], {})
            services = [
                trust["Principal"]["Service"] for trust in statements(passed.get("AssumeRolePolicyDocument"))
            ]
            allowed = [{"StringEquals": {"iam:PassedToService": service}} for service in services]
            if [statement.get("Condition")] != allowed:
                found.append(f"{name}: passes other roles, or to other services")
    return found


def wake_ups_reach_a_queue_that_takes_them(template: Json) -> list[str]:
    """Scheduler sends no deduplication id, and it cannot use a FIFO queue for its dead letters."""
    variables = functions(template)["ProcessorFunction"]["Environment"]["Variables"]
    queues, found = resources(template, "AWS::SQS::Queue"), []
    target, dlq = variables["INBOUND_QUEUE_ARN"], variables["EVENTS_DLQ_ARN"]
    if not queues[referred(target)[0]].get("ContentBasedDeduplication"):
        found.append("wake-ups need a queue that tells them apart by their content")
    if queues[referred(dlq)[0]].get("FifoQueue"):
        found.append("dead letters of Scheduler need a standard queue")
    role = resources(template, "AWS::IAM::Role")[referred(variables["SCHEDULER_ROLE_ARN"])[0]]
    allowed = [(s["Action"], s["Resource"]) for s in statements(role["Policies"])]
    if allowed != [("sqs:SendMessage", [target, dlq])]:
        found.append("Scheduler's role may not do what it must, or more")
    return found


def schedules_are_made_in_the_group_of_the_stack(template: Json) -> list[str]:
    groups = resources(template, "AWS::Scheduler::ScheduleGroup")
    found = [f"{name}: not named as the stack" for name, group in groups.items() if group["Name"] != STACK]
    for statement in statements(template["Resources"]):
        if any(action.startswith("scheduler:") for action in listed(statement["Action"])):
            match statement["Resource"]:
                case {"Fn::Sub": [str(arn), {"Group": {"Fn::If": ["IsAws", {"Ref": group}, "default"]}}]}:
                    in_group = arn.endswith(":schedule/${Group}/*") and group in groups
                case _:
                    in_group = False
            if not in_group:
                found.append(f"{statement['Action']}: in other groups too")
    return found


def models_are_asked_where_they_are_given(template: Json) -> list[str]:
    variables = functions(template)["ProcessorFunction"]["Environment"]["Variables"]
    given, none = {"Ref": "BedrockModelArns"}, {"Ref": "AWS::NoValue"}
    first = {"Fn::If": ["HasBedrockModels", {"Fn::Select": [0, given]}, ""]}
    ask = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": given}
    document = template["Resources"]["ProcessorRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    found = []
    if variables["BEDROCK_MODEL_ARN"] != first:
        found.append("the processor is not told of the first model")
    if {"Fn::If": ["HasBedrockModels", ask, none]} not in document["Statement"]:
        found.append("other models may be asked, or none")
    return found


ON_EVERYTHING = {
    "cloudwatch:DescribeAlarms": "AWS asks for it where composite alarms are looked at; it only reads",
}
"""The actions that are allowed on everything, and why."""


def nothing_is_allowed_on_everything(template: Json) -> list[str]:
    return [
        f"{name}: allows everything, or on everything"
        for name, resource in template["Resources"].items()
        for statement in statements(resource)
        if statement["Effect"] == "Allow" and (_is_on_everything(statement) or _has_every_action(statement))
    ]


def _is_on_everything(statement: Json) -> bool:
    return "*" in listed(statement.get("Resource")) and not {*listed(statement["Action"])} <= {*ON_EVERYTHING}


def _has_every_action(statement: Json) -> bool:
    return any(action == "*" or action.endswith(":*") for action in listed(statement["Action"]))


def lambda_drops_no_line(template: Json) -> list[str]:
    """Lambda takes a line of metrics for INFO, because it has no level."""
    return [
        f"{name}: Lambda drops lines, with metrics among them"
        for name, function in functions(template).items()
        if function["LoggingConfig"].get("LogFormat") == "JSON"
        and function["LoggingConfig"].get("ApplicationLogLevel") != "TRACE"
    ]


def items_are_reached_by_leading_keys(template: Json) -> list[str]:
    """Each function reaches only the kinds of items that it works on, and no action that has no key."""
    found = []
    for name in resources(template, "AWS::IAM::Role"):
        for statement in statements(template["Resources"][name]):
            actions = [one for one in listed(statement["Action"]) if one.startswith("dynamodb:")]
            condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
            kinds = condition.get("dynamodb:LeadingKeys", [])
            if actions and not (kinds and all(_is_kind_of_item(kind) for kind in kinds)):
                found.append(f"{name}: reaches every item")
            if {"dynamodb:Scan", "dynamodb:PartiQLSelect"} & {*actions}:
                found.append(f"{name}: reads without a key")
    return found


def _is_kind_of_item(kind: str) -> bool:
    return kind.endswith("#*") and kind.count("*") == 1


def everything_is_described(template: Json) -> list[str]:
    return [
        f"{name}: no description"
        for section in ("Parameters", "Outputs")
        for name, item in template[section].items()
        if not item.get("Description")
    ]


RULES: list[Rule] = [
    visibility_is_two_timeouts,
    fifo_sources_have_no_window,
    failures_are_reported_one_by_one,
    dead_letters_are_of_the_same_kind_and_kept,
    each_function_has_its_log_group,
    each_function_has_a_role_of_its_own,
    a_role_is_taken_by_its_service_only,
    a_role_is_passed_to_its_service_only,
    wake_ups_reach_a_queue_that_takes_them,
    schedules_are_made_in_the_group_of_the_stack,
    models_are_asked_where_they_are_given,
    no_policy_is_managed,
    nothing_is_allowed_on_everything,
    lambda_drops_no_line,
    items_are_reached_by_leading_keys,
    everything_is_described,
    cfn_lint,
]
