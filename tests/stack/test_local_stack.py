"""The local stack itself: the demo on it, and how `make run` starts, follows edits and ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from rejoinder.aws.keys import is_conversation, key_of
from rejoinder.workbench import tools
from rejoinder.workbench.cli import demo
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.stack import LocalStack, lock
from tests.stack.make_run import BOT, CONTACT, UP, MakeRun, answer, left_running

pytestmark = pytest.mark.stack


def test_the_demo_of_the_bot_goes_as_it_is_written(
    stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    script = demo.read(Path(stack.bot) / demo.SCRIPT, demo.SCRIPT)
    went_well = demo.play(stack, script)
    printed = capsys.readouterr().out
    assert went_well, printed
    assert printed.count("\n      accepted, sent, delivered, read  (") == sum(
        len(one.expected) for one in script
    )
    found = re.search(rf"{stack.functions['processor']}: (\d+) invocations", printed)
    assert found
    assert int(found[1]) >= len(script), "an early start is one more"
    # The tracker may write its last line only after the last status was seen.
    passed = r"ingress 1, processor 1, sender 1, tracker [23]; marker done"
    assert len(re.findall(passed, printed)) == len(script)


def test_local_json_says_where_everything_is_to_this_user_only(stack: LocalStack) -> None:
    record = Path(stack.folder) / lock.RECORD
    assert record.stat().st_mode & 0o777 == 0o600
    found: dict[str, Any] = json.loads(record.read_text())
    assert found["webhook_url"].endswith(f"/_aws/execute-api/{stack.api_id}/$default/webhook")
    promised = {"graph_url", "simulator_url", "aws_endpoint_url", "stack_name", "app_secret", "verify_token"}
    assert promised | {"phone_number_id"} <= found.keys()
    assert LocalStack(**found) == stack


@pytest.mark.slow
def test_a_restart_keeps_stack_queues_conversations_and_secrets(stack: LocalStack) -> None:
    sqs = stack.client("sqs")
    sqs.send_message(
        QueueUrl=stack.inbound_dlq_url, MessageBody="left", MessageGroupId="g", MessageDeduplicationId="d"
    )
    handset = Handset(stack.simulator_url, CONTACT)
    answer(handset, "hi")
    assert answer(handset, "count me") == "That makes 1."
    stack.restart()
    assert answer(handset, "count me") == "That makes 2."
    kept = sqs.receive_message(QueueUrl=stack.inbound_dlq_url, MaxNumberOfMessages=10)["Messages"]
    (left,) = (message for message in kept if message["Body"] == "left")
    sqs.delete_message(QueueUrl=stack.inbound_dlq_url, ReceiptHandle=left["ReceiptHandle"])


@pytest.mark.slow
def test_a_burst_of_webhooks_is_accepted_at_once_and_starts_no_crowd_of_processes(stack: LocalStack) -> None:
    """MiniStack alone started a process for each of them, and answered none for half a minute."""
    phones = [Handset(stack.simulator_url, f"1555001{number:04}") for number in range(20)]
    with ThreadPoolExecutor(len(phones)) as together:
        list(together.map(lambda phone: phone.say("hi"), phones))
    assert wait_for(lambda: all(phone.heard() for phone in phones) or None, seconds=60)
    received = httpx.get(f"{stack.simulator_url}/sim/received", timeout=60, trust_env=False).json()
    from_them = [attempt for attempt in received if '"from":"1555001' in attempt["body"].replace(" ", "")]
    assert [(one["attempt"], one["status"]) for one in from_them] == [(1, 200)] * len(phones)
    processes = [line for line in left_running(Path(stack.folder)) if "ministack-lambda" in line]
    # One for each function, and one more for each second in which none became free. A slow machine has more.
    assert len(processes) < len(phones), processes


def _command(stack: LocalStack, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=tools.HOUSE,
        env=os.environ | {"REJOINDER_FOLDER": stack.folder},
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
def test_a_conversation_ends_a_year_after_its_last_message_and_one_from_before_by_a_command(
    stack: LocalStack,
) -> None:
    answer(Handset(stack.simulator_url, "15550006666"), "hi")
    dynamodb, table = stack.client("dynamodb"), stack.table_name

    def ending() -> list[Any]:
        items = filter(is_conversation, dynamodb.scan(TableName=table)["Items"])
        return [item for item in items if "expires_at" in item]

    found = ending()
    left = [float(item["expires_at"]["N"]) - time.time() for item in found]
    assert all(364 * 86400 < seconds <= 365 * 86400 + 1 for seconds in left)
    dynamodb.update_item(TableName=table, Key=key_of(found[0]), UpdateExpression="REMOVE expires_at")
    queued = _command(stack, "retention", said="y\n")
    assert queued.stdout.startswith("1 conversations have no end"), queued.stderr
    assert wait_for(lambda: len(ending()) == len(found) or None, seconds=60)
    assert _command(stack, "retention").stdout == "each conversation has an end\n"


def test_the_local_table_may_be_deleted(stack: LocalStack) -> None:
    table = stack.client("dynamodb").describe_table(TableName=stack.table_name)["Table"]
    assert not table["DeletionProtectionEnabled"]


@pytest.mark.slow
def test_talking_in_a_terminal_sends_each_line_and_shows_what_comes(stack: LocalStack) -> None:
    talk = _command(
        stack, "talk", "--contact", "15550004444", said="hi\n[Opening hours]\ncount me\n[Nowhere]\n"
    )
    assert talk.returncode == 0, talk.stderr
    hint, *said = talk.stdout.splitlines()
    assert hint.startswith("Type to the bot")
    assert said == [
        "> hi",
        "< Hello You! What can I do for you? [Book a table] [Opening hours] [Pick a drink]",
        "> [Opening hours]",
        "< We are open Monday to Friday, 9 to 17.",
        "",
        "  On Saturdays until noon.",
        "> count me",
        "< That makes 1.",
        "> [Nowhere]",
        "(the simulator says: no message with the choice 'Nowhere' was sent to 15550004444)",
    ]


@pytest.mark.slow
def test_a_function_is_invoked_with_a_sample_event(stack: LocalStack) -> None:
    invoked = _command(stack, "invoke", "ingress", "events/ingress/text.json")
    assert invoked.returncode == 0, invoked.stderr
    answer, _, logged = invoked.stdout.partition("\n}\n")
    assert json.loads(answer + "}")["statusCode"] == 200
    assert re.fullmatch(r"\d\d:\d\d:\d\d ingress   queued .*\n", logged)


@pytest.mark.slow
def test_an_edit_of_the_bot_is_live_and_a_faulty_one_is_not(folder: Path) -> None:
    run = MakeRun(folder)
    try:
        run.wait_for(UP)
        source, handset = folder / "bot" / "bot.py", run.handset()
        assert answer(handset, "hello") == "1 by the first bot"
        run.wait_for(r"chat      > hello\n(.*\n)*.*processor turn done")

        source.write_text(BOT.replace("first", "second"))
        run.wait_for(r"bot/bot\.py changed: live in \d+\.\d s")
        assert answer(handset, "hello") == "2 by the second bot"

        source.write_text(BOT.replace("chat.say(", "chat.say(("))
        run.wait_for(r"bot/bot\.py:10: .* was never closed; the bot from before goes on")
        source.write_text(BOT.replace("bot = Bot()", "bot = Bot(); missing"))
        run.wait_for(r"bot/bot\.py:3: NameError: name 'missing' is not defined; the bot from before goes on")
        assert answer(handset, "hello") == "3 by the second bot"
        run.ctrl_c()
        assert "Traceback" not in run.said()
    finally:
        run.end()

    source.write_text(BOT.replace("first", "third"))
    again = MakeRun(folder)
    try:
        again.wait_for(UP)
        assert "deploy  " not in again.said()
        assert answer(again.handset(), "hello") == "4 by the third bot"
    finally:
        again.end()


@pytest.mark.slow
def test_an_edit_of_a_bot_with_requirements_installs_them_only_when_they_change(folder: Path) -> None:
    source, required = folder / "bot" / "bot.py", folder / "bot" / "requirements.txt"
    asking = BOT.replace("from rejoinder", "import humanize, iniconfig\nfrom rejoinder")
    source.parent.mkdir(parents=True)
    source.write_text(asking.replace("by the first bot", "with {humanize.__version__}"))
    required.write_text("humanize==4.9.0\niniconfig==2.0.0\n")
    run = MakeRun(folder)
    try:
        run.wait_for(UP, seconds=240)
        assert answer(run.handset(), "hello") == "1 with 4.9.0"
        (installed,) = (folder / "requirements").iterdir()
        (installed / "iniconfig" / "installed_before.py").write_text("")

        edited = source.read_text() + "\n\nfrom iniconfig import installed_before\n"
        source.write_text(edited)
        run.wait_for(r"bot/bot\.py changed: live in \d+\.\d s")

        required.write_text("humanize==4.9.0.404\niniconfig==2.0.0\n")
        run.wait_for(r"requires failed: .*humanize==4\.9\.0\.404 .*; the bot from before goes on")
        assert answer(run.handset(), "hello") == "2 with 4.9.0"

        source.write_text(source.read_text().replace("\nfrom iniconfig import installed_before\n", ""))
        required.write_text("humanize==4.10.0\niniconfig==2.0.0\n")
        run.wait_for(r"bot/(bot\.py|requirements\.txt) changed: live(.*\n)*.*changed: live in \d+\.\d s")
        assert answer(run.handset(), "hello") == "3 with 4.10.0"
        assert installed not in (folder / "requirements").iterdir()
    finally:
        run.end()


@pytest.mark.slow
def test_an_interrupt_in_any_stage_ends_everything_and_the_next_run_comes_up(folder: Path) -> None:
    """All stages use one folder, so each run begins where the one before was interrupted."""
    for stage, seconds in (
        ("local AWS", 0.3),
        ("build", 1.5),
        ("deploy", 0.7),
        ("deploy", 2.0),
        ("webhook", 0),
    ):
        for stop in (MakeRun.ctrl_c,) if stage != "build" else (MakeRun.ctrl_c, MakeRun.terminate):
            run = MakeRun(folder)
            try:
                run.wait_for(rf"  {stage} ")
                time.sleep(seconds)
                stop(run)
            finally:
                run.end()
            assert "Traceback" not in run.said(), stage
            assert run.said().count("rejoinder: stopped\n") == 1, stage
            assert not left_running(folder), stage
            assert not (folder / lock.RECORD).exists()
            assert not lock.is_held(folder)
    last = MakeRun(folder)
    try:
        last.wait_for(UP)
        assert answer(last.handset(), "hello") == "1 by the first bot"
        assert last.terminate() == -signal.SIGTERM
        assert "stopped; all data stays in .rejoinder" in last.said()
        assert not left_running(folder)
        assert not (folder / lock.RECORD).exists()
    finally:
        last.end()


@pytest.mark.slow
def test_a_killed_run_takes_its_aws_with_it_the_next_has_what_it_held_and_ends_with_a_killed_aws(
    folder: Path,
) -> None:
    run = MakeRun(folder)
    try:
        run.wait_for(UP)
        assert answer(run.handset(), "hello") == "1 by the first bot"
        ports = (folder / "ports.json").read_text()
        run.kill()
    finally:
        run.end()
    assert wait_for(lambda: True if not left_running(folder) else None, seconds=10)
    again = MakeRun(folder)
    try:
        again.wait_for(UP)
        assert "nothing has changed since the last time" in again.said()
        assert (folder / "ports.json").read_text() == ports
        assert answer(again.handset(), "hello") == "2 by the first bot"
        (ministack,) = [line for line in left_running(folder) if "leash.py" in line]
        os.kill(int(ministack.split()[0]), signal.SIGKILL)
        again.wait_for("rejoinder: the local AWS has ended by itself")
        assert "Traceback" not in again.said()
    finally:
        again.end()
    assert not left_running(folder)
