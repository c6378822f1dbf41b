"""What surrounds a message: the message that it quotes, and what led the contact to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from rejoinder.model.contents import MessageError
from rejoinder.model.said import OutboundContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """One of our messages, which the contact quotes, or whose button they tapped."""

    outbound_id: str
    """Our id of it."""

    content: OutboundContent
    """What it said. When its template was sent instead, this is the template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """The advertisement or post that led the contact here. What the network does not tell is empty."""

    source_type: str = ""
    """What it is, such as `ad` or `post`."""

    source_id: str = ""
    """The network's id of it."""

    source_url: str = ""
    """The link to it."""

    headline: str = ""
    """Its headline."""

    body: str = ""
    """Its text."""

    ctwa_clid: str = ""
    """The id of the click, for reports of what came of it."""

    media_type: str = ""
    """What it shows: `image` or `video`."""

    media_url: str = ""
    """The link to that picture or film."""

    thumbnail_url: str = ""
    """The link to a small picture of that film."""

    ref: str = ""
    """What the business wrote into the link."""

    welcome_text: str = ""
    """What the contact was greeted with before they wrote."""

    @property
    def is_ad(self) -> bool:
        """Whether it is an advertisement."""
        return self.source_type == "ad"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredProduct:
    """A product of the catalogue that the contact asks about."""

    product_id: str = ""
    """The id of the product in the catalogue; empty when the network told none."""

    catalog_id: str = ""
    """The id of the catalogue; empty when the network told none."""


class Around(TypedDict, total=False):
    """The fields of an update that surround its content, as `Phone.sends` takes them."""

    reply_to: str | None
    """The network's id of the message that it quotes. The bot's first message on a phone is `memory-1`."""

    quoted: Quoted | None
    """That message, if it is one of ours. The bot's messages on a phone are found by `reply_to` alone."""

    referral: Referral | None
    """The advertisement that led the contact here."""

    product: ReferredProduct | None
    """The product of the catalogue that the contact asks about."""

    forwarded: bool
    """Whether the contact forwarded it."""

    forwarded_often: bool
    """Whether it was forwarded many times."""

    album: str
    """The network's id of the album that its file belongs to: files of one album are one message."""

    errors: tuple[MessageError, ...]
    """What the network told that went wrong with it."""

    raw: Mapping[str, object]
    """The message as the network sent it."""
