"""A channel that no code knows goes the whole way: through the functions' own handlers, on AWS in memory."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from rejoinder import channels
from rejoinder.channels import Row
from rejoinder.model.contents import Text
from tests.architecture.toy.channel import MAX_TEXT, ToyNetwork
from tests.moto.test_handlers import Context, House

BOT = f"""
from datetime import timedelta
from rejoinder import Bot, Chat, Failed

bot = Bot()

@bot.start
def start(chat: Chat) -> None:
    chat.say(f"Welcome, {{chat.window.closes_at.year}}")

@bot.on("ask")
def ask(chat: Chat) -> None:
    colour = chat.ask("Which colour?", ["red", "blue"])
    chat.say(f"You like {{colour}}")

@bot.on("long")
def long(chat: Chat) -> None:
    chat.say("x" * {MAX_TEXT + 1})
"""


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, aws_door: Mapping[str, str]
) -> Iterator[House]:
    """Yield a stack with the toy in the table of channels and the toy's secret in Secrets Manager."""
    monkeypatch.setitem(channels.TABLE, "toy", Row(package="tests.architecture.toy", route="toy"))
    monkeypatch.setenv("TOY_URL", "http://127.0.0.1:9")
    house = House(tmp_path, monkeypatch, table, "http://127.0.0.1:9", door=aws_door)
    monkeypatch.setenv("CHANNELS", "toy")
    boto3.client("secretsmanager").create_secret(
        Name=f"{table}/toy", SecretString=json.dumps({"token": "right"})
    )
    house.bot = BOT
    with closing(house):
        yield house


def webhook(words: str, *, id: str, token: str = "right") -> dict[str, Any]:  # noqa: A002 - the network's word
    body = {"toy": "7", "items": [{"id": id, "who": 15550002001, "at": 1_800_000_000, "words": words}]}
    return {
        "rawPath": "/toy",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-toy-token": token},
        "body": json.dumps(body),
    }


def says(house: House, words: str, *, id: str) -> list[str]:  # noqa: A002 - the network's word
    """Run all functions, one after the other, on these words. Return all that the contact has been sent."""
    assert house.call("ingress", webhook(words, id=id))["statusCode"] == 200
    assert passed_on(house, "processor", "inbound") == {"batchItemFailures": []}
    sender = house.handler("sender")
    network = sender.__globals__["network"]._connections["toy"]
    assert isinstance(network, ToyNetwork)
    assert sender(records(house, "outbound"), Context()) == {"batchItemFailures": []}
    assert {(account, who) for account, who, _ in network.sent} <= {("toy:7", "15550002001")}
    return [content.body for _, _, content in network.sent if isinstance(content, Text)]


def records(house: House, queue: str) -> dict[str, Any]:
    """Return the messages on a queue as Lambda passes them on, and delete them."""
    url = house.queues[queue]
    found = house.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    ).get("Messages", [])
    for message in found:
        house.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            for message in found
        ]
    }


def passed_on(house: House, function: str, queue: str) -> Any:
    return house.call(function, records(house, queue))


def test_the_toy_goes_the_whole_way(house: House) -> None:
    assert says(house, "hello", id="1") == ["Welcome, 9999"], "it has no service window"
    assert says(house, "ask", id="2") == ["Which colour?\n\n1. red\n2. blue"], "it knows no buttons"
    assert says(house, "2", id="3") == ["You like blue"]


def test_a_webhook_of_the_toy_that_comes_again_is_answered_once(house: House) -> None:
    assert says(house, "hello", id="1") == ["Welcome, 9999"]
    assert says(house, "hello", id="1") == []


def test_only_its_own_token_proves_a_webhook_of_the_toy(house: House) -> None:
    assert house.call("ingress", webhook("hello", id="1", token="wrong"))["statusCode"] == 401
    assert house.call("ingress", webhook("hello", id="1") | {"headers": {}})["statusCode"] == 401
    assert house.waiting("inbound") == []


def test_what_is_no_webhook_of_the_toy_is_kept_in_the_quarantine(house: House) -> None:
    assert house.call("ingress", webhook("x", id="1") | {"body": "[]"})["statusCode"] == 200
    assert house.waiting("inbound") == []
    kept = boto3.client("s3").list_objects_v2(Bucket=house.table)
    assert kept["KeyCount"] == 1


def test_the_limits_of_the_toy_are_its_own(house: House) -> None:
    house.call("ingress", webhook("hello", id="1"))
    passed_on(house, "processor", "inbound")
    house.call("ingress", webhook("long", id="2"))
    assert passed_on(house, "processor", "inbound")["batchItemFailures"] == []
    found = house.dynamodb.scan(TableName=house.table)["Items"]
    (parked,) = [item for item in found if item.get("state", {}).get("S") == "parked"]
    assert parked["cause"]["S"].startswith("LimitExceeded")


def test_the_message_record_of_the_toy_says_that_it_was_accepted(house: House) -> None:
    says(house, "hello", id="1")
    found = house.dynamodb.scan(TableName=house.table)["Items"]
    (record,) = [item for item in found if item["sk"]["S"].startswith("OUT#")]
    assert "a1_accepted_at" in record
    (conversation,) = [item for item in found if item["sk"]["S"] == "CONVERSATION"]
    assert "has_no_window" in conversation
    assert conversation["contact_ids"] == {"L": [{"S": "15550002001"}]}
