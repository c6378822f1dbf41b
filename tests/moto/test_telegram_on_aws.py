"""A bot on both networks, as on Lambda: what Telegram asks for is in the roles, and rings the same alarms."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import boto3
import httpx
import pytest

from rejoinder.workbench import development
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.telegram.webhooks import set_webhook
from tests.moto.test_handlers import Context, House, event_of, simulator
from tests.moto.test_permissions import Asked, asked, refused
from tests.moto.test_toy import records

__all__ = ["asked", "simulator"]

ADA = "42"


@pytest.fixture
def house(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    simulator: Simulator,
    aws_door: Mapping[str, str],
) -> Iterator[House]:
    """Yield a stack on both networks."""
    house = House(tmp_path, monkeypatch, table, simulator.url, door=aws_door)
    monkeypatch.setenv("CHANNELS", "whatsapp,telegram")
    monkeypatch.setenv("TELEGRAM_BASE_URL", simulator.url)
    secrets = boto3.client("secretsmanager")
    secrets.create_secret(Name=f"{table}/telegram", SecretString=json.dumps(secret()))
    with closing(house):
        yield house


def secret(token: str = development.TELEGRAM_BOT_TOKEN) -> dict[str, str]:
    return {"bot_token": token, "secret_token": development.TELEGRAM_SECRET_TOKEN}


def say(simulator: Simulator, text: str) -> None:
    """Let Ada write to the bot, whose updates nobody fetches here."""
    order = {"channel": "telegram", "from": ADA, "text": text}
    httpx.post(f"{simulator.url}/sim/say", json=order, trust_env=False).raise_for_status()


def heard(simulator: Simulator) -> list[str]:
    asked = {"channel": "telegram", "contact": ADA}
    lines = httpx.get(f"{simulator.url}/sim/transcript", params=asked, trust_env=False).json()
    return [line["text"] for line in lines if line["direction"] == "out"]


def update(text: str = "hi") -> dict[str, object]:
    """Return an event of the ingress in which Ada says something."""
    event = event_of("ingress/telegram-text.json")
    body = json.loads(event["body"])
    person = {"id": int(ADA), "first_name": "Ada"}
    body["message"] |= {
        "text": text,
        "from": {**person, "is_bot": False},
        "chat": {**person, "type": "private"},
    }
    body["message"].pop("entities", None)
    return {**event, "body": json.dumps(body)}


def test_a_message_goes_the_whole_way_and_asks_for_what_the_roles_allow(
    house: House, simulator: Simulator, asked: Asked
) -> None:
    say(simulator, "hi")
    assert house.call("ingress", update())["statusCode"] == 200
    for function, queue in (("processor", "inbound"), ("sender", "outbound")):
        asked.clear()
        assert house.call(function, records(house, queue)) == {"batchItemFailures": []}
        assert asked
        assert refused(f"{function.title()}Role", asked) == set()
    assert heard(simulator) == ["Hello Ada! What can I do for you?"]


def test_a_revoked_token_closes_the_gate_of_the_bot_alone_and_counts_it(
    house: House, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(heard(simulator))
    revoked = secret(f"{development.TELEGRAM_BOT_ID}:a-token-that-was-revoked-0000000000")
    boto3.client("secretsmanager").put_secret_value(
        SecretId=f"{house.table}/telegram", SecretString=json.dumps(revoked)
    )
    house.call("ingress", update())
    house.call("processor", records(house, "inbound"))
    capsys.readouterr()
    house.handler("sender")(records(house, "outbound"), Context())
    assert '"GateClosed":1' in capsys.readouterr().out.replace(" ", "")
    gates = [
        item["pk"]["S"]
        for item in house.dynamodb.scan(TableName=house.table)["Items"]
        if item["pk"]["S"].startswith("GATE#")
    ]
    assert gates == [f"GATE#telegram:{development.TELEGRAM_BOT_ID}"]
    assert len(heard(simulator)) == before


@pytest.mark.parametrize(
    ("change", "metric"),
    [
        ({"headers": {"x-telegram-bot-api-secret-token": "guessed"}}, "SignatureInvalid"),
        ({}, "SignatureValid"),
        ({"body": "no JSON"}, "Quarantined"),
    ],
)
def test_the_alarms_of_the_front_door_hear_of_telegram_too(
    house: House, capsys: pytest.CaptureFixture[str], change: dict[str, object], metric: str
) -> None:
    house.call("ingress", update() | change)
    assert f'"{metric}":1' in capsys.readouterr().out.replace(" ", "")


def test_all_that_the_bot_reads_is_asked_for() -> None:
    wanted = set_webhook("https://example.com", "secret").parameters["allowed_updates"]
    assert {"message_reaction", "my_chat_member", "callback_query", "edited_message"} <= {*wanted}
