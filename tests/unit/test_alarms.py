"""The alarms of template.yaml: what they look at, when they ring, and to whom."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from rejoinder.workbench.drill.metric_math import Values
from tests.unit import alarm_rules as rules
from tests.unit.alarm_rules import rings
from tests.unit.template_rules import Json, Rule, referred, translated


@pytest.fixture(scope="module")
def template() -> Json:
    return translated()


def properties(template: Json, name: str) -> Json:
    found: Json = template["Resources"][name]["Properties"]
    return found


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_translated_template_keeps(rule: Rule, template: Json) -> None:
    assert rule(template) == []


@pytest.mark.parametrize(
    ("namespace", "metric", "kind"),
    [
        ("AWS/ApiGateway", "5xx", "Api"),
        ("AWS/Lambda", "Errors", "Function"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Queue"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Dlq"),
    ],
)
def test_every_function_queue_and_dlq_is_watched(
    namespace: str, metric: str, kind: str, template: Json
) -> None:
    """The ingress is watched as API Gateway sees it: all that calls it is the API."""
    watched = {
        referred(looked_at["Dimensions"][0]["Value"])[0]
        for alarm in rules.alarms(template).values()
        for looked_at in rules.metrics_of(alarm)
        if (looked_at["Namespace"], looked_at["MetricName"]) == (namespace, metric)
    }
    there = {name for name in template["Resources"] if name.endswith(kind)} - {"IngressFunction"}
    assert len(there) == (1 if kind == "Api" else 3)
    assert watched == there


def test_a_throttled_function_rings_once_for_the_whole_account(template: Json) -> None:
    looked_at = [
        metric
        for alarm in rules.alarms(template).values()
        for metric in rules.metrics_of(alarm)
        if metric["MetricName"] == "Throttles"
    ]
    assert ["Dimensions" in metric for metric in looked_at] == [False]


def test_every_metric_of_ours_that_needs_a_person_has_an_alarm(template: Json) -> None:
    watched = [
        (metric["MetricName"], dimension["Value"])
        for alarm in rules.alarms(template).values()
        for metric in rules.metrics_of(alarm)
        for dimension in metric.get("Dimensions", [])
    ]
    counted = {(metric, service) for metric, services in rules.OUR_METRICS.items() for service in services}
    assert [one for one in counted if one not in watched] == []


def test_what_can_wait_is_a_notice_and_everything_else_an_alarm(template: Json) -> None:
    topics = {name: referred(alarm["AlarmActions"][0])[0] for name, alarm in rules.alarms(template).items()}
    assert {name for name, topic in topics.items() if topic == "NoticeTopic"} == {
        "BotErrorsAlarm",
        "InboundDlqAlarm",
        "OutboundDlqAlarm",
        "EventsDlqAlarm",
        "EventsAgeAlarm",
        "TrackerWorkFailedAlarm",
        "TrackerErrorsAlarm",
        "ThrottlesAlarm",
        "QuarantinedAlarm",
        "AnswersSlowAlarm",
        "FilesLostAlarm",
        "TemplatesRecategorisedAlarm",
        "MessagesFailedAlarm",
        "MessagesFailedLateAlarm",
        "MessagesDoubledAlarm",
        "MessagesDoubledLateAlarm",
    }
    assert len(topics) > 20


def test_notices_go_to_the_address_of_the_alarms_when_they_have_none_of_their_own(template: Json) -> None:
    assert properties(template, "NoticeMail")["Endpoint"] == {
        "Fn::If": ["HasNoticeEmail", {"Ref": "NoticeEmail"}, {"Ref": "AlarmEmail"}]
    }


@pytest.mark.parametrize(
    ("visible", "held", "rung"),
    [
        ([0, 0, 1, 1, 1], [0, 0, 0, 0, 0], [2]),
        ([1, 1, 1, 2, 2], [0, 0, 0, 0, 0], [3]),
        ([None, None, 1, 1, 1], [None, None, 0, 0, 0], [2]),
        ([1, None, 1, 1, 2], [0, None, 0, 0, 0], [4]),
        ([2, 0, 0, 2, 2], [0, 2, 2, 0, 0], []),
        ([2, 0, 0, 2, 2], [None, 2, 2, None, None], []),
        ([3, 3, 1, 1, 0], [0, 0, 0, 0, 0], []),
    ],
    ids=[
        "the first",
        "one more",
        "the first for hours",
        "a late report",
        "listed",
        "held before",
        "put back",
    ],
)
def test_a_new_letter_rings_whatever_lies_there_already(
    visible: Values, held: Values, rung: list[int], template: Json
) -> None:
    for name in ("InboundDlqAlarm", "OutboundDlqAlarm", "EventsDlqAlarm"):
        assert rings(properties(template, name), visible=visible, held=held) == rung


@pytest.mark.parametrize(
    ("invalid", "valid", "rung"),
    [
        (100, 0, [0]),
        (100, None, [0]),
        (100, 1, []),
        (3, 0, []),
        (None, 40, []),
        (None, None, []),
    ],
)
def test_wrong_signatures_ring_when_there_is_no_right_one(
    invalid: float | None,
    valid: float | None,
    rung: list[int],
    template: Json,
) -> None:
    alarm = properties(template, "SignatureInvalidAlarm")
    assert rings(alarm, invalid=[invalid], valid=[valid]) == rung


@pytest.mark.parametrize(
    ("raised", "done", "rung"),
    [
        (1, 10, [0]),  # a canary whose bot always raises
        (1, None, [0]),
        (1, 100, []),
        (None, 100, []),
        (None, None, []),
    ],
)
def test_a_bot_rings_when_it_raises_in_more_than_one_turn_in_fifty(
    raised: float | None, done: float | None, rung: list[int], template: Json
) -> None:
    assert rings(properties(template, "BotErrorsAlarm"), raised=[raised], done=[done]) == rung


@pytest.mark.parametrize("errors", [None, 0, 2, 3, 40])
@pytest.mark.parametrize("failed", [None, 0, 2, 3, 40])
def test_what_waits_because_a_function_fails_rings_once(
    failed: float | None, errors: float | None, template: Json
) -> None:
    """Whatever happened, one alarm of the function rings: that of the cause, or that of the age alone.

    What waits for a closed gate leaves the queue. So it rings no age, and hides none of another account.
    """
    for function, age in (("Processor", 181), ("Sender", 601)):
        counts = {"WorkFailed": failed, "Errors": errors}
        names = {"WorkFailed": f"{function}WorkFailedAlarm", "Errors": f"{function}ErrorsAlarm"}
        causes = [
            what
            for what, count in counts.items()
            if (count or 0) > properties(template, names[what])["Threshold"]
        ]
        queue = properties(template, "InboundAgeAlarm" if function == "Processor" else "OutboundAgeAlarm")
        old = rings(queue, age=[age], failed=[failed], errors=[errors])
        assert bool(causes) != bool(old)
        assert rings(queue, age=[age - 1], failed=[failed], errors=[errors]) == []


@pytest.mark.parametrize(
    ("drained", "rings_at_last"),
    [(58, False), (79, False), (115, True)],
    ids=["soon", "late", "not for an hour"],
)
@pytest.mark.parametrize("cause", ["failed", "errors"])
def test_what_is_still_old_for_a_while_after_a_cure_rings_nothing_more(
    cause: str, drained: int, rings_at_last: object, template: Json
) -> None:
    """A function fails from minute 10 to 50. CloudWatch looks each minute at the half hour before it."""
    counts = [3.0 if 10 <= minute < 50 else 0.0 for minute in range(120)]
    ages = [60.0 * max(0, minute - 10) if minute < drained else 0.0 for minute in range(120)]
    queue = properties(template, "OutboundAgeAlarm")
    others: dict[str, Values] = {name: [None, None] for name in ("failed", "errors")}

    def is_on(minute: int) -> bool:
        halves = [slice(max(0, minute - 59), max(0, minute - 29)), slice(max(0, minute - 29), minute + 1)]
        counted: dict[str, Values] = {cause: [sum(counts[half]) for half in halves]}
        age: Values = [max(ages[half], default=0.0) for half in halves]
        return 1 in rings(queue, age=age, **others | counted)

    assert any(is_on(minute) for minute in range(120)) is rings_at_last
    assert not any(is_on(minute) for minute in range(109))


def test_slow_answers_ring_also_where_there_are_few(template: Json) -> None:
    """With `ignore`, CloudWatch would leave the alarm as it is below 200 answers in a quarter of an hour."""
    assert "EvaluateLowSampleCountPercentile" not in properties(template, "AnswersSlowAlarm")


def test_the_alarms_of_a_function_look_at_the_same_time(template: Json) -> None:
    """Otherwise one of them could be off already while another still holds back the age's."""
    for function, queue in (("Processor", "Inbound"), ("Sender", "Outbound")):
        parts = properties(template, f"{queue}AgeAlarm")["Metrics"]
        periods = {part["MetricStat"]["Period"] for part in parts if "MetricStat" in part}
        causes = (f"{function}WorkFailedAlarm", f"{function}ErrorsAlarm")
        assert periods == {
            part["MetricStat"]["Period"]
            for name in causes
            for part in properties(template, name)["Metrics"]
            if "MetricStat" in part
        }


