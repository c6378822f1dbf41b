"""The deployment itself: who asks AWS, the stack, what differs from its template, the functions."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import rejoinder
from rejoinder.workbench.cli.deployed import outputs_of, unstick
from rejoinder.workbench.doctor.facts import Facts, only_on_aws
from rejoinder.workbench.doctor.finding import Finding, bad, good, notice, skipped, unknown
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.pages import page
from rejoinder.workbench.versions import VERSION

DRIFT_SECONDS = 90.0
"""How long CloudFormation may take to compare the stack with its template, in seconds."""

PAUSE_SECONDS = 2.0
"""The pause between two questions whether it is done, in seconds."""

Json = Mapping[str, Any]


def caller(facts: Facts) -> dict[str, Any]:
    """Return who AWS says that we are, and how its answer came."""
    return dict(facts.client("sts").get_caller_identity())


def stack(facts: Facts) -> dict[str, Any]:
    """Return the stack, as CloudFormation describes it."""
    name = facts.patient.place.stack_name
    (found,) = facts.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return dict(found)


def resources(facts: Facts) -> list[dict[str, Any]]:
    """Return the resources of the stack."""
    pages = facts.client("cloudformation").get_paginator("list_stack_resources")
    name = facts.patient.place.stack_name
    return [one for page in pages.paginate(StackName=name) for one in page["StackResourceSummaries"]]


def parameters(facts: Facts) -> dict[str, str]:
    """Return the parameters of the stack."""
    given = facts.of(stack).get("Parameters", [])
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in given}


def of_type(facts: Facts, kind: str) -> dict[str, str]:
    """Return the resources of a type: AWS's name of each, by its name in the template."""
    return {
        one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
        for one in facts.of(resources)
        if one["ResourceType"] == kind
    }


def look_at_identity(facts: Facts) -> Finding:
    """Look at who asks AWS, and where."""
    who, region = facts.of(caller), facts.client("cloudformation").meta.region_name
    where = "the local AWS" if facts.patient.is_local else f"account {who['Account']}"
    if str(who["Arn"]).endswith(":root") and not facts.patient.is_local:
        cure = "make a user in IAM Identity Center, and use its profile: `aws configure sso`"
        return notice(f"{where}, region {region}, as the root user, who may do everything", cure)
    return good(f"{where}, region {region}")


def look_at_stack(facts: Facts) -> Finding:
    """Look at the state of the stack, and at the version that it runs."""
    found = facts.of(stack)
    name, status = found["StackName"], found["StackStatus"]
    if status.endswith("_IN_PROGRESS"):
        return notice(
            f"{name} is being changed ({status})", "wait until the deployment has ended, and look again"
        )
    if status.endswith("_FAILED"):
        return bad(f"{name} is stuck ({status})", unstick(name, status))
    if status in ("ROLLBACK_COMPLETE", "DELETE_COMPLETE"):
        return bad(f"{name} is broken ({status})", "`rejoinder deploy`; it says what failed first")
    if "ROLLBACK" in status:
        return notice(f"the last deployment of {name} failed and was undone ({status})", "`rejoinder deploy`")
    deployed = outputs_of(found).get(VERSION, "")
    if deployed and deployed != rejoinder.__version__:
        what = f"{name} runs rejoinder {deployed}, and this command is {rejoinder.__version__}"
        return notice(what, "`rejoinder upgrade`, then `rejoinder deploy`")
    return good(f"{name}: {status}, rejoinder {deployed or rejoinder.__version__}")


