"""`rejoinder logs` on the log groups of a stack."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rejoinder.workbench.cli import logs
from rejoinder.workbench.deployment.deployed import FUNCTIONS, Where
from rejoinder.workbench.stack.logs import Entry, GroupReader
from tests.moto.stacks import REGION, create_ours

Put = Callable[..., None]


@pytest.fixture
def client() -> Any:
    return boto3.client("logs", REGION)


@pytest.fixture
def put(client: Any, unique: str, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Create a stack with its log groups, and return what writes lines, each so many seconds ago."""
    monkeypatch.setenv("AWS_REGION", REGION)
    create_ours(unique, **{output: f"{unique}-{name}" for name, output in FUNCTIONS.items()})
    for name in FUNCTIONS:
        client.create_log_group(logGroupName=f"/aws/lambda/{unique}-{name}")
        client.create_log_stream(logGroupName=f"/aws/lambda/{unique}-{name}", logStreamName="one")

    def write(function: str, *lines: tuple[float, str]) -> None:
        now_ms = int(time.time() * 1000)
        events = [{"timestamp": now_ms - int(ago * 1000), "message": line} for ago, line in lines]
        group = f"/aws/lambda/{unique}-{function}"
        client.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)

    return write


def _line(message: str, level: str = "INFO", **more: object) -> str:
    return json.dumps({"message": message, "level": level, **more})


def _messages(printed: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in printed.splitlines()]


def test_the_lines_of_all_functions_come_in_the_order_of_time(
    put: Put, unique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("processor", (50, _line("second")), (30, _line("fourth")))
    put("ingress", (60, _line("first")), (40, _line("third")))
    put("sender", (700, _line("too old")))
    assert logs.main(Where(stack=unique), follow=False) == 0
    assert _messages(capsys.readouterr().out) == [
        "ingress   first",
        "processor second",
        "ingress   third",
        "processor fourth",
    ]


def test_function_level_and_time_can_be_chosen(
    put: Put, unique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(
        "sender", (3000, _line("old", "ERROR")), (20, _line("all is well")), (10, _line("careful", "WARNING"))
    )
    put("tracker", (5, _line("not asked for", "ERROR")))
    logs.main(Where(stack=unique), since=timedelta(hours=1), follow=False, functions=["sender"], level="WARN")
    assert _messages(capsys.readouterr().out) == ["sender    ERROR old", "sender    WARNING careful"]


def test_as_json_each_record_is_one_object_with_all_that_it_says(
    put: Put, unique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("sender", (9, _line("accepted", correlation_id="abc", further=[{"message": "sent", "attempt": 2}])))
    logs.main(Where(stack=unique), follow=False, as_json=True)
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["function"], first["message"], first["correlation_id"]) == ("sender", "accepted", "abc")
    assert (second["message"], second["attempt"], second["at"]) == ("sent", 2, first["at"])


def test_a_line_with_escape_sequences_does_nothing_to_the_terminal(
    put: Put, unique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("processor", (9, _line("\x1b[31mred [bold]not markup[/bold]")))
    logs.main(Where(stack=unique), follow=False)
    assert _messages(capsys.readouterr().out) == [r"processor \x1b[31mred [bold]not markup[/bold]"]


def test_what_is_followed_comes_once_and_late_lines_come_too(client: Any, put: Put, unique: str) -> None:
    reader = GroupReader(client, {"sender": f"{unique}-sender"}, since_ms=int(time.time() * 1000) - 60_000)
    put("sender", (20, _line("one")), (20, _line("one")))
    assert [entry.message for entry in reader.read()] == ["one", "one"]
    assert reader.read() == []
    put("sender", (25, _line("late")), (1, _line("two")))
    assert [entry.message for entry in reader.read()] == ["late", "two"]
    assert reader.read() == []


def test_all_pages_are_read(client: Any, put: Put, unique: str) -> None:
    reader = GroupReader(client, {"sender": f"{unique}-sender"}, since_ms=int(time.time() * 1000) - 60_000)
    for _ in range(2):
        put("sender", *((20, _line(f"line {number}")) for number in range(6000)))
    assert len(reader.read()) == 12_000


def test_what_aws_refuses_for_too_many_requests_comes_with_the_next_look(client: Any) -> None:
    """Moto refuses nothing. This is what CloudWatch answers then."""
    event = {"logStreamName": "one", "timestamp": 1, "message": _line("one"), "eventId": "1"}
    reader = GroupReader(client, {"ingress": "x-ingress", "sender": "x-sender"}, since_ms=0)
    with Stubber(client) as stub:
        stub.add_response("filter_log_events", {"events": [event]})
        stub.add_client_error("filter_log_events", "ThrottlingException")
        assert [entry.function for entry in reader.read()] == ["ingress"]
        stub.add_response("filter_log_events", {"events": [event]})
        stub.add_response("filter_log_events", {"events": [event]})
        assert [entry.function for entry in reader.read()] == ["sender"]
        stub.add_client_error("filter_log_events", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            reader.read()


def test_a_function_without_a_log_group_says_nothing(client: Any) -> None:
    assert GroupReader(client, {"sender": "nowhere-sender"}).read() == []


def _entry(seconds: float, message: str) -> Entry:
    at = datetime(2026, 11, 26, tzinfo=UTC) + timedelta(seconds=seconds)
    return Entry(function="sender", at=at, message=message, fields={})


def test_a_record_waits_for_earlier_ones_of_other_functions() -> None:
    in_order, start = logs.InOrder(seconds=5), datetime(2026, 11, 26, tzinfo=UTC)
    in_order.add([_entry(3, "later")])
    assert in_order.ready(start + timedelta(seconds=4)) == []
    in_order.add([_entry(1, "earlier")])
    ready = in_order.ready(start + timedelta(seconds=8))
    assert [entry.message for entry in ready] == ["earlier", "later"]
    in_order.add([_entry(0, "much too late"), _entry(7, "new")])
    assert [entry.message for entry in in_order.ready(start + timedelta(seconds=8))] == ["much too late"]
    assert [entry.message for entry in in_order.rest()] == ["new"]


def test_colours_are_for_a_terminal_only(
    put: Put, unique: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("sender", (9, _line("broken", "ERROR")))
    logs.main(Where(stack=unique), follow=False)
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    logs.main(Where(stack=unique), follow=False)
    assert "\x1b[31m" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400)])
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert logs.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "m", "-1m", "1.5h", "10y", "10 m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="a duration is a number and one of s, m, h or d"):
        logs.duration(text)
