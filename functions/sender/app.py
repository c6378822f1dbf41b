"""The sender function: outbound.fifo → `services.deliver`."""

import time
from functools import partial
from typing import Any

import boto3

from rejoinder.aws.clients import CONFIG
from rejoinder.aws.consume import Record, consume
from rejoinder.aws.dynamodb import ConversationTable
from rejoinder.aws.gates import GateTable
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.outbox import SqsUpdates
from rejoinder.aws.records import RecordTable
from rejoinder.aws.secrets import AccessToken, Secret
from rejoinder.aws.settings import SenderSettings
from rejoinder.aws.sqs import SqsQueue, SqsReceipt
from rejoinder.aws.wire import read_turn
from rejoinder.channels.whatsapp.client import ANSWER_SECONDS, CONNECT_SECONDS, GraphClient
from rejoinder.services.deliver import Sender
from rejoinder.services.gatekeeper import Gatekeeper

logger()
settings = SenderSettings.load()
meter = EmfMeter()
dynamodb = boto3.client("dynamodb", config=CONFIG)
sqs = boto3.client("sqs", config=CONFIG)
receipt = partial(SqsReceipt, sqs, str(settings.outbound_queue_url))
network = GraphClient(
    base_url=str(settings.graph_base_url),
    api_version=settings.graph_api_version,
    token=AccessToken(Secret(boto3.client("secretsmanager", config=CONFIG), settings.secret_id)),
)
gatekeeper = Gatekeeper(GateTable(dynamodb, settings.table_name), meter)
MESSAGE_SECONDS = 3 * (CONNECT_SECONDS + ANSWER_SECONDS) + 3
"""What one message may take: the read receipt, the message, its template, and AWS."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle the SQS event: one message, with what one turn said."""
    sender = Sender(
        stack=settings.stack_name,
        network=network,
        records=RecordTable(dynamodb, settings.table_name),
        windows=ConversationTable(dynamodb, settings.table_name),
        gatekeeper=gatekeeper,
        updates=SqsUpdates(SqsQueue(sqs, str(settings.inbound_queue_url))),
        meter=meter,
        clock=time.time,
        has_time=lambda: context.get_remaining_time_in_millis() > MESSAGE_SECONDS * 1000,
    )
    answer = consume(event, partial(_deliver, sender), receipt=receipt)
    meter.flush()
    return answer


def _deliver(sender: Sender, record: Record) -> None:
    sender.deliver(read_turn(record["body"]))
