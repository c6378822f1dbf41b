"""The settings of the functions, from the environment that template.yaml gives them.

They do without pydantic: a function reads them while it starts, and a contact may wait for that.
"""

import os
import re
from dataclasses import dataclass, field, fields
from typing import Any, Self

from rejoinder.errors import SettingsError
from rejoinder.model.people import Account


def _like(pattern: str) -> Any:
    return field(metadata={"pattern": re.compile(pattern)})


def _some() -> Any:
    return _like(r"\S+")


def _url() -> Any:
    return _like(r"https?://[^\s/]+(/\S*)?")


def _arn() -> Any:
    return _like(r"arn:\S+")


def _numbers() -> Any:
    return _like(r"|[^\s=,]+=[^\s=,]+(,[^\s=,]+=[^\s=,]+)*")


def _names() -> Any:
    return _like(r"[a-z]+(,[a-z]+)*")


def owners_in(numbers: str, usual: str) -> dict[Account, str]:
    """Return the ids of the owners of further accounts, as the setting NUMBERS has them.

    On WhatsApp the owner of a number is a business account. A Telegram bot is its own owner. An id without
    the name of its channel is one of the channel `usual`.
    """
    pairs = (one.split("=") for one in numbers.split(",") if one)
    return {Account.parse(id if ":" in id else f"{usual}:{id}"): owner for id, owner in pairs}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises SettingsError, which names each variable that is missing or wrong."""
        values = {one.name: os.environ.get(one.name.upper()) for one in fields(cls)}
        faults = [
            f"{one.name.upper()} is {'missing' if value is None else 'not as expected'}"
            for one, value in zip(fields(cls), values.values(), strict=True)
            if value is None or not one.metadata["pattern"].fullmatch(value)
        ]
        if faults:
            raise SettingsError(f"environment variables: {'; '.join(faults)}")
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressSettings(_Settings):
    """The settings of the ingress."""

    inbound_queue_url: str = _some()
    """The URL of the queue for updates of conversations."""

    events_queue_url: str = _some()
    """The URL of the queue for statuses and account events."""

    quarantine_bucket: str = _some()
    """The bucket for webhooks that could not be queued."""

    secrets_prefix: str = _some()
    """The first part of the secrets' names: see `StackSecrets`."""

    channels: str = _names()
    """The names of the channels, with commas between them. The first one is the busiest."""

    numbers: str = _numbers()
    """Further accounts, as `<channel>:<account's id>=<owner's id>`, with commas between them."""

    start_topic_arn: str = _arn()
    """The ARN of the topic that starts the functions behind the queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorSettings(_Settings):
    """The settings of the processor."""

    table_name: str = _some()
    """The name of the table."""

    inbound_queue_url: str = _url()
    """The URL of the queue of updates."""

    inbound_dlq_url: str = _url()
    """The URL of the dead-letter queue of updates."""

    outbound_queue_url: str = _url()
    """The URL of the queue of turns."""

    inbound_queue_arn: str = _arn()
    """The ARN of the queue of updates, for the schedules."""

    events_dlq_arn: str = _arn()
    """The ARN of the queue for wake-ups that the queue of updates did not accept."""

    schedule_group: str = _some()
    """The group of the schedules."""

    scheduler_role_arn: str = _arn()
    """The ARN of the role of the schedules."""

    secrets_prefix: str = _some()
    """The first part of the secrets' names: see `StackSecrets`."""

    channels: str = _names()
    """The names of the channels, with commas between them. The first one is the busiest."""

    numbers: str = _numbers()
    """Further accounts, as `<channel>:<account's id>=<owner's id>`, with commas between them."""

    media_bucket: str = _some()
    """The bucket of files."""

    conversation_retention_days: str = _like("[0-9]{2,4}")
    """How many days a conversation is kept after its last update."""

    local: str = _like("true|false")
    """Whether this is the local AWS of `make run`: `true` or `false`."""

    bedrock_model_arn: str = _like(r"|arn:[^:]+:bedrock:[a-z0-9-]+:[0-9]*:.+")
    """The ARN of a model in Amazon Bedrock; empty for no model. Its fourth part is the region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings(_Settings):
    """The settings of the sender."""

    stack_name: str = _like("[A-Za-z0-9-]+")
    """The name of this deployment."""

    table_name: str = _some()
    """The name of the table."""

    inbound_queue_url: str = _url()
    """The URL of the queue of updates."""

    outbound_queue_url: str = _url()
    """The URL of the queue of turns."""

    outbound_dlq_url: str = _url()
    """The URL of the dead-letter queue of turns."""

    sender_concurrency: str = _like("[0-9]+")
    """How many conversations can be sent to at the same time."""

    media_bucket: str = _some()
    """The bucket of files."""

    secrets_prefix: str = _some()
    """The first part of the secrets' names: see `StackSecrets`."""

    channels: str = _names()
    """The names of the channels, with commas between them. The first one is the busiest."""

    numbers: str = _numbers()
    """Further accounts, as `<channel>:<account's id>=<owner's id>`, with commas between them."""

    utility_needs_consent: str = _like("true|false")
    """Whether templates of utility need consent: `true` or `false`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings(_Settings):
    """The settings of the tracker."""

    stack_name: str = _like("[A-Za-z0-9-]+")
    """The name of this deployment."""

    table_name: str = _some()
    """The name of the table."""

    inbound_queue_url: str = _url()
    """The URL of the queue of updates."""

    outbound_queue_url: str = _url()
    """The URL of the queue of turns."""

    account_events_topic_arn: str = _arn()
    """The ARN of the topic of account events."""

    secrets_prefix: str = _some()
    """The first part of the secrets' names: see `StackSecrets`."""

    channels: str = _names()
    """The names of the channels, with commas between them. The first one is the busiest."""

    numbers: str = _numbers()
    """Further accounts, as `<channel>:<account's id>=<owner's id>`, with commas between them."""
