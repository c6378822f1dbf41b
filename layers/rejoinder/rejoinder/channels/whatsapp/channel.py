"""WhatsApp as a channel: one object for all its modules but the front."""

import re
from collections.abc import Mapping

from rejoinder.channel_ports import SecretsOf
from rejoinder.channels import Channel, Connection
from rejoinder.channels.whatsapp.codes import PACING, UNDELIVERABLE, WINDOW_CLOSED
from rejoinder.channels.whatsapp.front import NAME
from rejoinder.channels.whatsapp.ids import is_phone
from rejoinder.channels.whatsapp.limits import ANSWER_SECONDS, CONNECT_SECONDS, UPLOAD_SECONDS, WhatsAppLimits
from rejoinder.errors import SettingsError
from rejoinder.file_ports import FileStores
from rejoinder.model.delivery import Status
from rejoinder.model.events import AccountEvent
from rejoinder.model.ids import clean_id
from rejoinder.model.letters import clean, phone_digits
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound

GRAPH_BASE_URL, GRAPH_API_VERSION = "https://graph.facebook.com", "v25.0"
"""The address of the Graph API, and its version, where the settings name no others."""


class WhatsApp:
    """The channel `whatsapp`."""

    name = NAME
    """The name of the channel."""

    limits = WhatsAppLimits()
    """The limits of a message."""

    pacing = PACING
    """How long a message waits after some refusals."""

    has_statuses = True
    """Meta tells what becomes of each message."""

    takes_uploads = True
    """Meta is given a file before the message."""

    album_seconds = 0.0
    """WhatsApp has no albums: each file is a message of its own."""

    window_closed_code = WINDOW_CLOSED
    """Meta's error code for a message outside the service window."""

    undeliverable_code = UNDELIVERABLE
    """Meta's error code for a message that cannot reach its contact."""

    window_seconds = 24 * 3600 - 60.0
    """The service window stays open for this time, in seconds: Meta's 24 hours (developers.facebook.com,
    "customer service windows"), less a minute, because clocks differ and queues take time."""

    free_entry_seconds = 72 * 3600.0
    """After a contact came from an advertisement, messages cost nothing for this time, in seconds, from our
    answer on (developers.facebook.com, "free entry point conversations")."""

    send_seconds = 3 * (CONNECT_SECONDS + ANSWER_SECONDS)
    """The longest time for one message, in seconds. It is the time of three requests: the message,
    the template instead of the message, and the read receipt."""

    upload_seconds = UPLOAD_SECONDS
    """The longest time in which the files of a message go to Meta, in seconds."""

    def parse(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """Parse an update of a conversation, as the front split it off. Never raises."""
        from rejoinder.channels.whatsapp.inbound import parse  # noqa: PLC0415 - only the processor needs it

        return parse(account, update, received_at=received_at)

    def parse_event(
        self, event: Mapping[str, object], *, received_at: float
    ) -> Status | Inbound | AccountEvent:
        """Parse a status, a payment or an account event, as the front split it off. Never raises."""
        from rejoinder.channels.whatsapp.statuses import parse_event  # noqa: PLC0415 - only the tracker does

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

    def completed(self, inbound: Inbound) -> Inbound:
        """Return the update as it is: Meta tells all of it."""
        return inbound

    def connect(
        self, secrets_of: SecretsOf, settings: Mapping[str, str], _stores: FileStores | None = None
    ) -> Connection:
        """Return a client of the Graph API.

        The settings GRAPH_BASE_URL and GRAPH_API_VERSION may change its address and its version. Raises
        SettingsError when one of them is malformed.
        """
        from rejoinder.channels.whatsapp.client import GraphClient  # noqa: PLC0415 - only the sender needs it
        from rejoinder.tls import NOT_PRIVATE, is_private  # noqa: PLC0415 - as above

        base_url = settings.get("GRAPH_BASE_URL", GRAPH_BASE_URL)
        if not is_private(base_url):
            raise SettingsError(f"environment variables: GRAPH_BASE_URL: {NOT_PRIVATE}")
        version = settings.get("GRAPH_API_VERSION", GRAPH_API_VERSION)
        if not re.fullmatch(r"v\d+\.0", version):
            raise SettingsError("environment variables: GRAPH_API_VERSION is not like v25.0")
        graph = GraphClient(base_url=base_url, api_version=version, secrets_of=secrets_of)
        graph.open(Account(channel=NAME, id=""))
        return graph


CHANNEL: Channel = WhatsApp()
