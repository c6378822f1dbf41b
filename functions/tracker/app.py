"""The tracker function: the events queue → `services.track`."""

from typing import Any

import boto3

from rejoinder.aws.clients import CONFIG
from rejoinder.aws.consume import Record, consume
from rejoinder.aws.dynamodb import RecordTable
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.outbox import SqsUpdates
from rejoinder.aws.settings import TrackerSettings
from rejoinder.aws.sqs import SqsQueue
from rejoinder.aws.wire import EventsBody
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.services.track import Tracker

logger()
settings = TrackerSettings.load()
meter = EmfMeter()
tracker = Tracker(
    stack=settings.stack_name,
    records=RecordTable(boto3.client("dynamodb", config=CONFIG), settings.table_name),
    updates=SqsUpdates(SqsQueue(boto3.client("sqs", config=CONFIG), str(settings.inbound_queue_url))),
    meter=meter,
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Handle the SQS event: some messages, each with many statuses and account events."""
    answer = consume(event, _track)
    meter.flush()
    return answer


def _track(record: Record) -> None:
    body = EventsBody.read(record["body"])
    tracker.track_all([parse_event(update, received_at=body.received_at) for update in body.updates])
