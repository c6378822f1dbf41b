"""The contacts on the network, known by phone number, by business-scoped user id (BSUID), or by both."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

# Business-scoped user ids: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
_USER_ID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE: Final = re.compile(r"[0-9]{5,15}")
# Countries where the wa_id differs from the dialled number. This is general knowledge, not from Meta's pages.
# Mexico puts 1 and Argentina puts 9 after the country code. Brazil leaves out the 9 before mobile numbers of
# most areas (31 to 99).
_WA_ID_RULES: Final = (
    (re.compile(r"52([0-9]{10})"), r"521\1"),
    (re.compile(r"54([0-9]{10})"), r"549\1"),
    (re.compile(r"55([3-9][1-9])9([0-9]{8})"), r"55\1\2"),
)


@dataclass(slots=True, kw_only=True, eq=False)
class Contact:
    """One contact."""

    user_id: str
    """The business-scoped user id."""

    wa_id: str | None
    """The WhatsApp id; None when the business may not know the phone number."""

    name: str | None = None
    """The name in the profile; None until one is given."""

    username: str | None = None
    """The username in the profile; None until one is given."""

    is_group: bool = False
    """Whether this is a group. Both its ids are then the id of the group."""

    @property
    def id(self) -> str:
        return self.wa_id or self.user_id


def is_user_id(text: str) -> bool:
    return _USER_ID.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def digits(text: str) -> str:
    """Return a phone number without plus, spaces, hyphens and brackets."""
    return "".join(c for c in text if c in "0123456789")


def wa_id_of(number: str) -> str:
    """Return the WhatsApp id of a dialled number (digits with the country code)."""
    for pattern, replacement in _WA_ID_RULES:
        if pattern.fullmatch(number):
            return pattern.sub(replacement, number)
    return number


class PhoneBook:
    """Every contact who has written or was written to. A contact is one object under both ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, Contact] = {}

    def find(self, contact_id: str) -> Contact | None:
        return self._by_id.get(contact_id)

    def with_phone(self, wa_id: str) -> Contact:
        """Return the contact with a WhatsApp id. A new contact gets a user id that is derived from it."""
        return self._by_id.get(wa_id) or self.meet(wa_id, _derived_user_id(wa_id))

    def with_user_id(self, user_id: str) -> Contact:
        """Return the contact with a user id. A new contact has no phone number."""
        return self._by_id.get(user_id) or self.meet(None, user_id)

    def meet(self, wa_id: str | None, user_id: str) -> Contact:
        """Record that these ids belong to one contact, and return the contact."""
        known = self._by_id.get(wa_id or user_id) or self._by_id.get(user_id)
        contact = known or Contact(user_id=user_id, wa_id=wa_id)
        contact.user_id, contact.wa_id = user_id, wa_id or contact.wa_id
        self._by_id.update(dict.fromkeys((user_id, contact.id), contact))
        return contact

    def group(self, group_id: str) -> Contact:
        """Return the group with this id. Every group exists."""
        known = self._by_id.get(group_id)
        return known or self._by_id.setdefault(
            group_id, Contact(user_id=group_id, wa_id=group_id, is_group=True)
        )

    def dialled(self, number: str) -> Contact:
        """Return the contact that a `to` reaches: the one with this WhatsApp id, else the number's owner."""
        return self._by_id.get(number) or self.with_phone(wa_id_of(number))


def _derived_user_id(wa_id: str) -> str:
    hashed = hashlib.sha256(f"simulator/{wa_id}".encode()).hexdigest()
    return f"US.{int(hashed[:16], 16)}"
