"""Contents that only a bot says, and the union of all that it may say.

Each one is described, with its limits, by the channel: WhatsApp's are at
developers.facebook.com/documentation/business-messaging/whatsapp/messages, one page per kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from rejoinder.errors import BotError
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Header,
    Image,
    Location,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.selling import Catalog, OrderDetails, OrderStatus, Product, ProductList
from rejoinder.model.several import several
from rejoinder.model.templates import Template as Template  # noqa: PLC0414 - bots say it, too


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

    header: Header = ""
    """The line or the file above the words."""

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
class LinkButton:
    """Words with a button that opens an address."""

    body: str
    """The words."""

    title: str
    """The words on the button."""

    url: str
    """The address, which begins with https:// or http://."""

    header: Header = ""
    """The line or the file above the words."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["link_button"] = "link_button"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card of a carousel: a product of the catalogue, or a picture or film with a button that opens an
    address, or with reply buttons.
    """

    header: Image | Video | None = None
    """The picture or the film; None for a product. All cards have the same kind of it."""

    body: str = ""
    """The words."""

    title: str = ""
    """The words on the button that opens `url`."""

    url: str = ""
    """The address that the button opens."""

    buttons: tuple[Button, ...] = ()
    """Reply buttons, instead of an address."""

    catalog_id: str = ""
    """The id of the catalogue, for a product."""

    product_id: str = ""
    """The id of the product in the catalogue."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "buttons", several("buttons", Button, self.buttons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carousel:
    """Words with cards under them that the contact moves through."""

    body: str
    """The words."""

    cards: tuple[Card, ...]
    """The cards, in order."""

    kind: Literal["carousel"] = "carousel"

    def __post_init__(self) -> None:
        object.__setattr__(self, "cards", several("cards", Card, self.cards))


SaidFile = Image | Video | Audio | Document | Sticker
"""The kinds of files that a bot may say."""

AlbumFile = Image | Video | Audio | Document
"""The kinds of files that an album has."""

FEWEST_IN_ALBUM, MOST_IN_ALBUM = 2, 10
"""How many files an album has (core.telegram.org/bots/api#sendmediagroup)."""


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Album:
    """Files that are shown together: 2 to 10 pictures and films, or documents, or sounds.

    `Album(Image("files/a.jpg"), Image("files/b.jpg", caption="The garden"))`. On a network without albums
    each file is a message of its own.
    """

    files: tuple[AlbumFile, ...]
    """The files, in order. Each has a caption of its own."""

    kind: Literal["album"] = "album"

    def __init__(
        self, *given: AlbumFile, files: Sequence[AlbumFile] = (), kind: Literal["album"] = "album"
    ) -> None:
        both = (*given, *files)
        _check_album(both)
        object.__setattr__(self, "files", both)
        object.__setattr__(self, "kind", kind)


def _check_album(files: Sequence[object]) -> None:
    """Raise BotError for files that no network shows as one album."""
    kinds = set()
    for file in files:
        if not isinstance(file, AlbumFile):
            raise BotError(
                f"an album has files: write Image(…), Video(…), Document(…) or Audio(…), not {file!r}"
            )
        if isinstance(file, Audio) and file.voice:
            raise BotError("an album has no voice message: say it by itself")
        kinds.add(file.kind)
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise BotError("an album has pictures and films, or documents only, or sounds only")
    if not FEWEST_IN_ALBUM <= len(files) <= MOST_IN_ALBUM:
        raise BotError(f"an album has {FEWEST_IN_ALBUM} to {MOST_IN_ALBUM} files, not {len(files)}")


OutboundContent = (
    Text
    | SaidFile
    | Album
    | Location
    | ContactCard
    | Reaction
    | Buttons
    | List
    | Template
    | LinkButton
    | LocationRequest
    | ContactRequest
    | CallRequest
    | CallButton
    | Form
    | Product
    | ProductList
    | Catalog
    | Carousel
    | AddressRequest
    | OrderDetails
    | OrderStatus
)
"""What a bot may say."""


class _Change(Protocol):
    def __call__(self, file: SaidFile, /) -> Any:
        """Return what stands in its place: a content of the same kind."""


def files_in(content: OutboundContent) -> tuple[SaidFile, ...]:
    """Return the files of a content, in order: its own, that of its header, those of its cards."""
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            return (content,)
        case Album(files=files):
            return files
        case Carousel(cards=cards):
            return tuple(card.header for card in cards if card.header)
        case Template(header=header, cards=template_cards):
            headers = (header, *(card.header for card in template_cards))
            return tuple(one for one in headers if isinstance(one, Image | Video | Document))
        case Buttons() | LinkButton() | Form() | AddressRequest() | OrderDetails():
            return () if isinstance(content.header, str) else (content.header,)
        case _:
            return ()


def with_files(content: OutboundContent, change: _Change) -> OutboundContent:
    """Return `content` with each of its files as `change` returns it."""
    if not files_in(content):
        return content
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            changed: OutboundContent = change(content)
            return changed
        case Album(files=files):
            return Album(*map(change, files))
        case Carousel(cards=cards):
            changed_cards = tuple(
                replace(card, header=change(card.header)) if card.header else card for card in cards
            )
            return replace(content, cards=changed_cards)
        case Template():
            return _template_with_files(content, change)
        case Buttons() | LinkButton() | Form() | AddressRequest() | OrderDetails():
            assert not isinstance(content.header, str)
            return replace(content, header=change(content.header))
        case _:
            return content


def _template_with_files(template: Template, change: _Change) -> Template:
    def changed(header: Any) -> Any:
        return change(header) if isinstance(header, Image | Video | Document) else header

    cards = tuple(replace(card, header=changed(card.header)) for card in template.cards)
    return replace(template, header=changed(template.header), cards=cards)
