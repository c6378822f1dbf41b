"""The store of a world, on DynamoDB."""

import time
from collections.abc import Callable

from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.records import RecordTable
from rejoinder.testing.memory import MemoryStore


class Tables(MemoryStore):
    """The conversations and the messages on DynamoDB, and what else there is in memory."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        conversations, records = ConversationTable(client, table, clock), RecordTable(client, table)
        for name in ("load", "commit", "quoted", "record_try", "window_closes_at", "consent"):
            setattr(self, name, getattr(conversations, name))
        for name in ("read", "claim", "write_step", "name"):
            setattr(self, name, getattr(records, name))
