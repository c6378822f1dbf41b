"""The processor function: inbound.fifo → `services.process`. The bot is built into it."""

from rejoinder.aws.starting import started  # isort: split

import os
import time
from functools import cache, partial
from pathlib import Path
from typing import Any

from rejoinder.aws.clients import client, rehearse
from rejoinder.aws.consume import Fifo, Record, consume, receive_count
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.links import LinkTable
from rejoinder.aws.media import S3Files
from rejoinder.aws.observe import EmfMeter, logger, write_error
from rejoinder.aws.outbox import SqsOutbox, SqsParkedUpdates, SqsUpdates
from rejoinder.aws.queues import SqsQueue, SqsReceipt
from rejoinder.aws.schedules import Schedules, SoonOrLater
from rejoinder.aws.secrets import StackSecrets
from rejoinder.aws.settings import ProcessorSettings, owners_in
from rejoinder.aws.stored.bodies import read_updates
from rejoinder.aws.time_limit import FUNCTION_SECONDS, TURN_SECONDS, turn_time_limit
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.loading import load_bots
from rejoinder.bot.places import told_of
from rejoinder.channels import FIRST, Networks, channel_of, channels_in, connect_all, import_room, parse
from rejoinder.ports import Understanding
from rejoinder.services.keep import Keeper
from rejoinder.services.process import Processor

logger()
settings = ProcessorSettings.load()
channels = channels_in(settings.channels)
import_room("inbound", channels)
meter = EmfMeter()
sqs = client("sqs")
store = ConversationTable(client("dynamodb"), settings.table_name)
folder = Path(__file__).parent
bots = load_bots(folder)
dead_letters = SqsQueue(sqs, settings.inbound_dlq_url)
fifo = Fifo(
    receipt=partial(SqsReceipt, sqs, settings.inbound_queue_url),
    dead_letters=dead_letters,
    again_seconds=FUNCTION_SECONDS + 2,
)
schedules = Schedules(
    partial(client, "scheduler"),
    group=settings.schedule_group,
    queue_arn=settings.inbound_queue_arn,
    dead_letter_arn=settings.events_dlq_arn,
    role_arn=settings.scheduler_role_arn,
    clock=time.time,
)
wake_ups = SoonOrLater(SqsUpdates(SqsQueue(sqs, settings.inbound_queue_url)), schedules)
understanding: Understanding = FuzzyUnderstanding()
if settings.bedrock_model_arn:
    from rejoinder.aws.bedrock import bedrock_understanding  # without a model, the start is faster

    understanding = bedrock_understanding(settings.bedrock_model_arn, otherwise=understanding)


@cache
def networks() -> Networks:
    """Return the way to the networks. Only a turn that fetches a file, or shows typing, needs it."""
    secrets = StackSecrets(
        client("secretsmanager"), settings.secrets_prefix, owners_in(settings.numbers, FIRST)
    )
    return connect_all(channels, secrets.of, os.environ)


outside = Keeper(
    files=S3Files(partial(client, "s3"), settings.media_bucket),
    media_of=lambda account: networks().of(account),
    network_of=lambda account: networks().of(account),
    links=LinkTable(client("dynamodb"), settings.table_name),
    clock=time.time,
)

rehearse("dynamodb", "batch_get_item", RequestItems={})
rehearse("sqs", "send_message_batch", QueueUrl=settings.outbound_queue_url, Entries=[])
started()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process an SQS event: one message, with updates of one conversation."""
    processor = Processor(
        bot_of=bots.of,
        rules_of=channel_of,
        understanding=understanding,
        store=store,
        outbox=SqsOutbox(SqsQueue(sqs, settings.outbound_queue_url)),
        wake_ups=wake_ups,
        parked=SqsParkedUpdates(dead_letters),
        outside=outside,
        meter=meter,
        clock=time.time,
        time_limit=turn_time_limit,
        has_time=lambda: context.get_remaining_time_in_millis() > (TURN_SECONDS + 3) * 1000,
        retention_seconds=int(settings.conversation_retention_days) * 86400,
        folder=folder,
        show=_show,
    )

    def process(record: Record) -> None:
        processor.process(read_updates(record["body"], parse), received_before=receive_count(record) > 1)

    with meter:
        return consume(event, process, meter=meter, fifo=fifo)


def _show(error: BaseException) -> None:
    """Show the bot's author what it raised. On AWS nothing is shown: it may quote what a contact wrote."""
    if settings.local == "true":
        write_error(told_of(error, folder))
