"""The ingress function: API Gateway → `services.receive`."""

from rejoinder.aws.starting import started  # isort: split

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rejoinder.aws.api_gateway import request_of
from rejoinder.aws.direct import SecretsManager, Sqs
from rejoinder.aws.early_start import start_others
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.quarantine import S3Quarantine
from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.secrets import StackSecrets
from rejoinder.aws.settings import IngressSettings, owners_in
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channels import FIRST, channel_at, channels_in, front_named
from rejoinder.errors import SettingsError, describe
from rejoinder.model.metrics import Metric
from rejoinder.services.receive import Answer, Receiver

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

settings = IngressSettings.load()
start_others(settings.start_topic_arn)  # before the rest: it goes on beside it
log = logging.getLogger("rejoinder")
logger()
meter = EmfMeter()
sqs, secretsmanager = Sqs(), SecretsManager()
secrets = StackSecrets(secretsmanager, settings.secrets_prefix, owners_in(settings.numbers, FIRST))


def s3() -> "S3Client":
    """Return the client for the quarantine. It is rarely needed, and takes long to make."""
    from rejoinder.aws.clients import client  # noqa: PLC0415

    made: S3Client = client("s3")
    return made


def receiver_of(channel: str) -> Receiver:
    """Return the receiver of that channel's webhooks."""
    return Receiver(
        front=front_named(channel),
        secrets=secrets.all_of(channel),
        inbound=SqsQueue(sqs, settings.inbound_queue_url),
        events=SqsQueue(sqs, settings.events_queue_url),
        bodies=JsonBodies(),
        quarantine=S3Quarantine(s3, settings.quarantine_bucket),
        meter=meter,
        clock=time.time,
    )


receivers = {name: receiver_of(name) for name in channels_in(settings.channels)}
busiest = next(iter(receivers.values()))
with suppress(SettingsError):  # then the first webhook looks for it, and says so
    busiest.secrets[0].read()
sqs.connect()
started()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0)."""
    with meter:
        try:
            answer = _answer(event)
        except Exception as error:  # noqa: BLE001 - whatever it was, the network must deliver again
            log.error("a request was not handled", extra={"cause": describe(error)})
            answer = Answer(status=500)
        if answer.status >= 500:  # Lambda counts no error, because the function has answered
            meter.count(Metric.WORK_FAILED)
    return {"statusCode": answer.status, "body": answer.body, "headers": {"content-type": answer.type}}


def _answer(event: dict[str, Any]) -> Answer:
    request = request_of(event)
    channel = channel_at(request.path)
    if channel not in receivers:
        return Answer(status=404)
    if event["requestContext"]["http"]["method"] == "GET":
        return receivers[channel].handshake(request)
    return receivers[channel].receive(request)
