"""Consent: what a contact allowed us to send, when, and how they told us."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Purpose(StrEnum):
    """What messages are for, as far as a contact may allow or refuse it."""

    MARKETING = "marketing"
    """Offers. They need consent."""

    UTILITY = "utility"
    """News of what the contact ordered. They need consent where the owner of the stack wants that."""


ConsentBy = Literal["word", "button", "preference", "network", "import", "bot"]
"""How consent was told: by a word such as STOP, a button, WhatsApp's own switch, an error of the network that
says so, an import, or the bot (`chat.opt_in`, `chat.opt_out`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """One entry of the ledger. Entries are added, and never changed."""

    purpose: Purpose
    """What it is about."""

    given: bool
    """Whether the contact agreed; else they refused."""

    at: float
    """When they did, in Unix seconds."""

    by: ConsentBy
    """How they told us."""

    source: str = ""
    """Where it comes from: the word, the button's title, or the source that an import names."""

    message_id: str = ""
    """Our hashed id of the message that told it; empty for an import."""

    told_to: str = ""
    """The account that it was told to, such as `telegram:7000000001`, if that is a linked one; else empty."""

    def is_news_after(self, before: "ConsentEntry | None") -> bool:
        """Whether this tells something that `before`, the newest entry so far, does not.

        A contact who says STOP twice in the same way says nothing new, nor does an error of the network.
        """
        if before is None or before.given != self.given:
            return True
        return self.by not in ("bot", "network") and (self.by, self.source) != (before.by, before.source)

    def __str__(self) -> str:
        """Return the entry as an error names it, without anything about the person."""
        what = "opted in to" if self.given else "opted out of"
        return f"{what} {self.purpose.value} by {self.by}"
