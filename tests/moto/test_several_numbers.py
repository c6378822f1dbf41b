"""Two numbers of two business accounts in one stack: each has its secret, its bot, its windows."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from rejoinder.workbench import development
from rejoinder.workbench.simulator.webhooks import sign
from tests.moto.test_handlers import House, event_of
from tests.moto.test_toy import passed_on
from tests.unit.whatsapp.test_client import Graph

SECOND, OTHER_WABA = development.SECOND_PHONE_NUMBER_ID, "2002"
BOTS = f"""
from rejoinder import Bot, Chat

bot, support = Bot(), Bot()
bots = {{"{SECOND}": support}}

@bot.otherwise
def sell(chat: Chat) -> None:
    chat.say("The shop")

@support.otherwise
def help(chat: Chat) -> None:
    chat.say("The support")
"""

pytest_plugins = ["tests.unit.whatsapp.test_client"]


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, graph: Graph, aws_door: Mapping[str, str]
) -> Iterator[House]:
    house = House(tmp_path, monkeypatch, table, graph.url, door=aws_door)
    monkeypatch.setenv("NUMBERS", f"{SECOND}={OTHER_WABA}")
    values = {"app_secret": "the other app's", "verify_token": "v", "access_token": "other-token"}
    boto3.client("secretsmanager").create_secret(
        Name=f"{table}/whatsapp/{OTHER_WABA}", SecretString=json.dumps(values)
    )
    house.bot = BOTS
    with closing(house):
        yield house


def says(house: House, number: str, app_secret: str) -> int:
    """Let Ada write to a number, and run all functions. Return the status of the webhook."""
    event = event_of("ingress/text.json")
    body = event["body"].replace(development.PHONE_NUMBER_ID, number)
    headers = {"x-hub-signature-256": sign(app_secret, body.encode())}
    status: int = house.call("ingress", event | {"body": body, "headers": headers})["statusCode"]
    if status == 200:
        assert passed_on(house, "processor", "inbound") == {"batchItemFailures": []}
        assert passed_on(house, "sender", "outbound") == {"batchItemFailures": []}
    return status


def sent(graph: Graph) -> list[tuple[str, str, Any]]:
    """Return the number, the token and the words of each message that Meta was asked for."""
    return [
        (path.split("/")[2], headers["Authorization"], body["text"]["body"])
        for path, headers, body in graph.requests
        if "text" in body
    ]


def test_each_number_has_its_own_secret_and_its_own_bot(house: House, graph: Graph) -> None:
    assert says(house, SECOND, "the other app's") == 200
    assert says(house, development.PHONE_NUMBER_ID, development.APP_SECRET) == 200
    assert sent(graph) == [
        (SECOND, "Bearer other-token", "The support"),
        (development.PHONE_NUMBER_ID, f"Bearer {development.ACCESS_TOKEN}", "The shop"),
    ]


def test_one_contact_has_a_conversation_with_each_number(house: House) -> None:
    says(house, SECOND, "the other app's")
    says(house, development.PHONE_NUMBER_ID, development.APP_SECRET)
    items = house.dynamodb.scan(TableName=house.table)["Items"]
    accounts = [item["account"]["S"] for item in items if item["sk"]["S"] == "CONVERSATION"]
    assert sorted(accounts) == [f"whatsapp:{development.PHONE_NUMBER_ID}", f"whatsapp:{SECOND}"]


def test_a_webhook_that_no_secret_proves_is_refused(house: House) -> None:
    assert says(house, SECOND, "somebody's") == 401


def test_a_secret_that_is_not_there_yet_stops_no_other_account(house: House, graph: Graph) -> None:
    boto3.client("secretsmanager").delete_secret(
        SecretId=f"{house.table}/whatsapp/{OTHER_WABA}", ForceDeleteWithoutRecovery=True
    )
    assert says(house, development.PHONE_NUMBER_ID, development.APP_SECRET) == 200
    assert len(sent(graph)) == 1
    assert says(house, SECOND, "the other app's") == 500, "the network delivers it again"
