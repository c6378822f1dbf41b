"""WhatsApp as a channel: one object for all its modules but the front."""

from collections.abc import Mapping

from pydantic import AnyHttpUrl, BaseModel, Field, ValidationError, field_validator

from rejoinder.channels import Channel
from rejoinder.channels.whatsapp.codes import PACING, UNDELIVERABLE, WINDOW_CLOSED
from rejoinder.channels.whatsapp.front import NAME
from rejoinder.channels.whatsapp.ids import is_phone
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.limits import ANSWER_SECONDS, CONNECT_SECONDS, WhatsAppLimits
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.errors import SettingsError
from rejoinder.model.delivery import Status
from rejoinder.model.ids import clean_id
from rejoinder.model.letters import clean, phone_digits
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import AccountEvent, Inbound
from rejoinder.ports import Network, SecretStore

THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
"""The hosts that a request to does not leave this machine."""


class GraphSettings(BaseModel):
    """The address and the version of the Graph API, from the environment."""

    graph_base_url: AnyHttpUrl = AnyHttpUrl("https://graph.facebook.com")
    """The address, without version and path. The access token goes there: so it is https, or this machine."""

    graph_api_version: str = Field(default="v25.0", pattern=r"^v\d+\.0$")
    """The version of the Graph API."""

    @field_validator("graph_base_url")
    @classmethod
    def _is_private(cls, url: AnyHttpUrl) -> AnyHttpUrl:
        if url.scheme != "https" and url.host not in THIS_MACHINE:
            raise ValueError("must begin with https://, except for a simulator on this machine")
        return url


class WhatsApp:
    """The channel `whatsapp`."""

    name = NAME
    """The name of the channel."""

    limits = WhatsAppLimits()
    """The limits of a message."""

    pacing = PACING
    """How long a message waits after some refusals."""

    window_closed_code = WINDOW_CLOSED
    """Meta's error code for a message outside the service window."""

    undeliverable_code = UNDELIVERABLE
    """Meta's error code for a message that cannot reach its contact."""

    window_seconds = 24 * 3600 - 60.0
    """The service window stays open for this time, in seconds: Meta's 24 hours (developers.facebook.com,
    "customer service windows"), less a minute, because clocks differ and queues take time."""

    send_seconds = 3 * (CONNECT_SECONDS + ANSWER_SECONDS)
    """The longest time for one message, in seconds. It is the time of three requests: the message,
    the template instead of the message, and the read receipt."""

    def parse(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """Parse an update of a conversation, as the front split it off. Never raises."""
        return parse(account, update, received_at=received_at)

    def parse_event(self, event: Mapping[str, object], *, received_at: float) -> Status | AccountEvent:
        """Parse a status or an account event, as the front split it off. Never raises."""
        return parse_event(event, received_at=received_at)

    def contact_of(self, text: str) -> Contact | None:
        """Return the contact with a phone number or a business-scoped user id; None when `text` is neither.

        A number may have spaces and signs, such as +1 555 000-1111, and the invisible ones of a copy.
        """
        digits = phone_digits(text)
        if is_phone(digits):
            return Contact(id=digits, phone=digits)
        user_id = clean_id(clean(text))
        return Contact(id=user_id, user_id=user_id) if user_id and digits else None

    def connect(self, secrets: SecretStore, settings: Mapping[str, str]) -> Network:
        """Return a client of the Graph API.

        The settings GRAPH_BASE_URL and GRAPH_API_VERSION may change its address and its version. Raises
        SettingsError when one of them is malformed.
        """
        from rejoinder.channels.whatsapp.client import GraphClient  # noqa: PLC0415 - only the sender needs it

        names = [name for name in GraphSettings.model_fields if name.upper() in settings]
        try:
            graph = GraphSettings.model_validate({name: settings[name.upper()] for name in names})
        except ValidationError as error:
            faults = [f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
            raise SettingsError("environment variables: " + "; ".join(faults)) from None
        return GraphClient(
            base_url=str(graph.graph_base_url), api_version=graph.graph_api_version, secrets=secrets
        )


CHANNEL: Channel = WhatsApp()
