"""What a function says when it cannot do its work, whatever the log level: metrics and lines of its log."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest

from rejoinder.channels.whatsapp.front import sign
from rejoinder.workbench import development
from tests.moto.test_handlers import Context, House, event_of, house, simulator
from tests.unit.template_rules import source

__all__ = ["house", "simulator"]

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LEVELS = {"TRACE": 0, "DEBUG": 10, "INFO": 20, "WARN": 30, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


def drop_table(house: House) -> None:
    house.dynamodb.delete_table(TableName=house.table)


def drop_queue(name: str) -> Callable[[House], object]:
    return lambda house: house.sqs.delete_queue(QueueUrl=house.queues[name])


def drop_secret(house: House) -> None:
    boto3.client("secretsmanager").delete_secret(SecretId=house.secret, ForceDeleteWithoutRecovery=True)


def drop_bucket(house: House) -> None:
    bucket = boto3.resource("s3").Bucket(house.table)
    bucket.objects.delete()
    bucket.delete()


OUTAGES: list[tuple[str, str, Callable[[House], object]]] = [
    ("ingress", "ingress/text.json", drop_queue("inbound")),
    ("ingress", "ingress/status.json", drop_queue("events")),
    ("ingress", "ingress/text.json", drop_secret),
    ("ingress", "ingress/handshake.json", drop_secret),
    ("processor", "processor/text.json", drop_table),
    ("processor", "processor/reminder.json", drop_table),
    ("processor", "processor/text.json", drop_queue("outbound")),
    ("sender", "sender/turn.json", drop_table),
    ("tracker", "tracker/events.json", drop_table),
]


class Written:
    """What a function wrote to its standard output, as Lambda passes it on."""

    def __init__(self, output: str) -> None:
        lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        config = source()["Globals"]["Function"]["LoggingConfig"]
        kept = [line for line in lines if _level_of(line) >= LEVELS[config["ApplicationLogLevel"]]]
        self.metrics = [line for line in kept if "_aws" in line]
        self.lines = [line for line in kept if "_aws" not in line]

    def counted(self, metric: str) -> list[tuple[Any, list[list[str]], str]]:
        """Return each value of a metric, with its dimensions and its service."""
        return [
            (line[metric], directive["Dimensions"], line["service"])
            for line in self.metrics
            for directive in line["_aws"]["CloudWatchMetrics"]
            if metric in [one["Name"] for one in directive["Metrics"]]
        ]


def _level_of(line: dict[str, Any]) -> int:
    """Return the level that Lambda takes a line for (docs.aws.amazon.com, "Log-level filtering")."""
    is_timed = isinstance(line.get("timestamp"), str) and RFC_3339.fullmatch(line["timestamp"])
    return LEVELS.get(str(line.get("level")).upper(), LEVELS["INFO"]) if is_timed else LEVELS["INFO"]


@pytest.fixture(params=["INFO", "ERROR"])
def level(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Set the parameter LogLevel, as template.yaml passes it on, and the variable that Lambda sets."""
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", request.param)
    config = source()["Globals"]["Function"]["LoggingConfig"]
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", config["ApplicationLogLevel"])
    yield request.param
    logging.getLogger("rejoinder").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("level")
@pytest.mark.parametrize(("function", "event", "break_"), OUTAGES)
def test_an_outage_is_counted_once_for_each_thing_that_failed(
    house: House,
    capsys: pytest.CaptureFixture[str],
    function: str,
    event: str,
    break_: Callable[[House], object],
) -> None:
    break_(house)
    handler = house.handler(function)
    for _ in range(2):
        answer = handler(event_of(event), Context())
        assert answer.get("statusCode") == 500 or len(answer["batchItemFailures"]) == 1
    written = Written(capsys.readouterr().out)
    assert written.counted("WorkFailed") == [(1.0, [["service"]], house.table)] * 2
    assert [line["level"] for line in written.lines].count("ERROR") >= 2
    assert all(RFC_3339.fullmatch(line["timestamp"]) for line in written.lines)
    assert all(datetime.fromisoformat(line["timestamp"]).tzinfo for line in written.lines)


