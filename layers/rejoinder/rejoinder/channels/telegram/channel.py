"""Telegram as a channel: one object for all its modules but the front."""

from collections.abc import Mapping

from rejoinder.channel_ports import SecretsOf
from rejoinder.channels import Channel, Connection
from rejoinder.channels.telegram.codes import PACING, UNDELIVERABLE
from rejoinder.channels.telegram.front import NAME
from rejoinder.channels.telegram.ids import place_of
from rejoinder.channels.telegram.limits import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    UPLOAD_SECONDS,
    TelegramLimits,
)
from rejoinder.channels.telegram.pace import MAX_WAIT_SECONDS
from rejoinder.channels.telegram.taps import completed
from rejoinder.errors import SettingsError
from rejoinder.file_ports import FileStores
from rejoinder.model.conversation import NO_WINDOW
from rejoinder.model.delivery import Status
from rejoinder.model.events import AccountEvent
from rejoinder.model.letters import clean
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound

TELEGRAM_BASE_URL = "https://api.telegram.org"
"""The address of the Bot API, where the settings name no other."""


class Telegram:
    """The channel `telegram`."""

    name = NAME
    """The name of the channel."""

    limits = TelegramLimits()
    """The limits of a message."""

    window_seconds = NO_WINDOW
    """Telegram has no service window."""

    free_entry_seconds = 0.0
    """Telegram takes no money for messages."""

    has_statuses = False
    """Telegram tells nothing of a message that it accepted, and gives no callback data back."""

    takes_uploads = False
    """Telegram is given a file with the message."""

    album_seconds = 1.0
    """The longest pause between two files of an album, in seconds. Telegram sends them one by one."""

    window_closed_code = 0
    """There is no such error: no window closes."""

    undeliverable_code = UNDELIVERABLE
    """Telegram's error code for a message that cannot reach its contact."""

    pacing = PACING
    """How long a message waits after some refusals."""

    send_seconds = 3 * (CONNECT_SECONDS + ANSWER_SECONDS) + MAX_WAIT_SECONDS
    """The longest time for one message, in seconds. It is the time of three requests: the message, the same
    again with a new token or to a new id of its group, and the mark on a tapped button."""

    upload_seconds = UPLOAD_SECONDS
    """The longest time in which the files of a message go to Telegram, in seconds."""

    def parse(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """Parse an update of a conversation, as the front split it off. Never raises."""
        from rejoinder.channels.telegram.inbound import parse  # noqa: PLC0415 - only the processor needs it

        return parse(account, update, received_at=received_at)

    def parse_event(
        self, event: Mapping[str, object], *, received_at: float
    ) -> Status | Inbound | AccountEvent:
        """Parse an account event, as the front split it off. Never raises."""
        from rejoinder.channels.telegram.events import parse_event  # noqa: PLC0415 - only the tracker does

        return parse_event(event, received_at=received_at)

    def completed(self, inbound: Inbound) -> Inbound:
        """Return a tap with the long id of its button, which stands in the message that was tapped."""
        return completed(inbound)

    def contact_of(self, text: str) -> Contact | None:
        """Return the contact with an id as rejoinder writes it (`ids`); None when `text` is none."""
        place = place_of(clean(text))
        if place is None:
            return None
        is_person = place.chat_id == place.user_id > 0
        return Contact(id=clean(text), user_id=clean(text) if is_person else None)

    def connect(
        self, secrets_of: SecretsOf, settings: Mapping[str, str], stores: FileStores | None = None
    ) -> Connection:
        """Return a client of the Bot API.

        The setting TELEGRAM_BASE_URL may change its address. Raises SettingsError when it is malformed.
        """
        from rejoinder.channels.telegram.client import BotClient  # noqa: PLC0415 - only the sender needs it
        from rejoinder.tls import NOT_PRIVATE, is_private  # noqa: PLC0415 - as above

        base_url = settings.get("TELEGRAM_BASE_URL", TELEGRAM_BASE_URL)
        if not is_private(base_url):
            raise SettingsError(f"environment variables: TELEGRAM_BASE_URL: {NOT_PRIVATE}")
        client = BotClient(base_url=base_url, secrets_of=secrets_of, stores=stores)
        client.open(Account(channel=NAME, id=""))
        return client


CHANNEL: Channel = Telegram()
