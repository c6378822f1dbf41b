"""Every file of events/ goes through its handler, which is built and called as on Lambda."""

import base64
import importlib.util
import json
import logging
import shutil
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient

from rejoinder.aws import clients
from rejoinder.aws.at_gate import WaitingTable
from rejoinder.aws.direct import SecretsManager, Sns, Sqs
from rejoinder.aws.gates import GateTable
from rejoinder.aws.keys import waiting_pk
from rejoinder.aws.stored.at_gate import dump_errand
from rejoinder.channels.whatsapp.front import sign
from rejoinder.errors import SettingsError
from rejoinder.model.gate import Gate, Waiter, WatchGate
from rejoinder.model.ids import conversation_key
from rejoinder.workbench import development
from rejoinder.workbench.sample_events import (
    ACCOUNT,
    ACCOUNT_OF_ADA,
    ADA_ID,
    MEDIA_ID,
    MENU,
    MENU_BYTES,
    samples,
    text_of,
)
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.stack.warm import NOTHING_TO_DO
from tests.moto.test_queues import taken
from tests.own_bots import DEPLOYED

ROOT = Path(__file__).parents[2]


class Context:
    """Has what a handler needs of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        return 90_000  # as long as the sender has, which sends files


class House:
    """A deployed stack in moto: queues, table, bucket and secret, and the handlers of all functions."""

    def __init__(
        self,
        folder: Path,
        environment: pytest.MonkeyPatch,
        table: str,
        graph_url: str,
        *,
        door: Mapping[str, str],
    ) -> None:
        clients.client.cache_clear()
        clients.session.cache_clear()
        self.door = door
        self.connections: list[Sqs | SecretsManager | Sns] = []
        self.sqs: SQSClient = boto3.client("sqs")
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb")
        self.table = table
        self.folder = folder
        self.bot = (DEPLOYED / "bot.py").read_text()
        self.queues = {
            name: self._queue(f"{table}-{name}")
            for name in ("inbound", "outbound", "inbound-dlq", "outbound-dlq")
        }
        self.queues["events"] = self.sqs.create_queue(QueueName=f"{table}-events")["QueueUrl"]
        boto3.client("s3").create_bucket(Bucket=table)
        self.account_events = boto3.client("sns").create_topic(Name=f"{table}-account")["TopicArn"]
        boto3.client("scheduler").create_schedule_group(Name=table)
        self.secret = f"{table}/whatsapp"
        self._secret(self.secret)
        for name, value in self._environment(graph_url).items():
            environment.setenv(name, value)

    def _queue(self, name: str) -> str:
        return self.sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]

    def _secret(self, name: str) -> None:
        values = {
            "app_secret": development.APP_SECRET,
            "verify_token": development.VERIFY_TOKEN,
            "access_token": development.ACCESS_TOKEN,
            "waba_id": development.WABA_ID,
        }
        boto3.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(values))

    def _environment(self, graph_url: str) -> dict[str, str]:
        return {
            "STACK_NAME": development.STACK_NAME,
            "POWERTOOLS_SERVICE_NAME": self.table,  # each test has its own logger, on its own standard output
            "POWERTOOLS_METRICS_NAMESPACE": "Rejoinder/test",
            "TABLE_NAME": self.table,
            "QUARANTINE_BUCKET": self.table,
            "MEDIA_BUCKET": self.table,
            "CONVERSATION_RETENTION_DAYS": "365",
            "UTILITY_NEEDS_CONSENT": "false",
            "SECRETS_PREFIX": self.table,
            "CHANNELS": "whatsapp",
            "NUMBERS": "",
            "INBOUND_QUEUE_URL": self.queues["inbound"],
            "INBOUND_DLQ_URL": self.queues["inbound-dlq"],
            "OUTBOUND_QUEUE_URL": self.queues["outbound"],
            "OUTBOUND_DLQ_URL": self.queues["outbound-dlq"],
            "SENDER_CONCURRENCY": "10",
            "EVENTS_QUEUE_URL": self.queues["events"],
            "INBOUND_QUEUE_ARN": f"arn:aws:sqs:us-east-1:123456789012:{self.table}-inbound.fifo",
            "EVENTS_DLQ_ARN": f"arn:aws:sqs:us-east-1:123456789012:{self.table}-events-dlq",
            "SCHEDULE_GROUP": self.table,
            "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
            "BEDROCK_MODEL_ARN": "",
            "LOCAL": "false",
            "START_TOPIC_ARN": f"arn:aws:sns:us-east-1:123456789012:{self.table}",
            "ACCOUNT_EVENTS_TOPIC_ARN": self.account_events,
            "GRAPH_BASE_URL": graph_url,
            "GRAPH_API_VERSION": "v25.0",
        }

    def handler(self, function: str) -> Any:
        """Return the function's handler, from a folder laid out as the build lays it out."""
        folder = self.folder / function
        shutil.copytree(ROOT / "functions" / function, folder, dirs_exist_ok=True)
        (folder / "bot.py").write_text(self.bot)
        spec = importlib.util.spec_from_file_location(f"app_{uuid.uuid4().hex}", folder / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as environment:
            for name, value in self.door.items():
                environment.setenv(name, value)
            spec.loader.exec_module(module)
        if function == "ingress":
            self.connections += [module.sqs, module.secretsmanager]
        if function == "tracker":
            self.connections += [module.sns]
        return module.handler

    def close(self) -> None:
        """Close the connections of the ingress, which it keeps for its next event."""
        for connection in self.connections:
            connection.close()

    def call(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.handler(function)(event, Context())
        return answer

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """Return the bodies on a queue."""
        url = self.queues[queue]
        messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def house(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    simulator: Simulator,
    aws_door: Mapping[str, str],
) -> Iterator[House]:
    with closing(House(tmp_path, monkeypatch, table, simulator.url, door=aws_door)) as house:
        yield house


def event_of(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / name).read_text())
    return event


@pytest.mark.parametrize("name", sorted(samples()))
def test_the_files_are_what_the_module_makes(name: str) -> None:
    assert (ROOT / "events" / name).read_text() == text_of(samples()[name]), (
        "python -m rejoinder.workbench.sample_events"
    )


def test_no_file_is_left_over() -> None:
    files = {str(file.relative_to(ROOT / "events")) for file in (ROOT / "events").glob("*/*.json")}
    assert files == set(samples())


@pytest.mark.parametrize(
    ("name", "status", "inbound", "events"),
    [
        ("text", 200, 1, 0),
        ("tap", 200, 1, 0),
        ("no-phone-number", 200, 1, 0),
        ("batch", 200, 3, 1),
        ("unknown", 200, 1, 1),
        ("status", 200, 0, 1),
        ("echo", 200, 1, 0),
        ("edit", 200, 1, 0),
        ("advertisement", 200, 1, 0),
        ("no-offers", 200, 1, 0),
        ("unsigned", 401, 0, 0),
        ("handshake", 200, 0, 0),
    ],
)
def test_events_of_the_ingress(house: House, name: str, status: int, inbound: int, events: int) -> None:
    answer = house.call("ingress", event_of(f"ingress/{name}.json"))
    assert answer["statusCode"] == status
    assert len(house.waiting("inbound")) == inbound
    assert len(house.waiting("events")) == events


def test_a_request_for_no_channel_is_refused_and_nothing_is_queued(house: House) -> None:
    event = event_of("ingress/text.json") | {"rawPath": "/elsewhere", "routeKey": "$default"}
    assert house.call("ingress", event)["statusCode"] == 404
    assert house.waiting("inbound") == []


@pytest.mark.parametrize("function", ["ingress", "processor", "sender", "tracker"])
def test_the_call_that_starts_a_function_on_the_local_aws_does_and_logs_nothing(
    house: House, capsys: pytest.CaptureFixture[str], function: str
) -> None:
    answer = house.call(function, json.loads(NOTHING_TO_DO))
    assert answer.get("statusCode", 404) == 404
    assert not answer.get("batchItemFailures")
    assert capsys.readouterr().out == ""
    assert not house.waiting("inbound")
    assert not house.waiting("events")


def test_a_base_path_of_a_custom_domain_is_no_other_route(house: House) -> None:
    event = event_of("ingress/text.json") | {"rawPath": "/base/webhook"}
    assert house.call("ingress", event)["statusCode"] == 200
    assert len(house.waiting("inbound")) == 1


def test_the_handshake_answers_the_challenge(house: House) -> None:
    assert house.call("ingress", event_of("ingress/handshake.json"))["body"] == "1158201444"


def test_a_body_in_base64_is_verified_as_the_bytes_it_stands_for(house: House) -> None:
    event = event_of("ingress/text.json")
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    assert house.call("ingress", event)["statusCode"] == 200
    event["body"] = "no base64!"
    assert house.call("ingress", event)["statusCode"] == 401


@pytest.mark.parametrize("name", ["text", "image", "no-phone-number"])
def test_events_of_the_processor(house: House, name: str) -> None:
    assert house.call("processor", event_of(f"processor/{name}.json")) == {"batchItemFailures": []}
    (turn,) = house.waiting("outbound")
    assert turn["messages"][0]["content"]["body"].startswith("Hello")


def test_a_conversation_is_kept_as_long_as_the_setting_says(house: House) -> None:
    before = time.time()
    house.call("processor", event_of("processor/text.json"))
    items = house.dynamodb.scan(TableName=house.table)["Items"]
    (conversation,) = (item for item in items if item["sk"]["S"] == "CONVERSATION")
    kept_since = float(conversation["expires_at"]["N"]) - 365 * 86400
    assert before <= kept_since <= time.time() + 1


def test_a_reminder_runs_its_handler_and_marks_nothing_as_read(house: House) -> None:
    assert house.call("processor", event_of("processor/reminder.json")) == {"batchItemFailures": []}
    (turn,) = house.waiting("outbound")
    assert "open" in turn["messages"][0]["content"]["body"].lower()
    assert "read_id" not in turn


def test_a_picture_that_the_bot_keeps_is_saved_and_nothing_is_said(
    house: House, simulator: Simulator
) -> None:
    simulator.shelf.add(MENU_BYTES, "image/jpeg", media_id=MEDIA_ID)
    process = house.handler("processor")
    process(event_of("processor/text.json"), Context())
    house.waiting("outbound")
    for _ in range(2):
        assert process(event_of("processor/keep.json"), Context()) == {"batchItemFailures": []}
    (kept,) = boto3.client("s3").list_objects_v2(Bucket=house.table)["Contents"]
    assert kept["Key"].startswith("contacts/")
    assert kept["Size"] == len(MENU_BYTES)
    assert house.waiting("outbound") == []


def test_a_picture_that_is_gone_is_counted_and_blocks_nothing(
    house: House, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.shelf.clear()
    process = house.handler("processor")
    process(event_of("processor/text.json"), Context())
    capsys.readouterr()
    assert process(event_of("processor/keep.json"), Context()) == {"batchItemFailures": []}
    assert '"FilesLost":1' in capsys.readouterr().out


PUTS_OFF = """
from datetime import timedelta
from rejoinder import Bot, Chat

bot = Bot()

@bot.on("hi")
def hello(chat: Chat) -> None:
    chat.later(timedelta(hours=1), remind, table=4)

@bot.on()
def remind(chat: Chat) -> None:
    chat.say(f"Table {chat.given['table']} is yours.")
"""


def test_what_a_bot_puts_off_comes_to_it_as_the_scheduler_was_given_it(house: House) -> None:
    house.bot = PUTS_OFF
    process, event = house.handler("processor"), event_of("processor/text.json")
    for _ in range(2):  # the second time, the turn is over and is only sent on again
        assert process(event, Context()) == {"batchItemFailures": []}
    scheduler = boto3.client("scheduler")
    (made,) = scheduler.list_schedules(GroupName=house.table)["Schedules"]
    target = scheduler.get_schedule(GroupName=house.table, Name=made["Name"])["Target"]
    event["Records"][0]["body"] = target["Input"]
    assert process(event, Context()) == {"batchItemFailures": []}
    (turn,) = house.waiting("outbound")
    assert turn["messages"][0]["content"]["body"] == "Table 4 is yours."


def test_events_of_the_sender(house: House) -> None:
    assert house.call("sender", event_of("sender/turn.json")) == {"batchItemFailures": []}
    (item,) = house.dynamodb.scan(TableName=house.table)["Items"]
    assert item["a1_network_id"]["S"].startswith("wamid.")


def test_a_message_with_a_file_of_the_bucket_goes_out(house: House) -> None:
    boto3.client("s3").put_object(Bucket=house.table, Key=MENU.key, Body=MENU_BYTES)
    assert house.call("sender", event_of("sender/file.json")) == {"batchItemFailures": []}
    items = {
        item["pk"]["S"].partition("#")[0]: item
        for item in house.dynamodb.scan(TableName=house.table)["Items"]
    }
    assert items["CONVERSATION"]["a1_network_id"]["S"].startswith("wamid.")
    assert items["UPLOAD"]["media_id"]["S"]


def test_events_of_the_tracker(house: House) -> None:
    assert house.call("tracker", event_of("tracker/events.json")) == {"batchItemFailures": []}
    (item,) = house.dynamodb.scan(TableName=house.table)["Items"]
    assert "a1_delivered_at" in item


def test_a_template_that_is_paused_is_kept_and_told_to_the_bot(house: House) -> None:
    assert house.call("tracker", event_of("tracker/template-paused.json")) == {"batchItemFailures": []}
    (item,) = house.dynamodb.scan(TableName=house.table)["Items"]
    assert item["pk"]["S"] == f"TEMPLATE#{development.WABA_ID}"
    assert item["status"]["S"] == "paused"
    (told,) = house.waiting("inbound")
    assert told["inbound"]["content"]["kind"] == "template_changed"
    (record,) = event_of("processor/text.json")["Records"]
    event = {"Records": [record | {"body": json.dumps(told)}]}
    assert house.call("processor", event) == {"batchItemFailures": []}
    assert house.waiting("outbound") == []


def test_the_bot_is_told_of_a_message_that_the_sender_could_not_deliver(house: House) -> None:
    event = event_of("sender/turn.json")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("4000000000", "0")  # outside the window
    assert house.call("sender", event) == {"batchItemFailures": []}
    (told,) = house.waiting("inbound")
    assert told["inbound"]["content"]["kind"] == "failed"
    assert told["inbound"]["content"]["content"]["body"] == "Hello Ada!"


TELLS_OF_FAILURES = """
from rejoinder import Bot, Chat, Failed

bot = Bot()

@bot.on(Failed)
def failed(chat: Chat) -> None:
    chat.say(f"It failed: {chat.message.content.content.body}")

@bot.otherwise
def hello(chat: Chat) -> None:
    chat.say("Hello!")
"""


def of_conversation(key: str, event: dict[str, Any]) -> dict[str, Any]:
    """Return `event` with the conversation `key` in the place of the sample conversation."""
    moved: dict[str, Any] = json.loads(json.dumps(event).replace("samplekey", key))
    return moved


def test_the_bot_is_told_of_a_message_that_failed_later(house: House) -> None:
    house.bot = TELLS_OF_FAILURES
    process, begun = house.handler("processor"), event_of("processor/text.json")
    process(begun, Context())
    (body,) = taken(house.sqs, house.queues["outbound"])
    key = json.loads(body)["conversation_key"]
    house.call("sender", of_conversation(key, event_of("sender/turn.json")))
    event = of_conversation(key, event_of("tracker/events.json"))
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("delivered", "failed")
    for _ in range(2):
        assert house.call("tracker", event) == {"batchItemFailures": []}
    (told,) = house.waiting("inbound")
    assert told["inbound"]["content"]["kind"] == "failed"
    answer = process({"Records": [begun["Records"][0] | {"body": json.dumps(told)}]}, Context())
    assert answer == {"batchItemFailures": []}
    (body,) = taken(house.sqs, house.queues["outbound"])
    assert json.loads(body)["messages"][0]["content"]["body"] == "It failed: Hello Ada!"


def test_a_message_that_failed_late_is_queued_once_more_and_goes_out(house: House) -> None:
    send = house.handler("sender")
    send(event_of("sender/turn.json"), Context())
    for _ in range(2):  # networks may report a failure twice
        assert house.call("tracker", event_of("tracker/late-failure.json")) == {"batchItemFailures": []}
    (queued,) = house.sqs.receive_message(
        QueueUrl=house.queues["outbound"], AttributeNames=["All"], MaxNumberOfMessages=10
    )["Messages"]
    first = json.loads(event_of("sender/turn.json")["Records"][0]["body"])
    assert queued["Attributes"]["MessageGroupId"] == first["conversation_key"]
    assert queued["Attributes"]["MessageDeduplicationId"] != "sampleturn", "that one is used up"
    event = event_of("sender/turn.json")
    event["Records"][0]["body"] = queued["Body"]
    assert send(event, Context()) == {"batchItemFailures": []}
    (item,) = house.dynamodb.scan(TableName=house.table)["Items"]
    assert {"a1_accepted_at", "a1_refused_at", "a2_accepted_at"} <= item.keys()


@pytest.mark.parametrize(("name", "attribute"), [("echo", "handoff"), ("no-offers", "opted_out")])
def test_what_concerns_a_conversation_without_being_said_in_it_changes_it(
    house: House, name: str, attribute: str
) -> None:
    process = house.handler("processor")
    process(event_of("processor/text.json"), Context())
    house.waiting("outbound")
    house.call("ingress", event_of(f"ingress/{name}.json"))
    record = event_of("processor/text.json")["Records"][0]
    for body in house.waiting("inbound"):
        answer = process({"Records": [record | {"body": json.dumps(body)}]}, Context())
        assert answer == {"batchItemFailures": []}
    items = house.dynamodb.scan(TableName=house.table)["Items"]
    (conversation,) = (item for item in items if item["sk"]["S"] == "CONVERSATION")
    assert conversation[attribute] == {"BOOL": True}
    assert house.waiting("outbound") == []


def test_a_refused_token_closes_the_gate_until_a_probe_with_a_new_one_opens_it(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = boto3.client("secretsmanager")
    good = secrets.get_secret_value(SecretId=house.secret)["SecretString"]
    bad = good.replace(development.ACCESS_TOKEN, "taken-back")
    secrets.put_secret_value(SecretId=house.secret, SecretString=bad)
    send, event = house.handler("sender"), event_of("sender/turn.json")
    failed = {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert send(event, Context()) == failed
    assert '"GateClosed"' in capsys.readouterr().out
    waits = json.dumps(event).replace("sampleturn-1", "sampleturn-2")
    assert send(json.loads(waits), Context()) == failed
    items = {item["sk"]["S"]: item for item in house.dynamodb.scan(TableName=house.table)["Items"]}
    assert items.keys() == {"GATE", "OUT#sampleturn-1"}, "the second one was not even tried"
    house.dynamodb.update_item(
        TableName=house.table,
        Key={name: items["GATE"][name] for name in ("pk", "sk")},
        UpdateExpression="SET probe_at = :past",
        ExpressionAttributeValues={":past": {"N": "0"}},
    )
    secrets.put_secret_value(SecretId=house.secret, SecretString=good)
    assert house.call("sender", event) == {"batchItemFailures": []}
    items = {item["sk"]["S"]: item for item in house.dynamodb.scan(TableName=house.table)["Items"]}
    assert items.keys() == {"OUT#sampleturn-1"}
    assert {"a1_refused_at", "a2_accepted_at"} <= items["OUT#sampleturn-1"].keys()


def closed_gate(house: House) -> GateTable:
    """Close the gate of the account in the samples for longer than its turns wait in the queue."""
    gates = GateTable(house.dynamodb, house.table)
    now = time.time()
    gates.close(ACCOUNT_OF_ADA, Gate(why=190, closed_at=now - 60, probe_at=now + 600))
    return gates


def test_turns_that_wait_for_a_gate_are_kept_in_the_order_of_their_queue_group(house: House) -> None:
    closed_gate(house)
    send, event = house.handler("sender"), event_of("sender/turn.json")
    numbers = ["99999999999999999999", "100000000000000000000"]
    for number in reversed(numbers):
        event["Records"][0]["attributes"]["SequenceNumber"] = number
        assert send(event, Context()) == {"batchItemFailures": []}
    items = house.dynamodb.scan(TableName=house.table)["Items"]
    places = sorted(item["sk"]["S"] for item in items if item["pk"]["S"] == waiting_pk("samplekey"))
    assert [place.lstrip("0") for place in places] == numbers


def test_two_conversations_for_each_sender_are_let_through_a_gate_at_once(
    house: House,
) -> None:
    closed_gate(house).open(ACCOUNT_OF_ADA, time.time())
    waiting = WaitingTable(house.dynamodb, house.table)
    for number in range(21):
        waiting.write(ACCOUNT_OF_ADA, Waiter(conversation_key=f"key{number}"))
    event = event_of("sender/turn.json")
    record = event["Records"][0]
    record["body"] = dump_errand(WatchGate(account=ACCOUNT_OF_ADA))
    record["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(time.time() * 1000))
    house.call("sender", event)
    assert len([*taken(house.sqs, house.queues["outbound"])]) == 20, "SENDER_CONCURRENCY is 10"


def test_an_errand_for_a_gate_is_replaced_when_it_has_been_on_the_queue_for_long(house: House) -> None:
    closed_gate(house)
    event = event_of("sender/turn.json")
    record = event["Records"][0]
    record["body"] = errand = dump_errand(WatchGate(account=ACCOUNT_OF_ADA))
    record["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(time.time() - 300) * 1000)
    assert house.call("sender", event) == {"batchItemFailures": []}
    assert [*taken(house.sqs, house.queues["outbound"])] == [errand]


def test_a_late_failure_of_the_whole_account_closes_its_gate(house: House) -> None:
    house.call("sender", event_of("sender/turn.json"))
    event = event_of("tracker/late-failure.json")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("130429", "131042")
    assert house.call("tracker", event) == {"batchItemFailures": []}
    items = {item["sk"]["S"]: item for item in house.dynamodb.scan(TableName=house.table)["Items"]}
    assert items["GATE"]["why"] == {"N": "131042"}
    assert len(house.waiting("outbound")) == 1


def test_a_model_is_asked_only_where_one_is_given(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make: Any = boto3.client

    def counted(name: str, **options: Any) -> Any:
        made.append(name)
        return make(name, **options)

    monkeypatch.setattr(boto3, "client", counted)
    house.handler("processor")
    assert made == []
    monkeypatch.setenv("BEDROCK_MODEL_ARN", "arn:aws:bedrock:eu-west-1::foundation-model/some.model-v1:0")
    house.handler("processor")
    assert made == ["bedrock-runtime"]
    monkeypatch.setenv("BEDROCK_MODEL_ARN", "some.model-v1:0")
    with pytest.raises(SettingsError, match="BEDROCK_MODEL_ARN"):
        house.handler("processor")


def test_what_the_ingress_queues_the_processor_takes(house: House) -> None:
    house.call("ingress", event_of("ingress/batch.json"))
    process = house.handler("processor")
    record = event_of("processor/text.json")["Records"][0]
    for body in house.waiting("inbound"):
        answer = process({"Records": [record | {"body": json.dumps(body)}]}, Context())
        assert answer == {"batchItemFailures": []}
    assert len(house.waiting("outbound")) == 4


def test_half_of_a_surrogate_pair_harms_no_neighbour(house: House) -> None:
    """Networks cut texts within an emoji. JSON can express that; pydantic's own reader cannot read it."""
    event = event_of("ingress/batch.json")
    event["body"] = event["body"].replace('"body":"hi"', '"body":"cut \\ud83d"')
    event["headers"]["x-hub-signature-256"] = sign(event["body"].encode(), development.APP_SECRET)
    assert house.call("ingress", event)["statusCode"] == 200
    for queue, function in (("inbound", "processor"), ("events", "tracker")):
        for body in house.waiting(queue):
            text = json.dumps(body).replace("delivered", "failed")
            text = text.replace(
                '"pricing"', '"errors": [{"code": 131026, "title": "cut \\ud83d"}], "pricing"'
            )
            record = event_of(f"{function}/{'text' if function == 'processor' else 'events'}.json")[
                "Records"
            ][0]
            assert house.call(function, {"Records": [record | {"body": text}]}) == {"batchItemFailures": []}


def test_a_queue_message_that_is_none_of_ours_is_reported_and_not_dropped(house: House) -> None:
    event = event_of("processor/text.json")
    event["Records"][0]["body"] = '{"format": 1}'
    failures = [{"itemIdentifier": event["Records"][0]["messageId"]}]
    assert house.call("processor", event) == {"batchItemFailures": failures}
    assert house.call("tracker", event) == {"batchItemFailures": failures}
    assert house.call("sender", event) == {"batchItemFailures": failures}


def test_a_plain_turn_costs_three_calls_in_the_processor_and_two_writes_a_message_in_the_sender(
    house: House,
) -> None:
    calls: list[str] = []
    clients.session().get_component("event_emitter").register(
        "before-call", lambda model, **_: calls.append(model.name)
    )
    process, send = house.handler("processor"), house.handler("sender")
    calls.clear()  # a start rehearses some, which are not sent
    process(event_of("processor/text.json"), Context())
    assert calls == ["BatchGetItem", "TransactWriteItems", "SendMessageBatch"]
    calls.clear()
    send(event_of("sender/turn.json"), Context())
    assert calls == ["GetItem", "UpdateItem", "UpdateItem"], "the secret was read at the start"
    calls.clear()
    event = event_of("sender/turn.json")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("sampleturn-1", "sampleturn-2")
    send(event, Context())
    assert calls == ["UpdateItem", "UpdateItem"], "the gate is kept for seconds"
    calls.clear()


def test_a_message_that_quotes_costs_two_more_reads(house: House) -> None:
    calls: list[str] = []
    clients.session().get_component("event_emitter").register(
        "before-call", lambda model, **_: calls.append(model.name)
    )
    process, track = house.handler("processor"), house.handler("tracker")
    calls.clear()  # a start rehearses some, which are not sent
    event = event_of("tracker/events.json")
    track(json.loads(json.dumps(event).replace("delivered", "sent").replace("samplekey", key_of_ada())), None)
    assert calls == ["UpdateItem", "UpdateItem"], "the step, and what the network's id means"
    calls.clear()
    process(event_of("processor/quote.json"), Context())
    assert calls == ["BatchGetItem"] * 3 + ["TransactWriteItems", "SendMessageBatch"]
    calls.clear()


def key_of_ada() -> str:
    """Return the key of the conversation of the contact in the samples."""
    return conversation_key(ACCOUNT, ADA_ID)


def test_a_missing_variable_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in ("ingress", "processor", "sender", "tracker"):
        variable = "INBOUND_QUEUE_URL" if function == "ingress" else "TABLE_NAME"
        with monkeypatch.context() as without:
            without.delenv(variable)
            with pytest.raises(Exception, match=variable):
                house.handler(function)


def test_nothing_personal_is_in_the_logs(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("batch", "unknown", "no-phone-number"):
        house.call("ingress", event_of(f"ingress/{name}.json"))
    for body in house.waiting("inbound"):
        event = event_of("processor/text.json")
        event["Records"][0]["body"] = json.dumps(body)
        house.call("processor", event)
    house.call("sender", event_of("sender/turn.json"))
    house.call("tracker", event_of("tracker/events.json"))
    written = capsys.readouterr().out
    assert "turn done" in written
    for secret in ("Ada", "Noor", "15550002001", "wamid", "US.1000", "Hello", development.ACCESS_TOKEN):
        assert secret not in written


def test_not_even_at_debug_is_anything_personal_in_the_logs(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda's runtime gives the root logger a handler, and the log level of the function."""
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    root = logging.getLogger()
    handler = logging.StreamHandler(sys.stdout)
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    for library in ("botocore", "urllib3", "boto3"):
        logging.getLogger(library).setLevel(logging.NOTSET)
    house.call("ingress", event_of("ingress/text.json"))
    house.call("sender", event_of("sender/turn.json"))
    written = capsys.readouterr().out
    assert "queued" in written
    for secret in (development.ACCESS_TOKEN, development.APP_SECRET, "Hello Ada", "15550002001"):
        assert secret not in written


def test_a_name_with_characters_that_sqs_refuses_can_be_queued(house: House) -> None:
    event = event_of("processor/text.json")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("Ada", "A\\uffff")
    assert house.call("processor", event) == {"batchItemFailures": []}
    answer = house.sqs.receive_message(QueueUrl=house.queues["outbound"])
    assert answer["Messages"][0]["Body"].isascii()
