"""Entries of the ledger of consent, as text."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import get_args

from rejoinder.aws.stored.fields import (
    as_text,
    check_format,
    dump,
    flag,
    list_of,
    number,
    object_of,
    reading,
    words,
)
from rejoinder.model.consent import ConsentBy, ConsentEntry, Purpose

_BY: Mapping[str, ConsentBy] = {by: by for by in get_args(ConsentBy)}


def dump_entry(entry: ConsentEntry) -> str:
    """Return an entry as it is stored."""
    return as_text(_as_json(entry))


def read_entry(text: str) -> ConsentEntry:
    """Return an entry; Unreadable when this code cannot read it."""
    with reading("consent"):
        return _from_json(json.loads(text))


def dump_all(entries: Iterable[ConsentEntry]) -> str:
    """Return the newest entries of a conversation as they are stored with it."""
    return as_text([_as_json(entry) for entry in entries])


def read_all(text: str) -> dict[Purpose, ConsentEntry]:
    """Return the newest entries of a conversation; Unreadable when this code cannot read them."""
    with reading("consent"):
        entries = [_from_json(one) for one in list_of(json.loads(text))]
    return {entry.purpose: entry for entry in entries}


def _as_json(entry: ConsentEntry) -> dict[str, object]:
    fields = {**asdict(entry), "purpose": entry.purpose.value}
    if not entry.told_to:
        del fields["told_to"]
    return dump("consent", fields)


def _from_json(stored: object) -> ConsentEntry:
    given = object_of(stored)
    check_format("consent", given["format"])
    return ConsentEntry(
        purpose=Purpose(words(given["purpose"])),
        given=flag(given["given"]),
        at=number(given["at"]),
        by=_BY[words(given["by"])],
        source=words(given["source"]),
        message_id=words(given["message_id"]),
        told_to=words(given.get("told_to", "")),
    )
