"""The settings of the ingress. They do not need pydantic: the ingress starts while the network waits."""

import os
from dataclasses import dataclass, fields
from typing import Self

from rejoinder.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressSettings:
    """The settings of the ingress."""

    inbound_queue_url: str
    """The queue for updates of conversations."""

    events_queue_url: str
    """The queue for statuses and account events."""

    quarantine_bucket: str
    """The bucket for webhooks that could not be queued."""

    secrets_prefix: str
    """The first part of the secrets' names. The secret of a channel is named `<prefix>/<channel>`."""

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises SettingsError, which names each variable that is missing."""
        values = {field.name: os.environ.get(field.name.upper(), "") for field in fields(cls)}
        missing = [name.upper() for name, value in values.items() if not value]
        if missing:
            raise SettingsError(f"environment variables: {', '.join(missing)} missing")
        return cls(**values)
