"""`rejoinder stats` and `rejoinder watch` on a deployment in memory."""

import itertools
import json
import re
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rich.text import Text

from rejoinder.aws.at_gate import WaitingTable
from rejoinder.aws.gates import GateTable
from rejoinder.model.gate import Gate, Waiter
from rejoinder.model.people import Account
from rejoinder.workbench.cli import stats, watch
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.pages import RUNBOOK
from rejoinder.workbench.stack.alarms import Alarm
from rejoinder.workbench.times import local_now
from rejoinder.workbench.watching import gates
from rejoinder.workbench.watching.figures import Figures, Times
from rejoinder.workbench.watching.queues import Queue
from rejoinder.workbench.watching.state import COUNTED, Observer, State
from rejoinder.workbench.watching.verdict import Answer, verdict
from tests.moto.conftest import REGION
from tests.moto.stacks import create_alarm
from tests.moto.watched import Log, at_once, count, log, place
from tests.unit.worlds import ACCOUNT

TODAY = datetime(2026, 11, 26, 12, 7, tzinfo=UTC)

__all__ = ["at_once", "log", "place"]
"""The fixtures of `watched`."""

Out = pytest.CaptureFixture[str]


# --- stats --------------------------------------------------------------------------------------------------


def test_stats_compare_today_with_yesterday_until_now_and_with_the_mean(place: Deployed, capsys: Out) -> None:
    with time_machine.travel(TODAY, tick=False):
        count(place, "processor", TODAY, TurnsDone=4, NotUnderstood=1)
        count(place, "sender", TODAY - timedelta(hours=12), MessagesAccepted=6, MessagesFailed=1)
        count(place, "sender", TODAY, WindowMisses=1)
        count(place, "tracker", TODAY, MessagesFailed=2, WindowMisses=4)
        count(place, "tracker", TODAY, category="marketing", MessagesBilled=3)
        count(place, "processor", TODAY - timedelta(hours=25), TurnsDone=5)
        count(place, "processor", TODAY - timedelta(hours=23), TurnsDone=7)  # later than now, but yesterday
        count(place, "processor", TODAY - timedelta(days=3), TurnsDone=8)
        count(place, "processor", TODAY - timedelta(days=9), TurnsDone=1000)
        stats.show(place, as_json=True)
    found = json.loads(capsys.readouterr().out)
    counts = found["counts"]
    assert counts["in"] == {"today": 4, "yesterday": 5, "usual": 10}
    assert counts["out"] == {"today": 6, "yesterday": 0, "usual": 0}
    assert counts["failed"]["today"] == 3
    assert counts["window_missed"]["today"] == 5
    assert counts["not_understood"]["today"] == 1
    assert found["charged"] == {"marketing": {"today": 3, "yesterday": 0, "usual": 0}}
    assert found["days_before"] == 2


def test_a_day_begins_at_midnight_also_when_the_clocks_are_changed(place: Deployed, capsys: Out) -> None:
    noon = datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # set back an hour at three
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        count(place, "processor", midnight, TurnsDone=1)
        count(place, "processor", midnight - timedelta(hours=24), TurnsDone=10)
        count(place, "processor", midnight - timedelta(hours=24, minutes=15), TurnsDone=100)
        stats.show(place, as_json=True)
    assert json.loads(capsys.readouterr().out)["counts"]["in"] == {"today": 1, "yesterday": 10, "usual": 55}


def test_of_the_times_that_come_in_two_parts_the_larger_part_counts(place: Deployed) -> None:
    cloudwatch = boto3.client("cloudwatch", REGION)
    at = [TODAY, TODAY + timedelta(hours=1)]
    answers = [(("q0", [0.5, 9.0])), ("q1", [0.7, 9.0]), ("q2", [20.0, 1.0])]
    results = [{"Id": name, "Timestamps": at, "Values": values} for name, values in answers]
    with Stubber(cloudwatch) as stub:  # moto computes no percentiles
        stub.add_response("get_metric_data", {"MetricDataResults": results})
        found = Figures(cloudwatch, "stack").times(TODAY, TODAY + timedelta(hours=2))
    assert found == Times(p50=0.5, p95=0.7, count=21)


def test_stats_say_when_there_is_nothing_yet(place: Deployed, capsys: Out) -> None:
    stats.show(place, as_json=False)
    printed = capsys.readouterr().out
    assert stats.NOTHING in printed
    assert "inbound 0, outbound 0, events 0" in printed


# --- watch --------------------------------------------------------------------------------------------------


def looked(place: Deployed, capsys: Out) -> tuple[int, dict[str, str]]:
    """Return the exit code of one look, and what it says by its titles."""
    code = watch.show(place)
    lines = capsys.readouterr().out.splitlines()
    return code, {line[:14].strip(): line[15:] for line in lines}


def test_a_quiet_deployment_is_no_trouble(place: Deployed, capsys: Out) -> None:
    code, said = looked(place, capsys)
    assert code == 0
    assert said["answering"] == "no message came in 10 minutes"
    assert said["failures"] == "none in 10 minutes"
    assert said["queues"] == "inbound 0, outbound 0, events 0"
    assert (said["dead letters"], said["gates"], said["alarms"]) == ("none", "open", "none is on")


