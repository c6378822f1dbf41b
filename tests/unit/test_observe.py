"""What a function writes: one log line and one line of metrics where nothing is wrong."""

import json
import logging
from typing import Any

import pytest

from rejoinder.aws.observe import EmfMeter, Gathered, logger
from rejoinder.model.metrics import Metric

log = logging.getLogger("rejoinder")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Set the variables of a function."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Rejoinder/test")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")


def started() -> EmfMeter:
    """Set the logger up as a function does, and return its meter."""
    logger()
    return EmfMeter()


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_invocation_writes_one_line_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    meter = started()
    with meter:
        for number in range(3):
            log.info("accepted", extra={"correlation_id": f"c{number}", "attempt": 1})
            meter.count(Metric.MESSAGES_ACCEPTED)
        meter.count(Metric.MESSAGES_BILLED, category="utility")
    line, metrics = written(capsys)
    assert (line["level"], line["message"], line["correlation_id"]) == ("INFO", "accepted", "c0")
    assert line["further"] == [
        {"message": "accepted", "correlation_id": "c1", "attempt": 1},
        {"message": "accepted", "correlation_id": "c2", "attempt": 1},
    ]
    assert metrics["MessagesAccepted"] == 3
    assert metrics["MessagesBilled"] == 1
    assert metrics["category"] == "utility"
    assert [(one["Dimensions"], one["Metrics"]) for one in metrics["_aws"]["CloudWatchMetrics"]] == [
        ([["service"]], [{"Name": "MessagesAccepted", "Unit": "Count"}]),
        ([["service", "category"]], [{"Name": "MessagesBilled", "Unit": "Count"}]),
    ]


def test_a_line_that_is_alone_is_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    meter = started()
    with meter:
        log.info("queued", extra={"correlation_id": "c"})
    (line,) = written(capsys)
    assert line["message"] == "queued"
    assert "further" not in line


def test_a_warning_comes_at_once_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    meter = started()
    with meter:
        log.info("queued")
        log.info("turn done")
        log.warning("not marked as read")
        assert [line["message"] for line in written(capsys)] == ["queued", "not marked as read"]
        log.info("accepted")
        assert written(capsys) == [], "it waits for the end of the invocation"
    assert [line["message"] for line in written(capsys)] == ["accepted"]


def test_an_invocation_that_fails_writes_what_it_had(capsys: pytest.CaptureFixture[str]) -> None:
    meter = started()

    def invocation() -> None:
        with meter:
            log.info("queued")
            meter.count(Metric.WORK_FAILED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        invocation()
    line, metrics = written(capsys)
    assert (line["message"], metrics["WorkFailed"]) == ("queued", 1)


def test_each_category_has_a_line_and_nothing_is_counted_twice(capsys: pytest.CaptureFixture[str]) -> None:
    meter = started()
    for _ in range(2):
        with meter:
            meter.count(Metric.STATUSES_RECORDED, 5)
            for category in ("utility", "marketing", "utility"):
                meter.count(Metric.MESSAGES_BILLED, category=category)
        lines = written(capsys)
        assert [line.get("StatusesRecorded") for line in lines] == [5, None]
        assert {line["category"]: line["MessagesBilled"] for line in lines} == {"utility": 2, "marketing": 1}


def test_an_invocation_in_which_nothing_happens_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    meter = started()
    with meter:
        pass
    assert written(capsys) == []


def test_a_line_that_cannot_be_written_harms_no_work(capsys: pytest.CaptureFixture[str]) -> None:
    handler = Gathered(logging.StreamHandler())
    for _ in range(2):
        handler.handle(logging.LogRecord("a", logging.INFO, "a.py", 1, "%d", ("down",), None))
    handler.flush()
    assert "Logging error" in capsys.readouterr().err


def test_times_are_written_one_by_one_so_that_percentiles_can_be_computed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meter = started()
    with meter:
        for number in range(120):
            meter.observe(Metric.ANSWER_SECONDS, number + 0.00049)
        meter.count(Metric.MESSAGES_ACCEPTED)
    (line,) = written(capsys)
    assert line["AnswerSeconds"] == list(range(100)), "a line takes 100 values"
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [
        {"Name": "MessagesAccepted", "Unit": "Count"},
        {"Name": "AnswerSeconds", "Unit": "Seconds"},
    ]


def test_a_time_is_written_by_the_invocation_that_took_it_and_by_no_later_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meter = started()
    for times in ([1.0, 2.0], [3.0], []):
        with meter:
            for seconds in times:
                meter.observe(Metric.ANSWER_SECONDS, seconds)
        assert [line["AnswerSeconds"] for line in written(capsys)] == ([times] if times else [])
