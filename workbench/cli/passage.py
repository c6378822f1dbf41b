"""Shows which AWS resources some messages passed, as counted in the logs, the queues and the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from rejoinder.aws.keys import is_record, key_of, marker_item
from rejoinder.aws.stored.items import read_steps
from rejoinder.channels import channel_of
from rejoinder.model.ids import correlation_id as our_id
from rejoinder.model.people import Account
from rejoinder.workbench.deployment.queues import QUEUES, count, dlq_urls, queue_urls
from rejoinder.workbench.handset.handset import wait_for
from rejoinder.workbench.stack import LocalStack
from rejoinder.workbench.stack.logs import Entry, LogReader

TRACK_SECONDS = 10.0
"""How long to wait for the last status of every message, in seconds."""

FUNCTIONS = ("ingress", "processor", "sender", "tracker")

STEPS = ("sending", "accepted", "sent", "delivered", "read", "failed")
"""The steps of an attempt, in the order in which they are shown."""

FINAL = ("read", "failed")
"""The steps after which no other one is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What the AWS of a stack knows about one inbound message."""

    correlation_id: str
    """The correlation id of the message."""

    marker: str | None
    """The state of its marker; None when it has none."""

    records: Sequence[Mapping[str, Any]]
    """The records of the messages that answered it, as DynamoDB items."""

    entries: Sequence[Entry]
    """The functions' log records about it."""

    def count(self, function: str) -> int:
        """Return how many log records of a function are about the message."""
        return sum(entry.function == function for entry in self.entries)

    def __str__(self) -> str:
        functions = ", ".join(f"{name} {self.count(name)}" for name in FUNCTIONS)
        steps = [step for record in self.records for step in _steps(record)]
        return f"{functions}; marker {self.marker or 'missing'}; record {', '.join(steps) or 'missing'}"


def of(stack: LocalStack, account: Account, said: Mapping[str, str], logs: LogReader) -> Iterator[str]:
    """
    Yield lines about the way of some messages to an account, first by resource, then by message.

    `said` holds the words by the network's message id. `logs` must be opened before they are said.
    """
    entries: list[Entry] = []
    passages = wait_for(lambda: _complete(stack, account, said, entries, logs), seconds=TRACK_SECONDS)
    found = passages or _passages(stack, account, said, entries)
    yield "  what the messages passed"
    yield from (f"    {line}" for line in _resources(stack, account, found, logs))
    yield "  by message: its correlation id, each function's log records about it, and what the table holds"
    for words, passage in zip(said.values(), found, strict=True):
        yield f"    {passage.correlation_id[:8]}  > {words}"
        yield f"              {passage}"


def _complete(
    stack: LocalStack, account: Account, said: Mapping[str, str], entries: list[Entry], logs: LogReader
) -> list[Passage] | None:
    """Return all passages, once every message has come to its end; else None.

    The end is the last status in the log of the tracker. Where none comes, it is the end of the turn.
    """
    entries.extend(logs.read())
    found = _passages(stack, account, said, entries)
    if not channel_of(account).has_statuses:
        return found if all(passage.marker == "done" and passage.records for passage in found) else None
    tracked = [[e.message for e in passage.entries if e.function == "tracker"] for passage in found]
    done = all({*messages} & {*FINAL} for messages in tracked)
    return found if done and not _left(stack, stack.events_queue_url) else None


def _passages(
    stack: LocalStack, account: Account, said: Mapping[str, str], entries: Sequence[Entry]
) -> list[Passage]:
    items = _items(stack)
    return [_passage(account, message_id, items, entries) for message_id in said]


def _passage(
    account: Account, message_id: str, items: Sequence[Mapping[str, Any]], entries: Sequence[Entry]
) -> Passage:
    correlation_id = our_id(str(account), message_id)
    markers = [item["state"]["S"] for item in items if key_of(item) == marker_item(account, message_id)]
    return Passage(
        correlation_id=correlation_id,
        marker=markers[0] if markers else None,
        records=[item for item in items if is_record(item, f"{correlation_id}-")],
        entries=[entry for entry in entries if entry.correlation_id == correlation_id],
    )


def _items(stack: LocalStack) -> list[Mapping[str, Any]]:
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.table_name)
    return [item for page in pages for item in page["Items"]]


def _steps(record: Mapping[str, Any]) -> list[str]:
    """Return the steps in a message record, in the order of STEPS.

    Their times come from two clocks, the network's and ours, so they give no order.
    """
    reached = {step for steps in read_steps(dict(record)).steps.values() for step in steps}
    return [step for step in STEPS if step in reached]


def _resources(
    stack: LocalStack, account: Account, passages: Sequence[Passage], logs: LogReader
) -> Iterator[str]:
    asked = {"channel": account.channel}
    received = httpx.get(f"{stack.simulator_url}/sim/received", params=asked, trust_env=False).json()
    answered = sum(delivery.get("status") == 200 for delivery in received)
    yield f"API Gateway  {stack.api_id}: {len(received)} webhooks, {answered} answered with 200"
    for name in stack.functions:
        if queue := QUEUES.get(name):
            urls = (queue_urls(stack)[queue], dlq_urls(stack)[queue])
            yield f"SQS          {', '.join(_queue(stack, url) for url in urls)}"
        yield f"Lambda       {stack.functions[name]}: {logs.invocations[name]} invocations"
    markers, records = sum(p.marker == "done" for p in passages), sum(len(p.records) for p in passages)
    yield f"DynamoDB     {stack.table_name}: {markers} markers done, {records} message records"


def _queue(stack: LocalStack, url: str) -> str:
    return f"{url.rpartition('/')[2]}: {_left(stack, url)} left"


def _left(stack: LocalStack, url: str) -> int:
    """Return how many messages a queue holds, including those that a function works on."""
    found = count(stack.client("sqs"), url)
    return found.visible + found.at_work
