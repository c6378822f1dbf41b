"""Links: conversations that turned out to be with one person, because a code was said in both."""

import hashlib
from dataclasses import dataclass

from rejoinder.model.people import Account

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code consists of. People take 0 for O, and 1 for I."""

CODE_LENGTH = 8
"""The length of a code."""

CODE_SECONDS = 900.0
"""How long a code may be used, in seconds: 15 minutes."""

MAX_LINKED = 10
"""The most conversations that one is linked to. They share an item, and each of them is told all news."""

MAX_WRONG = 5
"""The most wrong codes that may be said in one conversation within `WRONG_SECONDS`.

There are 32^8 codes, and few of them live at any time. But whoever finds one tells for somebody else whether
they want offers. So nobody may try many.
"""

WRONG_SECONDS = 3600.0
"""How long a wrong code counts, in seconds."""

_ROUNDS = 5_000
"""How often a code is hashed. Who reads the table must not find a code before it ends: 32^8 are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A conversation of a person, as another one of the same person knows it."""

    account: Account
    """The account that it is with."""

    contact_id: str
    """The person, as that account knows them."""

    conversation_key: str
    """The key of the conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCode:
    """A code that was made."""

    owner: Linked
    """The conversation that it was made in."""

    ends_at: float
    """Until when it may be used, in Unix seconds."""

    claimed_by: str = ""
    """The key of the conversation in which it was used; empty when it was not."""

    def may_be_claimed(self, key: str, at: float) -> bool:
        """Whether it may be used in the conversation `key` at the time `at`.

        Where it was used already, it may be used again: the turn may be tried once more.
        """
        if self.claimed_by:
            return self.claimed_by == key
        return at < self.ends_at and key != self.owner.conversation_key


def as_typed(code: str) -> str:
    """Return a code as it was made: people type small letters, spaces and dashes."""
    return "".join(filter(str.isalnum, code)).upper()


def hash_of(code: str) -> str:
    """Return what a code is found by. Nobody can tell the code from it before it ends."""
    return hashlib.pbkdf2_hmac("sha256", code.encode(), b"rejoinder link code", _ROUNDS).hex()
