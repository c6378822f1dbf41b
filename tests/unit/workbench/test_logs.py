"""Log records in the form that a person reads, and the local stack that they come from."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from rejoinder.workbench.cli import logs
from rejoinder.workbench.deployment.deployed import Where
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, StackError, lock
from rejoinder.workbench.stack.logs import QUIET_MS, Entry, Tail, parse
from rejoinder.workbench.stack.ports import any_free

AT_MS = 1_795_359_727_411


def _line(**fields: object) -> str:
    entry = parse("processor", AT_MS, json.dumps(fields))
    assert entry is not None
    return str(entry)


NOW = f"{datetime.fromtimestamp(AT_MS / 1000, UTC).astimezone():%H:%M:%S}"


TRACE = """Traceback (most recent call last):
  File "app.py", line 3, in handler
    f()
  File "bot.py", line 7, in hours
    1 / 0
ZeroDivisionError: division by zero
"""


def test_a_record_is_time_function_message_fields_and_a_short_correlation_id() -> None:
    line = _line(
        level="INFO",
        location="_commit:129",
        message="turn done",
        timestamp="2026-11-22 15:02:07,079+0000",
        service="processor",
        correlation_id="23mrbt5m2phy37ku2ybyvzekld",
        content="text",
        messages=1,
    )
    assert line == f"{NOW} processor turn done content=text messages=1 (23mrbt5m)"


def test_a_level_that_is_not_info_is_shown() -> None:
    assert _line(level="WARNING", message="comes again") == f"{NOW} processor WARNING comes again"


def test_an_exception_is_its_last_line_and_the_innermost_place() -> None:
    line = _line(level="ERROR", message="the bot failed", exception=TRACE, exception_name="ZeroDivisionError")
    assert line.endswith('ZeroDivisionError: division by zero [File "bot.py", line 7, in hours]')
    assert "\n" not in line


def test_an_error_of_the_bot_is_shown_whole_below_its_record() -> None:
    line = _line(level="ERROR", message="what the bot raised", traceback=TRACE)
    first, *below = line.splitlines()
    assert first == f"{NOW} processor ERROR what the bot raised"
    assert below == [f"{'':<19}{shown}" for shown in TRACE.splitlines()]


def test_long_and_nested_values_are_cut() -> None:
    line = _line(level="INFO", message="m", nested={"a": [1, 2]}, long="x" * 500)
    assert 'nested={"a":[1,2]}' in line
    assert line.endswith("x…")
    assert len(line) < 150


@pytest.mark.parametrize(
    "text",
    [
        "START RequestId: 9234b715 Version: $LATEST",
        "END RequestId: 9234b715",
        "REPORT RequestId: 9234b715\tDuration: 722 ms",
        '{"_aws": {"Timestamp": 1}, "TurnsDone": [1.0]}',
        "  \n",
    ],
)
def test_what_the_runtime_says_and_metrics_are_no_records(text: str) -> None:
    assert parse("processor", AT_MS, text) is None


@pytest.mark.parametrize("text", ["plain words", "[1, 2]", '"a string"', "{broken"])
def test_a_line_that_is_no_record_is_shown_as_it_is(text: str) -> None:
    assert str(parse("sender", AT_MS, text)) == f"{NOW} sender    {text}"


def test_the_correlation_id_can_be_asked_for() -> None:
    entry = parse("sender", AT_MS, '{"message": "m", "correlation_id": "abc"}')
    assert isinstance(entry, Entry)
    assert entry.correlation_id == "abc"


def test_what_a_function_wrote_into_one_line_is_shown_line_by_line() -> None:
    further = [{"message": "accepted", "correlation_id": "b" * 26, "attempt": 2}]
    fields = {"message": "accepted", "level": "INFO", "correlation_id": "a" * 26, "further": further}
    entry = parse("sender", AT_MS, json.dumps(fields))
    assert entry
    assert [str(one) for one in entry.each()] == [
        f"{NOW} sender    accepted (aaaaaaaa)",
        f"{NOW} sender    accepted attempt=2 (bbbbbbbb)",
    ]


def test_what_lambda_says_of_a_failed_invocation_is_one_line() -> None:
    """Lambda writes its own lines as JSON on AWS, and its runtime names an error otherwise."""
    record = {"requestId": "9234b715", "metrics": {"durationMs": 30000.0}, "status": "timeout"}
    report = {"time": "2026-11-26T03:00:00Z", "type": "platform.report", "record": record}
    assert _line(**report) == f"{NOW} processor ERROR Lambda: report timeout"
    raised = {"log_level": "ERROR", "errorType": "KeyError", "errorMessage": "'x'", "requestId": "9234b715"}
    assert _line(**raised, stackTrace=["File …"]) == f"{NOW} processor ERROR KeyError: 'x'"


def test_a_local_stack_that_has_ended_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lock is still held, as while it ends, but nothing answers."""
    (tmp_path / "pyproject.toml").write_text("[tool.rejoinder]\n")
    monkeypatch.chdir(tmp_path)
    port, state = any_free(), Project.find(tmp_path).state
    names = {field.name for field in fields(LocalStack)} - {"restart"}
    record = dict.fromkeys(names, "x") | {
        "aws_endpoint_url": f"http://127.0.0.1:{port}",
        "folder": str(state),
    }
    with lock.only_one(state):
        (state / lock.RECORD).write_text(json.dumps(record))
        (state / "aws").mkdir()
        (state / "aws" / "ministack.log").touch()
        with pytest.raises(StackError, match="the local AWS has ended: start it with"):
            logs.main(Where(), follow=False)


# -- reading a log again and again ---------------------------------------------------------------------------


def _event(name: str, at_ms: int) -> dict[str, object]:
    return {"logStreamName": "one", "timestamp": at_ms, "eventId": name, "message": name}


def test_a_log_that_says_nothing_is_not_read_again_from_its_beginning() -> None:
    start_ms = int(time.time()) * 1000
    with time_machine.travel(start_ms / 1000, tick=False) as clock:
        tail = Tail(start_ms - 600_000, late_ms=30_000)
        for hours in range(3):
            assert tail.new([]) == []
            assert tail.since_ms == start_ms + hours * 3_600_000 - QUIET_MS - 30_000
            clock.shift(3600)


def test_a_log_is_not_read_from_later_than_a_late_line_may_come() -> None:
    now_ms = int(time.time() * 1000)
    tail = Tail(now_ms - 600_000, late_ms=30_000)
    tail.new([_event("newest", now_ms)])
    assert tail.since_ms == now_ms - 30_000


def test_what_was_read_before_a_reading_broke_off_comes_with_the_next_and_once() -> None:
    events = [_event(str(number), AT_MS) for number in range(5)]

    def broken() -> Iterator[dict[str, object]]:
        yield from events
        raise ConnectionError

    tail = Tail(AT_MS, late_ms=30_000)
    found: list[Mapping[str, object]] = []
    with pytest.raises(ConnectionError):
        found += tail.new(broken())
    found += tail.new(events)
    assert found == events
    assert tail.new(events) == []
