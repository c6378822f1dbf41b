"""The stack's secret in Secrets Manager, kept for some minutes. No pydantic: the ingress reads it too."""

import json
import time
from typing import TYPE_CHECKING

from rejoinder.errors import SettingsError
from rejoinder.ports import WebhookSecrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_SECONDS = 300.0
"""How long a secret is used before it is read again."""

REFETCH_SECONDS = 30.0
"""At most one refetch in this time, however many checks fail: forged webhooks must not cost us reads."""


class Secret:
    """One secret that is a JSON object of strings, read when it is needed."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        self._client = client
        self._id = secret_id
        self._values: dict[str, str] = {}
        self._read_at = float("-inf")

    def read(self, *, not_older_than_seconds: float = KEPT_SECONDS) -> dict[str, str]:
        """The secret's values; SettingsError when they cannot be read."""
        if time.monotonic() - self._read_at >= not_older_than_seconds:
            self._values = self._fetch()
            self._read_at = time.monotonic()
        return self._values

    def _fetch(self) -> dict[str, str]:
        try:
            text = self._client.get_secret_value(SecretId=self._id)["SecretString"]
            values = json.loads(text)
        except Exception as error:
            raise SettingsError(f"the secret {self._id} cannot be read: {type(error).__name__}") from error
        if not isinstance(values, dict):
            raise SettingsError(f"the secret {self._id} is not a JSON object")
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def value(self, values: dict[str, str], name: str) -> str:
        """One value of the secret; SettingsError when it is missing or empty."""
        if not values.get(name):
            raise SettingsError(f"the secret {self._id} holds no {name}")
        return values[name]


class WhatsAppWebhookSecrets:
    """The port `WebhookSecretStore`: `app_secret`, `app_secret_previous` in a rotation, `verify_token`."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def read(self) -> WebhookSecrets:
        """The secrets, KEPT_SECONDS old at most."""
        return self._secrets(self._secret.read())

    def read_again(self) -> WebhookSecrets:
        """The secrets, REFETCH_SECONDS old at most."""
        return self._secrets(self._secret.read(not_older_than_seconds=REFETCH_SECONDS))

    def _secrets(self, values: dict[str, str]) -> WebhookSecrets:
        current = self._secret.value(values, "app_secret")
        previous = values.get("app_secret_previous", "")
        return WebhookSecrets(
            app_secrets=(current, previous) if previous else (current,),
            verify_token=self._secret.value(values, "verify_token"),
        )


class AccessToken:
    """The port `Token` of the Graph client: the secret's `access_token`."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def read(self) -> str:
        """The token, KEPT_SECONDS old at most."""
        return self._secret.value(self._secret.read(), "access_token")

    def read_again(self) -> str:
        """The token, REFETCH_SECONDS old at most."""
        values = self._secret.read(not_older_than_seconds=REFETCH_SECONDS)
        return self._secret.value(values, "access_token")
