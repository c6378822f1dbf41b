"""Settings of the functions, from the environment that template.yaml gives them."""

import os
from typing import Self

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, ValidationError

from rejoinder.errors import SettingsError


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def load(cls) -> Self:
        """Read the environment; SettingsError names each variable that is missing or wrong."""
        try:
            return cls.model_validate({name.lower(): value for name, value in os.environ.items()})
        except ValidationError as error:
            faults = [f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
            raise SettingsError("environment variables: " + "; ".join(faults)) from None


class ProcessorSettings(_Settings):
    """Of the processor."""

    table_name: str = Field(min_length=3)
    inbound_queue_url: AnyHttpUrl
    inbound_dlq_url: AnyHttpUrl
    outbound_queue_url: AnyHttpUrl
    inbound_queue_arn: str = Field(pattern=r"^arn:")
    events_dlq_arn: str = Field(pattern=r"^arn:")
    schedule_group: str = Field(min_length=1)
    scheduler_role_arn: str = Field(pattern=r"^arn:")
    bedrock_model_arn: str = Field(pattern=r"^$|^arn:[^:]+:bedrock:[a-z0-9-]+:[0-9]*:.+$")
    """Its fourth part is the region; empty for no model."""


class SenderSettings(_Settings):
    """Of the sender."""

    stack_name: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    table_name: str = Field(min_length=3)
    inbound_queue_url: AnyHttpUrl
    outbound_queue_url: AnyHttpUrl
    outbound_dlq_url: AnyHttpUrl
    secrets_prefix: str = Field(min_length=1)
    """What the names of the secrets begin with; each channel has one: `<prefix>/<channel>`."""


class TrackerSettings(_Settings):
    """Of the tracker."""

    stack_name: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    table_name: str = Field(min_length=3)
    inbound_queue_url: AnyHttpUrl
    outbound_queue_url: AnyHttpUrl
