"""rejoinder: WhatsApp bots in your own AWS account. These are the words of a bot's author."""

from rejoinder.bot import Bot
from rejoinder.chat import Chat
from rejoinder.errors import BotError, LimitExceeded, NoAnswer
from rejoinder.messages import (
    Audio,
    Button,
    Buttons,
    ContactCard,
    Document,
    FormReply,
    Image,
    List,
    Location,
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

__all__ = [
    "Audio",
    "Bot",
    "BotError",
    "Button",
    "Buttons",
    "Chat",
    "ContactCard",
    "Document",
    "FormReply",
    "Image",
    "LimitExceeded",
    "List",
    "Location",
    "NoAnswer",
    "Order",
    "Reaction",
    "Row",
    "Section",
    "Sticker",
    "Tap",
    "Template",
    "Text",
    "Unsupported",
    "Video",
]
