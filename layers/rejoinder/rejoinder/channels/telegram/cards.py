"""Cards of an address book in the format vCard (datatracker.ietf.org/doc/html/rfc2426)."""

import re
from collections.abc import Iterable

from rejoinder.model.contents import ContactCard, PostalAddress

MAX_VCARD_BYTES = 2048
"""The longest vCard that Telegram takes, in bytes (core.telegram.org/bots/api#sendcontact)."""

_SPECIAL = re.compile(r"[\\;,]")


def vcard_of(card: ContactCard) -> str:
    """Return a card as a vCard. What does not fit into Telegram's bytes is left out, the last first."""
    begin, end = ["BEGIN:VCARD", "VERSION:3.0"], ["END:VCARD"]
    lines = [f"{name}:{words}" for name, words in _fields(card) if words.strip(";")]
    while lines and len(_text([*begin, *lines, *end]).encode("utf-8", "replace")) > MAX_VCARD_BYTES:
        lines.pop()
    return _text([*begin, *lines, *end])


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _fields(card: ContactCard) -> Iterable[tuple[str, str]]:
    first = card.first_name or card.name
    yield "FN", _escaped(card.name)
    yield "N", _parts(card.last_name, first, card.middle_name, card.prefix, card.suffix)
    yield from (("TEL", _escaped(phone)) for phone in card.phones)
    yield "ORG", _parts(card.organization, card.department)
    yield "TITLE", _escaped(card.title)
    yield "BDAY", _escaped(card.birthday)
    yield from (("EMAIL", _escaped(email)) for email in card.emails)
    yield from (("URL", _escaped(url)) for url in card.urls)
    yield from (("ADR", _address(address)) for address in card.addresses)


def _address(address: PostalAddress) -> str:
    return _parts("", "", address.street, address.city, address.state, address.zip, address.country)


def _parts(*parts: str) -> str:
    return ";".join(map(_escaped, parts))


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", " ".join(words.split()))
