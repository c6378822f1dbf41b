"""The sender function: outbound.fifo → `services.doorkeeper` → `services.deliver`."""

from rejoinder.aws.starting import started  # isort: split

import os
import time
from functools import partial
from typing import Any

from rejoinder.aws.at_gate import WaitingTable
from rejoinder.aws.clients import client, rehearse
from rejoinder.aws.consume import Fifo, consume, outbound_of
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.gates import GateTable
from rejoinder.aws.media import S3Files
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.outbox import SqsErrands, SqsUpdates
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.aws.records import RecordTable
from rejoinder.aws.secrets import StackSecrets
from rejoinder.aws.settings import SenderSettings, owners_in
from rejoinder.aws.template_states import TemplateTable
from rejoinder.aws.uploads import UploadTable
from rejoinder.channels import FIRST, channel_named, channel_of, channels_in, connect_all
from rejoinder.file_ports import FileStores
from rejoinder.services.allowed import Allowed
from rejoinder.services.deliver import Sender
from rejoinder.services.doorkeeper import Doorkeeper
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.upload import Uploader

logger()
settings = SenderSettings.load()
meter = EmfMeter()
dynamodb = client("dynamodb")
sqs = client("sqs")
fifo = Fifo(
    receipt=partial(SqsReceipt, sqs, settings.outbound_queue_url),
    dead_letters=SqsQueue(sqs, settings.outbound_dlq_url),
)
secrets = StackSecrets(client("secretsmanager"), settings.secrets_prefix, owners_in(settings.numbers, FIRST))
stores = FileStores(
    files=S3Files(partial(client, "s3"), settings.media_bucket),
    uploads=UploadTable(dynamodb, settings.table_name),
)
names = channels_in(settings.channels)
network = connect_all(names, secrets.of, os.environ, stores)
gates = GateTable(dynamodb, settings.table_name)
gatekeeper = Gatekeeper(gates, meter)
waiting = WaitingTable(dynamodb, settings.table_name)
uploader = Uploader(
    files=stores.files,
    media=network,
    uploads=stores.uploads,
    clock=time.time,
)
conversations = ConversationTable(dynamodb, settings.table_name)
allowed = Allowed(
    states=TemplateTable(dynamodb, settings.table_name),
    consents=conversations,
    owner_of=network.owner,
    utility_needs_consent=settings.utility_needs_consent == "true",
)
channels = [channel_named(name) for name in names]
MESSAGE_SECONDS = max(channel.send_seconds for channel in channels) + 3
"""The longest time for one message, in seconds: all requests to the network and to AWS."""
FILE_SECONDS = max(channel.upload_seconds for channel in channels)
"""The longest time for the files of one message, in seconds."""

rehearse("dynamodb", "update_item", TableName=settings.table_name, Key={})
started()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deliver an SQS event: one message, with the messages of one turn."""
    sender = Sender(
        stack=settings.stack_name,
        rules_of=channel_of,
        network=network,
        uploader=uploader,
        allowed=allowed,
        records=RecordTable(dynamodb, settings.table_name),
        windows=conversations,
        gatekeeper=gatekeeper,
        updates=SqsUpdates(SqsQueue(sqs, settings.inbound_queue_url)),
        meter=meter,
        clock=time.time,
        has_time=lambda has_file: (
            context.get_remaining_time_in_millis() > (MESSAGE_SECONDS + has_file * FILE_SECONDS) * 1000
        ),
    )
    doorkeeper = Doorkeeper(
        sender=sender,
        gates=gates,
        turns=waiting,
        waiting=waiting,
        dead_letters=fifo.dead_letters,
        errands=SqsErrands(SqsQueue(sqs, settings.outbound_queue_url)),
        meter=meter,
        senders=int(settings.sender_concurrency),
    )
    with meter:
        return consume(event, lambda record: doorkeeper.handle(*outbound_of(record)), meter=meter, fifo=fifo)
