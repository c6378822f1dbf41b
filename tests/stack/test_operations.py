"""What people do with a running deployment. Each test runs redrive, release, export or forget itself."""

import itertools
import json
import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from rejoinder.model.contents import Document
from rejoinder.model.ids import conversation_key
from rejoinder.model.people import Account
from rejoinder.workbench import development, tools
from rejoinder.workbench.cli import stats, trace
from rejoinder.workbench.deployment.deployed import on
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.stack import LocalStack, aws
from rejoinder.workbench.stack.logs import LogReader

pytestmark = [pytest.mark.stack, pytest.mark.slow]

ACCOUNT = Account(channel="whatsapp", id=development.PHONE_NUMBER_ID)
PATIENCE_SECONDS = 40.0
QUIET_SECONDS = 4.0
"""How long nothing must come before we believe that nothing will, in seconds."""

_numbers = itertools.count(int(time.time()) % 100_000 * 1000)


@pytest.fixture
def phone(stack: LocalStack) -> Handset:
    """Return the phone of a contact that no other test has."""
    return Handset(stack.simulator_url, f"1666{next(_numbers):08d}", "Ada")


def make(stack: LocalStack, *arguments: str) -> str:
    """Run the program behind `make` on the stack of this test, and return what it prints."""
    environment = os.environ | {"REJOINDER_FOLDER": stack.folder}
    ended = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=tools.HOUSE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    sys.stdout.write(f"$ {arguments}\n{ended.stdout}{ended.stderr}")  # shown when a test fails
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def hears(phone: Handset, words: str) -> None:
    """Wait until the last message begins with `words`."""
    found = wait_for(lambda: _last(phone).startswith(words) or None, seconds=PATIENCE_SECONDS)
    assert found, f"waited for {words!r}, heard {_last(phone)!r}"


PARKED = re.compile(r"^(\w{8})  inbound-dlq +parked: text .* TypeError at bot.py:\d+  \w{26}$", re.MULTILINE)


def _last(phone: Handset) -> str:
    heard = phone.heard()
    return heard[-1].text if heard else ""


def says(phone: Handset, *talk: tuple[str, str]) -> None:
    for words, answer in talk:
        phone.say(words)
        hears(phone, answer)


def items(stack: LocalStack) -> list[dict[str, Any]]:
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.table_name)
    return [item for page in pages for item in page["Items"]]


def keep_data(stack: LocalStack, phone: Handset, data: str) -> None:
    """Replace the data that the bot keeps in the conversation."""
    for item in items(stack):
        if {"S": phone.contact} in item.get("contact_ids", {}).get("L", []):
            stack.client("dynamodb").update_item(
                TableName=stack.table_name,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET #data = :data",
                ExpressionAttributeNames={"#data": "data"},
                ExpressionAttributeValues={":data": {"S": data}},
            )


def park(stack: LocalStack, phone: Handset) -> str:
    """Send a message on which the bot fails. Return the id under which it is set aside."""
    of_others = set(PARKED.findall(make(stack, "redrive")))
    says(phone, ("hi", "Hello Ada!"))
    keep_data(stack, phone, '{"visits": "many"}')
    says(phone, ("count me", "Sorry"))

    def listed() -> str | None:
        shown = make(stack, "redrive")
        assert phone.contact not in shown
        return next((id for id in PARKED.findall(shown) if id not in of_others), None)

    id = wait_for(listed, seconds=PATIENCE_SECONDS)
    assert id
    return id


def test_what_a_bug_parked_is_answered_when_the_bug_is_gone(stack: LocalStack, phone: Handset) -> None:
    logs = LogReader(stack)
    id = park(stack, phone)
    shown = "\n".join(map(str, logs.read()))
    assert re.search(r"the bot failed .*cause=TypeError at bot\.py:\d+ ", shown)
    assert re.search(r'^ +File "bot\.py", line \d+, in ', shown, re.MULTILINE), (
        "the terminal shows the traceback"
    )
    assert re.search(r"^ +TypeError: can only concatenate", shown, re.MULTILINE), "and the text"
    keep_data(stack, phone, '{"visits": 6}')
    says(phone, ("count me", "That makes 7."))
    assert make(stack, "redrive", id).endswith("1 put back\n")
    hears(phone, "That makes 8.")
    assert id not in make(stack, "redrive")


def test_the_life_of_a_message_and_the_figures_of_the_day_are_told(
    stack: LocalStack, phone: Handset, capsys: pytest.CaptureFixture[str]
) -> None:
    place, message = on(stack), phone.say("hi")

    def life() -> dict[str, Any] | None:
        """Return the life of the message, once the answer was read."""
        with suppress(StackError):  # the ingress has not logged it yet
            trace.show(place, message, as_json=True)
            told: dict[str, Any] = json.loads(capsys.readouterr().out)
            return told if told["happenings"][-1]["what"].endswith("read") else None
        return None

    def figures() -> dict[str, Any] | None:
        """Return the figures of today, once an answer is measured."""
        stats.show(place, as_json=True)
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told if told["answer_seconds"] else None

    told = wait_for(life, seconds=PATIENCE_SECONDS)
    assert told
    happened = [one["what"].partition(",")[0].rpartition(": ")[2] for one in told["happenings"]]
    assert happened[:3] == ["the contact wrote", "queued", "turn done"]
    assert happened[-4:] == ["accepted", "sent", "delivered", "read"]
    today = wait_for(figures, seconds=PATIENCE_SECONDS)
    assert today
    assert today["counts"]["in"]["today"] >= 1
    assert today["counts"]["out"]["today"] >= 1