def test_a_look_tells_whether_contacts_are_answered(place: Deployed, capsys: Out) -> None:
    now = datetime.now(UTC)
    count(place, "processor", now, TurnsDone=3)
    count(place, "sender", now, MessagesAccepted=3)
    _, said = looked(place, capsys)
    assert said["answering"] == "yes, 3 messages in 10 minutes"
    assert said["traffic"].startswith("3 in, 3 out in 10 minutes")


def wait_in_inbound(place: Deployed) -> None:
    """Leave an update in the queue, which the processor does not take."""
    place.client("sqs").send_message(
        QueueUrl=place.inbound_queue_url,
        MessageBody="an update",
        MessageGroupId="g",
        MessageDeduplicationId="d",
    )


def test_a_look_tells_that_the_bot_takes_nothing(place: Deployed, capsys: Out) -> None:
    wait_in_inbound(place)
    at = [{"Name": "QueueName", "Value": place.inbound_queue_url.rpartition("/")[2]}]
    then = datetime.now(UTC) - timedelta(minutes=1)
    age = {"MetricName": "ApproximateAgeOfOldestMessage", "Value": 90, "Timestamp": then, "Dimensions": at}
    place.client("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=[age])
    code, said = looked(place, capsys)
    assert (code, said["answering"]) == (1, "no: 1 update for the bot, and in 3 minutes it took none")
    assert said["queues"].startswith("inbound 1 (oldest 90 s),")


def test_a_message_that_may_be_in_work_is_no_outage_until_looks_of_a_minute_have_seen_it(
    place: Deployed,
) -> None:
    wait_in_inbound(place)
    observer, now = Observer(place=place), local_now()
    answers = [verdict(observer.look(now + timedelta(seconds=at)))[0] for at in (0, 50, 60)]
    assert answers == [Answer.PERHAPS, Answer.PERHAPS, Answer.NO]
    place.client("sqs").purge_queue(QueueUrl=place.inbound_queue_url)
    observer.look(now + timedelta(seconds=70))
    wait_in_inbound(place)
    answer, _ = verdict(observer.look(now + timedelta(seconds=80)))
    assert answer is Answer.PERHAPS, "it is another one"


def test_a_look_tells_that_the_ingress_does_not_start(place: Deployed, capsys: Out) -> None:
    now = datetime.now(UTC)
    count(place, "processor", now - timedelta(minutes=7), TurnsDone=12)
    count(place, "sender", now - timedelta(minutes=7), MessagesAccepted=12)
    failed = {
        "MetricName": "5xx",
        "Value": 4,
        "Timestamp": now,
        "Dimensions": [{"Name": "ApiId", "Value": place.api_id}],
    }
    place.client("cloudwatch").put_metric_data(Namespace="AWS/ApiGateway", MetricData=[failed])
    watch.show(place)
    printed = capsys.readouterr().out
    assert "no: 4 webhooks in 3 minutes got a server error, and the bot took no update" in printed
    assert "4 × the ingress could not finish something" in printed


def test_a_look_names_what_fails_and_the_account_whose_gate_is_closed(
    place: Deployed, capsys: Out, log: Log
) -> None:
    now = datetime.now(UTC)
    count(place, "sender", now, GateClosed=2, MessagesFailed=1)
    count(place, "processor", now, TurnsDone=1, BotErrors=1, WorkFailed=2)
    for _ in range(2):
        log("sender", "refused", level="WARNING", code=190, correlation_id="abc")
    log("processor", "the bot failed", level="ERROR", cause="KeyError at bot.py:7", tries=1)
    log("tracker", "not marked as read", code=131000)
    GateTable(place.client("dynamodb"), place.table_name).close(ACCOUNT, Gate.closed(190, time.time()))
    waiting = WaitingTable(place.client("dynamodb"), place.table_name)
    waiting.write(ACCOUNT, Waiter(conversation_key="key"))
    watch.show(place)
    printed = capsys.readouterr().out
    assert "not where a gate is closed; 0 messages out in 10 minutes" in printed
    assert "1 message failed for good, 1 error of the bot, 0 updates parked" in printed
    assert "2 × refused with code 190" in printed
    assert "1 × the bot failed: KeyError at bot.py:7" in printed
    assert "131000" not in printed
    assert "2 × the processor could not finish something" in printed
    assert re.search(
        rf"gates +{ACCOUNT} is closed by error 190; 0 probes, .*; waiting: 1 conversation", printed
    )


def ring(place: Deployed, name: str, about: str, topic: str = "NoticeTopic") -> None:
    """Make an alarm and let it go on."""
    actions = [f"arn:aws:sns:{REGION}:123456789012:{place.stack_name}-{topic}-1A2B3C"]
    create_alarm(place.client("cloudwatch"), name, about, AlarmActions=actions)


def test_what_wakes_somebody_stands_before_what_can_wait_and_before_the_numbers(
    place: Deployed, capsys: Out
) -> None:
    ring(place, f"{place.stack_name}-AnswersSlowAlarm-1A2B3C", "slow")
    ring(place, f"{place.stack_name}-UpdatesParkedAlarm-1A2B3C", "sorry", "AlarmTopic")
    watch.show(place)
    titles = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert titles[1:5] == ["answering", "alarms", "notices", "gates"]


def test_on_a_terminal_no_address_breaks_in_two(
    place: Deployed, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    about = f"They get an apology. {RUNBOOK}#updatesparkedalarm"
    ring(place, f"{place.stack_name}-UpdatesParkedAlarm-1A2B3C", about, "AlarmTopic")
    watch.show(place)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert lines[-1].rstrip() == watch.WHAT_TO_DO
    assert len(watch.WHAT_TO_DO) <= 80
    assert any(f";{RUNBOOK}#updatesparkedalarm" in line for line in lines), "the words lead there"


def close(place: Deployed, account: Account) -> None:
    """Close the gate of an account, and count it."""
    count(place, "sender", datetime.now(UTC), GateClosed=1)
    GateTable(place.client("dynamodb"), place.table_name).close(account, Gate.closed(190, time.time()))


def test_a_look_of_many_searches_for_some_seconds_and_the_only_one_to_the_end(
    place: Deployed, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SimpleNamespace(monotonic=itertools.count(0, 10).__next__)  # each part takes ten seconds
    monkeypatch.setattr(gates, "time", slow)
    close(place, ACCOUNT)
    assert verdict(Observer(place=place).look(local_now()))[0] is Answer.PERHAPS
    code, said = looked(place, capsys)
    assert (code, said["answering"]) == (1, "not where a gate is closed; 0 messages out in 10 minutes")


def test_another_gate_that_closes_while_one_is_closed_is_found_after_a_minute(place: Deployed) -> None:
    observer, now = Observer(place=place), local_now()
    close(place, ACCOUNT)
    observer.look(now)
    close(place, replace(ACCOUNT, id="999"))
    later = [observer.look(now + timedelta(seconds=seconds)).gates for seconds in (30, 60)]
    assert [len(gates) for gates in later] == [1, 2]


def test_a_gate_that_an_outage_closed_is_not_called_error_0(place: Deployed, capsys: Out) -> None:
    count(place, "sender", datetime.now(UTC), GateClosed=1)
    GateTable(place.client("dynamodb"), place.table_name).close(ACCOUNT, Gate.closed(0, time.time()))
    _, said = looked(place, capsys)
    assert "is closed because the network answers nothing, or 5xx; 0 probes" in said["gates"]


@pytest.mark.parametrize(
    ("topic", "title", "code"), [("NoticeTopic", "notices", 0), ("AlarmTopic", "alarms", 1)]
)
def test_an_alarm_that_is_on_is_named_and_one_that_wakes_makes_the_exit_code_one(
    place: Deployed, capsys: Out, topic: str, title: str, code: int
) -> None:
    for stack in (place.stack_name, f"{place.stack_name}-two"):
        ring(place, f"{stack}-GateClosedAlarm-1A2B3C", "Meta refuses this account", topic)
    assert watch.show(place) == code
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(title)]
    assert len(lines) == 1, "that of another stack is not ours"
    assert re.search(r"GateClosedAlarm since [\d:]{8} \(\d+ s\): Meta refuses this account$", lines[0])


class _Refused:
    """A session that has expired, as the SDK tells it: no service of moto expires one."""

    def __getattr__(self, name: str) -> Any:
        raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "The token has expired"}}, name)


