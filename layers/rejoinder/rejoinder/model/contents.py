"""Contents: what one message holds, whoever sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rejoinder.errors import BotError
from rejoinder.model.several import several


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, in or out."""

    body: str
    """The words."""

    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Tap:
    """The contact tapped a button or a row that we sent. As a trigger of `on`, only its `id` counts."""

    id: str
    """The id that the button or row was sent with."""

    title: str = ""
    """The title that the contact saw."""

    kind: Literal["tap"] = "tap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that the contact sent."""

    media_id: str
    """The network's id of the file. The network keeps the bytes for a while (WhatsApp: 7 days)."""

    mime_type: str = ""
    """The type, such as `image/jpeg`; empty when the network told none."""

    sha256: str = ""
    """The SHA-256 of the bytes as the network tells it; empty when it tells none."""

    caption: str = ""
    """The words under the file."""


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
    """Whether it was spoken into the phone."""

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

    kind: Literal["location"] = "location"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """A card from the contact's address book."""

    name: str
    """The name on the card."""

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
    """An emoji that the contact set on a message."""

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

    kind: Literal["form_reply"] = "form_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The network tells something about the contact."""

    event: str
    """What happened, in the network's word, such as `user_changed_number`."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One reply button."""

    id: str
    """The id that comes back in the `Tap`."""

    title: str
    """The words on the button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Words with reply buttons under them."""

    body: str
    """The words."""

    buttons: tuple[Button, ...]
    """The buttons, in order."""

    header: str = ""
    """The line above the words."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["buttons"] = "buttons"

    def __post_init__(self) -> None:
        object.__setattr__(self, "buttons", several("buttons", Button, self.buttons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list."""

    id: str
    """The id that comes back in the `Tap`."""

    title: str
    """The words of the row."""

    description: str = ""
    """A second line under the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some rows of a list under one title."""

    rows: tuple[Row, ...]
    """The rows, in order."""

    title: str = ""
    """The title. It may be empty only when this is the only section."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", several("rows", Row, self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """Words with a button that opens a list to choose from."""

    body: str
    """The words."""

    button: str
    """The label of the button that opens the list."""

    sections: tuple[Section, ...]
    """The sections of the list, in order."""

    header: str = ""
    """The line above the words."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["list"] = "list"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", several("sections", Section, self.sections))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A pre-approved message: the only kind that may go out when the service window is closed."""

    name: str
    """The name under which it was approved."""

    language: str
    """The language as it was approved, such as `en_US`. The network does not replace `en_US` by `en`."""

    parameters: tuple[str, ...] | Mapping[str, str] = ()
    """What fills the variables of the body: a tuple for {{1}}, {{2}} ..., a mapping for {{named}} ones.

    A list is taken as a tuple. Anything else is a BotError.
    """

    kind: Literal["template"] = "template"

    def __post_init__(self) -> None:
        given: object = self.parameters  # what an untyped bot gives may be anything
        if not isinstance(given, tuple | list | Mapping):
            raise BotError(f'parameters are a tuple, such as ("Ada",), or a mapping, not {given!r}')
        copy = dict(given) if isinstance(given, Mapping) else tuple(given)
        object.__setattr__(self, "parameters", copy)


OutboundContent = Text | Buttons | List | Template
"""What a bot may say."""
