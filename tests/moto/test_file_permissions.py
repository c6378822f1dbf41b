"""What the functions ask of S3 and of the secret, with files, is what their roles in template.yaml allow."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from rejoinder.aws import clients
from rejoinder.aws.media import PIECE_BYTES
from rejoinder.workbench.sample_events import MEDIA_ID
from rejoinder.workbench.simulator.server import Simulator
from tests.moto.test_handlers import Context, House, event_of, house, simulator
from tests.moto.test_permissions import Asked, asked, refused, statements_of
from tests.moto.test_queues import taken
from tests.unit.template_rules import listed

__all__ = ["asked", "house", "simulator"]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LARGE = PNG + bytes(PIECE_BYTES)
CHECKED_AS = {
    "HeadObject": ("s3:GetObject", "s3:ListBucket"),  # without the second, S3 does not tell what is missing
    "CreateMultipartUpload": ("s3:PutObject",),
    "UploadPart": ("s3:PutObject",),
    "CompleteMultipartUpload": ("s3:PutObject",),
    "CopyObject": ("s3:GetObject", "s3:PutObject"),
    "GetSecretValue": ("secretsmanager:GetSecretValue",),
}
"""The actions that IAM checks for an operation, if they are not named like it
(docs.aws.amazon.com/AmazonS3, "Required permissions for Amazon S3 API operations")."""

FILES = """
from rejoinder import Bot, Chat, Document, Image

bot = Bot(keeps=Image)

@bot.on(Image)
def image(chat: Chat) -> None:
    file = chat.save(chat.message.content)
    assert file.read() and file.url()
    chat.say(Image("files/menu.png"))
    chat.say(Document(b"%PDF-1.7", filename="of-you.pdf"))
    chat.say(Document(file))
"""


@pytest.fixture
def asked_beside(house: House, asked: Asked) -> Iterator[set[str]]:
    """Return the actions that the clients made from now on need for S3 and the secret."""
    found: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        found.update(CHECKED_AS.get(model.name, (f"s3:{model.name}",)))

    events = clients.session().get_component("event_emitter")
    names = [f"provide-client-params.{service}" for service in ("s3", "secretsmanager")]
    for name in names:
        events.register(name, note)
    yield found
    for name in names:
        events.unregister(name, note)


def allowed(role: str, resource: str) -> set[str]:
    """Return what a role allows on whatever has `resource` in its name."""
    return {
        action
        for statement in statements_of(role)
        if resource in json.dumps(statement.get("Resource", ""))
        for action in listed(statement["Action"])
    }


def saved(house: House, simulator: Simulator, content: bytes) -> list[dict[str, Any]]:
    """Let a contact send a picture to a bot that saves it and says files. Return the turns that it makes."""
    house.bot = FILES
    folder = house.folder / "processor" / "files"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "menu.png").write_bytes(PNG)
    simulator.shelf.add(content, "image/jpeg", media_id=MEDIA_ID)
    process = house.handler("processor")
    event = event_of("processor/image.json")
    assert process(event, Context()) == {"batchItemFailures": []}
    for body in house.waiting("inbound"):  # what the bot keeps by itself
        again = {"Records": [event["Records"][0] | {"body": json.dumps(body)}]}
        assert process(again, Context()) == {"batchItemFailures": []}
    return [json.loads(body) for body in taken(house.sqs, house.queues["outbound"])]


@pytest.mark.parametrize("content", [PNG, LARGE], ids=["in one piece", "in parts"])
def test_the_processor_reaches_the_files_that_it_saves_and_says(
    house: House, simulator: Simulator, asked: Asked, asked_beside: set[str], content: bytes
) -> None:
    (turn,) = saved(house, simulator, content)
    assert len(turn["messages"]) == 3
    listed_ = boto3.client("s3").list_objects_v2(Bucket=house.table)["Contents"]
    assert sorted({one["Key"].split("/")[0] for one in listed_}) == ["bot", "contacts"]
    assert asked_beside >= {"s3:PutObject", "s3:GetObject", "secretsmanager:GetSecretValue"}
    assert asked_beside <= allowed("ProcessorRole", "MediaBucket") | allowed("ProcessorRole", "/whatsapp-")
    assert refused("ProcessorRole", asked) == set()


def test_the_sender_reaches_the_files_that_it_sends(
    house: House, simulator: Simulator, asked: Asked, asked_beside: set[str]
) -> None:
    (turn,) = saved(house, simulator, PNG)
    asked.clear()
    asked_beside.clear()
    send, event = house.handler("sender"), event_of("sender/turn.json")
    event["Records"][0]["body"] = json.dumps(turn)
    assert send(event, Context()) == {"batchItemFailures": []}
    items = house.dynamodb.scan(TableName=house.table)["Items"]
    assert len([item for item in items if item["pk"]["S"].startswith("UPLOAD#")]) == 2, (
        "the picture that was saved is the menu"
    )
    assert len([item for item in items if "a1_network_id" in item]) == 3
    assert asked_beside == {"s3:GetObject", "secretsmanager:GetSecretValue"}
    assert asked_beside <= allowed("SenderRole", "MediaBucket") | allowed("SenderRole", "/whatsapp-")
    kinds = {(action, key.partition("#")[0]) for action, key in asked}
    assert kinds >= {("GetItem", "UPLOAD"), ("UpdateItem", "UPLOAD")}
    assert refused("SenderRole", asked) == set()


def test_the_tracker_forgets_what_meta_called_a_file_that_it_does_not_find(
    house: House, simulator: Simulator, asked: Asked, asked_beside: set[str]
) -> None:
    (turn,) = saved(house, simulator, PNG)
    send, event = house.handler("sender"), event_of("sender/turn.json")
    event["Records"][0]["body"] = json.dumps(turn)
    send(event, Context())
    asked.clear()
    asked_beside.clear()
    event, first = event_of("tracker/late-failure.json"), turn["messages"][0]["id"]
    body = event["Records"][0]["body"].replace("130429", "131053").replace("sampleturn-1", first)
    event["Records"][0]["body"] = body.replace("samplekey", turn["conversation_key"])
    assert house.call("tracker", event) == {"batchItemFailures": []}
    kinds = {(action, key.partition("#")[0]) for action, key in asked}
    assert ("DeleteItem", "UPLOAD") in kinds
    assert refused("TrackerRole", asked) == set()
    assert asked_beside == set()
    (again,) = house.waiting("outbound")
    assert [message["id"] for message in again["messages"]] == [first]
