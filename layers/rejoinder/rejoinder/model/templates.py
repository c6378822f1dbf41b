"""Templates: pre-approved messages, with what fills them.

What a template looks like is written when it is approved. A message says only what differs: its variables,
the file above its words, what its buttons take, the cards of its carousel.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from rejoinder.errors import BotError
from rejoinder.model.contents import Document, Image, Location, Video
from rejoinder.model.selling import OrderDetails, OrderStatus, Product, ProductSection
from rejoinder.model.several import several


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount of money that fills a variable. The network shows `text`."""

    text: str
    """The amount as the contact reads it, such as `$100.99`."""

    currency: str
    """The currency, such as `USD`."""

    amount: Decimal
    """The amount, in the currency."""

    kind: Literal["money"] = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or a time that fills a variable. The network shows `text`."""

    text: str
    """The moment as the contact reads it, such as `Friday at nine`."""

    at: datetime | None = None
    """The moment, in the time zone of the contact; None when only the text says it."""

    kind: Literal["moment"] = "moment"


Parameter = str | Money | Moment
"""What fills a variable."""

Parameters = tuple[Parameter, ...] | Mapping[str, Parameter]
"""What fills the variables of a text: in order, or by their names."""


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """What a button takes that opens an address: the end of the address. One-time codes go here, too."""

    end: str
    """What stands for the variable at the end of the address."""

    kind: Literal["link_end"] = "link_end"


@dataclass(frozen=True, slots=True)
class TapId:
    """What a quick-reply button takes. Without it, the words on the button are the id."""

    id: str
    """The id that comes back in the `Tap`."""

    kind: Literal["tap_id"] = "tap_id"


@dataclass(frozen=True, slots=True)
class CopyCode:
    """What a button takes that copies a code."""

    code: str
    """The code, such as `25OFF`."""

    kind: Literal["copy_code"] = "copy_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStart:
    """What a button takes that opens a form (a WhatsApp Flow). The contact answers by a `FormReply`."""

    token: str = ""
    """What comes back with the answers."""

    data: Mapping[str, object] = field(default_factory=dict)
    """What the first screen is given, as JSON values."""

    kind: Literal["form_start"] = "form_start"

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", dict(self.data))


@dataclass(frozen=True, slots=True)
class CatalogPicture:
    """What a button takes that opens the catalogue. Without it, the picture is that of the first product."""

    product_id: str
    """The id of the product whose picture is shown."""

    kind: Literal["catalog_picture"] = "catalog_picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChoice:
    """What a button takes that opens a list of products."""

    product_id: str
    """The id of the product whose picture is shown."""

    sections: tuple[ProductSection, ...]
    """The products, in sections."""

    kind: Literal["product_choice"] = "product_choice"

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", several("sections", ProductSection, self.sections))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTime:
    """What a button takes that calls the business on WhatsApp."""

    minutes: int | None = None
    """How long the button works, in minutes; None for the time with which it was approved."""

    payload: str = ""
    """What comes back in the webhook of the call."""

    kind: Literal["call_time"] = "call_time"


ButtonTake = LinkEnd | TapId | CopyCode | FormStart | CatalogPicture | ProductChoice | CallTime
"""What a button of a template takes."""

TemplateHeader = str | Image | Video | Document | Location | Product
"""What fills the header of a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCard:
    """What fills one card of a template with a carousel."""

    header: Image | Video | Product
    """The picture, the film or the product."""

    parameters: Parameters = ()
    """What fills the variables of the card's words, as in a `Template`."""

    buttons: tuple[ButtonTake | None, ...] = ()
    """What each button of the card takes, as in a `Template`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _parameters(self.parameters))
        object.__setattr__(self, "buttons", _takes(self.buttons))


@dataclass(frozen=True, slots=True)
class Template:
    """A pre-approved message: the only kind that may go out when the service window is closed."""

    name: str
    """The name under which it was approved."""

    _: KW_ONLY

    language: str = ""
    """The language as it was approved, such as `en_US`. The network does not replace `en_US` by `en`. Empty
    for the contact's language, where the bot's folder has a file of the template."""

    parameters: Parameters = ()
    """What fills the variables of the body: a tuple for {{1}}, {{2}} ..., a mapping for {{named}} ones.

    A list is taken as a tuple. Anything else is a BotError.
    """

    header: TemplateHeader = ""
    """What fills the header: the words for its variable, a file, a place or a product; empty for nothing."""

    header_name: str = ""
    """The name of the variable in the header; empty for {{1}}."""

    buttons: tuple[ButtonTake | None, ...] = ()
    """What each button takes, in their order; None for one that takes nothing. The rest may be left out."""

    cards: tuple[TemplateCard, ...] = ()
    """What fills the cards of its carousel, in order."""

    offer_ends_at: datetime | None = None
    """When its offer ends, with a time zone; None for a template without an offer that ends."""

    order: OrderDetails | OrderStatus | None = None
    """The bill that its button opens, or what has become of an order. Their words, header and footer stay
    empty: the template has its own."""

    link: str = ""
    """The address that a tap on its picture opens, where Meta offers that; `link_title` is shown with it."""

    link_title: str = ""
    """The words for `link`."""

    category: str = ""
    """What the bot's file of it says that it is for: `marketing`, `utility` or `authentication`. Empty when
    the bot has no such file. The network does not get it."""

    kind: Literal["template"] = "template"

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _parameters(self.parameters))
        object.__setattr__(self, "buttons", _takes(self.buttons))
        object.__setattr__(self, "cards", several("cards", TemplateCard, self.cards))


def _parameters(given: object) -> Parameters:
    """Return a copy of what an author gave; what an untyped bot gives may be anything."""
    if not isinstance(given, tuple | list | Mapping):
        raise BotError(f'parameters are a tuple, such as ("Ada",), or a mapping, not {given!r}')
    return dict(given) if isinstance(given, Mapping) else tuple(given)


def _takes(given: object) -> tuple[ButtonTake | None, ...]:
    example = 'write what each takes, or None, such as buttons=(None, LinkEnd("42"))'
    if not isinstance(given, tuple | list):
        raise BotError(f"the buttons of a template are a tuple: {example}, not {given!r}")
    for one in given:
        if not isinstance(one, ButtonTake | None):
            raise BotError(f"a button of a template takes no {one!r}: {example}")
    return tuple(given)


def words_of(parameters: Parameters) -> tuple[str, ...]:
    """Return the words that the variables show, in order."""
    values = parameters if isinstance(parameters, tuple) else parameters.values()
    return tuple(one if isinstance(one, str) else one.text for one in values)
