"""The people on the network: by phone number, by business-scoped user id (BSUID), or both."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

# Business-scoped user ids: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
_USER_ID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE: Final = re.compile(r"[0-9]{5,15}")
# Countries where the wa_id differs from the number as it is dialled (general knowledge, not Meta's pages):
# Mexico puts 1 and Argentina 9 after the country code, Brazil leaves out the 9 before mobile numbers of
# most areas (31 to 99).
_WA_ID_RULES: Final = (
    (re.compile(r"52([0-9]{10})"), r"521\1"),
    (re.compile(r"54([0-9]{10})"), r"549\1"),
    (re.compile(r"55([3-9][1-9])9([0-9]{8})"), r"55\1\2"),
)


@dataclass(slots=True, kw_only=True, eq=False)
class Contact:
    """One person. `wa_id` is None for somebody whose phone number the business may not know."""

    user_id: str
    wa_id: str | None
    name: str | None = None

    @property
    def id(self) -> str:
        return self.wa_id or self.user_id


def is_user_id(text: str) -> bool:
    return _USER_ID.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def digits(text: str) -> str:
    """A phone number without plus, spaces, hyphens and brackets."""
    return "".join(c for c in text if c in "0123456789")


def wa_id_of(number: str) -> str:
    """The WhatsApp id of a number as it is dialled (digits with the country code)."""
    for pattern, replacement in _WA_ID_RULES:
        if pattern.fullmatch(number):
            return pattern.sub(replacement, number)
    return number


class PhoneBook:
    """Every contact seen or written to; a contact is one object under both of its ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, Contact] = {}

    def find(self, contact_id: str) -> Contact | None:
        return self._by_id.get(contact_id)

    def with_phone(self, wa_id: str) -> Contact:
        """The contact of a WhatsApp id, made on first sight with a user id derived from it."""
        return self._by_id.get(wa_id) or self.meet(wa_id, _derived_user_id(wa_id))

    def with_user_id(self, user_id: str) -> Contact:
        """The contact of a user id, made without a phone number on first sight."""
        return self._by_id.get(user_id) or self.meet(None, user_id)

    def meet(self, wa_id: str | None, user_id: str) -> Contact:
        """Learn that these ids are one person's."""
        known = self._by_id.get(wa_id or user_id) or self._by_id.get(user_id)
        contact = known or Contact(user_id=user_id, wa_id=wa_id)
        contact.user_id, contact.wa_id = user_id, wa_id or contact.wa_id
        self._by_id.update(dict.fromkeys((user_id, contact.id), contact))
        return contact

    def dialled(self, number: str) -> Contact:
        """The contact a `to` reaches: exactly this WhatsApp id if it is known, else the number's own."""
        return self._by_id.get(number) or self.with_phone(wa_id_of(number))


def _derived_user_id(wa_id: str) -> str:
    hashed = hashlib.sha256(f"simulator/{wa_id}".encode()).hexdigest()
    return f"US.{int(hashed[:16], 16)}"
