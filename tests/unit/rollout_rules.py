"""The rules for how a new version of ingress and processor gets its traffic, in the translated template."""

from tests.unit.template_rules import Json, Rule, called, functions, listed, referred, resources, statements

VERSIONED = {"IngressFunction": "IngressLive", "ProcessorFunction": "ProcessorLive"}
"""The functions that have versions, and their aliases."""

UNDO = {
    "WebhookFailuresAlarm",
    "QuarantinedAlarm",
    "ProcessorErrorsAlarm",
    "ProcessorWorkFailedAlarm",
    "BotErrorsAlarm",
    "UpdatesParkedAlarm",
    "SenderErrorsAlarm",
    "SenderWorkFailedAlarm",
}
"""The alarms that undo a deployment."""

MAX_ALARMS = 10  # of a deployment group (AWS::CodeDeploy::DeploymentGroup AlarmConfiguration)

FOR_VERSIONS = ("AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::CodeDeploy::")
"""The beginnings of the types that the local AWS must not have."""

CALLERS = {
    "AWS::ApiGatewayV2::Integration": "IntegrationUri",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::Lambda::EventSourceMapping": "FunctionName",
    "AWS::SNS::Subscription": "Endpoint",
}
"""The types of what calls a function, or lets it be called, and the property that names the function."""


def every_call_goes_to_the_alias(template: Json) -> list[str]:
    found = []
    for kind, name_of in CALLERS.items():
        for name, caller in resources(template, kind).items():
            function, named = called(caller[name_of]), caller[name_of]
            if alias := VERSIONED.get(function):
                wanted = ["HasVersions", {"Ref": alias}, named.get("Fn::If", [None] * 3)[2]]
                if named != {"Fn::If": wanted}:
                    found.append(f"{name}: goes past {alias}, so that a new version gets it at once")
    return found


def an_alias_leads_to_the_newest_version_step_by_step(template: Json) -> list[str]:
    found = []
    groups, versions = resources(template, "AWS::CodeDeploy::DeploymentGroup"), "AWS::Lambda::Version"
    for function, alias in VERSIONED.items():
        one = template["Resources"][alias]
        version, attribute = referred(one["Properties"]["FunctionVersion"])
        of_version = resources(template, versions).get(version, {})
        if attribute != "Version" or of_version.get("FunctionName") != {"Ref": function}:
            found.append(f"{alias}: leads to no version of {function}")
        condition, update, none = one.get("UpdatePolicy", {}).get("Fn::If", ["", {}, {}])
        moved = update.get("CodeDeployLambdaAliasUpdate", {})
        group = groups.get(referred(moved.get("DeploymentGroupName"))[0], {})
        if condition != "IsGradual" or none != {"Ref": "AWS::NoValue"}:
            found.append(f"{alias}: not only a gradual deployment is gradual")
        if not group or group["ApplicationName"] != moved["ApplicationName"]:
            found.append(f"{alias}: is moved at once")
    return found


def a_revision_changes_the_function_and_its_version(template: Json) -> list[str]:
    """Lambda makes no version of an unchanged function, and CloudFormation none without a new description."""
    found = [
        f"{name}: a revision does not change it"
        for name in VERSIONED
        if "${Revision}" not in str(functions(template)[name]["Description"])
    ]
    return found + [
        f"{name}: stays when a revision is new"
        for name, version in resources(template, "AWS::Lambda::Version").items()
        if version.get("Description") != {"Ref": "Revision"}
    ]


def a_bad_version_is_undone(template: Json) -> list[str]:
    found = []
    for name, group in resources(template, "AWS::CodeDeploy::DeploymentGroup").items():
        looked_at = {referred(one["Name"])[0] for one in group["AlarmConfiguration"]["Alarms"]}
        if not group["AlarmConfiguration"]["Enabled"] or looked_at != UNDO or len(looked_at) > MAX_ALARMS:
            found.append(f"{name}: looks at other alarms")
        if "DEPLOYMENT_STOP_ON_ALARM" not in group["AutoRollbackConfiguration"]["Events"]:
            found.append(f"{name}: an alarm undoes nothing")
    return found


def the_local_aws_has_none_of_it(template: Json) -> list[str]:
    """It refuses a template with CodeDeploy, and its functions are changed in place."""
    conditions = template["Conditions"]
    found = [
        f"{name}: the local AWS would have it"
        for name, one in template["Resources"].items()
        if (one["Type"].startswith(FOR_VERSIONS) or name == "RolloutRole")
        and one.get("Condition") != "HasVersions"
    ]
    if {"Condition": "IsAws"} not in conditions["HasVersions"]["Fn::And"]:
        found.append("HasVersions: true on the local AWS")
    if {"Condition": "HasVersions"} not in conditions["IsGradual"]["Fn::And"]:
        found.append("IsGradual: true without versions")
    return found


def code_deploy_moves_two_aliases_and_does_nothing_else(template: Json) -> list[str]:
    allowed = {
        action: listed(one["Resource"])
        for one in statements(template["Resources"]["RolloutRole"]["Properties"]["Policies"])
        for action in listed(one["Action"])
    }
    of_aliases = [
        arn
        for function in VERSIONED
        for arn in ({"Fn::GetAtt": [function, "Arn"]}, {"Fn::Sub": f"${{{function}.Arn}}:*"})
    ]
    alarms = allowed.pop("cloudwatch:DescribeAlarms", None)
    is_least = {*allowed} == {
        "lambda:GetAlias",
        "lambda:UpdateAlias",
        "lambda:GetProvisionedConcurrencyConfig",
    } and all(resource == of_aliases for resource in allowed.values())
    return [] if alarms and is_least else ["RolloutRole: may do more, or less"]


RULES: list[Rule] = [
    every_call_goes_to_the_alias,
    an_alias_leads_to_the_newest_version_step_by_step,
    a_revision_changes_the_function_and_its_version,
    a_bad_version_is_undone,
    the_local_aws_has_none_of_it,
    code_deploy_moves_two_aliases_and_does_nothing_else,
]
