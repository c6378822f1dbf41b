"""The bodies of queue messages.

The ingress queues the parts of a webhook as they came, in bodies that `webhooks` writes. What we queue
ourselves are whole updates.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    dump,
    loads,
    number,
    object_of,
    objects_of,
    reading,
    words,
)
from rejoinder.aws.stored.updates import update_as_json, update_from_json
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound


class Parse(Protocol):
    """Reads one update as the ingress queued it, by the channel of its account."""

    def __call__(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """Return the update; never raise for what the channel does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """A message of the events queue: statuses and account events, as the ingress queued them."""

    channel: str
    """The channel that they came by."""

    received_at: float
    """When they came, in Unix seconds."""

    events: tuple[Json, ...]
    """The events, as the wire gave them."""


MAX_BODY_BYTES = 1024 * 1024
"""The largest queue message, in bytes (docs.aws.amazon.com, "Amazon SQS message quotas")."""


def dump_update(inbound: Inbound) -> str:
    """Return the body of a message of inbound.fifo that we put there ourselves: one update, whole."""
    return _body("own_body", inbound, {})


def dump_parked(inbound: Inbound, cause: str) -> str:
    """Return the body of a dead letter: an update that its bot failed over. It can go back as it is."""
    return _body("parked_body", inbound, {"cause": cause})


def _body(shape: str, inbound: Inbound, rest: Json) -> str:
    """Return a body with an update. What the network sent goes along if both fit in one message."""
    update = update_as_json(inbound)
    whole = as_text(dump(shape, {"inbound": update | {"raw": dict(inbound.raw)}, **rest}))
    if inbound.raw and len(whole.encode()) <= MAX_BODY_BYTES:
        return whole
    return as_text(dump(shape, {"inbound": update, **rest}))


def read_update(body: str) -> Inbound:
    """Return the update in a body of our own; Unreadable when it is none, or cannot be read."""
    with reading("own_body"):
        return _update_in(object_of(json.loads(body)))


def read_updates(body: str, parse: Parse) -> list[Inbound]:
    """Return the updates in a message of inbound.fifo: one of our own, or what the ingress queued.

    Raises Unreadable when this version of the code cannot read it.
    """
    with reading("inbound_body"):
        stored = object_of(json.loads(body))
        format_number = stored["format"]
    if "inbound" in stored:
        return [_update_in(stored)]
    check_format("inbound_body", format_number)
    with reading("inbound_body"):
        account, received_at = Account.parse(words(stored["account"])), number(stored["received_at"])
        updates = objects_of(stored["updates"], lambda update: update)
    return [parse(account, update, received_at=received_at) for update in updates]


def _update_in(stored: Json) -> Inbound:
    """Return the update in a body of our own, be it parked or not."""
    with reading("own_body"):
        check_format("parked_body" if "cause" in stored else "own_body", stored["format"])
        return update_from_json(object_of(stored["inbound"]))


def read_events(body: str) -> Events:
    """Return what a message of the events queue holds; Unreadable when it cannot be read."""
    stored = loads("events_body", body)
    with reading("events_body"):
        return Events(
            channel=words(stored["channel"]),
            received_at=number(stored["received_at"]),
            events=objects_of(stored["events"], lambda event: event),
        )
