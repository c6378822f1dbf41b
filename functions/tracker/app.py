"""The tracker function: the events queue → `services.track`."""

from rejoinder.aws.starting import started  # isort: split

import time
from typing import Any

from rejoinder.aws.account_events import AccountEventsTopic
from rejoinder.aws.clients import client
from rejoinder.aws.consume import Record, consume
from rejoinder.aws.direct import Sns
from rejoinder.aws.gates import GateTable
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.outbox import SqsOutbox, SqsUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.records import RecordTable
from rejoinder.aws.settings import TrackerSettings
from rejoinder.aws.stored.bodies import read_events
from rejoinder.aws.uploads import UploadTable
from rejoinder.channels import channel_named, import_room
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.track import Tracker

logger()
import_room("statuses")
settings = TrackerSettings.load()
meter = EmfMeter()
dynamodb = client("dynamodb")
sqs = client("sqs")
sns = Sns()
tracker = Tracker(
    stack=settings.stack_name,
    records=RecordTable(dynamodb, settings.table_name),
    outbox=SqsOutbox(SqsQueue(sqs, settings.outbound_queue_url)),
    uploads=UploadTable(dynamodb, settings.table_name),
    gatekeeper=Gatekeeper(GateTable(dynamodb, settings.table_name), meter),
    updates=SqsUpdates(SqsQueue(sqs, settings.inbound_queue_url)),
    account_events=AccountEventsTopic(sns, settings.account_events_topic_arn),
    meter=meter,
    clock=time.time,
)


started()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Track an SQS event: some messages, each with many statuses and account events."""
    with meter:
        return consume(event, _track, meter=meter)


def _track(record: Record) -> None:
    body = read_events(record["body"])
    channel = channel_named(body.channel)
    tracker.track_all([channel.parse_event(event, received_at=body.received_at) for event in body.events])
