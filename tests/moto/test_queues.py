"""Queues, the quarantine and the secret, on AWS."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from mypy_boto3_s3 import S3Client
from mypy_boto3_secretsmanager import SecretsManagerClient
from mypy_boto3_sqs import SQSClient

from rejoinder.aws.outbox import SqsErrands, SqsOutbox, SqsParkedUpdates, SqsUpdates
from rejoinder.aws.quarantine import S3Quarantine
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.aws.secrets import REFETCH_SECONDS, StackSecret
from rejoinder.aws.stored.at_gate import read_outbound
from rejoinder.aws.stored.bodies import read_updates
from rejoinder.aws.stored.messages import read_turn
from rejoinder.channel_ports import Request, needed
from rejoinder.channels import parse
from rejoinder.channels.whatsapp.front import FRONT, sign
from rejoinder.errors import QueueError, SettingsError
from rejoinder.model.contents import Text
from rejoinder.model.gate import LetThrough, WatchGate
from rejoinder.model.own import Failed
from rejoinder.ports import QueueMessage
from tests.moto.test_stores import turn_messages
from tests.unit.worlds import ACCOUNT, NOON, inbound


def taken(sqs: SQSClient, url: str) -> Iterator[str]:
    """Yield the bodies on a queue, in the order in which the queue delivers them."""
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            yield message["Body"]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def fifo_message(body: str, group: str) -> QueueMessage:
    return QueueMessage(body=body, group=group, deduplication_id=f"{group}-{body[:20]}")


def test_a_hundred_messages_are_kept_in_the_order_of_their_groups(sqs: SQSClient, fifo: str) -> None:
    messages = [fifo_message(str(n), f"g{n % 7}") for n in range(100)]
    SqsQueue(sqs, fifo).put(messages)
    kept = list(taken(sqs, fifo))
    for group in range(7):
        assert [int(b) for b in kept if int(b) % 7 == group] == list(range(group, 100, 7))


def test_a_deduplication_id_is_taken_once(sqs: SQSClient, fifo: str) -> None:
    for _ in range(2):
        SqsQueue(sqs, fifo).put([fifo_message("a", "g")])
    assert list(taken(sqs, fifo)) == ["a"]


def test_large_messages_share_no_batch_beyond_its_limit(sqs: SQSClient, fifo: str) -> None:
    bodies = [letter * 600_000 for letter in "abc"]
    SqsQueue(sqs, fifo).put([fifo_message(body, body[0]) for body in bodies])
    assert sorted(taken(sqs, fifo)) == bodies


def fail_entries(client: SQSClient, *answers: set[str]) -> list[list[str]]:
    """Let SQS refuse the entries of these groups, one set per call. Return the groups offered per call."""
    left = list(answers)
    offered: list[list[str]] = []

    def before(params: dict[str, Any], **_: object) -> None:
        entries = params["Entries"]
        offered.append([entry["MessageGroupId"] for entry in entries])

    def after(parsed: dict[str, Any], **_: object) -> None:
        refused = left.pop(0) if left else set()
        groups = offered[-1]
        failed = [e for e in parsed["Successful"] if groups[int(e["Id"])] in refused]
        parsed["Successful"] = [e for e in parsed["Successful"] if e not in failed]
        if failed:
            parsed["Failed"] = [
                {"Id": e["Id"], "SenderFault": False, "Code": "InternalError"} for e in failed
            ]

    client.meta.events.register("provide-client-params.sqs.SendMessageBatch", before)
    client.meta.events.register("after-call.sqs.SendMessageBatch", after)
    return offered


def test_what_a_batch_did_not_take_is_offered_again_alone(fifo: str) -> None:
    client = boto3.client("sqs")
    offered = fail_entries(client, {"b"}, set())
    SqsQueue(client, fifo).put([fifo_message("1", group) for group in "abc"])
    assert offered == [["a", "b", "c"], ["b"]]


def test_what_is_never_taken_is_an_error(fifo: str) -> None:
    client = boto3.client("sqs")
    fail_entries(client, {"b"}, {"b"}, {"b"})
    with pytest.raises(QueueError, match="did not take 1 of 3"):
        SqsQueue(client, fifo).put([fifo_message("1", group) for group in "abc"])


def test_a_group_is_in_a_batch_once_so_that_a_refusal_cannot_change_its_order(fifo: str) -> None:
    client = boto3.client("sqs")
    offered = fail_entries(client, {"a"})
    SqsQueue(client, fifo).put([fifo_message(str(n), "a") for n in range(2)])
    assert offered == [["a"], ["a"], ["a"]]


def test_a_queue_that_is_not_there_is_an_error(sqs: SQSClient, fifo: str) -> None:
    with pytest.raises(QueueError):
        SqsQueue(sqs, fifo.replace(".fifo", "-gone.fifo")).put([fifo_message("a", "g")])


def test_a_turn_is_one_message_of_its_conversation(sqs: SQSClient, fifo: str) -> None:
    turn = turn_messages("key")
    SqsOutbox(SqsQueue(sqs, fifo)).put(turn)
    SqsOutbox(SqsQueue(sqs, fifo)).put(turn)
    (body,) = taken(sqs, fifo)
    assert read_turn(body) == turn


def test_a_message_that_has_waited_is_queued_though_the_queue_took_it_just_now(
    sqs: SQSClient, fifo: str
) -> None:
    turn = turn_messages("key")
    released = replace(turn, correlation_id="of the update that let it go")
    for one in (turn, released, released):
        SqsOutbox(SqsQueue(sqs, fifo)).put(one)
    assert [read_turn(body) for body in taken(sqs, fifo)] == [turn, released]


def test_an_update_of_our_own_is_one_message_of_its_conversation_that_can_be_read_back(
    sqs: SQSClient, fifo: str
) -> None:
    failed = Failed(outbound_id="x-1", content=Text(body="half \ud83d"), code=131026, reason="\ud83d")
    update = inbound(failed, id="failed-x-1")
    for _ in range(2):
        SqsUpdates(SqsQueue(sqs, fifo)).put(update)
    answer = sqs.receive_message(
        QueueUrl=fifo, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    )
    (message,) = answer["Messages"]
    assert message["Attributes"]["MessageGroupId"] == update.group
    assert read_updates(message["Body"], parse) == [update]


def test_a_parked_update_can_go_back_to_the_inbound_queue_as_it_is(sqs: SQSClient, fifo: str) -> None:
    SqsParkedUpdates(SqsQueue(sqs, fifo)).put(inbound("half \ud83d"), "KeyError at bot.py:3", NOON)
    (body,) = taken(sqs, fifo)
    assert read_updates(body, parse) == [inbound("half \ud83d")]


def test_a_parked_update_is_kept_with_its_cause(sqs: SQSClient, fifo: str) -> None:
    SqsParkedUpdates(SqsQueue(sqs, fifo)).put(inbound(), "KeyError at bot.py:3", NOON)
    (body,) = map(json.loads, taken(sqs, fifo))
    assert body["cause"] == "KeyError at bot.py:3"
    assert body["inbound"]["id"] == "wamid.1"


def test_one_parking_is_one_letter_and_the_next_parking_another(sqs: SQSClient, fifo: str) -> None:
    letters = SqsParkedUpdates(SqsQueue(sqs, fifo))
    for at in (NOON, NOON, NOON + 1):
        letters.put(inbound(), "KeyError at bot.py:3", at)
    assert len(list(taken(sqs, fifo))) == 2


def test_a_message_comes_again_after_its_pause(sqs: SQSClient, fifo: str) -> None:
    SqsQueue(sqs, fifo).put([fifo_message("a", "g")])
    (message,) = sqs.receive_message(QueueUrl=fifo)["Messages"]
    SqsReceipt(sqs, fifo, message["ReceiptHandle"]).come_again(0)
    assert list(taken(sqs, fifo)) == ["a"]


def test_the_quarantine_keeps_the_bytes_once(s3: S3Client, unique: str) -> None:
    s3.create_bucket(Bucket=unique)
    for _ in range(2):
        S3Quarantine(lambda: s3, unique).keep(b"\xff\x00")
    (kept,) = s3.list_objects_v2(Bucket=unique)["Contents"]
    assert s3.get_object(Bucket=unique, Key=kept["Key"])["Body"].read() == b"\xff\x00"


def test_the_secret_is_kept_and_read_again_when_asked(
    secretsmanager: SecretsManagerClient, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def text(app_secret: str) -> str:
        return json.dumps({"app_secret": app_secret, "verify_token": "v", "access_token": "t"})

    secretsmanager.create_secret(Name=unique, SecretString=text("one"))
    secret = StackSecret(secretsmanager, unique)
    assert secret.read()["app_secret"] == "one"
    secretsmanager.put_secret_value(SecretId=unique, SecretString=text("two"))
    assert secret.read()["app_secret"] == "one", "kept for some minutes"
    assert secret.read_again()["app_secret"] == "one", "read a moment ago"
    clock = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + REFETCH_SECONDS)
    assert secret.read()["app_secret"] == "one", "kept for some minutes"
    assert secret.read_again()["app_secret"] == "two"
    assert needed(secret.read(), "access_token") == "t"


def test_both_app_secrets_are_known_during_a_rotation(
    secretsmanager: SecretsManagerClient, unique: str
) -> None:
    values = {"app_secret": "new", "app_secret_previous": "old", "verify_token": "v"}
    secretsmanager.create_secret(Name=unique, SecretString=json.dumps(values))
    secrets = StackSecret(secretsmanager, unique).read()
    request = Request(body=b"{}")
    genuine = {
        name: FRONT.is_genuine(request, sign(request.body, name), secrets) for name in ("new", "old", "older")
    }
    assert genuine == {"new": True, "old": True, "older": False}


@pytest.mark.parametrize("text", ["", "not json", "[]", "{}", '{"app_secret": ""}', '{"app_secret": 3}'])
def test_a_secret_that_cannot_be_used_is_an_error_without_its_value(
    secretsmanager: SecretsManagerClient, unique: str, text: str
) -> None:
    if text:
        secretsmanager.create_secret(Name=unique, SecretString=text)
    with pytest.raises(SettingsError, match=unique):
        FRONT.is_genuine(Request(), "sha256=", StackSecret(secretsmanager, unique).read())
    with pytest.raises(SettingsError):
        needed(StackSecret(secretsmanager, unique).read_again(), "access_token")


def test_an_errand_has_a_name_of_its_own_each_time_because_the_one_before_may_be_done(
    sqs: SQSClient, fifo: str
) -> None:
    errands = SqsErrands(SqsQueue(sqs, fifo))
    watch, let = WatchGate(account=ACCOUNT), LetThrough(account=ACCOUNT, conversation_key="key")
    for at in (NOON, NOON + 1):
        errands.put([watch, let], at)
    found = [read_outbound(body) for body in taken(sqs, fifo)]
    assert sorted(map(repr, found)) == sorted(map(repr, [watch, let] * 2))
