"""rejoinder: WhatsApp bots in your own AWS account. These are the names that bot authors need.

A name is imported when it is asked for first. So a function that needs no bot starts without one.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rejoinder.bot.bot import Bot
    from rejoinder.bot.chat import Chat
    from rejoinder.bot.templates.own import OwnTemplate, templates
    from rejoinder.errors import BotError, LimitExceeded, MediaGone, NoAnswer
    from rejoinder.model.answers import CallPermission, Payment, PaymentMethod, ProductInquiry
    from rejoinder.model.consent import ConsentEntry
    from rejoinder.model.contents import (
        Audio,
        ContactCard,
        Document,
        FormReply,
        Image,
        Location,
        Media,
        Order,
        PostalAddress,
        Reaction,
        Sticker,
        Tap,
        Text,
        Unsupported,
        Video,
    )
    from rejoinder.model.context import Quoted, Referral, ReferredProduct
    from rejoinder.model.files import File
    from rejoinder.model.intent import Intent
    from rejoinder.model.markup import bold, code, italic, link, plain
    from rejoinder.model.own import Delivered, Echo, Failed, Preference, Read, Release, TemplateChanged
    from rejoinder.model.requests import (
        AddressRequest,
        CallButton,
        CallRequest,
        ContactRequest,
        Form,
        LocationRequest,
    )
    from rejoinder.model.said import (
        Album,
        Button,
        Buttons,
        Card,
        Carousel,
        LinkButton,
        List,
        Row,
        Section,
    )
    from rejoinder.model.selling import (
        Catalog,
        OrderDetails,
        OrderLine,
        OrderStatus,
        Product,
        ProductList,
        ProductSection,
    )
    from rejoinder.model.spoken import Deleted, Edited, Several
    from rejoinder.model.templates import (
        CallTime,
        CatalogPicture,
        CopyCode,
        FormStart,
        LinkEnd,
        Moment,
        Money,
        ProductChoice,
        TapId,
        Template,
        TemplateCard,
    )
    from rejoinder.model.updates import GroupMessage

__version__ = "0.2.0"

__all__ = [
    "AddressRequest",
    "Album",
    "Audio",
    "Bot",
    "BotError",
    "Button",
    "Buttons",
    "CallButton",
    "CallPermission",
    "CallRequest",
    "CallTime",
    "Card",
    "Carousel",
    "Catalog",
    "CatalogPicture",
    "Chat",
    "ConsentEntry",
    "ContactCard",
    "ContactRequest",
    "CopyCode",
    "Deleted",
    "Delivered",
    "Document",
    "Echo",
    "Edited",
    "Failed",
    "File",
    "Form",
    "FormReply",
    "FormStart",
    "GroupMessage",
    "Image",
    "Intent",
    "LimitExceeded",
    "LinkButton",
    "LinkEnd",
    "List",
    "Location",
    "LocationRequest",
    "Media",
    "MediaGone",
    "Moment",
    "Money",
    "NoAnswer",
    "Order",
    "OrderDetails",
    "OrderLine",
    "OrderStatus",
    "OwnTemplate",
    "Payment",
    "PaymentMethod",
    "PostalAddress",
    "Preference",
    "Product",
    "ProductChoice",
    "ProductInquiry",
    "ProductList",
    "ProductSection",
    "Quoted",
    "Reaction",
    "Read",
    "Referral",
    "ReferredProduct",
    "Release",
    "Row",
    "Section",
    "Several",
    "Sticker",
    "Tap",
    "TapId",
    "Template",
    "TemplateCard",
    "TemplateChanged",
    "Text",
    "Unsupported",
    "Video",
    "bold",
    "code",
    "italic",
    "link",
    "plain",
    "templates",
]

_HOMES = {
    "rejoinder.bot.bot": "Bot",
    "rejoinder.bot.chat": "Chat",
    "rejoinder.bot.templates.own": "OwnTemplate templates",
    "rejoinder.errors": "BotError LimitExceeded MediaGone NoAnswer",
    "rejoinder.model.answers": "CallPermission Payment PaymentMethod ProductInquiry",
    "rejoinder.model.consent": "ConsentEntry",
    "rejoinder.model.contents": (
        "Audio ContactCard Document FormReply Image Location Media Order PostalAddress Reaction Sticker Tap "
        "Text Unsupported Video"
    ),
    "rejoinder.model.context": "Quoted Referral ReferredProduct",
    "rejoinder.model.files": "File",
    "rejoinder.model.intent": "Intent",
    "rejoinder.model.markup": "bold code italic link plain",
    "rejoinder.model.own": "Delivered Echo Failed Preference Read Release TemplateChanged",
    "rejoinder.model.requests": ("AddressRequest CallButton CallRequest ContactRequest Form LocationRequest"),
    "rejoinder.model.said": "Album Button Buttons Card Carousel LinkButton List Row Section",
    "rejoinder.model.selling": (
        "Catalog OrderDetails OrderLine OrderStatus Product ProductList ProductSection"
    ),
    "rejoinder.model.spoken": "Deleted Edited Several",
    "rejoinder.model.templates": (
        "CallTime CatalogPicture CopyCode FormStart LinkEnd Moment Money ProductChoice TapId Template "
        "TemplateCard"
    ),
    "rejoinder.model.updates": "GroupMessage",
}
"""The names of each module, separated by blanks."""
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

logging.getLogger("rejoinder").addHandler(logging.NullHandler())  # applications add their own handlers


if not TYPE_CHECKING:  # type checkers would believe that every name exists

    def __getattr__(name: str) -> object:
        """Import one of the names above."""
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
