"""Reads what the table, the queues and the simulator hold."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import httpx

from rejoinder.aws.keys import MARKER, is_conversation, is_marker, is_record, message_id_of, outbound_id_of
from rejoinder.aws.stored.items import read_steps
from rejoinder.model.delivery import Callback
from rejoinder.workbench.chaos.plan import Update, talk_of
from rejoinder.workbench.chaos.tally import FINISHED, Acceptance, Evidence, Steps
from rejoinder.workbench.stack import LocalStack


def gather(stack: LocalStack, updates: Sequence[Update], put_back: Collection[str]) -> Evidence:
    """Return all that the tally needs of `updates`. Those in `put_back` were parked before."""
    items, ids, talks = list(_items(stack)), {one.id for one in updates}, {one.talk for one in updates}
    counts = {_talk(item): _count(item) for item in filter(is_conversation, items)}
    accepted = [_acceptance(sent) for sent in _sent(stack)]
    return Evidence(
        updates=updates,
        put_back=put_back,
        markers={id: state for id, state in _markers(items).items() if id in ids},
        counts={talk: count for talk, count in counts.items() if talk in talks},
        records={outbound_id_of(item): _attempts(item) for item in filter(is_record, items)},
        acceptances=[one for one in accepted if one.contact in talks],
        dead=sum(waiting(stack, stack.inbound_dlq_url, stack.outbound_dlq_url, stack.events_dlq_url)),
    )


def parked(stack: LocalStack) -> set[str]:
    """Return the ids of the updates that are parked now."""
    return {id for id, state in _markers(_items(stack)).items() if state == "parked"}


def handled(stack: LocalStack) -> int:
    """Return how many updates have come to the end of their turn so far."""
    projection = {
        "ProjectionExpression": "pk, sk, #state",
        "FilterExpression": "sk = :marker",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":marker": {"S": MARKER}},
    }
    return sum(state in FINISHED for state in _markers(_items(stack, **projection)).values())


def waiting(stack: LocalStack, *queue_urls: str) -> list[int]:
    """Return how many messages each queue holds, including those that are delayed or being handled."""
    sqs, names = stack.client("sqs"), ["All"]
    found = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"] for url in queue_urls]
    return [
        sum(int(count) for name, count in queue.items() if name.startswith("ApproximateNumberOfMessages"))
        for queue in found
    ]


def _items(stack: LocalStack, **more: Any) -> Iterator[Mapping[str, Any]]:
    pages = stack.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=stack.table_name, ConsistentRead=True, **more):
        yield from page["Items"]


def _markers(items: Sequence[Mapping[str, Any]] | Iterator[Mapping[str, Any]]) -> dict[str, str]:
    return {message_id_of(item): item["state"]["S"] for item in items if is_marker(item)}


def _talk(conversation: Mapping[str, Any]) -> str:
    number = conversation["account"]["S"].partition(":")[2]
    return talk_of(number, conversation["contact_ids"]["L"][0]["S"])


def _count(talk: Mapping[str, Any]) -> int:
    return int(json.loads(talk["data"]["S"]).get("count", 0))


def _attempts(item: Mapping[str, Any]) -> dict[int, Steps]:
    return {n: frozenset(step.value for step in steps) for n, steps in read_steps(dict(item)).steps.items()}


def _sent(stack: LocalStack) -> list[Mapping[str, Any]]:
    answer = httpx.get(f"{stack.simulator_url}/sim/sent", timeout=60, trust_env=False)
    sent: list[Mapping[str, Any]] = answer.raise_for_status().json()
    return sent


def _acceptance(sent: Mapping[str, Any]) -> Acceptance:
    callback = Callback.decode(str(sent["body"].get("biz_opaque_callback_data", "")))
    return Acceptance(
        contact=talk_of(str(sent["phone_number_id"]), str(sent["contact"])),
        text=str(sent["body"].get("text", {}).get("body", "")),
        outbound_id=callback.attempt.outbound_id if callback else "",
        attempt=callback.attempt.number if callback else 0,
    )