def test_a_look_with_an_expired_session_says_what_renews_it(place: Deployed) -> None:
    observer = Observer(place=replace(place, client=lambda _: _Refused()))
    seen = watch.looked(observer, "prod")
    assert isinstance(seen, Text)
    assert seen.plain[9:] == (
        "the AWS credentials have expired: renew them, for example with `aws sso login --profile prod`"
    )


def test_a_terminal_of_24_lines_shows_the_alarms_however_much_fails() -> None:
    state = State(
        at=TODAY,
        counts=dict.fromkeys(COUNTED, 12),
        lately=Counter(dict.fromkeys(COUNTED, 4)),
        last_minute=dict.fromkeys(COUNTED, 1),
        answers=None,
        causes=[(f"the bot failed: ValueError at bot.py:{line}", 40 - line) for line in range(20, 28)],
        queues=[
            Queue(name=name, waiting=3, at_work=0, oldest_seconds=None) for name in ("inbound", "outbound")
        ],
        gates={"whatsapp:1": Gate.closed(190, TODAY.timestamp())},
        at_gates={"whatsapp:1": 2},
        waited={},
        is_searching=False,
        alarms=[Alarm(name="GateClosedAlarm", since=TODAY, about="Nothing goes out.", deployed={})],
    )
    said = watch.rows(state)
    assert [title for title, _, _ in said][:4] == ["answering", "notices", "gates", "traffic"]
    causes = [words for _, words, _ in said if "the bot failed" in words or "other causes" in words]
    assert causes[0] == "20 × the bot failed: ValueError at bot.py:20"
    assert causes[5:] == ["42 × 3 other causes"]