def look_at_drift(facts: Facts) -> Finding:
    """Look whether somebody changed the stack by hand."""
    if facts.patient.is_local:
        return skipped("`rejoinder run` changes the local stack beside CloudFormation")
    name, client = facts.patient.place.stack_name, facts.client("cloudformation")
    detection = client.detect_stack_drift(StackName=name)["StackDriftDetectionId"]
    end = time.monotonic() + DRIFT_SECONDS
    while True:
        told = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if told["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        if time.monotonic() > end:
            return unknown("CloudFormation needs too long to compare", "run the command again later")
        time.sleep(PAUSE_SECONDS)
    if told["DetectionStatus"] != "DETECTION_COMPLETE":
        return unknown(
            told.get("DetectionStatusReason", "CloudFormation could not compare"),
            "the CloudFormation console",
        )
    if told.get("StackDriftStatus") != "DRIFTED":
        return good("the stack is as its template says")
    pages = client.describe_stack_resource_drifts(
        StackName=name, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )
    changed = sorted(one["LogicalResourceId"] for one in pages["StackResourceDrifts"])
    cure = "undo it in the console, or put it into samconfig.toml; a deployment does not undo it"
    return notice(f"changed by hand: {', '.join(changed)}", cure)


OF_A_VERSION = ("CodeSha256", "Environment", "Layers", "MemorySize", "Timeout", "Runtime")
"""What a version of a function has of the function itself, at the moment when it is made."""


def functions(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the configuration of each function, by its short name."""
    client = facts.client("lambda")
    names = facts.patient.place.functions
    if not names:
        raise StackError("the stack does not tell its functions")
    return {name: dict(client.get_function_configuration(FunctionName=its)) for name, its in names.items()}


def look_at_functions(facts: Facts) -> Finding:
    """Look whether the functions and their layers are for one Python and one processor, as the stack says."""
    wanted = facts.of(parameters)
    runtime, architecture = wanted.get("PythonRuntime", ""), wanted.get("Architecture", "")
    found = facts.of(functions)
    wrong = [
        *_states(found),
        *_passed_over(facts, found),
        *_other(found, runtime, architecture),
        *_layers(facts, found, runtime, architecture),
    ]
    if wrong:
        cure = (
            "`rejoinder deploy` builds for PythonRuntime and Architecture of samconfig.toml, but does not "
            "undo what was changed by hand"
        )
        return bad("; ".join(wrong), cure)
    return good(f"{len(found)} functions, {runtime} on {architecture}, built for it")


def _states(found: Mapping[str, Json]) -> Iterator[str]:
    for name, one in found.items():
        if (
            one.get("State", "Active") not in ("Active", "Inactive")
            or one.get("LastUpdateStatus") == "Failed"
        ):
            why = one.get("StateReason") or one.get("LastUpdateStatusReason") or one.get("State")
            yield f"the {name} does not work ({why})"


def _passed_over(facts: Facts, found: Mapping[str, Json]) -> Iterator[str]:
    """Yield the functions whose alias leads to something else than what was deployed last.

    The SAM CLI alone makes no versions, so what it deploys over them is never called.
    """
    client = facts.client("lambda")
    for name, newest in found.items():
        for alias in client.list_aliases(FunctionName=newest["FunctionName"])["Aliases"]:
            version = alias["FunctionVersion"]
            its = client.get_function_configuration(FunctionName=newest["FunctionName"], Qualifier=version)
            is_moving = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")
            if not is_moving and any(its.get(key) != newest.get(key) for key in OF_A_VERSION):
                yield f"what was deployed last does not run: the {name} runs its version {version}"


def _other(found: Mapping[str, Json], runtime: str, architecture: str) -> Iterator[str]:
    for name, one in found.items():
        its = (one.get("Runtime", ""), one.get("Architectures", ["x86_64"])[0])
        if its != (runtime, architecture):
            yield f"the {name} is for {' on '.join(its)}, the stack for {runtime} on {architecture}"


def _layers(facts: Facts, found: Mapping[str, Json], runtime: str, architecture: str) -> Iterator[str]:
    client = facts.client("lambda")
    layers = {layer["Arn"] for one in found.values() for layer in one.get("Layers", [])}
    for arn in sorted(layers):
        name, version = arn.split(":")[-2:]
        layer = client.get_layer_version(LayerName=name, VersionNumber=int(version))
        runtimes, architectures = layer.get("CompatibleRuntimes"), layer.get("CompatibleArchitectures")
        fits = runtime in (runtimes or [runtime]) and architecture in (architectures or [architecture])
        if not fits:
            built = " on ".join([*(runtimes or []), *(architectures or [])])
            yield f"the layer {name} was built for {built}"


def look_at_executions(facts: Facts) -> Finding:
    """Look whether the account has executions left for webhooks when all the other functions are busy."""
    only_on_aws(facts, "a laptop has no such limit")
    most = facts.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    wanted = facts.of(parameters)
    others = sum(int(wanted.get(f"{name}Concurrency") or 0) for name in ("Processor", "Sender", "Tracker"))
    told = f"the account runs {most:,} executions at once, and this stack {others:,} beside the ingress"
    if most > others:
        return good(told)
    cure = f"ask AWS for more, and set lower concurrencies until then: {page('scaling', 'a-new-aws-account')}"
    return notice(f"{told}: none is left for webhooks", cure)


def look_at_subscribers(facts: Facts) -> Finding:
    """Look whether somebody gets the alarms."""
    only_on_aws(facts, "nobody is called from a laptop")
    client, topics = facts.client("sns"), of_type(facts, "AWS::SNS::Topic")
    silent, waiting = [], []
    for name in ("AlarmTopic", "NoticeTopic"):
        told = client.list_subscriptions_by_topic(TopicArn=topics.get(name) or name)["Subscriptions"]
        confirmed = [one for one in told if one["SubscriptionArn"].startswith("arn:")]
        if not told:
            silent.append(name)
        elif not confirmed:
            waiting.append(name)
    if silent:
        cure = "set AlarmEmail in parameter_overrides of samconfig.toml, and `rejoinder deploy`"
        return notice(f"nobody gets what rings: {', '.join(silent)} has no subscriber", cure)
    if waiting:
        return notice(f"nobody confirmed: {', '.join(waiting)}", "click the link in the mail of AWS")
    return good("somebody gets the alarms and the notices")
