"""rejoinder: WhatsApp bots in your own AWS account. These are the names that bot authors need."""

import logging

from rejoinder.bot.bot import Bot
from rejoinder.bot.chat import Chat
from rejoinder.errors import BotError, LimitExceeded, NoAnswer
from rejoinder.model.contents import (
    Audio,
    Button,
    Buttons,
    ContactCard,
    Document,
    FormReply,
    Image,
    List,
    Location,
    Media,
    Order,
    Reaction,
    Row,
    Section,
    Sticker,
    Tap,
    Template,
    Text,
    Unsupported,
    Video,
)
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.intent import Intent
from rejoinder.model.updates import Deleted, Echo, Edited, Failed, Preference, Release, Several

__all__ = [
    "Audio",
    "Bot",
    "BotError",
    "Button",
    "Buttons",
    "Chat",
    "ContactCard",
    "Deleted",
    "Document",
    "Echo",
    "Edited",
    "Failed",
    "FormReply",
    "Image",
    "Intent",
    "LimitExceeded",
    "List",
    "Location",
    "Media",
    "NoAnswer",
    "Order",
    "Preference",
    "Quoted",
    "Reaction",
    "Referral",
    "ReferredProduct",
    "Release",
    "Row",
    "Section",
    "Several",
    "Sticker",
    "Tap",
    "Template",
    "Text",
    "Unsupported",
    "Video",
]

logging.getLogger("rejoinder").addHandler(logging.NullHandler())  # applications add their own handlers
