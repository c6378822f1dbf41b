"""Settings of the ingress, without pydantic: it starts while Meta waits."""

import os
from dataclasses import dataclass, fields
from typing import Self

from rejoinder.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressSettings:
    """Of the ingress."""

    inbound_queue_url: str
    events_queue_url: str
    quarantine_bucket: str
    secrets_prefix: str
    """What the names of the secrets begin with; each channel has one: `<prefix>/<channel>`."""

    @classmethod
    def load(cls) -> Self:
        """Read the environment; SettingsError names each variable that is missing."""
        values = {field.name: os.environ.get(field.name.upper(), "") for field in fields(cls)}
        missing = [name.upper() for name, value in values.items() if not value]
        if missing:
            raise SettingsError(f"environment variables: {', '.join(missing)} missing")
        return cls(**values)
