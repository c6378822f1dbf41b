"""The channels' secrets in Secrets Manager. The ingress uses this module too, so it does without pydantic."""

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rejoinder.channel_ports import Secrets
from rejoinder.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from rejoinder.aws.direct import SecretsManager
    from rejoinder.model.people import Account

KEPT_SECONDS = 300.0
"""The longest time that a secret is used before it is read again, in seconds."""

REFETCH_SECONDS = 30.0
"""The shortest time between two reads, in seconds. Without it, each forged webhook would cost a read."""


class _Values(dict[str, str]):
    """The values of a secret. A missing value raises SettingsError with the name of the secret."""

    def __init__(self, secret_id: str, values: dict[str, str]) -> None:
        super().__init__(values)
        self._id = secret_id

    def __missing__(self, name: str) -> str:
        raise SettingsError(f"the secret {self._id} holds no {name}")


class StackSecrets:
    """The secrets of a stack: `<prefix>/<channel>`, and one more for each owner of further accounts.

    `owners` are the ids of these owners, by the accounts.
    """

    def __init__(
        self, client: "SecretsManagerClient | SecretsManager", prefix: str, owners: "Mapping[Account, str]"
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._owners = {(account.channel, account.id): owner for account, owner in owners.items()}
        self._owners |= {(account.channel, owner): owner for account, owner in owners.items()}
        self._stores: dict[str, StackSecret] = {}

    def of(self, account: "Account") -> "StackSecret":
        """Return the secret of an account: that of its owner, or else the first one of the channel."""
        return self._named(account.channel, self._owners.get((account.channel, account.id)))

    def all_of(self, channel: str) -> "tuple[StackSecret, ...]":
        """Return all secrets of a channel, the first owner's first."""
        theirs = (owner for (name, _), owner in self._owners.items() if name == channel)
        owners = dict.fromkeys((None, *theirs))
        return tuple(self._named(channel, owner) for owner in owners)

    def _named(self, channel: str, owner: str | None) -> "StackSecret":
        name = "/".join((self._prefix, channel, *([owner] if owner else [])))
        if name not in self._stores:
            self._stores[name] = StackSecret(self._client, name)
        return self._stores[name]


class StackSecret:
    """The port `SecretStore`: one secret of the stack, a JSON object of strings. It is read when needed."""

    def __init__(self, client: "SecretsManagerClient | SecretsManager", secret_id: str) -> None:
        self._client = client
        self._id = secret_id
        self._values: Secrets = {}
        self._read_at = float("-inf")

    def read(self) -> Secrets:
        """Return the values, KEPT_SECONDS old at most. Raises SettingsError when they cannot be read."""
        return self._not_older_than(KEPT_SECONDS)

    def read_again(self) -> Secrets:
        """Return the values, REFETCH_SECONDS old at most. Raises SettingsError when they cannot be read."""
        return self._not_older_than(REFETCH_SECONDS)

    def _not_older_than(self, seconds: float) -> Secrets:
        if time.monotonic() - self._read_at >= seconds:
            self._values = self._fetch()
            self._read_at = time.monotonic()
        return self._values

    def _fetch(self) -> Secrets:
        try:
            text = self._client.get_secret_value(SecretId=self._id)["SecretString"]
            values = json.loads(text)
        except Exception as error:
            raise SettingsError(f"the secret {self._id} cannot be read: {type(error).__name__}") from error
        if not isinstance(values, dict):
            raise SettingsError(f"the secret {self._id} is not a JSON object")
        strings = {name: value for name, value in values.items() if isinstance(value, str) and value}
        return _Values(self._id, strings)
