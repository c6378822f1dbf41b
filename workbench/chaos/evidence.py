"""Reads what the table, the queues, the media bucket and the simulator hold."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import httpx

from rejoinder.aws.keys import (
    GATES,
    MARKER,
    WAITING_LISTS,
    is_conversation,
    is_marker,
    is_record,
    message_id_of,
    outbound_id_of,
)
from rejoinder.aws.stored.items import read_steps
from rejoinder.model.delivery import Callback
from rejoinder.model.ids import conversation_key, digest
from rejoinder.workbench.chaos import telegram
from rejoinder.workbench.chaos.plan import Contents, Update, talk_of
from rejoinder.workbench.chaos.tally import FINISHED, Acceptance, Evidence, Steps
from rejoinder.workbench.stack import LocalStack


def gather(
    stack: LocalStack,
    updates: Sequence[Update],
    put_back: Collection[str],
    *,
    contents: Contents,
    forgotten: Mapping[str, str],
    rejections: int,
) -> Evidence:
    """Return all that the tally needs of `updates`. Those in `put_back` were parked before.

    `contents` are those of the messages with files. `forgotten` are the SHA-256 of files that the network had
    once, by their media ids, and `rejections` is how many files it was told to reject.
    """
    items, requests = list(_items(stack)), sent(stack)
    ids, talks = {one.id for one in updates}, {one.talk for one in updates}
    counts = {_talk(item): _count(item) for item in filter(is_conversation, items)}
    there = {*map(media_id_of, requests)} - {*forgotten, ""}
    media = {"": "", **forgotten, **{id: at_network(stack, id) for id in there}}
    accepted = [_acceptance(one, media[media_id_of(one)]) for one in requests]
    accepted += telegram.acceptances(stack, updates, put_back)
    return Evidence(
        updates=updates,
        put_back=put_back,
        markers={id: state for id, state in _markers(items).items() if id in ids},
        counts={talk: count for talk, count in counts.items() if talk in talks},
        records={outbound_id_of(item): attempts_of(item) for item in filter(is_record, items)},
        acceptances=[one for one in accepted if one.contact in talks],
        saved=_saved(stack, updates, contents),
        rejections=rejections,
        dead=sum(waiting(stack, stack.inbound_dlq_url, stack.outbound_dlq_url, stack.events_dlq_url)),
    )


def sent(stack: LocalStack) -> list[Mapping[str, Any]]:
    """Return the requests that the network accepted, oldest first."""
    answer = httpx.get(f"{stack.simulator_url}/sim/sent", timeout=60, trust_env=False)
    requests: list[Mapping[str, Any]] = answer.raise_for_status().json()
    return requests


def media_id_of(sent: Mapping[str, Any]) -> str:
    """Return the media id in an accepted request; empty when it has no file."""
    return str(_part(sent).get("id", ""))


def at_network(stack: LocalStack, media_id: str) -> str:
    """Return the SHA-256 of a file that the network has."""
    answer = httpx.get(f"{stack.simulator_url}/sim/files/{media_id}", timeout=60, trust_env=False)
    return hashlib.sha256(answer.raise_for_status().content).hexdigest()


def objects(stack: LocalStack, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the key and the SHA-256 of each object in the media bucket whose key begins with `prefix`."""
    s3, bucket = stack.client("s3"), stack.media_bucket_name
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for listed in page.get("Contents", ()):
            body = s3.get_object(Bucket=bucket, Key=listed["Key"])["Body"]
            yield listed["Key"], hashlib.sha256(body.read()).hexdigest()


def parked(stack: LocalStack) -> set[str]:
    """Return the ids of the updates that are parked now."""
    return {id for id, state in _markers(_items(stack)).items() if state == "parked"}


def handled(stack: LocalStack, ids: Collection[str]) -> int:
    """Return how many of the updates with these ids have come to the end of their turn so far."""
    projection = {
        "ProjectionExpression": "pk, sk, #state",
        "FilterExpression": "sk = :marker",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":marker": {"S": MARKER}},
    }
    markers = _markers(_items(stack, **projection)).items()
    return sum(state in FINISHED for id, state in markers if id in ids)


def waiting(stack: LocalStack, *queue_urls: str) -> list[int]:
    """Return how many messages each queue holds, including those that are delayed or being handled."""
    sqs, names = stack.client("sqs"), ["All"]
    found = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"] for url in queue_urls]
    return [
        sum(int(count) for name, count in queue.items() if name.startswith("ApproximateNumberOfMessages"))
        for queue in found
    ]


def open_gates(stack: LocalStack) -> int:
    """Return how many gates have opened and have nobody who waits for them, but still a doorkeeper."""
    table, name = stack.client("dynamodb"), stack.table_name
    pages = table.get_paginator("scan").paginate(
        TableName=name,
        FilterExpression="begins_with(pk, :gate) OR begins_with(pk, :list)",
        ExpressionAttributeValues={":gate": {"S": GATES}, ":list": {"S": WAITING_LISTS}},
    )
    found = [item for page in pages for item in page["Items"]]
    if any(item["pk"]["S"].startswith(WAITING_LISTS) for item in found):
        return 0
    return sum("opened_at" in item for item in found)


def attempts_of(item: Mapping[str, Any]) -> dict[int, Steps]:
    """Return the steps of each attempt at a message, from its record."""
    return {n: frozenset(step.value for step in steps) for n, steps in read_steps(dict(item)).steps.items()}


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


def _saved(stack: LocalStack, updates: Sequence[Update], contents: Contents) -> dict[str, str]:
    """Return the SHA-256 of what the bucket holds of each contact's file, by the id of its update."""
    found = dict(objects(stack, "contacts/"))
    keys = {one.id: _key(one, contents) for one in updates if one.id in contents}
    return {id: found[key] for id, key in keys.items() if key in found}


def _key(update: Update, contents: Contents) -> str:
    account, content = f"whatsapp:{update.number}", contents[update.id]
    media_id = str(content[content["type"]]["id"])
    return f"contacts/{conversation_key(account, update.contact)}/sent/{digest(account, media_id)}"


def _acceptance(sent: Mapping[str, Any], file: str) -> Acceptance:
    part = _part(sent)
    callback = Callback.decode(str(sent["body"].get("biz_opaque_callback_data", "")))
    return Acceptance(
        contact=talk_of(str(sent["phone_number_id"]), str(sent["contact"])),
        text=str(part.get("body") or part.get("caption", "")),
        file=file,
        outbound_id=callback.attempt.outbound_id if callback else "",
        attempt=callback.attempt.number if callback else 0,
    )


def _part(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what stands under the type of an accepted request."""
    part: Mapping[str, Any] = sent["body"].get(sent["body"].get("type", "text"), {})
    return part
