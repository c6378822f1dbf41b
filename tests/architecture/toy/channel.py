"""The toy as a channel. It has no service window, limits of its own, and ids that only look like numbers."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import BinaryIO

from rejoinder.channel_ports import SecretsOf, needed
from rejoinder.channels import Channel, Connection
from rejoinder.errors import LimitExceeded, MediaGone, Rejected, SendError, SettingsError
from rejoinder.file_ports import Fetched, FileStores, Uploaded
from rejoinder.model.backoff import Backoff
from rejoinder.model.contents import Text
from rejoinder.model.conversation import NO_WINDOW
from rejoinder.model.delivery import Status
from rejoinder.model.events import AccountEvent
from rejoinder.model.files import File
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent, Template
from rejoinder.model.template_state import TemplateState
from rejoinder.model.updates import Inbound
from tests.architecture.toy.front import NAME

MAX_TEXT = 200
"""The longest text of the toy, in characters."""


class ToyLimits:
    """The port `Limits` of the toy: only short texts. No window closes, so templates are never sent."""

    has_templates = True
    has_forms = True

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded for anything except a short text or a template."""
        if isinstance(content, Template):
            return
        if not isinstance(content, Text):
            raise LimitExceeded(f"the toy knows no {content.kind}")
        if not 0 < len(content.body) <= MAX_TEXT:
            raise LimitExceeded(f"the toy takes texts of 1 to {MAX_TEXT} characters")

    def split(self, content: OutboundContent) -> tuple[OutboundContent, ...]:
        """Return the text as it is: the toy splits none."""
        return (content,)


class ToyNetwork:
    """The port `Network` of the toy. It shows its token, and remembers what was sent."""

    def __init__(self, secrets_of: SecretsOf, url: str) -> None:
        self.sent: list[tuple[str, str, OutboundContent]] = []
        self._secrets_of = secrets_of
        self._url = url

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Accept a message, and return its number as its id."""
        needed(self._secrets_of(account).read(), "token")
        self.sent.append((str(account), contact.id, content))
        return str(len(self.sent))

    def owner(self, _account: Account) -> str:
        """Return the business account of an account: this network has none."""
        return ""

    def templates(self, account: Account) -> tuple[TemplateState, ...]:
        """Return nothing: this network has no templates."""
        return ()

    def mark_read(self, account: Account, message_id: str) -> None:
        """Do nothing: this network does not know who has read what."""

    def show_typing(self, account: Account, message_id: str) -> None:
        """Do nothing: the toy shows no typing."""

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Raise MediaGone: the toy has no files."""
        raise MediaGone("the toy has no files")

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        """Raise Rejected: the toy takes no files."""
        raise Rejected(6, "the toy takes no files")


class Toy:
    """The channel `toy`."""

    name = NAME
    limits = ToyLimits()
    window_seconds = NO_WINDOW
    free_entry_seconds = 0.0
    has_statuses = True
    takes_uploads = True
    album_seconds = 0.0
    window_closed_code = 0
    undeliverable_code = 7
    pacing: Mapping[type[SendError], Backoff] = {}
    send_seconds = 1.0
    upload_seconds = 0.0

    def parse(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """Return the words of one item."""
        return Inbound(
            id=str(update["id"]),
            account=account,
            contact=self.contact_of(str(update["who"])),
            at=float(str(update["at"])),
            content=Text(body=str(update["words"])),
        )

    def parse_event(
        self, event: Mapping[str, object], *, received_at: float
    ) -> Status | Inbound | AccountEvent:
        """Return an event without meaning, because the front never queues events."""
        return AccountEvent(field="toy")

    def contact_of(self, text: str) -> Contact:
        """Return the contact with that number, which is not a phone number."""
        return Contact(id=text)

    def completed(self, inbound: Inbound) -> Inbound:
        """Return the update as it is."""
        return inbound

    def connect(
        self, secrets_of: SecretsOf, settings: Mapping[str, str], _stores: FileStores | None = None
    ) -> Connection:
        """Return the connection to the toy. The setting TOY_URL says where the toy is."""
        if "TOY_URL" not in settings:
            raise SettingsError("environment variables: TOY_URL missing")
        return ToyNetwork(secrets_of, settings["TOY_URL"])


CHANNEL: Channel = Toy()
