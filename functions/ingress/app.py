"""The ingress function: API Gateway → `services.receive`."""

import time
from typing import Any

import boto3

from rejoinder.aws.api_gateway import body_of
from rejoinder.aws.clients import CONFIG
from rejoinder.aws.ingress_settings import IngressSettings
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.quarantine import S3Quarantine
from rejoinder.aws.secrets import Secret, WhatsAppWebhookSecrets
from rejoinder.aws.sqs import SqsQueue
from rejoinder.channels.whatsapp.signature import verify
from rejoinder.channels.whatsapp.split import split
from rejoinder.services.receive import Receiver

logger()
settings = IngressSettings.load()
meter = EmfMeter()
sqs = boto3.client("sqs", config=CONFIG)
receiver = Receiver(
    split=split,
    verify=verify,
    secrets=WhatsAppWebhookSecrets(Secret(boto3.client("secretsmanager", config=CONFIG), settings.secret_id)),
    inbound=SqsQueue(sqs, settings.inbound_queue_url),
    events=SqsQueue(sqs, settings.events_queue_url),
    quarantine=S3Quarantine(boto3.client("s3", config=CONFIG), settings.quarantine_bucket),
    meter=meter,
    clock=time.time,
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0; header names come in lower case)."""
    if event["requestContext"]["http"]["method"] == "GET":
        answer = receiver.handshake(event.get("queryStringParameters") or {})
    else:
        answer = receiver.receive(body_of(event), event.get("headers", {}).get("x-hub-signature-256"))
    meter.flush()
    return {"statusCode": answer.status, "body": answer.body, "headers": {"content-type": "text/plain"}}
