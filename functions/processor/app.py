"""The processor function: inbound.fifo → `services.process`, with the bot that was built into it."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from rejoinder.aws.clients import CONFIG
from rejoinder.aws.consume import Record, consume, receive_count
from rejoinder.aws.dynamodb import ConversationTable
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.outbox import SqsOutbox, SqsParkedUpdates
from rejoinder.aws.settings import ProcessorSettings
from rejoinder.aws.sqs import SqsQueue, SqsReceipt
from rejoinder.aws.time_limit import TURN_SECONDS, turn_time_limit
from rejoinder.aws.wire import InboundBody
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.loading import load_bot
from rejoinder.services.process import Processor

logger()
settings = ProcessorSettings.load()
meter = EmfMeter()
sqs = boto3.client("sqs", config=CONFIG)
store = ConversationTable(boto3.client("dynamodb", config=CONFIG), settings.table_name)
bot = load_bot(Path(__file__).parent)
receipt = partial(SqsReceipt, sqs, str(settings.inbound_queue_url))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle the SQS event: one message, with updates of one conversation."""
    processor = Processor(
        bot=bot,
        limits=WhatsAppLimits(),
        store=store,
        outbox=SqsOutbox(SqsQueue(sqs, str(settings.outbound_queue_url))),
        parked=SqsParkedUpdates(SqsQueue(sqs, str(settings.inbound_dlq_url))),
        meter=meter,
        clock=time.time,
        time_limit=turn_time_limit,
        has_time=lambda: context.get_remaining_time_in_millis() > (TURN_SECONDS + 3) * 1000,
    )
    answer = consume(event, partial(_process, processor), receipt=receipt)
    meter.flush()
    return answer


def _process(processor: Processor, record: Record) -> None:
    body = InboundBody.read(record["body"])
    updates = [parse(body.account_of(), update, received_at=body.received_at) for update in body.updates]
    processor.process(updates, received_before=receive_count(record) > 1)
