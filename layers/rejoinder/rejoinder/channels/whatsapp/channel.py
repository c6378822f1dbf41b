"""WhatsApp as a channel: its rooms, behind one object."""

import re
from collections.abc import Mapping

from pydantic import ValidationError

from rejoinder.channels import Channel
from rejoinder.channels.whatsapp.client import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    GraphClient,
    GraphSettings,
)
from rejoinder.channels.whatsapp.codes import PACING, UNDELIVERABLE, WINDOW_CLOSED
from rejoinder.channels.whatsapp.front import NAME
from rejoinder.channels.whatsapp.ids import is_phone
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.errors import SettingsError
from rejoinder.model.delivery import Status
from rejoinder.model.ids import clean_id
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import AccountEvent, Inbound
from rejoinder.ports import Network, SecretStore


class WhatsApp:
    """The channel `whatsapp`."""

    name = NAME
    limits = WhatsAppLimits()
    pacing = PACING
    window_closed_code = WINDOW_CLOSED
    undeliverable_code = UNDELIVERABLE

    window_seconds = 24 * 3600 - 60.0
    """Meta's 24 hours, less a minute for clocks and queues (developers.facebook.com, "customer service
    windows"), in seconds."""

    send_seconds = 3 * (CONNECT_SECONDS + ANSWER_SECONDS)
    """Three requests, in seconds: the read receipt, the message, and the template instead of it."""

    def parse(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """Return one update of a conversation, as the front split it off."""
        return parse(account, update, received_at=received_at)

    def parse_event(self, event: Mapping[str, object], *, received_at: float) -> Status | AccountEvent:
        """Return one status or account event, as the front split it off."""
        return parse_event(event, received_at=received_at)

    def contact_of(self, text: str) -> Contact | None:
        """Return the contact that a person names by a phone number or a business-scoped user id.

        People write a number as they like, such as +1 555 000-1111. None when `text` names nobody.
        """
        digits = re.sub(r"[+() .-]", "", text)
        if is_phone(digits):
            return Contact(id=digits, phone=digits)
        user_id = clean_id(text.strip())
        return Contact(id=user_id, user_id=user_id) if user_id and digits else None

    def connect(self, secrets: SecretStore, settings: Mapping[str, str]) -> Network:
        """Return a client of the Graph API. The settings GRAPH_BASE_URL and GRAPH_API_VERSION say where it is."""
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
