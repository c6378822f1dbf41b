"""A whole bot in one function, as people write it: boto3, Powertools, pydantic, requests.

It checks the signature, reads the message, keeps a session in DynamoDB, and answers. `make bench` compares
with it.
"""

import hashlib
import hmac
import json
import os
from typing import Any

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, Field

logger = Logger()
metrics = Metrics()
app = APIGatewayHttpResolver()
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
secrets = boto3.client("secretsmanager")
session = requests.Session()
kept: dict[str, str] = {}


class Text(BaseModel):
    """The text of a message."""

    body: str


class Message(BaseModel):
    """A message."""

    id: str
    sender: str = Field(alias="from")
    type: str
    text: Text | None = None


class Value(BaseModel):
    """What changed."""

    messages: list[Message] = []


class Change(BaseModel):
    """A change."""

    value: Value


class Entry(BaseModel):
    """An entry."""

    changes: list[Change]


class Webhook(BaseModel):
    """A webhook."""

    entry: list[Entry]


def secret() -> dict[str, str]:
    """Return the secret; it is read once."""
    if not kept:
        kept.update(json.loads(secrets.get_secret_value(SecretId=os.environ["SECRET_ID"])["SecretString"]))
    return kept


@app.post("/webhook")
def receive() -> Response[str]:
    """Answer the messages of a webhook."""
    body = app.current_event.decoded_body
    expected = hmac.new(secret()["app_secret"].encode(), body.encode(), hashlib.sha256).hexdigest()
    given = (app.current_event.headers or {}).get("x-hub-signature-256", "")
    if not hmac.compare_digest(f"sha256={expected}", given):
        return Response(status_code=401)
    for entry in Webhook.model_validate_json(body).entry:
        for change in entry.changes:
            for message in change.value.messages:
                answer(message)
    return Response(status_code=200)


def answer(message: Message) -> None:
    """Answer one message, and count how many there were."""
    item = table.get_item(Key={"pk": message.sender, "sk": "SESSION"}).get("Item", {})
    table.put_item(Item={"pk": message.sender, "sk": "SESSION", "count": int(item.get("count", 0)) + 1})
    text = message.text.body if message.text else "nothing"
    response = session.post(
        f"{os.environ['GRAPH_BASE_URL']}/v25.0/{os.environ['PHONE_ID']}/messages",
        json={"messaging_product": "whatsapp", "to": message.sender, "text": {"body": f"You said: {text}"}},
        headers={"Authorization": f"Bearer {secret()['access_token']}"},
        timeout=10,
    )
    response.raise_for_status()
    metrics.add_metric(name="Answered", unit=MetricUnit.Count, value=1)
    logger.info("answered")


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle a request of the HTTP API."""
    return app.resolve(event, context)