@pytest.mark.parametrize(
    ("failed", "late", "accepted", "rung"),
    [
        (10, None, None, [0]),
        (10, 0, 9, [0]),
        (10, 0, 10, []),
        (0, 10, 10, [0]),
        (0, 10, 20, []),
        (9, 0, 0, []),
        (None, None, 40, []),
    ],
)
def test_it_rings_when_most_messages_fail(
    failed: float | None, late: float | None, accepted: float | None, rung: list[int], template: Json
) -> None:
    alarm = properties(template, "MessagesMostlyFailAlarm")
    assert rings(alarm, failed=[failed], late=[late], accepted=[accepted]) == rung


def test_the_text_of_an_alarm_leads_to_its_section(template: Json) -> None:
    """CloudWatch takes 1,024 characters, and the mail of the alarm has them."""
    site = "https://rejoinder.github.io/rejoinder/operations.html"
    for name, alarm in rules.alarms(template).items():
        text, _, address = alarm["AlarmDescription"].rpartition(" ")
        assert address == f"{site}#{name.lower()}"
        assert text.endswith(".")


def set_at(*path: Any, to: Any) -> Callable[[Json], None]:
    def plant(template: Json) -> None:
        place = template["Resources"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return plant


def math_part(alarm: str) -> tuple[Any, ...]:
    """Return the way to the first metric in an expression."""
    return (alarm, "Properties", "Metrics", 1, "MetricStat", "Metric")


DIMENSION = (*math_part("InboundDlqAlarm"), "Dimensions", 0, "Value")


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (
            rules.alarms_look_at_what_is_emitted,
            set_at(*math_part("WebhookFailuresAlarm"), "MetricName", to="5XXError"),
        ),
        (
            rules.alarms_look_at_what_is_emitted,
            set_at("GateClosedAlarm", "Properties", "MetricName", to="TokenInvalid"),
        ),
        (
            rules.alarms_look_at_what_is_emitted,
            set_at(*DIMENSION, to={"Ref": "InboundDlq"}),  # this is the queue's URL, not its name
        ),
        (
            rules.alarms_look_at_what_is_emitted,  # without its dimension it is of the whole account
            lambda template: properties(template, "TrackerErrorsAlarm").pop("Dimensions"),
        ),
        (rules.alarms_reach_somebody, set_at("SenderErrorsAlarm", "Properties", "AlarmActions", to=[])),
        (
            rules.no_two_alarms_look_at_the_same,
            set_at(
                "TrackerErrorsAlarm", "Properties", "Dimensions", 0, "Value", to={"Ref": "SenderFunction"}
            ),
        ),
        (
            rules.no_alarm_stays_on_while_a_letter_lies_there,
            set_at("InboundDlqAlarm", "Properties", "Metrics", 0, "Expression", to="visible + held"),
        ),
        (
            rules.no_alarm_stays_on_while_a_letter_lies_there,
            set_at("InboundAgeAlarm", "Properties", "MetricName", to="ApproximateNumberOfMessagesVisible"),
        ),
        (
            rules.no_alarm_goes_on_with_old_values,
            set_at("ProcessorErrorsAlarm", "Properties", "Metrics", 0, "Expression", to="errors"),
        ),
        (rules.no_alarm_goes_on_with_old_values, set_at("FilesLostAlarm", "Properties", "Period", to=3600)),
        (rules.metric_math_is_for_aws_only, set_at("InboundDlqAlarm", "Condition", to="HasAlarmEmail")),
    ],
)
def test_a_planted_fault_is_found(rule: Rule, plant: Callable[[Json], None], template: Json) -> None:
    faulty = copy.deepcopy(template)
    plant(faulty)
    assert rule(faulty) != []
