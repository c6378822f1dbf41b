"""Contents: what one message holds, whoever sends it."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any, Literal

from rejoinder.model.files import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, in or out."""

    body: str
    """The words."""

    preview: bool = False
    """Whether the network shows a preview of the first link in words that the bot says."""

    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Tap:
    """The contact tapped a button or a row that we sent. As a trigger of `on`, only its `id` counts."""

    id: str
    """The id that the button or row was sent with."""

    title: str = ""
    """The title that the contact saw."""

    description: str = ""
    """The second line of a row; empty for buttons, and where there was none."""

    kind: Literal["tap"] = "tap"


def in_hex(sha256: str) -> str:
    """Return a SHA-256 that is written in hexadecimal digits or in base64 in 64 hexadecimal digits; nothing
    when it is none.
    """
    try:
        told = bytes.fromhex(sha256) if len(sha256) == 64 else b64decode(sha256, validate=True)
    except ValueError:
        return ""
    return told.hex() if len(told) == 32 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file with a message: one that the contact sent, or one that the bot says, such as
    `Image("files/menu.jpg")`.
    """

    file: Source | None = field(default=None, kw_only=False)
    """What the bot sends: the name of a file in its folder, an https address, bytes, a path, or a `File`.

    None in what a contact sent: `chat.save` fetches that.
    """

    media_id: str = ""
    """The network's id of the file that a contact sent. The network keeps the bytes for a while (WhatsApp:
    7 days)."""

    mime_type: str = ""
    """The type, such as `image/jpeg`; empty when the network told none."""

    sha256: str = ""
    """The SHA-256 of the bytes as the network tells it; empty when it tells none."""

    caption: str = ""
    """The words under the file."""

    @property
    def sha256_hex(self) -> str:
        """The SHA-256 in 64 hexadecimal digits, whatever the network wrote it in; empty when it told none."""
        return in_hex(self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Media):
    """A picture."""

    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Media):
    """A film."""

    kind: Literal["video"] = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio(Media):
    """A sound file."""

    voice: bool = False
    """Whether it is a voice message: spoken into the phone, or shown as if it was."""

    kind: Literal["audio"] = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Media):
    """A file with a name."""

    filename: str = ""
    """The name of the file."""

    kind: Literal["document"] = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticker(Media):
    """A sticker."""

    animated: bool = False
    """Whether it moves."""

    kind: Literal["sticker"] = "sticker"


Header = str | Image | Video | Document
"""What stands above the words: a line, or a file. Empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place."""

    latitude: float
    """Degrees, north is positive."""

    longitude: float
    """Degrees, east is positive."""

    name: str = ""
    """The name of the place."""

    address: str = ""
    """The address of the place."""

    url: str = ""
    """The web address of the place, where a contact sent one; bots cannot send it."""

    kind: Literal["location"] = "location"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address on a card."""

    street: str = ""
    """The street with the number."""

    city: str = ""
    """The city."""

    state: str = ""
    """The state or province."""

    zip: str = ""
    """The postal code."""

    country: str = ""
    """The name of the country."""

    country_code: str = ""
    """The country in two letters, such as `es`."""

    type: str = ""
    """What it is, such as `HOME` or `WORK`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """A card of an address book: one that the contact sent, or one that the bot says."""

    name: str
    """The whole name on the card."""

    first_name: str = ""
    """The first name; in what the bot says, empty for the first word of `name`."""

    last_name: str = ""
    """The family name."""

    middle_name: str = ""
    """The names between."""

    prefix: str = ""
    """What stands before the name, such as `Dr.`."""

    suffix: str = ""
    """What stands behind the name, such as `Jr.`."""

    organization: str = ""
    """Where they work."""

    department: str = ""
    """The department there."""

    title: str = ""
    """What they are there."""

    birthday: str = ""
    """The day of birth, as 1990-12-31."""

    emails: tuple[str, ...] = ()
    """The e-mail addresses."""

    urls: tuple[str, ...] = ()
    """The web addresses."""

    addresses: tuple[PostalAddress, ...] = ()
    """The postal addresses."""

    phones: tuple[str, ...] = ()
    """The phone numbers on the card, as the network wrote them."""

    further: tuple["ContactCard", ...] = ()
    """More cards of the same message."""

    origin: str = ""
    """Why the contact sent it, in the network's word, such as `contact_request` for an answer to our request
    for their number; empty when the network told nothing."""

    vcard: str = ""
    """The whole card in the format vCard, as text; empty when the network sent none."""

    kind: Literal["contact_card"] = "contact_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """An emoji that somebody set on a message."""

    message_id: str
    """The network's id of the message."""

    emoji: str | None
    """The emoji; None when it was taken away."""

    kind: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    """One line of an order."""

    product_id: str
    """The id of the product in the catalogue."""

    quantity: int
    """How many of it."""

    price: float | None
    """The price of one; None when the network told none that can be read."""

    currency: str
    """The currency, such as `EUR`; empty when the network told none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A basket from the catalogue."""

    catalog_id: str
    """The id of the catalogue; empty when the network told none."""

    items: tuple[OrderItem, ...]
    """The lines of the order."""

    text: str = ""
    """What the contact wrote with it."""

    left_out: int = 0
    """How many lines could not be read. They are not in `items`."""

    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReply:
    """A form that the contact filled in (a WhatsApp Flow)."""

    name: str
    """The name of the form."""

    response: str
    """The answers, as the JSON text that came."""

    body: str = ""
    """The words that the contact's phone shows in place of the answers."""

    kind: Literal["form_reply"] = "form_reply"

    @property
    def answers(self) -> dict[str, Any]:
        """The answers by the names of their fields; empty when `response` is no object of JSON."""
        try:
            answers = json.loads(self.response)
        except (ValueError, RecursionError):
            return {}
        return answers if isinstance(answers, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The network tells something about the contact."""

    event: str
    """What happened, in the network's word, such as `user_changed_number`."""

    body: str = ""
    """The network's sentence about it. It may hold the contact's name and numbers."""

    kind: Literal["system"] = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageError:
    """Why the network could not pass a message on, in the network's own words."""

    code: int
    """The network's error code."""

    title: str = ""
    """A few words about the error."""

    details: str = ""
    """A sentence about the error."""

    message: str = ""
    """More words about it, where they are not those of `title`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """A message that rejoinder does not understand (yet)."""

    type: str
    """What the network calls it."""

    reason: str = ""
    """Why it is not understood."""

    errors: tuple[MessageError, ...] = ()
    """What the network told about it; empty when it told nothing."""

    spoken: bool = True
    """Whether it wants an answer. An edit, a vote or a pin wants none."""

    kind: Literal["unsupported"] = "unsupported"
