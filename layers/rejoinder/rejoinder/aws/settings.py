"""The settings of the functions, from the environment that template.yaml gives them."""

import os
from typing import Self

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, ValidationError

from rejoinder.errors import SettingsError


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises SettingsError, which names each variable that is missing or wrong."""
        try:
            return cls.model_validate({name.lower(): value for name, value in os.environ.items()})
        except ValidationError as error:
            faults = [f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
            raise SettingsError("environment variables: " + "; ".join(faults)) from None


class ProcessorSettings(_Settings):
    """The settings of the processor."""

    table_name: str = Field(min_length=3)
    """The name of the table."""

    inbound_queue_url: AnyHttpUrl
    """The URL of the queue of updates."""

    inbound_dlq_url: AnyHttpUrl
    """The URL of the dead-letter queue of updates."""

    outbound_queue_url: AnyHttpUrl
    """The URL of the queue of turns."""

    inbound_queue_arn: str = Field(pattern=r"^arn:")
    """The ARN of the queue of updates, for the schedules."""

    events_dlq_arn: str = Field(pattern=r"^arn:")
    """The ARN of the queue for wake-ups that the queue of updates did not accept."""

    schedule_group: str = Field(min_length=1)
    """The group of the schedules."""

    scheduler_role_arn: str = Field(pattern=r"^arn:")
    """The ARN of the role of the schedules."""

    local: bool = False
    """Whether this is the local AWS of `make run`."""

    bedrock_model_arn: str = Field(pattern=r"^$|^arn:[^:]+:bedrock:[a-z0-9-]+:[0-9]*:.+$")
    """The ARN of a model in Amazon Bedrock; empty for no model. Its fourth part is the region."""


class SenderSettings(_Settings):
    """The settings of the sender."""

    stack_name: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    """The name of this deployment."""

    table_name: str = Field(min_length=3)
    """The name of the table."""

    inbound_queue_url: AnyHttpUrl
    """The URL of the queue of updates."""

    outbound_queue_url: AnyHttpUrl
    """The URL of the queue of turns."""

    outbound_dlq_url: AnyHttpUrl
    """The URL of the dead-letter queue of turns."""

    secrets_prefix: str = Field(min_length=1)
    """The first part of the secrets' names. The secret of a channel is named `<prefix>/<channel>`."""


class TrackerSettings(_Settings):
    """The settings of the tracker."""

    stack_name: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    """The name of this deployment."""

    table_name: str = Field(min_length=3)
    """The name of the table."""

    inbound_queue_url: AnyHttpUrl
    """The URL of the queue of updates."""

    outbound_queue_url: AnyHttpUrl
    """The URL of the queue of turns."""
