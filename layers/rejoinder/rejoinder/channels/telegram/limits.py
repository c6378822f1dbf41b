"""The limits of Telegram. They are checked when a bot makes a message.

Source of the numbers: core.telegram.org/bots/api, one section per method (Bot API 10.3).
"""

from rejoinder.model.contents import Text
from rejoinder.model.said import OutboundContent


class TelegramLimits:
    """The port `Limits` of Telegram."""

    has_templates = False
    """Telegram knows no templates: anything may be said at any time."""

    has_forms = False
    """Telegram knows no forms."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded when Telegram would refuse `content`. The text names the part and its limit."""
        raise NotImplementedError

    def split(self, content: Text) -> tuple[Text, ...]:
        """Return a text in parts that Telegram takes: cut at paragraphs, or else lines, sentences, words."""
        raise NotImplementedError
