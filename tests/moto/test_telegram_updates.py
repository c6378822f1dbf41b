"""Updates of Telegram through the ingress and the processor, which are built and called as on Lambda."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from rejoinder.aws.stored.bodies import read_update
from rejoinder.model.own import Gathered
from rejoinder.workbench import development
from rejoinder.workbench.sample_updates import UPDATES
from tests.moto.test_handlers import Context, House, event_of
from tests.moto.test_toy import passed_on, records

NOTING = """
from rejoinder import Bot, Chat

bot = Bot()

@bot.otherwise
def note(chat: Chat) -> None:
    chat.data["heard"] = [*chat.data.get("heard", []), chat.message.text]
    chat.data["kinds"] = [part.kind for part in (*chat.message.parts, chat.message.content)]
"""


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, aws_door: Mapping[str, str]
) -> Iterator[House]:
    """Yield a stack with both channels, and a bot that notes what it hears."""
    house = House(tmp_path, monkeypatch, table, "http://127.0.0.1:9", door=aws_door)
    monkeypatch.setenv("CHANNELS", "whatsapp,telegram")
    secret = {
        "bot_token": development.TELEGRAM_BOT_TOKEN,
        "secret_token": development.TELEGRAM_SECRET_TOKEN,
    }
    boto3.client("secretsmanager").create_secret(Name=f"{table}/telegram", SecretString=json.dumps(secret))
    house.bot = NOTING
    with closing(house):
        yield house


def data_of(house: House) -> Any:
    """Return the bot's data of the only conversation."""
    found = house.dynamodb.scan(TableName=house.table)["Items"]
    (conversation,) = [item for item in found if item["sk"]["S"] == "CONVERSATION"]
    return json.loads(conversation["data"]["S"])


def test_events_of_the_ingress(house: House) -> None:
    ingress = house.handler("ingress")
    for name, update in UPDATES.items():
        answer = ingress(event_of(f"ingress/telegram-{name}.json"), Context())
        assert answer["statusCode"] == 200
        (record,) = records(house, "inbound")["Records"]
        queued = json.loads(record["body"])
        assert queued["account"] == f"telegram:{development.TELEGRAM_BOT_ID}"
        assert [one["update"] for one in queued["updates"]] == [update]
        told = json.loads(answer["body"] or "{}")
        assert told.get("text") == ("Opening hours" if name == "tap" else None)
        assert answer["headers"]["content-type"] == ("application/json" if told else "text/plain")


def test_events_of_the_processor(house: House) -> None:
    process = house.handler("processor")
    for name in UPDATES:
        event = event_of(f"processor/telegram-{name}.json")
        assert process(event, Context()) == {"batchItemFailures": []}
    assert data_of(house) == {"heard": ["hi", "Opening hours", "hi"], "kinds": ["image"]}


def test_an_update_that_comes_again_is_one_turn_even_under_another_number(house: House) -> None:
    """Telegram delivers again for a day, and after a quiet week it numbers its updates anew."""
    event, ingress = event_of("ingress/telegram-text.json"), house.handler("ingress")
    process = house.handler("processor")
    for number in (900000001, 900000001, 7):
        event["body"] = json.dumps({**UPDATES["text"], "update_id": number})
        assert ingress(event, Context())["statusCode"] == 200
        assert process(records(house, "inbound"), Context()) == {"batchItemFailures": []}
    assert data_of(house)["heard"] == ["hi"]


def test_what_cannot_be_understood_is_kept_and_answered_200(house: House) -> None:
    ingress = house.handler("ingress")
    bodies = ("{}", "[" * 9999, '{"update_id": 1, "message": {"chat": {"id": "x"}}}')
    for body in bodies:
        event = event_of("ingress/telegram-text.json") | {"body": body}
        assert ingress(event, Context())["statusCode"] == 200
    assert house.waiting("inbound") == []
    kept = boto3.client("s3").list_objects_v2(Bucket=house.table)["Contents"]
    assert sorted(one["Size"] for one in kept) == sorted(map(len, bodies))


def test_a_wrong_token_is_answered_401_and_nothing_is_stored(house: House) -> None:
    event = event_of("ingress/telegram-text.json")
    event["headers"]["x-telegram-bot-api-secret-token"] = "guessed"
    answer = house.call("ingress", event)
    assert (answer["statusCode"], answer["body"]) == (401, "")
    assert house.waiting("inbound") == []
    assert boto3.client("s3").list_objects_v2(Bucket=house.table)["KeyCount"] == 0


def test_the_files_of_an_album_wait_together(house: House) -> None:
    photo: Any = UPDATES["photo"]["message"]
    event, ingress = event_of("ingress/telegram-photo.json"), house.handler("ingress")
    for number in (21, 22):
        message = {**photo, "message_id": number, "media_group_id": "5"}
        event["body"] = json.dumps({"update_id": number, "message": message})
        assert ingress(event, Context())["statusCode"] == 200
    assert passed_on(house, "processor", "inbound") == {"batchItemFailures": []}
    ends = [read_update(one["body"]) for one in records(house, "inbound")["Records"]]
    assert [(end.content, end.album) for end in ends] == [(Gathered(), "5"), (Gathered(), "5")]
    found = house.dynamodb.scan(TableName=house.table)["Items"]
    (conversation,) = [item for item in found if item["sk"]["S"] == "CONVERSATION"]
    assert len(json.loads(conversation["gathered"]["S"])) == 2
