"""The tracker function: the events queue → `services.track`."""

from rejoinder.aws.starting import started  # isort: split

import os
import time
from functools import cache
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
from rejoinder.aws.secrets import StackSecrets
from rejoinder.aws.settings import TrackerSettings, owners_in
from rejoinder.aws.stored.bodies import read_events
from rejoinder.aws.template_states import TemplateTable, is_sync
from rejoinder.aws.uploads import UploadTable
from rejoinder.channels import FIRST, Networks, channel_named, channels_in, connect_all, import_room
from rejoinder.model.people import Account
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.template_news import TemplateNews
from rejoinder.services.track import Tracker

logger()
settings = TrackerSettings.load()
channels = channels_in(settings.channels)
import_room("statuses", channels)
meter = EmfMeter()
dynamodb = client("dynamodb")
sqs = client("sqs")
sns = Sns()
owners = owners_in(settings.numbers, FIRST)
updates = SqsUpdates(SqsQueue(sqs, settings.inbound_queue_url))


@cache
def networks() -> Networks:
    """Return the ways to the networks. Statuses need none."""
    secrets = StackSecrets(client("secretsmanager"), settings.secrets_prefix, owners)
    return connect_all(channels, secrets.of, os.environ)


templates = TemplateNews(
    states=TemplateTable(dynamodb, settings.table_name),
    updates=updates,
    meter=meter,
    owner_of=lambda account: networks().owner(account),
)
tracker = Tracker(
    stack=settings.stack_name,
    records=RecordTable(dynamodb, settings.table_name),
    outbox=SqsOutbox(SqsQueue(sqs, settings.outbound_queue_url)),
    uploads=UploadTable(dynamodb, settings.table_name),
    gatekeeper=Gatekeeper(GateTable(dynamodb, settings.table_name), meter),
    updates=updates,
    templates=templates,
    account_events=AccountEventsTopic(sns, settings.account_events_topic_arn),
    meter=meter,
    clock=time.time,
)
accounts = [
    *(Account(channel=name, id="") for name in channels),
    *dict.fromkeys(Account(channel=account.channel, id=owner) for account, owner in owners.items()),
]
"""One for each owner: the first of each channel, and those of further accounts. Secrets say who they are."""

started()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Track an SQS event: some messages, each with many statuses and events; or sync the templates."""
    with meter:
        if is_sync(event):
            return {"failed": templates.sync(networks(), accounts, time.time())}
        return consume(event, _track, meter=meter)


def _track(record: Record) -> None:
    body = read_events(record["body"])
    channel = channel_named(body.channel)
    tracker.track_all([channel.parse_event(event, received_at=body.received_at) for event in body.events])
