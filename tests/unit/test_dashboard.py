"""The dashboard and the log queries of template.yaml."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from rejoinder.model.metrics import Metric
from rejoinder.workbench.dashboard.section import written
from tests.unit import dashboard_rules as rules
from tests.unit.template_rules import ROOT, Json, Rule, translated


@pytest.fixture(scope="module")
def template() -> Json:
    return translated()


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_translated_template_keeps(rule: Rule, template: Json) -> None:
    assert rule(template) == []


def test_the_template_has_the_dashboard_that_the_command_writes() -> None:
    """`python -m rejoinder.workbench.dashboard` writes it."""
    text = (ROOT / "template.yaml").read_text()
    assert written(text) == text


def test_a_new_alarm_gets_its_place_when_the_command_runs() -> None:
    alarm = "\n\n  NewAlarm:\n    Type: AWS::CloudWatch::Alarm\n"
    assert '"${NewAlarm.Arn}"' in written((ROOT / "template.yaml").read_text() + alarm)


def test_a_template_without_a_place_for_the_dashboard_is_left_alone() -> None:
    with pytest.raises(ValueError, match="there is no place"):
        written("Resources: {}\n")


def test_the_questions_come_in_the_order_in_which_an_owner_asks_them(template: Json) -> None:
    titles = [widget["properties"]["title"] for widget in rules.dashboard(template)["widgets"]]
    first_words = [title.partition("?")[0].partition(" (")[0] for title in titles]
    assert first_words == [
        "Are we answering",
        "How fast",
        "What was not understood",
        "Which messages fail",
        "Why",
        "Which work fails",
        "What is set aside",
        "Which messages met a closed service window",
        "May we send",
        "How healthy are numbers and templates",
        "What waits",
        "Today",
        "Which alarms ring",
    ]


def test_the_comments_of_the_metrics_say_who_counts_them() -> None:
    counted = rules.counted()
    assert counted.keys() == {*Metric}
    assert counted[Metric.WORK_FAILED] == {"ingress", "processor", "sender", "tracker"}
    assert counted[Metric.MESSAGES_FAILED] == counted[Metric.MESSAGES_DOUBLED] == {"sender", "tracker"}
    assert counted[Metric.NOT_UNDERSTOOD] == {"processor"}


def changed(change: Callable[[Json], object]) -> Callable[[Json], None]:
    """Return what changes the dashboard of a template."""

    def plant(template: Json) -> None:
        body = rules.dashboard(template)
        change(body)
        place = template["Resources"]["BotDashboard"]["Properties"]["DashboardBody"]
        place["Fn::Sub"] = json.dumps(body)

    return plant


def metric(number: int, place: int, value: Any, *, widget: int = 0) -> Callable[[Json], None]:
    """Return what changes a part of a metric of a widget."""

    def change(body: Json) -> None:
        body["widgets"][widget]["properties"]["metrics"][number][place] = value

    return changed(change)


def of_widget(widget: int, **given: Any) -> Callable[[Json], None]:
    """Return what changes a widget."""
    return changed(lambda body: body["widgets"][widget].update(given))


def of_properties(widget: int, **given: Any) -> Callable[[Json], None]:
    """Return what changes the properties of a widget."""
    return changed(lambda body: body["widgets"][widget]["properties"].update(given))


def of_query(before: str, after: str) -> Callable[[Json], None]:
    def plant(template: Json) -> None:
        place = template["Resources"]["SlowestAnswersQuery"]["Properties"]
        assert before in place["QueryString"]
        place["QueryString"] = place["QueryString"].replace(before, after)

    return plant


QUERY_IN_WIDGET = "SOURCE '${SenderLogs}' | filter mesage = \"failed\""


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (rules.widgets_have_the_documented_form, of_widget(0, type="metrics")),
        (rules.widgets_have_the_documented_form, of_widget(0, w=6)),
        (rules.widgets_have_the_documented_form, of_properties(0, view="lines")),
        (rules.widgets_have_the_documented_form, of_properties(0, titel="?")),
        (rules.widgets_have_the_documented_form, of_properties(0, stat="sum")),
        (rules.widgets_have_the_documented_form, of_properties(0, period=90)),
        (rules.widgets_have_the_documented_form, metric(0, -1, {"colour": "red"})),
        (rules.widgets_have_the_documented_form, metric(0, -1, {"color": "red"})),
        (rules.widgets_have_the_documented_form, metric(0, -1, {"yAxis": "right"})),
        (rules.widgets_have_the_documented_form, metric(0, -1, {"expression": "turns"})),
        (
            rules.widgets_have_the_documented_form,
            changed(lambda body: body["widgets"][11]["properties"]["metrics"].pop(1)),  # which the cost is of
        ),
        (rules.widgets_have_the_documented_form, of_properties(12, alarms=["${A.Arn}"] * 101)),
        (rules.widgets_are_side_by_side, of_widget(1, x=7)),
        (rules.widgets_are_side_by_side, of_widget(3, y=5)),
        (rules.widgets_are_side_by_side, of_widget(2, width=9)),
        (rules.the_dashboard_shows_what_is_emitted, metric(0, 1, "TurnsMade")),
        (rules.the_dashboard_shows_what_is_emitted, metric(0, 3, "sender")),
        (rules.the_dashboard_shows_what_is_emitted, metric(0, 0, "Rejoinder")),
        (rules.the_dashboard_shows_what_is_emitted, metric(0, 3, "${InboundDlq}", widget=6)),  # its URL
        (rules.the_dashboard_shows_what_is_emitted, metric(0, 1, "ApproximateAge", widget=10)),
        (rules.the_dashboard_shows_what_is_emitted, metric(6, 1, "WebhooksRefused", widget=5)),
        (
            rules.every_metric_of_ours_is_shown_or_left_out_for_a_reason,
            metric(0, 1, "MessagesAccepted", widget=2),
        ),
        (rules.every_metric_of_ours_is_shown_or_left_out_for_a_reason, metric(0, 1, "TurnsRepeated")),
        (rules.every_function_that_counts_is_shown, metric(1, 3, "sender", widget=3)),
        (rules.every_alarm_is_shown_once, of_properties(12, alarms=["${GateClosedAlarm.Arn}"])),
        (rules.every_alarm_is_shown_once, lambda template: template["Resources"].pop("GateClosedAlarm")),
        (
            rules.the_dashboard_costs_nothing_beside_two_others,
            changed(
                lambda body: body["widgets"][0]["properties"]["metrics"].extend(
                    ["Rejoinder", f"M{number}", {}] for number in range(20)
                )
            ),
        ),
        (rules.queries_name_what_is_logged, of_query("correlation_id", "correlation")),
        (rules.queries_name_what_is_logged, of_query('"accepted"', '"was accepted"')),
        (rules.queries_name_what_is_logged, of_properties(4, query=QUERY_IN_WIDGET)),
        (
            rules.what_the_local_aws_lacks_is_for_aws_only,
            lambda template: template["Resources"]["BotDashboard"].pop("Condition"),
        ),
        (
            rules.what_the_local_aws_lacks_is_for_aws_only,
            lambda template: template["Resources"]["ComesAgainQuery"].update(Condition="HasTelegram"),
        ),
    ],
)
def test_a_planted_fault_is_found(rule: Rule, plant: Callable[[Json], None], template: Json) -> None:
    faulty = copy.deepcopy(template)
    plant(faulty)
    assert rule(faulty) != []


def test_a_search_names_the_namespace_of_a_stack_with_hyphens_in_quotes(template: Json) -> None:
    """A name with other signs than letters and digits needs them (AWS, "Search expression syntax")."""
    (search,) = re.findall(
        r"SEARCH\('\{(.+?),category", json.dumps(rules.dashboard(template)).replace("\\", "")
    )
    assert search == '"Rejoinder/${AWS::StackName}"'
