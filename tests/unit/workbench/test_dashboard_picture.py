"""The picture of the dashboard: what it computes of the record of a run, and what it draws."""

import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from rejoinder.aws.observe import EmfMeter
from rejoinder.model.metrics import Metric
from rejoinder.workbench.dashboard import __main__ as command
from rejoinder.workbench.dashboard.body import NAMESPACE, body, metrics_in
from rejoinder.workbench.dashboard.picture import draw
from rejoinder.workbench.dashboard.recording import DEPTH, line_of_queue
from rejoinder.workbench.dashboard.series import lines_of, numbers_of, read, table_of
from tests.unit.template_rules import ROOT

T = 1_800_000_000
SVG = "{http://www.w3.org/2000/svg}"


def line(at: float, service: str, unit: str = "Count", **metrics: Any) -> str:
    """Return a line of metrics as a function writes it."""
    named = [{"Name": name, "Unit": unit} for name in metrics]
    directive = {"Namespace": "Rejoinder/shop", "Dimensions": [["service"]], "Metrics": named}
    about = {"Timestamp": int((T + at) * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": about, "service": service, **metrics})


def widget(title: str) -> dict[str, Any]:
    """Return the properties of a widget of our dashboard."""
    found = [one["properties"] for one in body(["GateClosedAlarm"])["widgets"]]
    return next(one for one in found if one["title"].startswith(title))


def points(title: str, *lines: str, period: float = 10) -> dict[str, list[tuple[float, float]]]:
    """Return the values that a graph shows of a run, by the names of its series; times count from T."""
    shown = lines_of(widget(title), read(lines), period)
    return {one.label: [(at - T, value) for at, value in one.points] for one in shown if one.points}


def test_a_graph_adds_up_what_each_period_has_and_shows_no_period_without_data() -> None:
    shown = points(
        "Are we answering",
        *(line(at, "processor", TurnsDone=2) for at in (0, 9, 10, 31)),
        line(5, "sender", MessagesAccepted=1),
        line(5, "tracker", TurnsDone=100),
    )
    assert shown == {"turns of the bot": [(0, 4), (10, 2), (30, 2)], "messages accepted": [(0, 1)]}


def test_a_percentile_is_a_value_below_which_so_many_are() -> None:
    shown = points(
        "How fast",
        line(0, "sender", "Seconds", AnswerSeconds=[float(number) for number in range(1, 20)]),
        line(1, "sender", "Seconds", AnswerSeconds=20.0),
    )
    assert shown == {"half of them, p50": [(0, 10)], "19 of 20, p95": [(0, 19)]}


def test_what_the_functions_write_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Rejoinder/shop")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sender")
    with EmfMeter() as meter:
        meter.count(Metric.MESSAGES_ACCEPTED, 2)
        meter.observe(Metric.ANSWER_SECONDS, 1.5)
        meter.count(Metric.MESSAGES_BILLED, 3, category="utility")
    run = read(capsys.readouterr().out.splitlines())
    assert {key: [value for _, value in values] for key, values in run.values.items()} == {
        (NAMESPACE, "MessagesAccepted", "service", "sender"): [2],
        (NAMESPACE, "AnswerSeconds", "service", "sender"): [1.5],
        (NAMESPACE, "MessagesBilled", "service", "sender", "category", "utility"): [3],
    }
    assert numbers_of(widget("Today"), run) == {"AWS, about $": "0.31", "utility": "3"}


def test_the_length_of_a_queue_is_the_largest_of_a_period() -> None:
    lengths = [
        json.dumps(line_of_queue("InboundDlq", length, T + at)) for at, length in ((0, 1), (5, 3), (9, 2))
    ]
    assert points("What is set aside", *lengths) == {"inbound letters": [(0, 3)]}
    assert all(
        ("AWS/SQS", DEPTH, "QueueName", f"${{{name}.QueueName}}") in metrics_in(body([]))
        for name in ("InboundQueue", "OutboundQueue", "EventsQueue", "InboundDlq", "OutboundDlq", "EventsDlq")
    )


def test_the_cost_of_today_is_that_of_its_turns_and_of_the_day() -> None:
    run = read([line(0, "processor", TurnsDone=100_000)])
    assert numbers_of(widget("Today"), run) == {"AWS, about $": "2.51"}


def test_the_table_counts_what_the_logs_say_also_within_a_line() -> None:
    failed = {"message": "failed", "service": "sender", "code": 131026}
    more = {"message": "accepted", "service": "sender", "further": [{"message": "failed", "code": 131026}]}
    run = read(
        map(json.dumps, [failed, failed, more, {"message": "refused", "service": "tracker", "code": 4}])
    )
    head, rows = table_of(widget("Why")["query"], run)
    assert head == ["message", "code", "service", "times"]
    assert rows == [
        ("failed", "131026", "sender", "2"),
        ("failed", "131026", "", "1"),
        ("refused", "4", "tracker", "1"),
    ]


def test_what_nobody_computes_is_an_error_and_no_wrong_picture() -> None:
    run = read([line(0, "processor", TurnsDone=1)])
    with pytest.raises(ValueError, match="nobody computes RATE"):
        numbers_of({"metrics": [[{"expression": "RATE(turns)", "label": "", "id": "rate"}]]}, run)
    with pytest.raises(ValueError, match="nobody can ask"):
        table_of("fields @message", run)


def test_the_picture_shows_each_widget_and_the_state_of_each_alarm() -> None:
    states = [{"A": "ALARM", "B": "ALARM"}, {"B": "ALARM"}]
    run = read(
        [
            line(0, "processor", TurnsDone=1),
            line(60, "processor", TurnsDone=7),
            *(json.dumps({"alarms": one}) for one in states),
        ]
    )
    dashboard = body(["A", "B", "C", "D"])
    picture = draw(dashboard, run, period=10, not_here=["D"], told="Of a run & nothing else")
    texts = [text.text or "" for text in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 - our own
    for one in dashboard["widgets"]:
        assert one["properties"]["title"] in texts
    places = {name: texts.index(name) for name in "ABCD"}
    assert [texts[place + 1] for place in places.values()] == [
        "OK, rang before",
        "rings",
        "OK",
        "not on the local AWS",
    ]
    assert places["A"] < places["C"], "what rang comes first"
    assert (
        texts.count("nothing happened")
        == len([w for w in dashboard["widgets"] if "metrics" in w["properties"]]) - 2
    )
    assert "Of a run & nothing else" in texts


def test_points_with_a_long_pause_between_them_are_not_connected() -> None:
    shown = {"widgets": [one for one in body(["A"])["widgets"] if "TurnsDone" in json.dumps(one)][:1]}
    run = read([line(at, "processor", TurnsDone=1) for at in (0, 10, 30, 40, 100)])
    picture = ET.fromstring(draw(shown, run, period=1, not_here=[], told=""))  # noqa: S314 - our own
    drawn = [one.attrib["d"] for one in picture.iter(f"{SVG}path") if "stroke-width" in one.attrib]
    assert [re.sub(r"[^A-Z]", "", path) for path in drawn] == ["MLMLM"]


def test_the_command_draws_the_picture_of_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, picture = tmp_path / "record.jsonl", tmp_path / "picture.svg"
    record.write_text(line(0, "processor", TurnsDone=1) + "\n" + line(30, "processor", TurnsDone=2) + "\n")
    monkeypatch.setattr(
        sys, "argv", ["dashboard", "--lines", str(record), "--picture", str(picture), "--told", "my run"]
    )
    command.main()
    assert "my run" in picture.read_text()
    assert "not on the local AWS" in picture.read_text(), "the alarms with metric math"


def test_the_picture_in_the_docs_is_of_this_dashboard() -> None:
    """Draw it again after a change: docs/operations.md says how."""
    drawn = (ROOT / "docs" / "images" / "dashboard.svg").read_text()
    for one in body([])["widgets"]:
        assert one["properties"]["title"] in drawn.replace("&#x27;", "'")