@pytest.mark.usefixtures("level")
def test_metrics_leave_a_function_whose_work_goes_well(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.call("ingress", event_of("ingress/text.json"))
    house.call("processor", event_of("processor/text.json"))
    house.call("sender", event_of("sender/turn.json"))
    house.call("tracker", event_of("tracker/events.json"))
    written = Written(capsys.readouterr().out)
    for metric in ("UpdatesReceived", "SignatureValid", "TurnsDone", "MessagesAccepted", "StatusesRecorded"):
        assert len(written.counted(metric)) == 1, metric
    assert written.counted("WorkFailed") == []
    ((seconds, dimensions, service),) = written.counted("AnswerSeconds")
    assert (len(seconds), dimensions, service) == (1, [["service"]], house.table)


def test_the_functions_log_what_the_parameter_says_and_no_less(
    house: House, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house.call("processor", event_of("processor/text.json"))
    written = Written(capsys.readouterr().out)
    assert ("turn done" in [line["message"] for line in written.lines]) == (level == "INFO")
    of_the_bot = logging.getLogger("an author's own")
    assert of_the_bot.isEnabledFor(logging.INFO) == (level == "INFO")
    assert not of_the_bot.isEnabledFor(logging.DEBUG)


def test_a_sender_without_its_secret_closes_the_gate_which_has_an_alarm_of_its_own(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    drop_secret(house)
    house.call("sender", event_of("sender/turn.json"))
    assert len(Written(capsys.readouterr().out).counted("GateClosed")) == 1


def test_a_webhook_that_the_quarantine_cannot_keep_is_counted(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of("ingress/text.json") | {"body": "[]"}
    event["headers"]["x-hub-signature-256"] = sign(b"[]", development.APP_SECRET)
    handler = house.handler("ingress")
    assert handler(event, Context())["statusCode"] == 200
    drop_bucket(house)
    assert handler(event, Context())["statusCode"] == 500
    assert len(Written(capsys.readouterr().out).counted("WorkFailed")) == 1


def test_a_request_that_the_ingress_cannot_handle_is_answered_500_and_counted(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of("ingress/text.json") | {"requestContext": {}}
    assert house.call("ingress", event)["statusCode"] == 500
    assert len(Written(capsys.readouterr().out).counted("WorkFailed")) == 1


def test_what_was_counted_is_written_when_the_invocation_ends_by_an_exception(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    process, event = house.handler("processor"), event_of("processor/text.json")
    event["Records"].append({})  # Lambda counts this one itself
    with pytest.raises(KeyError):
        process(event, Context())
    assert len(Written(capsys.readouterr().out).counted("TurnsDone")) == 1


PARKED = "parked: the bot failed three times"
FAILS = """
from rejoinder import Bot, Chat

bot = Bot()

@bot.otherwise
def fail(chat: Chat) -> None:
    raise ValueError("a price of 12 is none")
"""


@pytest.mark.parametrize("local", ["true", "false", ""])
def test_only_the_local_aws_shows_what_a_bots_error_says(
    house: House, local: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if local:
        monkeypatch.setenv("LOCAL", local)
    house.bot = FAILS
    process, event = house.handler("processor"), event_of("processor/text.json")
    for _ in range(3):
        process(event, Context())
    written = Written(capsys.readouterr().out)
    shown = [line["traceback"] for line in written.lines if "traceback" in line]
    assert len(shown) == (3 if local == "true" else 0)
    assert all('File "bot.py", line 8, in fail' in text for text in shown)
    assert all(text.endswith("ValueError: a price of 12 is none\n") for text in shown)
    assert written.counted("WorkFailed") == [], "the bot's own failures are counted as BotErrors"
    causes = {line["cause"] for line in written.lines if line["message"] in ("the bot failed", PARKED)}
    assert causes == {"ValueError at bot.py:8"}
    (letter,) = house.waiting("inbound-dlq")
    assert letter["cause"] == "ValueError at bot.py:8"