def test_an_export_shows_the_talk_and_forgetting_leaves_nothing(stack: LocalStack, phone: Handset) -> None:
    says(phone, ("hi", "Hello Ada!"), ("count me", "That makes 1."), ("book", "Which day?"))
    says(phone, ("tomorrow", "For how many"), ("4", "Done: tomorrow"))
    id = park(stack, phone)
    assert wait_for(
        lambda: all(message.status == "read" for message in phone.heard()) or None, seconds=PATIENCE_SECONDS
    )
    time.sleep(QUIET_SECONDS)
    (found,) = json.loads(make(stack, "export", phone.contact))
    assert found["account"] == str(ACCOUNT)
    assert phone.contact in found["contact_ids"]
    said = json.dumps(found["messages_to_them"])
    for words in ("Hello Ada!", "That makes 1.", "Which day?", "Done: tomorrow"):
        assert words in said
    assert (len(found["messages_from_them"]), len(found["set_aside"])) == (7, 1)
    assert any(wake_up["update"]["inbound"]["content"]["kind"] == "reminder" for wake_up in found["wake_ups"])

    assert make(stack, "forget", f"+{phone.contact}", "--yes").startswith("erased: 1 conversations")
    keys = [conversation_key(str(ACCOUNT), id) for id in found["contact_ids"]]
    left = json.dumps(items(stack))
    assert not [word for word in (*found["contact_ids"], *keys) if word in left]
    assert "ERASURE#" in left
    assert id not in make(stack, "redrive")
    says(phone, ("good day", "Hello Ada!"), ("count me", "That makes 1."))


def test_a_file_that_a_contact_sent_is_saved_and_said_again_and_forgetting_deletes_it(
    stack: LocalStack, phone: Handset, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF-1.4\nour plan")
    phone.send(Document(plan))
    hears(phone, "(document copy.pdf)")
    assert [message.text.strip() for message in phone.heard()] == ["I keep 17 bytes.", "(document copy.pdf)"]
    with httpx.Client(base_url=stack.simulator_url, trust_env=False) as network:
        said = network.get("/sim/transcript", params={"contact": phone.contact}).json()[-1]
        assert network.get(f"/sim/files/{said['content']['document']['id']}").content == plan.read_bytes()

    (found,) = json.loads(make(stack, "export", phone.contact))
    (file,) = found["files"]
    s3, bucket = stack.client("s3"), stack.media_bucket_name
    assert s3.get_object(Bucket=bucket, Key=file["key"])["Body"].read() == plan.read_bytes()
    assert make(stack, "forget", phone.contact, "--yes").startswith("erased: 1 conversations")
    assert file["key"] not in [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]


def test_when_a_person_answers_the_bot_is_silent_until_it_is_released(
    stack: LocalStack, phone: Handset
) -> None:
    says(phone, ("hi", "Hello Ada!"))
    metadata = {
        "display_phone_number": development.DISPLAY_PHONE_NUMBER,
        "phone_number_id": development.PHONE_NUMBER_ID,
    }
    echo = {
        "from": development.DISPLAY_PHONE_NUMBER,
        "to": phone.contact,
        "id": f"wamid.echo-{phone.contact}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "I take over"},
    }
    value = {"messaging_product": "whatsapp", "metadata": metadata, "message_echoes": [echo]}
    entry = {"id": development.WABA_ID, "changes": [{"field": "smb_message_echoes", "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    httpx.post(f"{stack.simulator_url}/sim/deliver", json=body, timeout=60).raise_for_status()
    count = "conversations in which a person talks and the bot is silent: "
    silenced = wait_for(lambda: make(stack, "release") == f"{count}1\n" or None, seconds=PATIENCE_SECONDS)
    assert silenced
    phone.say("hours")
    time.sleep(QUIET_SECONDS)
    assert len(phone.heard()) == 1
    assert "the bot may speak to them again" in make(stack, "release", phone.contact)
    assert wait_for(lambda: make(stack, "release") == f"{count}0\n" or None, seconds=PATIENCE_SECONDS)
    says(phone, ("hours", "We are open"))


def test_a_deployment_on_aws_is_found_by_its_name(stack: LocalStack) -> None:
    """The name is looked up in CloudFormation. Here the local AWS answers instead of the real one."""

    def looked(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rejoinder.workbench", "release", "--stack", name],
            cwd=tools.HOUSE,
            env=aws.environment(stack.aws_endpoint_url),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert looked(stack.stack_name).stdout.startswith("conversations in which a person talks")
    gone = looked("rejoinder-gone")
    assert gone.returncode == 1
    assert gone.stderr.startswith(
        "rejoinder: there is no stack rejoinder-gone in us-east-1 of this account: "
    )


def test_the_commands_for_numbers_reach_the_network_and_the_webhook_of_the_stack(stack: LocalStack) -> None:
    assert development.PHONE_NUMBER_ID in make(stack, "phone", "list")
    subscribed = make(stack, "webhook", "subscribe", "--yes")
    assert f"go to {stack.webhook_url}" in subscribed
    assert stack.verify_token not in subscribed
    assert f"the app sends to {stack.webhook_url}" in make(stack, "webhook", "fields")
    assert make(stack, "webhook", "test").count("\nok ") == 4
