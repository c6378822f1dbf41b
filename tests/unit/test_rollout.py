"""A new version of ingress and processor gets its traffic step by step, on AWS only."""

import copy
from collections.abc import Callable

import pytest

from tests.unit import rollout_rules as rules
from tests.unit.template_rules import Json, Rule, translated
from tests.unit.test_template import set_at, set_in


@pytest.fixture(scope="module")
def template() -> Json:
    return translated()


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_translated_template_keeps(rule: Rule, template: Json) -> None:
    assert rule(template) == []


FUNCTION = {"Ref": "ProcessorFunction"}
ROLLOUT = ("ProcessorRollout", "Properties")


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (
            rules.every_call_goes_to_the_alias,
            set_at("ProcessorFunctionInbound", "Properties", "FunctionName", to=FUNCTION),
        ),
        (
            rules.every_call_goes_to_the_alias,
            set_at("ProcessorStartPermission", "Properties", "FunctionName", to=FUNCTION),
        ),
        (
            rules.every_call_goes_to_the_alias,
            set_at(
                *("WebhookIntegration", "Properties", "IntegrationUri", "Fn::If", 1),
                to={"Ref": "ProcessorLive"},
            ),
        ),
        (
            rules.an_alias_leads_to_the_newest_version_step_by_step,
            set_at("ProcessorLive", "Properties", "FunctionVersion", to="$LATEST"),
        ),
        (
            rules.an_alias_leads_to_the_newest_version_step_by_step,
            lambda template: template["Resources"]["IngressLive"].pop("UpdatePolicy"),
        ),
        (
            rules.a_revision_changes_the_function_and_its_version,
            set_at("IngressFunction", "Properties", "Description", to="Queues updates"),
        ),
        (
            rules.a_revision_changes_the_function_and_its_version,
            set_at("ProcessorVersion", "Properties", "Description", to="The newest"),
        ),
        (rules.a_bad_version_is_undone, set_at(*ROLLOUT, "AlarmConfiguration", "Enabled", to=False)),
        (rules.a_bad_version_is_undone, set_at(*ROLLOUT, "AlarmConfiguration", "Alarms", to=[])),
        (rules.a_bad_version_is_undone, set_at(*ROLLOUT, "AutoRollbackConfiguration", "Events", to=[])),
        (rules.the_local_aws_has_none_of_it, set_at("ProcessorRollout", "Condition", to="HasAnyEmail")),
        (
            rules.the_local_aws_has_none_of_it,
            lambda template: template["Conditions"]["HasVersions"]["Fn::And"].pop(0),
        ),
        (
            rules.code_deploy_moves_two_aliases_and_does_nothing_else,
            set_in("RolloutRole", "cloudwatch:DescribeAlarms", Action="lambda:InvokeFunction"),
        ),
    ],
)
def test_a_planted_fault_is_found(rule: Rule, plant: Callable[[Json], None], template: Json) -> None:
    faulty = copy.deepcopy(template)
    plant(faulty)
    assert rule(faulty) != []


def test_an_alarm_of_a_rollout_rings_for_the_whole_stack(template: Json) -> None:
    """One for the new version alone would have to change with each deployment, before the traffic moves."""
    for name in rules.UNDO:
        alarm = template["Resources"][name]["Properties"]
        assert "Version" not in str(alarm.get("Dimensions", alarm.get("Metrics")))
