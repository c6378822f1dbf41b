"""Templates as an author writes them: one file in `bot/templates/` for each, with its languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Category = Literal["marketing", "utility", "authentication"]
"""What a template is for. Categories have prices, and rules of their own."""

HeaderKind = Literal["text", "image", "video", "document", "location", "product"]
ButtonKind = Literal[
    "quick_reply",
    "url",
    "phone",
    "copy_code",
    "otp",
    "flow",
    "catalog",
    "products",
    "product",
    "voice_call",
    "request_contact",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenHeader:
    """What stands above the words of a template."""

    kind: HeaderKind
    """What it is."""

    text: str = ""
    """The line, which may have one variable; empty where it is no text."""

    example: str = ""
    """The file that reviewers of the template see, by its name in the bot's folder; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportedApp:
    """An app on Android that takes one-time codes."""

    package: str
    """The name of its package, such as `com.example.shop`."""

    hash: str
    """The hash of its signing key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenButton:
    """A button of a template."""

    kind: ButtonKind
    """What a tap on it does."""

    text: str = ""
    """The words on it; empty where the network writes them."""

    url: str = ""
    """The address that it opens. It may end with one variable."""

    phone: str = ""
    """The number that it calls."""

    example: str = ""
    """The whole address with its variable filled, or the code that is copied."""

    otp: Literal["", "copy_code", "one_tap", "zero_tap"] = ""
    """How a one-time code gets into the app; empty for other buttons."""

    autofill_text: str = ""
    """The words on the button that fills in a one-time code; empty for the network's."""

    apps: tuple[SupportedApp, ...] = ()
    """The apps that take the code."""

    accepts_zero_tap_terms: bool = False
    """Whether the business accepts what the network demands of codes that are filled in without a tap."""

    flow_id: str = ""
    """The id of the form (a WhatsApp Flow) that it opens."""

    flow_name: str = ""
    """The name of the form, instead of its id."""

    flow_action: Literal["", "navigate", "data_exchange"] = ""
    """How the form begins; empty for the network's usual way."""

    flow_screen: str = ""
    """The first screen of the form."""

    minutes: int = 0
    """How long a button that calls works, in minutes; 0 for the network's usual time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCard:
    """A card of a carousel."""

    header: WrittenHeader
    """Its picture, film or product."""

    body: str = ""
    """Its words, which may have variables."""

    buttons: tuple[WrittenButton, ...] = ()
    """Its buttons."""

    examples: Mapping[str, str] = field(default_factory=dict)
    """An example for each variable of its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOffer:
    """An offer that ends."""

    text: str
    """The words for it, such as `Expiring offer!`."""

    expires: bool = True
    """Whether a clock runs down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A template in one language."""

    body: str = ""
    """The words, which may have variables: {{1}}, {{2}} ..., or {{named}} ones. Empty in a template for
    one-time codes, whose words are the network's."""

    header: WrittenHeader | None = None
    """What stands above them."""

    footer: str = ""
    """The line below them."""

    buttons: tuple[WrittenButton, ...] = ()
    """The buttons, in order."""

    cards: tuple[WrittenCard, ...] = ()
    """The cards of its carousel."""

    offer: WrittenOffer | None = None
    """Its offer that ends."""

    examples: Mapping[str, str] = field(default_factory=dict)
    """An example for each variable of the words and of the header, by its name or its number."""

    security_note: bool = False
    """Whether a one-time code comes with the advice to share it with nobody."""

    code_minutes: int = 0
    """How long a one-time code is valid, in minutes, as its footer says; 0 for no such footer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTemplate:
    """A template, as its file has it. The file is called like it."""

    name: str
    """Its name."""

    category: Category
    """What it is for."""

    languages: Mapping[str, Wording]
    """Its wording in each language, by the network's code for it, such as `en_US`."""

    fallback: str = ""
    """The language for contacts in whose language it is not written; empty for none."""

    ttl_seconds: int | None = None
    """How long the network tries to deliver it, in seconds; None for the network's usual time."""
